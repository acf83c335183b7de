--- What stands behind a Service: its EndpointSlices, and the pods that its selector picks.
local objects = require "diagnose.objects"

local endpoints = {}

local slice_label = "kubernetes.io/service-name"

--- The slices of a service, indexed once by namespace and service name.
local function slices_of(context, service)
  if not context.slices then
    context.slices = {}
    for _, slice in ipairs(context.index.everywhere.EndpointSlice or {}) do
      local name = (slice.metadata.labels or {})[slice_label]
      if name then
        local key = objects.key(slice.metadata.namespace, name)
        context.slices[key] = context.slices[key] or {}
        table.insert(context.slices[key], slice)
      end
    end
  end
  return context.slices[objects.key(service.metadata.namespace, service.metadata.name)]
end

--- `{ known, ready, total, pods, ready_pods }` of a service. `ready` counts ready endpoints: of the slices where
-- there are any, else of the pods that the selector picks. `known` is false where neither could be read.
function endpoints.state(context, service)
  local index = context.index
  local pods, ready_pods = {}, 0
  if next(service.spec.selector or {}) then
    for _, pod in ipairs(index:pods_matching(service.metadata.namespace, service.spec.selector)) do
      local phase = (pod.status or {}).phase
      if phase ~= "Succeeded" and phase ~= "Failed" then
        pods[#pods + 1] = pod
        if context.is_ready(pod) then ready_pods = ready_pods + 1 end
      end
    end
  end
  local slices = slices_of(context, service)
  local ready, total = 0, 0
  for _, slice in ipairs(slices or {}) do
    for _, endpoint in ipairs(slice.endpoints or {}) do
      local conditions = endpoint.conditions or {}
      total = total + 1
      -- an unset `ready` means true
      if conditions.ready ~= false then ready = ready + 1 end
    end
  end
  local from_slices = slices ~= nil
  return {
    known = from_slices or index:readable("Pod"), from_slices = from_slices, slices = slices or {}, pods = pods,
    ready_pods = ready_pods,
    ready = from_slices and ready or ready_pods, total = from_slices and total or #pods,
  }
end

return endpoints
