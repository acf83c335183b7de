--- Scaling, with and without an autoscaler in charge.
local preview = require "deploy.preview"

local scaling = {}

--- The autoscaler of a workload, or nil.
function scaling.autoscaler_of(namespace, kind, name)
  for _, scaler in preview.each(kubectl.list { resource = "horizontalpodautoscalers", namespace = namespace }) do
    local target = scaler.spec.scaleTargetRef
    if target.kind:lower() == kind and target.name == name then return scaler end
  end
end

--- Moves an autoscaler's bounds so that it keeps at least `replicas` pods.
---
--- Scaling the workload itself would not last: the autoscaler puts its own number back within seconds.
function scaling.set_bounds(namespace, scaler, replicas)
  if replicas == 0 then
    fail {
      message = ("hpa/%s keeps at least %d pods"):format(scaler.metadata.name, scaler.spec.minReplicas or 1),
      remedy = ("kubectl delete hpa %s -n %s, then scale to 0"):format(scaler.metadata.name, namespace),
    }
  end
  local bounds = { minReplicas = replicas }
  if replicas > scaler.spec.maxReplicas then bounds.maxReplicas = replicas end
  log.info(("hpa/%s scales it: its least becomes %d"):format(scaler.metadata.name, replicas))
  kubectl.patch {
    resource = "hpa/" .. scaler.metadata.name, namespace = namespace, patch = { spec = bounds }, type = "merge",
  }
end

--- Waits until a workload has its pods ready: exactly so many, or at least where an autoscaler may want more.
--- A preview does not wait.
function scaling.wait_for(namespace, kind, name, replicas, or_more)
  while true do
    local object = kubectl.get { resource = kind .. "/" .. name, namespace = namespace }
    if run.dry_run then return nil end
    local ready = (object.status or {}).readyReplicas or 0
    if ready == replicas or (or_more and ready > replicas) then return ready end
    time.sleep("1s")
  end
end

return scaling
