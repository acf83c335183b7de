--- H01 to H04: an autoscaler that cannot read its metrics, cannot scale, or is at its ceiling.
local clock = require "diagnose.clock"
local events = require "diagnose.events"
local objects = require "diagnose.objects"

local docs = "https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/"
local metric_events = { FailedGetResourceMetric = true, FailedGetContainerResourceMetric = true, FailedGetPodsMetric = true,
  FailedGetObjectMetric = true, FailedGetExternalMetric = true, FailedComputeMetricsReplicas = true,
    InvalidMetricSourceType = true }
local scale_events = { FailedGetScale = true, FailedUpdateScale = true, FailedRescale = true, SelectorRequired = true }

local function target_of(context, hpa)
  local reference = hpa.spec.scaleTargetRef or {}
  return context.index:get(reference.kind or "?", hpa.metadata.namespace, reference.name), reference
end

--- The API that serves the autoscaler's metrics, when it is known and down.
local function metrics_api(context, reason)
  local name = reason == "FailedGetExternalMetric" and "v1beta1.external.metrics.k8s.io"
    or (reason == "FailedGetPodsMetric" or reason == "FailedGetObjectMetric") and "v1beta1.custom.metrics.k8s.io"
      or "v1beta1.metrics.k8s.io"
  local service = context.index:get("APIService", nil, name)
  return service and objects.has_condition(service, "Available", "False") and service or nil
end

--- The containers of the target that lack the request which a utilisation target divides by (H04).
local function lacking_requests(hpa, target)
  local template = target and objects.pod_template(target)
  if not template then return nil end
  for _, metric in ipairs(hpa.spec.metrics or {}) do
    local resource = metric.resource or {}
    if metric.type == "Resource" and (resource.target or {}).type == "Utilization" then
      local missing = {}
      for _, container in ipairs((template.spec or {}).containers or {}) do
        local requests = (container.resources or {}).requests or (container.resources or {}).limits or {}
        if not requests[resource.name] then missing[#missing + 1] = container.name end
      end
      if #missing > 0 then return resource.name, missing end
    end
  end
  return nil
end

local function report(context, hpa, fields)
  fields.class, fields.on = "hpa", hpa
  fields.suggestions = fields.suggestions or { context.describe(hpa) }
  fields.docs = docs
  context:report(fields)
end

local function inspect_metrics(context, hpa, target)
  local active = objects.condition(hpa, "ScalingActive")
  if not active or active.status ~= "False" or active.reason == "ScalingDisabled" then return end
  local since = clock.parse(active.lastTransitionTime)
  local event = context.index:event(hpa, metric_events)
  local resource, missing = lacking_requests(hpa, target)
  local evidence = objects.lines(active.message,
    ("condition ScalingActive = False, reason %s"):format(active.reason or "?"), event and events.line(event))
  local message = ("it cannot read its metrics: %s"):format(active.message or active.reason or "?")
  if resource and (active.reason == "FailedGetResourceMetric" or active.reason == "FailedGetContainerResourceMetric") then
    evidence[#evidence + 1] = ("%s: container %s has no request for %s"):format(objects.title(target),
      table.concat(missing, ", "), resource)
    message = ("it cannot compute its target: container %s of %s has no request for %s"):format(table.concat(missing, ", "),
      objects.title(target), resource)
  end
  local failing = resource or (event and event.count >= 12) or context:persists(hpa, since, "hpa")
    or active.reason == "InvalidSelector"
    or active.reason == "AmbiguousSelector" or active.reason == "InvalidMetricSourceType"
  local needs = {}
  needs[#needs + 1] = metrics_api(context, active.reason)
  if not resource then needs[#needs + 1] = target end
  report(context, hpa, {
    id = resource and "H04" or "H01", settling = not failing, message = message, evidence = evidence, since = since,
    last = event and event.time, needs = needs,
    suggestions = resource and { ("kubectl set resources %s -n %s --requests=%s=…"):format(objects.title(target),
      hpa.metadata.namespace, resource), context.describe(hpa) }
      or { "kubectl get apiservice v1beta1.metrics.k8s.io", context.describe(hpa) },
  })
end

local function inspect_scale(context, hpa, target, reference)
  local able = objects.condition(hpa, "AbleToScale")
  local failed = able and able.status == "False" and able
  local known = ({ Deployment = true, StatefulSet = true, ReplicaSet = true })[reference.kind]
  local absent = known and context.index:readable(reference.kind) and not target
  if not failed and not absent then return end
  local event = context.index:event(hpa, scale_events)
  local message = absent and ("its target %s/%s does not exist"):format(reference.kind:lower(), reference.name)
    or ("it cannot scale: %s"):format(failed.message or failed.reason or "?")
  report(context, hpa, {
    id = "H02", message = message, evidence = objects.lines(message, failed and failed.message,
      failed and ("condition AbleToScale = False, reason %s"):format(failed.reason or "?"), event and events.line(event)),
    since = failed and clock.parse(failed.lastTransitionTime), last = event and event.time,
  })
end

local function inspect_ceiling(context, hpa, target)
  local limited = objects.condition(hpa, "ScalingLimited")
  if not limited or limited.status ~= "True" or limited.reason ~= "TooManyReplicas" then return end
  local status = hpa.status or {}
  if (status.desiredReplicas or 0) < (hpa.spec.maxReplicas or math.huge) then return end
  local since = clock.parse(limited.lastTransitionTime)
  report(context, hpa, {
    id = "H03", severity = "warning", settling = since ~= nil and not context:persists(hpa, since, "hpa_ceiling"),
    since = since, needs = { target },
    message = ("it is at its ceiling of %d replicas and wants more"):format(hpa.spec.maxReplicas),
    evidence = objects.lines("condition ScalingLimited = True, reason TooManyReplicas", limited.message,
      ("status.desiredReplicas %d, spec.maxReplicas %d"):format(status.desiredReplicas or 0, hpa.spec.maxReplicas)),
    suggestions = { ("kubectl patch hpa %s -n %s -p '{\"spec\":{\"maxReplicas\":…}}'"):format(hpa.metadata.name,
      hpa.metadata.namespace), context.describe(hpa) },
  })
end

return {
  name = "hpa",
  reads = { "HorizontalPodAutoscaler", "Deployment", "StatefulSet", "APIService", "Event" },
  classes = {
    { id = "H01", class = "hpa", grace = "3 min" }, { id = "H02", class = "hpa", grace = "none" },
    { id = "H03", class = "hpa", grace = "5 min" }, { id = "H04", class = "hpa", grace = "none" },
  },
  detect = function(context)
    for _, hpa in ipairs(context.index:all("HorizontalPodAutoscaler")) do
      local target, reference = target_of(context, hpa)
      inspect_scale(context, hpa, target, reference)
      inspect_metrics(context, hpa, target)
      inspect_ceiling(context, hpa, target)
    end
  end,
}
