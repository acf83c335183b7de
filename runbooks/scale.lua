runbook {
  name = "scale",
  description = "Change how many pods a workload has, and wait until they are ready",
  params = {
    namespace = { type = "string", default = "todo-chatbot", pattern = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",
      help = "namespace that it runs in" },
    workload = { type = "string", default = "deployment/todo-chatbot-backend",
      pattern = "^(deployment|statefulset)/[a-z0-9][-a-z0-9.]*$",
      help = "workload to scale" },
    replicas = { type = "integer", min = 0, max = 20, help = "number of pods" },
    timeout = { type = "duration", default = "2m", help = "time that pods may take to be ready" },
  },
  requires = { kubectl = ">=1.28" },
  lock = "deploy/${params.namespace}",
  on_failure = "undo",
}

local scaling = require "deploy.scaling"

local kind, name = params.workload:match("^(%a+)/(.+)$")
local before = step("Look at it", { idempotent = true }, function()
  return kubectl.get { resource = params.workload, namespace = params.namespace }
end)
local scaler = step("Look for an autoscaler", { idempotent = true }, function()
  return scaling.autoscaler_of(params.namespace, kind, name)
end)

if params.replicas == 0 then confirm(("Stop every pod of %s in %s?"):format(params.workload, params.namespace)) end

step("Scale", function()
  if scaler then
    scaling.set_bounds(params.namespace, scaler, params.replicas)
  else
    kubectl.scale { resource = params.workload, namespace = params.namespace, replicas = params.replicas }
  end
end)
step("Wait until they are ready", { timeout = params.timeout, idempotent = true }, function()
  scaling.wait_for(params.namespace, kind, name, params.replicas, scaler ~= nil)
end)

return {
  workload = params.workload, from = before.spec.replicas, to = params.replicas,
  autoscaler = scaler and scaler.metadata.name,
}
