--- W02, A01: the API server refuses to create a workload's pods, or a webhook that it must ask is down.
local creation = require "diagnose.creation"
local endpoints = require "diagnose.endpoints"
local objects = require "diagnose.objects"

local docs = {
  policy = "https://kubernetes.io/docs/concepts/security/pod-security-admission/",
  webhook = "https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy",
}

local function report_blocked(context, blocked)
  local suggestions = { context.describe(blocked.object) }
  if blocked.webhook then
    table.insert(suggestions, 1, "kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations")
  elseif blocked.text:find("PodSecurity", 1, true) then
    table.insert(suggestions, 1, ("kubectl get namespace %s --show-labels"):format(blocked.object.metadata.namespace))
  end
  context:report {
    class = blocked.class, id = blocked.id, on = blocked.object, message = blocked.message, evidence = blocked.evidence,
    since = blocked.since, last = blocked.last, settling = blocked.settling, suggestions = suggestions,
    soft = blocked.class == "rollout-stuck", docs = blocked.webhook and docs.webhook or docs.policy,
  }
end

--- The workloads that a webhook's failure keeps from making pods.
local function blocked_by(context, name)
  local list = {}
  for _, blocked in ipairs(creation.blocked(context)) do
    if blocked.webhook == name then list[#list + 1] = blocked.object end
  end
  return list
end

--- What is wrong with the service that a webhook names, or nil; and the objects that may explain it.
local function service_trouble(context, reference)
  local index = context.index
  -- services of other namespaces are not in the snapshot of one: their absence says nothing
  if index.namespace and reference.namespace ~= index.namespace or not index:readable("Service") then return nil end
  local service = index:get("Service", reference.namespace, reference.name)
  if not service then return ("Service %s/%s does not exist"):format(reference.namespace, reference.name), {} end
  local state = endpoints.state(context, service)
  if state.known and state.ready == 0 and service.spec.selector then
    local needs = { service }
    for _, pod in ipairs(state.pods) do needs[#needs + 1] = index:top(pod) end
    return ("Service %s/%s has no ready endpoint"):format(reference.namespace, reference.name), needs
  end
  return nil
end

local function inspect_configuration(context, configuration)
  for _, webhook in ipairs(configuration.webhooks or {}) do
    local reference = (webhook.clientConfig or {}).service
    if reference and (webhook.failurePolicy or "Fail") == "Fail" then
      local trouble, needs = service_trouble(context, reference)
      if trouble then
        for _, object in ipairs(blocked_by(context, webhook.name)) do needs[#needs + 1] = object end
        context:report {
          class = "admission", id = "A01", on = configuration,
          message = ("webhook %s must be asked and cannot be: %s"):format(webhook.name, trouble),
          evidence = { trouble, "webhook " .. webhook.name, "failurePolicy Fail" }, since = objects.created(configuration),
          suggestions = { ("kubectl get endpointslices -n %s -l kubernetes.io/service-name=%s"):format(reference.namespace,
            reference.name),
            context.describe(configuration) },
          docs = docs.webhook, needs = needs,
        }
      end
    end
  end
end

return {
  name = "admission",
  reads = { "ReplicaSet", "Deployment", "StatefulSet", "DaemonSet", "Job", "Event", "ValidatingWebhookConfiguration",
    "MutatingWebhookConfiguration", "Service", "EndpointSlice" },
  classes = {
    { id = "W02", class = "admission", grace = "none for a policy; 60 s or three times for what may pass" },
    { id = "A01", class = "admission", grace = "60 s or three refusals" },
  },
  detect = function(context)
    for _, blocked in ipairs(creation.blocked(context)) do
      if blocked.class == "admission" or blocked.class == "rollout-stuck" and blocked.object.kind ~= "CronJob" then
        report_blocked(context, blocked)
      end
    end
    for _, kind in ipairs { "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration" } do
      for _, configuration in ipairs(context.index:all(kind)) do inspect_configuration(context, configuration) end
    end
  end,
}
