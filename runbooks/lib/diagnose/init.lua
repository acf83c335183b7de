--- Diagnose: the cause, not the symptom.
-- `analyse` is a pure function of a snapshot; `collect` (diagnose.cluster) reads one from a cluster. A detector is a file
-- in `diagnose/detectors` here or beside the runbook: a table with `name`, `reads`, `classes` and `detect(context)`.
local clock = require "diagnose.clock"
local Context = require "diagnose.context"
local enrich = require "diagnose.enrich"
local findings = require "diagnose.findings"
local Index = require "diagnose.index"
local logs = require "diagnose.logs"
local moment = require "diagnose.moment"
local words = require "diagnose.words"

local diagnose = {}

local log_limit = 60

local function run_detectors(context, detectors)
  local names = {}
  for name in pairs(detectors) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local ok, problem = pcall(detectors[name].detect, context)
    if not ok then
      context.notes[#context.notes + 1] = ("the detector %s failed: %s"):format(name, tostring(problem))
    end
  end
end

local function read_logs(snapshot, requests)
  if snapshot.read_logs then return snapshot.read_logs(requests) end
  local texts = {}
  for i, request in ipairs(requests) do
    texts[i] = snapshot.logs and logs.best(function(previous)
      return snapshot.logs(request.namespace, request.pod, request.container, previous)
    end, request.previous)
  end
  return texts
end

local function unreadable_notes(snapshot, notes)
  local kinds = {}
  for kind in pairs(snapshot.unreadable or {}) do kinds[#kinds + 1] = kind end
  table.sort(kinds)
  for _, kind in ipairs(kinds) do
    notes[#notes + 1] = ("could not check %s: %s"):format(words.plural(kind), snapshot.unreadable[kind])
  end
end

--- The result of a snapshot: `{ namespace, healthy, findings, notes, recorded, judged_at }`.
--
-- A snapshot is `{ namespace, objects = { Kind = { … } }, now, unreadable = { Kind = reason }, logs = function(namespace, pod,
-- container, previous) }`. `detectors` maps names to detectors; without it all that are found are used.
function diagnose.analyse(snapshot, detectors)
  local now, recorded, unseen = snapshot.now, snapshot.recorded, 0
  local index = Index.new(snapshot)
  if not now then now, recorded, unseen = moment.of(snapshot, snapshot.wall) end
  local context = Context.new(index, now, recorded, unseen)
  run_detectors(context, detectors or require_all("diagnose.detectors"))
  local list = findings.fold(index, context.problems)
  local requests = enrich.log_requests(list, log_limit)
  local texts = read_logs(snapshot, requests)
  for i, request in ipairs(requests) do enrich.with_log(index, list, request, texts[i]) end
  local plain, healthy = {}, true
  for i, finding in ipairs(list) do
    enrich.with_change(index, finding, now)
    enrich.with_repair(index, finding)
    plain[i] = findings.plain(finding)
    healthy = healthy and finding.severity ~= "error"
  end
  local unread = enrich.unread_logs(list, log_limit)
  if unread > 0 then
    context.notes[#context.notes + 1] = ("the logs of %d more findings were not read"):format(unread)
  end
  unreadable_notes(snapshot, context.notes)
  return {
    namespace = snapshot.namespace, healthy = healthy, findings = plain, notes = context.notes,
    recorded = recorded or false,
    judged_at = clock.format(now),
  }
end

return diagnose
