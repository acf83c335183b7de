--- What a detector is given: the index, the time, the graces, and `report`.
local clock = require "diagnose.clock"
local graces = require "diagnose.graces"
local objects = require "diagnose.objects"

local Context = {}
Context.__index = Context

--- A context over an index; `now` is epoch seconds, `recorded` whether the snapshot is an old one, `unseen` the seconds
-- that have passed since `now` at least without anything that the snapshot shows.
function Context.new(index, now, recorded, unseen)
  local own = recorded and setmetatable(graces.recorded, { __index = graces }) or graces
  return setmetatable({ index = index, now = now, recorded = recorded, unseen = unseen or 0, graces = own, problems = {},
    notes = {} }, Context)
end

--- Adds a problem. Fields:
--   class, id     the CONTRACT class and the finer id of the specification
--   on            the object it was seen on; the finding stands on its top owner
--   severity      "error" (default), "warning" or "info"
--   message       the cause in one line
--   headline, detail   what stands before and after the decisive line of the log, where there is one
--   evidence      lines with the fields read and their values
--   suggestions   what to do next, the exact command first
--   container     the container's name, where one is meant
--   settling      true while it is within its grace: becomes a finding of class `settling`
--   soft          true for a symptom that a harder problem of the same owner explains
--   needs         objects whose own findings would explain this one
--   only_with     true when it is worth saying only as a consequence of what it needs
--   since, last   epoch seconds of the first and last sighting
--   on_purpose    true for a wait that somebody asked for: the symptoms of it are no findings
--   absorbs       true when every other problem of the same owner is this one
--   log           { container, state } when that container's log may tell more
--   docs, fix     a link to the documentation; the name and arguments of a safe repair
function Context:report(problem)
  problem.severity = problem.severity or "error"
  problem.evidence = problem.evidence or {}
  problem.suggestions = problem.suggestions or {}
  self.problems[#self.problems + 1] = problem
end

--- Seconds since a moment; 0 when the moment is not known.
function Context:age(moment)
  return moment and self.now - moment or 0
end

--- Seconds for which a state that began at a moment has lasted; 0 when the moment is not known.
function Context:held(moment)
  return moment and self.now + self.unseen - moment or 0
end

--- Whether a state that began at `moment` has lasted longer than the named grace.
function Context:lasted(moment, grace)
  local needed = self.graces[grace]
  return moment ~= nil and (needed == 0 or self:held(moment) >= needed)
end

--- Whether a condition of an object has lasted longer than a grace. Of a recording only the object's age counts: how
-- long ago a condition changed is not known there.
function Context:persists(object, moment, grace)
  local created = objects.created(object)
  return self:lasted(moment, grace) or self.recorded and (created == nil or self:lasted(created, grace))
end

local function is_sound(status)
  return status.ready == true and (status.restartCount or 0) == 0 and not (status.lastState or {}).terminated
end

--- Whether nothing about a running pod needs a closer look.
local function is_plainly_healthy(pod)
  local status = pod.status or {}
  if status.phase ~= "Running" or pod.metadata.deletionTimestamp then return false end
  local count = 0
  for _, container in ipairs(status.containerStatuses or {}) do
    if not is_sound(container) then return false end
    count = count + 1
  end
  if count < #(pod.spec.containers or {}) then return false end
  for _, container in ipairs(status.initContainerStatuses or {}) do
    local done = (container.state or {}).terminated
    if not (done and done.exitCode == 0) and not is_sound(container) then return false end
    if (container.restartCount or 0) > 0 then return false end
  end
  for _, condition in ipairs(status.conditions or {}) do
    if condition.type == "Ready" and condition.status ~= "True" then return false end
    if condition.type == "PodResizePending" or condition.type == "PodResizeInProgress" then return false end
  end
  return true
end

--- The finished Job that owns a pod, when it has ended well or badly: its pods are history (rule R7).
function Context:ended_job(pod)
  local owner = objects.controller(pod)
  if not owner or owner.kind ~= "Job" then return nil end
  local job = self.index:get("Job", pod.metadata.namespace, owner.name)
  if not job then return nil end
  for _, type_name in ipairs { "Complete", "SuccessCriteriaMet", "Failed", "FailureTarget" } do
    if objects.has_condition(job, type_name) then return job end
  end
  return nil
end

--- The pods that may be in trouble: not succeeded, not of a superseded ReplicaSet, not plainly healthy,
-- not being deleted and not of a Job that has ended.
function Context:suspects()
  if self.suspect_list then return self.suspect_list end
  local list = {}
  for _, pod in ipairs(self.index:all("Pod")) do
    if not is_plainly_healthy(pod) and not pod.metadata.deletionTimestamp
      and (pod.status or {}).phase ~= "Succeeded" and self.index:is_current(pod) and not self:ended_job(pod) then
      list[#list + 1] = pod
    end
  end
  self.suspect_list = list
  return list
end

--- The pods that wait because nodes are cordoned: they, and not the cordon, are then the finding (D03, S01).
function Context:cordon_victims()
  if self.cordoned_pods then return self.cordoned_pods end
  local list = {}
  for _, pod in ipairs(self:suspects()) do
    local scheduled = objects.condition(pod, "PodScheduled")
    if scheduled and scheduled.status == "False" and (scheduled.message or ""):find("were unschedulable", 1, true) then
      list[#list + 1] = pod
    end
  end
  self.cordoned_pods = list
  return list
end

--- Whether a pod is ready to serve.
function Context.is_ready(pod)
  return objects.has_condition(pod, "Ready") and not pod.metadata.deletionTimestamp
end

--- The time as text for evidence: `14:02 UTC (3 min ago)`.
function Context:when(moment)
  return ("%s (%s ago)"):format(clock.short(moment, self.now), clock.duration(self.now - moment))
end

--- The command that shows more about an object: `kubectl describe pod web-1 -n shop`.
function Context.describe(object)
  local namespace = object.metadata.namespace
  return ("kubectl describe %s %s%s"):format(object.kind:lower(), object.metadata.name,
    namespace and " -n " .. namespace or "")
end

return Context
