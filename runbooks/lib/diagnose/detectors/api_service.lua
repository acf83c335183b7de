--- A02: an aggregated API that does not answer. It explains autoscalers without metrics and namespaces that stay.
local clock = require "diagnose.clock"
local objects = require "diagnose.objects"

local function inspect(context, service)
  local available = objects.condition(service, "Available")
  if not available or available.status ~= "False" then return end
  local since = clock.parse(available.lastTransitionTime)
  local reference = (service.spec or {}).service or {}
  local backing = context.index:get("Service", reference.namespace, reference.name or "")
  local where = reference.name and ("Service %s/%s"):format(reference.namespace or "?", reference.name)
  context:report {
    class = "api-service", id = "A02", on = service,
    settling = since ~= nil and not context:persists(service, since, "api_service"), since = since,
    message = ("the API does not answer: %s"):format(available.message or available.reason or "?"),
    evidence = objects.lines(available.message, ("condition Available = False, reason %s"):format(available.reason or "?"),
      where),
    suggestions = objects.lines(reference.name
      and ("kubectl get endpointslices -n %s -l kubernetes.io/service-name=%s"):format(reference.namespace or "default",
      reference.name), context.describe(service)),
    needs = { backing }, docs = "https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/",
  }
end

return {
  name = "api_service",
  reads = { "APIService", "Service" },
  classes = { { id = "A02", class = "api-service", grace = "60 s" } },
  detect = function(context)
    for _, service in ipairs(context.index:all("APIService")) do inspect(context, service) end
  end,
}
