--- W01, W03, W04: a workload that does not become what it should be, and no pod says why.
-- Everything here is soft: a problem that its pods, its quota or its volumes have is the cause.
local clock = require "diagnose.clock"
local events = require "diagnose.events"
local objects = require "diagnose.objects"

local docs = "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#failed-deployment"

--- The nodes on which pods of a workload are not ready: a node that is lost explains them.
local function nodes_of_unready(context, object)
  local nodes, seen = {}, {}
  for _, pod in ipairs(context.index:pods_of(object)) do
    local name = pod.spec.nodeName
    if name and not seen[name] and not objects.has_condition(pod, "Ready") then
      seen[name] = true
      nodes[#nodes + 1] = context.index:get("Node", nil, name)
    end
  end
  return nodes
end

local function report(context, object, fields)
  fields.class, fields.on, fields.soft = "rollout-stuck", object, true
  fields.needs = nodes_of_unready(context, object)
  fields.suggestions = fields.suggestions or {
    ("kubectl rollout status %s -n %s"):format(objects.title(object), object.metadata.namespace or "default"),
    context.describe(object),
  }
  fields.docs = fields.docs or docs
  context:report(fields)
end

--- Whether the controller has not seen the object's present spec yet (rule R9).
local function is_stale(object)
  local observed, generation = (object.status or {}).observedGeneration, object.metadata.generation
  return observed ~= nil and generation ~= nil and observed < generation
end

local function counts(object, names)
  local list = { "spec.replicas " .. math.floor(objects.wanted(object)) }
  for _, name in ipairs(names) do list[#list + 1] = ("%s %d"):format(name, (object.status or {})[name] or 0) end
  return table.concat(list, ", ")
end

local function inspect_deployment(context, object)
  local wanted, status = objects.wanted(object), object.status or {}
  if wanted == 0 or (object.spec or {}).paused then return end
  local evidence = { counts(object,
    { "replicas", "updatedReplicas", "readyReplicas", "availableReplicas", "unavailableReplicas" }) }
  local progressing, available = objects.condition(object, "Progressing"), objects.condition(object, "Available")
  if is_stale(object) then
    report(context, object, { id = "W01", settling = true,
      message = "the controller has not acted on the latest change yet", evidence = evidence })
    return
  end
  if progressing and progressing.status == "False" and progressing.reason == "ProgressDeadlineExceeded" then
    table.insert(evidence, 1, progressing.message or "ProgressDeadlineExceeded")
    evidence[#evidence + 1] = ("condition Progressing = False, reason ProgressDeadlineExceeded, progressDeadlineSeconds %d"):format(
      object.spec.progressDeadlineSeconds or 600)
    report(context, object, {
      id = "W01", message = "the rollout has made no progress before its deadline", evidence = evidence,
      since = clock.parse(progressing.lastUpdateTime) or clock.parse(progressing.lastTransitionTime),
      fix = { kind = "rollback" },
    })
    return
  end
  local replica_set = context.index:newest_replica_set(object)
  local made = replica_set and ((replica_set.status or {}).replicas or 0) or status.replicas or 0
  local created = clock.latest(objects.created(object), replica_set and objects.created(replica_set))
  -- compared with what is wanted: a Deployment without any pod has 0 of 0 ready
  if made == 0 and (status.replicas or 0) == 0 then
    report(context, object, {
      id = "W02", settling = not context:lasted(created, "pods_missing"),
      message = ("no pod exists, %d are wanted"):format(math.floor(wanted)),
      evidence = evidence, since = created, confidence = "medium",
    })
    return
  end
  if (status.availableReplicas or 0) >= wanted and (status.updatedReplicas or wanted) >= wanted then return end
  local since = clock.parse((available and available.status == "False" and available or progressing
    or {}).lastTransitionTime) or created
  if progressing then
    evidence[#evidence + 1] = ("condition Progressing = %s, %s"):format(progressing.status,
      progressing.message or progressing.reason or "")
  end
  report(context, object, {
    id = "W01", settling = not context:lasted(since, "rollout"), evidence = evidence, since = since, confidence = "medium",
    message = ("%d of %d pods are available"):format(status.availableReplicas or 0, math.floor(wanted)),
  })
end

--- The ordinal at the end of a StatefulSet pod's name.
local function ordinal(pod)
  return tonumber(pod.metadata.name:match("%-(%d+)$") or "")
end

local function lowest_unready(context, object)
  local lowest
  for _, pod in ipairs(context.index:pods_of(object)) do
    local number = ordinal(pod)
    if number and not context.is_ready(pod) and (not lowest or number < ordinal(lowest)) then lowest = pod end
  end
  return lowest
end

local function update_is_manual(object)
  local strategy = (object.spec or {}).updateStrategy or {}
  return strategy.type == "OnDelete" or ((strategy.rollingUpdate or {}).partition or 0) > 0
end

local function inspect_stateful_set(context, object)
  local wanted, status = objects.wanted(object), object.status or {}
  local updating = status.currentRevision and status.updateRevision and status.currentRevision ~= status.updateRevision
    and not update_is_manual(object)
  local short = (status.readyReplicas or 0) < wanted
  if wanted == 0 or not (short or updating and (status.updatedReplicas or 0) < wanted) then return end
  local evidence = { counts(object, { "readyReplicas", "availableReplicas", "updatedReplicas" }) }
  if updating then
    evidence[#evidence + 1] = ("currentRevision %s, updateRevision %s"):format(status.currentRevision,
      status.updateRevision)
  end
  local pod = lowest_unready(context, object)
  local since = objects.created(object)
  if pod then
    local ready = objects.condition(pod, "Ready") or {}
    since = clock.parse(ready.lastTransitionTime) or objects.created(pod)
    evidence[#evidence + 1] = ("lowest pod that is not ready: %s, phase %s"):format(pod.metadata.name,
      pod.status.phase or "?")
    if (object.spec.podManagementPolicy or "OrderedReady") == "OrderedReady" then
      evidence[#evidence + 1] = "OrderedReady: the pods after it wait for it"
    end
  else
    for _, other in ipairs(context.index:pods_of(object)) do
      since = clock.latest(since, clock.parse((objects.condition(other, "Ready") or {}).lastTransitionTime))
    end
  end
  local service = object.spec.serviceName
  if service and service ~= "" and context.index:readable("Service")
    and not context.index:get("Service", object.metadata.namespace, service) then
    evidence[#evidence + 1] = ("spec.serviceName: Service %s does not exist"):format(service)
  end
  report(context, object, {
    id = "W03", settling = is_stale(object) or not context:lasted(since, "rollout"), evidence = evidence, since = since,
    confidence = "medium",
    message = short and ("%d of %d pods are ready%s"):format(status.readyReplicas or 0, math.floor(wanted),
      pod and ", first " .. pod.metadata.name or "")
      or ("%d of %d pods have the new revision"):format(status.updatedReplicas or 0, math.floor(wanted)),
    docs = "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback",
  })
end

local function inspect_daemon_set(context, object)
  local status = object.status or {}
  local desired = status.desiredNumberScheduled or 0
  local failed = context.index:event(object, { FailedDaemonPod = true, FailedPlacement = true })
  local short = (status.numberUnavailable or 0) > 0 or (status.numberReady or 0) < desired
    or (status.currentNumberScheduled or 0) < desired
  local manual = ((object.spec or {}).updateStrategy or {}).type == "OnDelete"
  local updating = status.updatedNumberScheduled and status.updatedNumberScheduled < desired and not manual
  if desired == 0 or not (short or updating) then return end
  local since = objects.created(object)
  for _, pod in ipairs(context.index:pods_of(object)) do
    local ready = objects.condition(pod, "Ready")
    if not context.is_ready(pod) then
      since = clock.latest(since, ready and clock.parse(ready.lastTransitionTime) or objects.created(pod))
    end
  end
  local list = {}
  for _, name in ipairs { "desiredNumberScheduled", "currentNumberScheduled", "numberReady", "numberUnavailable",
    "numberMisscheduled", "updatedNumberScheduled" } do
    list[#list + 1] = ("%s %d"):format(name, status[name] or 0)
  end
  report(context, object, {
    id = "W04", settling = is_stale(object) or not context:lasted(since, "rollout"), since = since,
    last = failed and failed.time, confidence = "medium",
    message = short and ("%d of %d nodes have a ready pod"):format(status.numberReady or 0, desired)
      or ("%d of %d nodes have the new version"):format(status.updatedNumberScheduled, desired),
    evidence = objects.lines(table.concat(list, ", "), failed and events.line(failed)),
    docs = "https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/#daemonset-rolling-update-is-stuck",
  })
end

--- Each kind of workload and how it is looked at.
local inspections = {
  { "Deployment", inspect_deployment }, { "StatefulSet", inspect_stateful_set }, { "DaemonSet", inspect_daemon_set },
}

return {
  name = "rollout",
  reads = { "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Service", "Event" },
  classes = {
    { id = "W01", class = "rollout-stuck", grace = "its own progress deadline, else 10 min" },
    { id = "W02", class = "rollout-stuck", grace = "60 s" },
    { id = "W03", class = "rollout-stuck", grace = "10 min" },
    { id = "W04", class = "rollout-stuck", grace = "10 min" },
  },
  detect = function(context)
    for _, inspection in ipairs(inspections) do
      for _, object in ipairs(context.index:all(inspection[1])) do
        if not object.metadata.deletionTimestamp then inspection[2](context, object) end
      end
    end
  end,
}
