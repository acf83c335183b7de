--- What `diagnose.lua` does with its parameters: look, show, write, repair, watch, and say whether all is well.
local bundle = require "diagnose.bundle"
local capacity = require "diagnose.capacity"
local cluster = require "diagnose.cluster"
local diagnose = require "diagnose"
local html = require "diagnose.html"
local markdown = require "diagnose.markdown"
local opinion = require "diagnose.opinion"
local repair = require "diagnose.repair"
local screen = require "diagnose.screen"
local words = require "diagnose.words"

local session = {}

local function count_checked(snapshot)
  local workloads = 0
  for _, kind in ipairs { "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob" } do
    workloads = workloads + #(snapshot.objects[kind] or {})
  end
  return ("%s, %s, %s"):format(words.count(#(snapshot.objects.Pod or {}), "pod"), words.count(workloads, "workload"),
    words.count(#(snapshot.objects.Service or {}), "service"))
end

local function add_nodes(result, snapshot, options)
  local pods, problem = snapshot.objects.Pod or {}, nil
  if not options.all_namespaces then pods, problem = cluster.all_pods(options.context) end
  if not pods then
    result.notes[#result.notes + 1] = problem
    return
  end
  result.nodes = capacity.picture(snapshot.objects.Node or {}, pods)
end

--- Reads a namespace (or all) and diagnoses it; returns the result and the snapshot.
-- Options: `namespace`, `all_namespaces`, `context`, `nodes` (with the picture of the nodes), `ai`.
function session.examine(options)
  local namespace = options.namespace
  if not options.all_namespaces and not namespace then namespace = cluster.current_namespace(options.context) end
  local snapshot = cluster.collect { namespace = not options.all_namespaces and namespace or nil,
    all_namespaces = options.all_namespaces,
    context = options.context }
  local result = diagnose.analyse(snapshot)
  result.context = options.context or run.context
  result.checked = count_checked(snapshot)
  if options.nodes then add_nodes(result, snapshot, options) end
  if options.ai then
    local answer, reason = opinion.ask(result)
    result.opinion = answer
    if not answer then result.notes[#result.notes + 1] = reason end
  end
  return result, snapshot
end

--- Examines each context, at the same time where there are several; results and snapshots in the order of the contexts.
local function examine_all(options)
  local contexts = options.contexts or {}
  if #contexts == 0 then
    local result, snapshot = session.examine(options)
    return { result }, { snapshot }
  end
  local work = {}
  for i, context in ipairs(contexts) do
    work[i] = function()
      local own = {}
      for key, value in pairs(options) do own[key] = value end
      own.context = context
      return { session.examine(own) }
    end
  end
  local results, snapshots = {}, {}
  for i, pair in ipairs(parallel(work)) do results[i], snapshots[i] = pair[1], pair[2] end
  return results, snapshots
end

local function render(results, format)
  if format == "markdown" then return markdown.report(results) end
  if format == "html" then return html.report(results) end
  local texts = {}
  for i, result in ipairs(results) do texts[i] = screen.text(result) end
  return table.concat(texts, "\n\n")
end

local function show(results, options)
  local text = render(results, options.format)
  if options.out then
    step("Write the report to " .. options.out, function() fs.write { path = options.out, text = text } end)
    if options.format ~= "text" then print(render(results, "text")) end
  else
    print(text)
  end
end

local function write_bundle(results, snapshots, folder)
  for i, snapshot in ipairs(snapshots) do
    local place = #snapshots == 1 and folder or ("%s/%s"):format(folder, results[i].context)
    step("Write the bundle to " .. place, function()
      fs.mkdir(place)
      for _, file in ipairs(bundle.files(snapshot, markdown.report { results[i] }, json.encode)) do
        fs.write { path = place .. "/" .. file.name, text = file.text }
      end
    end)
    log.info(("bundle in %s: open it with `runbook diagnose.lua --sim=%s %s`"):format(place, place,
      snapshot.namespace and "-p namespace=" .. snapshot.namespace or "-p all_namespaces=true"))
  end
end

local function watch(results, options)
  log.info("watching: what is new begins with +, what is over with -; Ctrl-C ends it")
  while true do
    cluster.wait(options.every)
    local now = examine_all(options)
    for i, result in ipairs(now) do
      local lines = screen.difference(results[i], result)
      if #lines > 0 then
        print(("%s  %s"):format(result.judged_at, words.summary(result.findings) or "nothing is wrong"))
        print(table.concat(lines, "\n"))
      end
    end
    results = now
  end
end

-- An empty list is written as `[]`: a bare empty table would be `{}`.
local function list(values)
  return #values == 0 and json.decode("[]") or values
end

--- The results as the contract has them: one result, with the findings of every context.
local function combined(results)
  local whole = results[1]
  local all = { namespace = whole.namespace, healthy = true, findings = {}, notes = {}, recorded = whole.recorded,
    judged_at = whole.judged_at,
    nodes = whole.nodes, opinion = whole.opinion, context = whole.context }
  for _, result in ipairs(results) do
    all.healthy = all.healthy and result.healthy
    for _, finding in ipairs(result.findings) do
      for _, field in ipairs { "evidence", "suggestions", "consequences", "pods" } do
        finding[field] = list(finding[field])
      end
      if #results > 1 then finding.context = result.context end
      all.findings[#all.findings + 1] = finding
    end
    for _, note in ipairs(result.notes) do all.notes[#all.notes + 1] = note end
  end
  all.findings, all.notes = list(all.findings), list(all.notes)
  return all
end

local function end_with(result)
  if result.healthy then return result end
  local first = result.findings[1]
  fail {
    message = ("%s: %s, %s"):format(words.summary(result.findings), first.object, first.message),
    remedy = first.suggestions[1], exit = 1, result = result,
  }
end

--- Runs the whole procedure with the parameters of `diagnose.lua`, and returns the result of the contract.
function session.run(options)
  if options.fix and #(options.contexts or {}) > 0 then
    fail { message = "`fix` changes the context of the run only", remedy = "leave `contexts` out, and give --context", exit = 3 }
  end
  local results, snapshots
  if run.dry_run then
    -- a preview ends well, and says what could not be read
    local read, problem = pcall(function() results, snapshots = examine_all(options) end)
    if not read then
      log.warn(tostring(problem))
      return { namespace = options.namespace or "default", healthy = false, findings = list {}, notes = { tostring(problem) } }
    end
  else
    results, snapshots = examine_all(options)
  end
  show(results, options)
  if options.bundle then write_bundle(results, snapshots, options.bundle) end
  if options.fix then
    local done = {}
    for _, result in ipairs(results) do
      for _, title in ipairs(repair.carry_out(repair.plan(result))) do done[#done + 1] = title end
    end
    if #done == 0 then
      log.info("there is no repair that is known to be safe")
    elseif not run.dry_run then
      results = examine_all(options)
      show(results, options)
    end
  end
  if options.watch then watch(results, options) end
  local result = combined(results)
  -- a preview of repairs ends with the list of them, not with the findings that they answer
  if options.fix and run.dry_run then return result end
  return end_with(result)
end

return session
