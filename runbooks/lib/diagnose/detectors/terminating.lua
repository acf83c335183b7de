--- S09, Q03: what should be gone and is not, a pod, a namespace or anything with a finalizer.
local clock = require "diagnose.clock"
local events = require "diagnose.events"
local objects = require "diagnose.objects"

local namespace_conditions = {
  "NamespaceDeletionDiscoveryFailure", "NamespaceDeletionGroupVersionParsingFailure", "NamespaceDeletionContentFailure",
  "NamespaceFinalizersRemaining", "NamespaceContentRemaining",
}

-- finalizers that go by themselves, with what the object owns or when its controller has counted it
local passing = { foregroundDeletion = true, orphan = true, ["batch.kubernetes.io/job-tracking"] = true }

--- Whether a finalizer is left for which somebody has to do something.
local function is_held(finalizers)
  for _, name in ipairs(finalizers) do
    if not passing[name] then return true end
  end
  return false
end

--- Whether it is longer ago than a grace. What a recording does not show counts for nothing here: deleting takes its time.
local function is_over(context, moment, grace)
  local needed = context.graces[grace]
  return needed == 0 or context:age(moment) >= needed
end

--- Whether every container of a pod has ended, so that only a finalizer keeps the pod.
local function has_ended(pod)
  for _, list in ipairs { pod.status.initContainerStatuses or {}, pod.status.containerStatuses or {} } do
    for _, status in ipairs(list) do
      if (status.state or {}).running then return false end
    end
  end
  return true
end

local function inspect_pod(context, pod, deleted)
  local finalizers = pod.metadata.finalizers or {}
  -- the deletion time of a pod lies ahead by its grace period, and nothing happens any more once its containers have ended
  local only_held = context.recorded and is_held(finalizers) and has_ended(pod)
  if not only_held and not is_over(context, deleted, "terminating") then return end
  local node = context.index:get("Node", nil, pod.spec.nodeName)
  local event = context.index:event(pod, { FailedKillPod = true, ExceededGracePeriod = true })
  local evidence = objects.lines("deletionTimestamp " .. pod.metadata.deletionTimestamp,
    ("deletionGracePeriodSeconds %d"):format(pod.metadata.deletionGracePeriodSeconds or 30),
    #finalizers > 0 and "finalizers " .. table.concat(finalizers, ", "), pod.spec.nodeName and "node " .. pod.spec.nodeName,
    pod.status.reason and "status.reason = " .. pod.status.reason, event and events.line(event))
  local why = #finalizers > 0 and "finalizer " .. table.concat(finalizers, ", ")
    or event and event.message or "its node does not end it"
  context:report {
    class = "stuck-terminating", id = "S09", on = pod,
    message = context:age(deleted) > 0
      and ("pod %s should have been gone %s ago: %s"):format(pod.metadata.name, clock.duration(context:age(deleted)), why)
      or ("pod %s is deleted, has ended and does not go: %s"):format(pod.metadata.name, why),
    evidence = evidence, since = deleted, last = event and event.time,
    needs = { node, context.index:get("Namespace", nil, pod.metadata.namespace) },
    suggestions = { context.describe(pod),
      #finalizers > 0 and ("kubectl get pod %s -n %s -o jsonpath='{.metadata.finalizers}'"):format(pod.metadata.name,
        pod.metadata.namespace)
        or "kubectl describe node " .. (pod.spec.nodeName or "") },
    docs = "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination",
  }
end

--- The aggregated APIs that do not answer: namespaces cannot be emptied without them.
local function dead_apis(context)
  local list = {}
  for _, service in ipairs(context.index:all("APIService")) do
    if objects.has_condition(service, "Available", "False") then list[#list + 1] = service end
  end
  return list
end

local function inspect_namespace(context, namespace, deleted)
  if not is_over(context, deleted, "namespace_terminating") then return end
  local evidence, why, discovery = { "status.phase = Terminating" }, nil, false
  for _, type_name in ipairs(namespace_conditions) do
    local condition = objects.condition(namespace, type_name)
    if condition and condition.status == "True" then
      evidence[#evidence + 1] = ("%s: %s"):format(type_name, condition.message or condition.reason or "")
      why = why or condition.message
      discovery = discovery or type_name == "NamespaceDeletionDiscoveryFailure"
    end
  end
  -- a recording that shows nothing left behind was made while the namespace went
  if context.recorded and not why and context:age(deleted) < 60 then return end
  local finalizers = (namespace.spec or {}).finalizers or {}
  if #finalizers > 0 then evidence[#evidence + 1] = "spec.finalizers " .. table.concat(finalizers, ", ") end
  context:report {
    class = "stuck-terminating", id = "Q03", on = namespace,
    message = ("the namespace has been terminating for %s: %s"):format(clock.duration(context:age(deleted)),
      why or "its content is not gone"),
    evidence = evidence, since = deleted, needs = discovery and dead_apis(context) or {},
    suggestions = { ("kubectl api-resources --verbs=list --namespaced -o name | xargs -n1 kubectl get -n %s --ignore-not-found --show-kind"):format(namespace.metadata.name),
      context.describe(namespace) },
    docs = "https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/",
  }
end

local function inspect_other(context, object, deleted)
  local finalizers = object.metadata.finalizers or {}
  if #finalizers == 0 or not is_over(context, deleted, is_held(finalizers) and "finalizer" or "dependents") then return end
  context:report {
    class = "stuck-terminating", id = "S09", on = object,
    message = ("deleted %s ago and still there: finalizer %s"):format(clock.duration(context:age(deleted)),
      table.concat(finalizers, ", ")),
    evidence = { "deletionTimestamp " .. object.metadata.deletionTimestamp,
      "finalizers " .. table.concat(finalizers, ", ") },
    since = deleted, needs = { object.metadata.namespace and context.index:get("Namespace", nil, object.metadata.namespace)
      or nil },
    suggestions = { context.describe(object) },
    docs = "https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/",
  }
end

return {
  name = "terminating",
  reads = { "Pod", "Namespace", "Event", "APIService" },
  classes = {
    { id = "S09", class = "stuck-terminating", grace = "60 s after a pod's own grace period; 5 min for a finalizer" },
    { id = "Q03", class = "stuck-terminating", grace = "2 min" },
  },
  detect = function(context)
    for kind, list in pairs(context.index.kinds) do
      for _, object in ipairs(list) do
        local deleted = clock.parse(object.metadata.deletionTimestamp)
        if kind == "Namespace" and (deleted or (object.status or {}).phase == "Terminating") then
          inspect_namespace(context, object, deleted or 0)
        elseif deleted and kind == "Pod" then
          inspect_pod(context, object, deleted)
        elseif deleted and kind ~= "Node" then
          inspect_other(context, object, deleted)
        end
      end
    end
  end,
}
