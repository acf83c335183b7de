--- What pods request of the nodes, counted as the scheduler does.
-- https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
local objects = require "diagnose.objects"
local quantity = require "quantity"

local resources = {}

local function add(total, requests)
  for resource, value in pairs(requests or {}) do
    total[resource] = (total[resource] or 0) + (quantity.parse(value) or 0)
  end
end

local function raise(total, floor)
  for resource, value in pairs(floor) do
    if value > (total[resource] or 0) then total[resource] = value end
  end
end

--- What a pod requests: the sum of its containers and sidecars, at least what an init container needs with the
-- sidecars before it, and the overhead of its runtime class. Keys are resource names, values numbers.
function resources.of_pod(spec)
  local total, sidecars, peak = {}, {}, {}
  for _, container in ipairs(spec.initContainers or {}) do
    local requests = (container.resources or {}).requests
    if objects.is_sidecar(container) then
      add(sidecars, requests)
    else
      local needed = {}
      for resource, value in pairs(sidecars) do needed[resource] = value end
      add(needed, requests)
      raise(peak, needed)
    end
  end
  for _, container in ipairs(spec.containers or {}) do add(total, (container.resources or {}).requests) end
  for resource, value in pairs(sidecars) do total[resource] = (total[resource] or 0) + value end
  raise(total, peak)
  add(total, spec.overhead)
  return total
end

--- The requests in words: `cpu 64, memory 1Gi`.
function resources.describe(requests)
  local list = {}
  for resource, value in pairs(requests) do list[#list + 1] = resource .. " " .. quantity.format(resource, value) end
  table.sort(list)
  return table.concat(list, ", ")
end

return resources
