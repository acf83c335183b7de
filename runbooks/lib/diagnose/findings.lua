--- Turns problems into findings: one a cause, on the top owner, with its consequences, worst first.
local clock = require "diagnose.clock"
local mask = require "diagnose.mask"
local objects = require "diagnose.objects"

local findings = {}

-- Which class is the cause when several were seen on one container or pod: the lower explains the higher.
local ranks = {
  ["missing-config"] = 10, ["image-pull"] = 20, ["pvc-pending"] = 24, ["volume-mount"] = 26, ["unschedulable"] = 30,
  ["container-start"] = 40, ["oom-killed"] = 50, ["init-container"] = 55, ["probe-failing"] = 60, ["container-crash"] = 70,
}
local severities = { error = 1, warning = 2, info = 3 }
local evidence_limit = 14

local function rank(problem)
  return (ranks[problem.class] or 80) + (problem.soft and 100 or 0) + (problem.settling and 1000 or 0)
end

--- Keeps, for each pod, the strongest problem of each container, and of those the soft ones only when
-- no harder one was seen on the same pod.
local function strongest(problems)
  local kept, by_pod = {}, {}
  for _, problem in ipairs(problems) do
    if problem.on.kind == "Pod" then
      local pod = by_pod[problem.on]
      if not pod then
        pod = { containers = {}, hard = false }
        by_pod[problem.on] = pod
      end
      local slot = problem.container or ""
      local current = pod.containers[slot]
      if not current or rank(problem) < rank(current) then pod.containers[slot] = problem end
      if not problem.soft and not problem.settling then pod.hard = true end
    end
  end
  for _, problem in ipairs(problems) do
    local pod = by_pod[problem.on]
    if not pod then
      kept[#kept + 1] = problem
    elseif pod.containers[problem.container or ""] == problem and not (pod.hard and (problem.soft or problem.settling)) then
      kept[#kept + 1] = problem
    end
  end
  return kept
end

--- Whether a line that is already there is the text, or all of it but the words that lead to it.
local function is_shown(target, text)
  for _, line in ipairs(target) do
    if #line >= 20 and text:sub(-#line) == line or line == text then return true end
  end
  return false
end

local function add_lines(target, lines, limit)
  target.seen = target.seen or {}
  for _, line in ipairs(lines) do
    -- an event whose text is already there only says how often it was seen
    local head, message = line:match("^(event %S+ ?x?%d*): (.*)$")
    local shown = message and is_shown(target, message) and head or line
    if not target.seen[shown] and #target < limit then
      target.seen[shown] = true
      target[#target + 1] = shown
    end
  end
end

local function new_finding(index, problem, top)
  return {
    class = problem.settling and "settling" or problem.class,
    id = problem.id,
    severity = problem.settling and "info" or problem.severity,
    object = objects.title(top),
    namespace = top.metadata.namespace or (top.kind == "Namespace" and top.metadata.name) or nil,
    message = problem.message, headline = problem.headline, detail = problem.detail,
    evidence = {}, suggestions = {}, consequences = {}, pods = {}, container = problem.container,
    docs = problem.docs, fix = problem.fix, confidence = problem.confidence or "high",
    top = top, on = problem.on, needs = {}, soft = problem.soft, only_with = problem.only_with, absorbs = problem.absorbs,
    on_purpose = problem.on_purpose,
    order = 0,
    log = problem.log and { pod = problem.log.pod or problem.on, container = problem.log.container,
      state = problem.log.state },
    pod_total = #index:pods_of(top),
  }
end

--- Merges a problem of the same class and owner into its finding.
local function merge(finding, problem)
  add_lines(finding.evidence, problem.evidence, evidence_limit)
  add_lines(finding.suggestions, problem.suggestions, 5)
  finding.since = clock.earliest(finding.since, problem.since)
  finding.last = clock.latest(finding.last, problem.last)
  finding.only_with = finding.only_with and problem.only_with
  finding.soft = finding.soft and problem.soft
  if not problem.settling and severities[problem.severity] < severities[finding.severity] then
    finding.severity, finding.message, finding.headline = problem.severity, problem.message, problem.headline
  end
  if problem.on.kind == "Pod" then
    local name = problem.on.metadata.name
    if not finding.pods[name] then
      finding.pods[name] = true
      finding.pods[#finding.pods + 1] = name
    end
  end
  for _, need in ipairs(problem.needs or {}) do finding.needs[#finding.needs + 1] = need end
end

local function fold(index, problems)
  local list, by_key, by_top = {}, {}, {}
  for _, problem in ipairs(problems) do
    local top = index:top(problem.on)
    local class = problem.settling and "settling" or problem.class
    local of_top = by_key[top]
    if not of_top then
      of_top = {}
      by_key[top], by_top[top] = of_top, {}
    end
    local finding = of_top[class]
    if not finding then
      finding = new_finding(index, problem, top)
      of_top[class] = finding
      list[#list + 1] = finding
      finding.order = #list
      table.insert(by_top[top], finding)
    end
    merge(finding, problem)
  end
  return list, by_top
end

--- The finding on the same owner that explains this one, if any.
local function harder_neighbour(finding, neighbours)
  if finding.on_purpose then return nil end
  for _, other in ipairs(neighbours) do
    if other.on_purpose and finding.soft then return other end
    if other ~= finding and not other.only_with and other.class ~= "settling" then
      if finding.class == "settling" or other.absorbs then return other end
      if finding.soft and not other.soft and not finding.absorbs then return other end
      -- of two symptoms, one that a pod shows says more than the count of its workload
      if finding.class == "rollout-stuck" and finding.soft and other.class ~= "rollout-stuck" then return other end
    end
  end
  return nil
end

--- The finding that explains this one: on the same owner, else on what it needs; nil for a cause.
local function parent_of(finding, by_top, index)
  local parent = harder_neighbour(finding, by_top[finding.top])
  if parent then return parent end
  for _, need in ipairs(finding.needs) do
    for _, other in ipairs(by_top[index:top(need)] or {}) do
      local settles = other.class == "settling"
      if other ~= finding and not (settles and parent) then
        if not parent or parent.class == "settling" or rank(other) < rank(parent) then parent = other end
      end
    end
  end
  return parent
end

--- Which finding explains which. Of findings that explain one another the strongest is the cause.
local function parents_of(list, by_top, index)
  local parents = {}
  for _, finding in ipairs(list) do parents[finding] = parent_of(finding, by_top, index) end
  for _, finding in ipairs(list) do
    local path, current = {}, finding
    while current and not path[current] do
      path[current] = true
      current = parents[current]
    end
    if current then
      local strongest_one, other = current, parents[current]
      while other ~= current do
        if rank(other) < rank(strongest_one) then strongest_one = other end
        other = parents[other]
      end
      parents[strongest_one] = nil
    end
  end
  return parents
end

local function worse(a, b)
  if severities[a.severity] ~= severities[b.severity] then return severities[a.severity] < severities[b.severity] end
  if #a.consequences ~= #b.consequences then return #a.consequences > #b.consequences end
  if #a.pods ~= #b.pods then return #a.pods > #b.pods end
  local since_a, since_b = a.since or math.huge, b.since or math.huge
  if since_a ~= since_b then return since_a < since_b end
  if a.object ~= b.object then return a.object < b.object end
  return a.order < b.order
end

--- The findings of a list of problems: resolved, folded, consequences attached, worst first.
function findings.fold(index, problems)
  local list, by_top = fold(index, strongest(problems))
  local roots, parents = {}, parents_of(list, by_top, index)
  for _, finding in ipairs(list) do
    local cause = finding
    while parents[cause] do cause = parents[cause] end
    if cause.only_with then cause = nil end
    if cause == finding then
      roots[#roots + 1] = finding
    elseif cause and finding.class ~= "settling" then
      add_lines(cause.consequences, { finding.object .. ": " .. finding.message }, 8)
      if cause.top == finding.top then add_lines(cause.evidence, finding.evidence, evidence_limit) end
    end
  end
  table.sort(roots, worse)
  return roots
end

local function plain_lines(lines)
  local plain = {}
  for i, line in ipairs(lines) do plain[i] = mask.text(line) end
  return plain
end

--- The finding as plain data for the result: no object of the cluster, nothing to be masked.
function findings.plain(finding)
  local shown = {}
  for i = 1, math.min(3, #finding.pods) do shown[i] = finding.pods[i] end
  return {
    class = finding.class, id = finding.id, severity = finding.severity, object = finding.object,
    namespace = finding.namespace, message = mask.text(finding.message), evidence = plain_lines(finding.evidence),
    suggestions = plain_lines(finding.suggestions), consequences = plain_lines(finding.consequences),
    because = finding.because and mask.text(finding.because), change = finding.change, container = finding.container,
    pods = shown, pods_affected = #finding.pods, pods_total = finding.pod_total,
    first_seen = finding.since and clock.format(finding.since), last_seen = finding.last and clock.format(finding.last),
    confidence = finding.confidence, docs = finding.docs, fix = finding.fix,
  }
end

return findings
