--- S01 to S04, S10: no node takes the pod.
local clock = require "diagnose.clock"
local events = require "diagnose.events"
local objects = require "diagnose.objects"
local placement = require "diagnose.placement"
local quantity = require "quantity"
local resources = require "diagnose.resources"

local docs = "https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/"

-- The scheduler's literal strings, what they mean, and the next command.
local vocabulary = {
  { "Insufficient ([%w%.%-/]*%w)", "not enough %s", "kubectl describe nodes" },
  { "Too many pods", "the nodes are at their limit of pods", "kubectl describe nodes" },
  { "untolerated taint", "taints that the pod does not tolerate",
    "kubectl get nodes -o custom-columns=NAME:.metadata.name,TAINTS:.spec.taints" },
  { "taints that the pod didn't tolerate", "taints that the pod does not tolerate",
    "kubectl get nodes -o custom-columns=NAME:.metadata.name,TAINTS:.spec.taints" },
  { "didn't match Pod's node affinity", "no node has the labels that its node selector or affinity asks for",
    "kubectl get nodes --show-labels" },
  { "anti%-affinity rules", "pod anti-affinity keeps it off every node", "kubectl get pods -o wide" },
  { "pod affinity rules", "no node satisfies its pod affinity", "kubectl get pods -o wide" },
  { "topology spread constraints", "its topology spread constraints cannot be met", "kubectl get nodes --show-labels" },
  { "free ports", "its host port is taken on every node", "kubectl get pods -A -o wide" },
  { "were unschedulable", "the nodes are cordoned", "kubectl get nodes" },
  { "requested node name", "the node that it names does not exist", "kubectl get nodes" },
  { "unknown conditions", "the nodes' state is not known", "kubectl get nodes" },
  { "unbound immediate PersistentVolumeClaims", "its claim is not bound", "kubectl get pvc" },
  { "persistent volumes to bind", "no persistent volume fits its claim", "kubectl get pv,pvc" },
  { "bound to non%-existent pv", "its claim is bound to a volume that does not exist", "kubectl get pv,pvc" },
  { "PersistentVolume's node affinity", "its volume is on another node or zone", "kubectl get pv -o yaml" },
  { "volume node affinity conflict", "its volume is on another node or zone", "kubectl get pv -o yaml" },
  { "no available volume zone", "its volume is in another zone", "kubectl get pv -o yaml" },
  { "enough free storage", "the nodes have too little storage", "kubectl describe nodes" },
  { "max volume count", "the nodes are at their limit of volumes", "kubectl get csinodes -o yaml" },
  { "ReadWriteOncePod", "its volume is in use by another pod", "kubectl get pods -o wide" },
  { "no available disk", "its disk is in use", "kubectl get pv -o yaml" },
}

--- The causes that a message of the scheduler names, in words, and the command to look closer.
local function decode(message)
  local causes, command, seen = {}, nil, {}
  local body = (message:match("nodes? a?r?e?i?s? ?available: (.*)") or message):gsub("preemption:.*", "") .. "."
  for _, entry in ipairs(vocabulary) do
    for detail in body:gmatch(entry[1]) do
      local text = entry[2]:find("%%s") and entry[2]:format(detail) or entry[2]
      if not seen[text] then
        seen[text] = true
        causes[#causes + 1] = text
        command = command or entry[3]
      end
    end
  end
  return causes, command
end

--- The resources of which the pod asks more than any node has at all: `{ { resource, asked, largest } }`.
local function never_fits(context, pod)
  local nodes = context.index:all("Node")
  if #nodes == 0 then return {} end
  local found = {}
  for resource, asked in pairs(resources.of_pod(pod.spec)) do
    local largest = 0
    for _, node in ipairs(nodes) do
      largest = math.max(largest, quantity.parse(((node.status or {}).allocatable or {})[resource]) or 0)
    end
    if asked > largest then found[#found + 1] = { resource, asked, largest } end
  end
  table.sort(found, function(a, b) return a[1] < b[1] end)
  return found
end

--- What the pod waits for that has a problem of its own: its claims, and nodes that are not ready.
local function needs_of(context, pod, message)
  local needs = {}
  if message:find("PersistentVolumeClaim", 1, true) or message:find("persistent volumes", 1, true) then
    for _, volume in ipairs(pod.spec.volumes or {}) do
      local name = (volume.persistentVolumeClaim or {}).claimName or volume.ephemeral and pod.metadata.name .. "-"
        .. volume.name
      local claim = name and context.index:get("PersistentVolumeClaim", pod.metadata.namespace, name)
      if claim then needs[#needs + 1] = claim end
    end
  end
  local body = (message:match("available: (.*)") or ""):gsub("preemption:.*", "")
  local total = tonumber(message:match("^0/(%d+)") or "")
  local by_node = 0
  for count, taint in body:gmatch("(%d+) node%(s%) had untolerated taint[s%(%)]* ?{(.-)}") do
    if taint:find("node.kubernetes.io/not-ready", 1, true) or taint:find("node.kubernetes.io/unreachable", 1, true)
      or taint:find("pressure", 1, true) or taint:find("network-unavailable", 1, true) then
      by_node = by_node + tonumber(count)
    end
  end
  for count in body:gmatch("(%d+) node%(s%) had unknown conditions") do by_node = by_node + tonumber(count) end
  if total and by_node >= total then
    for _, node in ipairs(context.index:all("Node")) do needs[#needs + 1] = node end
  end
  return needs
end

local function attempts(context, pod)
  local count, last = 0, nil
  for _, event in ipairs(context.index:events(pod)) do
    if event.reason == "FailedScheduling" then
      count, last = count + event.count, last or event
    end
  end
  return count, last
end

local function report_unschedulable(context, pod, condition)
  local count, event = attempts(context, pod)
  local message = condition.message or event and event.message or ""
  local causes, command = decode(message)
  local since = clock.parse(condition.lastTransitionTime) or objects.created(pod)
  local evidence = { message }
  local too_large = never_fits(context, pod)
  for _, entry in ipairs(too_large) do
    evidence[#evidence + 1] = ("requests %s %s, the largest node has %s"):format(entry[1],
      quantity.format(entry[1], entry[2]),
      quantity.format(entry[1], entry[3]))
  end
  local asked = resources.describe(resources.of_pod(pod.spec))
  if asked ~= "" and #too_large == 0 then evidence[#evidence + 1] = "requests " .. asked end
  for _, line in ipairs(placement.describe(context, pod, message)) do evidence[#evidence + 1] = line end
  if event then evidence[#evidence + 1] = events.line(event) end
  local preempted = context.index:event(pod, { Preempted = true })
  if preempted then evidence[#evidence + 1] = events.line(preempted) end
  local growing = context.index:event(pod, { TriggeredScaleUp = true, Nominated = true })
  if growing and context:lasted(growing.time, "autoscaling") then growing = nil end
  if growing then evidence[#evidence + 1] = events.line(growing) end
  local making_room = pod.status.nominatedNodeName and pod.status.nominatedNodeName ~= ""
  local failing = #too_large > 0 and not growing
    or not growing and not making_room and (count >= 2 or context:lasted(since, "unschedulable"))
    or making_room and context:lasted(since, "unschedulable")
  context:report {
    class = "unschedulable", id = condition.reason == "SchedulerError" and "S03" or "S01", on = pod, settling = not failing,
    message = "no node can take the pod: " .. (#causes > 0 and table.concat(causes, ", ") or message),
    evidence = evidence, since = since, last = event and event.time, needs = needs_of(context, pod, message),
    suggestions = { command or "kubectl describe nodes", context.describe(pod) }, docs = docs,
  }
end

local function inspect_pending(context, pod)
  local condition = objects.condition(pod, "PodScheduled")
  if condition and condition.status == "False" and condition.reason == "SchedulingGated" then
    local gates = {}
    for _, gate in ipairs(pod.spec.schedulingGates or {}) do gates[#gates + 1] = gate.name end
    context:report {
      class = "unschedulable", id = "S02", on = pod, settling = true, on_purpose = true,
      message = "waits on purpose: scheduling gates " .. table.concat(gates, ", "),
      evidence = { condition.message or "condition PodScheduled: SchedulingGated" },
      suggestions = { context.describe(pod) },
      since = clock.parse(condition.lastTransitionTime),
      docs = "https://kubernetes.io/docs/concepts/scheduling-eviction/pod-scheduling-readiness/",
    }
  elseif condition and condition.status == "False" then
    report_unschedulable(context, pod, condition)
  elseif not condition then
    local failed = context.index:event(pod, { FailedScheduling = true })
    if failed then
      report_unschedulable(context, pod, { message = failed.message, reason = "Unschedulable" })
      return
    end
    local scheduler = pod.spec.schedulerName or "default-scheduler"
    local own = scheduler ~= "default-scheduler"
    context:report {
      class = "unschedulable", id = "S03", on = pod,
      settling = not context:lasted(objects.created(pod), own and "unschedulable" or "scheduler_silent"),
      message = ("the scheduler %s has not looked at the pod"):format(scheduler),
      evidence = { "schedulerName " .. scheduler, "no condition PodScheduled and no event" },
      suggestions = { "kubectl get pods -A | grep " .. scheduler, context.describe(pod) }, since = objects.created(pod),
      docs = "https://kubernetes.io/docs/tasks/extend-kubernetes/configure-multiple-schedulers/",
    }
  end
end

--- A pod that was put on a node by name, and there is no such node: no scheduler and no kubelet will ever look at it.
local function inspect_node_name(context, pod)
  local name = pod.spec.nodeName
  if not context.index:readable("Node") or #context.index:all("Node") == 0 or context.index:get("Node", nil, name) then
    return
  end
  local since = objects.created(pod)
  context:report {
    class = "unschedulable", id = "S01", on = pod, settling = not context:lasted(since, "unschedulable"),
    message = ("it is bound to node %s, which does not exist"):format(name),
    evidence = { "spec.nodeName " .. name, "no node of this name" }, since = since,
    suggestions = { "kubectl get nodes", context.describe(pod) },
    docs = "https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodename",
  }
end

--- S10: a change of resources in place that the node does not grant.
local function inspect_resize(context, pod)
  local pending = objects.condition(pod, "PodResizePending")
  local progress = objects.condition(pod, "PodResizeInProgress")
  local condition = pending and pending.status == "True" and pending or progress and progress.reason == "Error" and progress
  if not condition then return end
  local since = clock.parse(condition.lastTransitionTime)
  local event = context.index:event(pod, { ResizeInfeasible = true, ResizeDeferred = true, ResizeError = true })
  context:report {
    class = "unschedulable", id = "S10", on = pod, severity = "warning",
    settling = condition.reason == "Deferred" and not context:lasted(since, "container_creating"),
    message = ("its resources cannot be changed in place: %s"):format(condition.reason or "?"),
    evidence = objects.lines(condition.message or condition.reason, event and events.line(event)),
    suggestions = { context.describe(pod) },
    since = since, docs = "https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/",
  }
end

return {
  name = "scheduling",
  reads = { "Pod", "Event", "Node", "PersistentVolumeClaim" },
  classes = {
    { id = "S01", class = "unschedulable", grace = "60 s or a second try; 10 min while an autoscaler adds a node" },
    { id = "S02", class = "settling", grace = "always: it waits on purpose" },
    { id = "S03", class = "unschedulable", grace = "60 s" },
    { id = "S10", class = "unschedulable", grace = "5 min where the resize is deferred" },
  },
  detect = function(context)
    for _, pod in ipairs(context:suspects()) do
      if pod.status.phase == "Pending" and (pod.spec.nodeName or "") == "" then
        inspect_pending(context, pod)
      elseif pod.status.phase == "Pending" then
        inspect_node_name(context, pod)
      end
      inspect_resize(context, pod)
    end
  end,
}
