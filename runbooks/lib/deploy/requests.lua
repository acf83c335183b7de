--- What pods ask the scheduler for.
local quantity = require "deploy.quantity"

local requests = {}

local function of_container(container)
  local wanted = (container.resources or {}).requests or {}
  return quantity.parse(wanted.cpu), quantity.parse(wanted.memory)
end

--- Cores and bytes of one pod's spec: its containers together, or its largest init container where that is more.
function requests.of_pod(spec)
  local cpu, memory = 0, 0
  for _, container in ipairs(spec.containers or {}) do
    local more_cpu, more_memory = of_container(container)
    cpu, memory = cpu + more_cpu, memory + more_memory
  end
  for _, container in ipairs(spec.initContainers or {}) do
    local init_cpu, init_memory = of_container(container)
    cpu, memory = math.max(cpu, init_cpu), math.max(memory, init_memory)
  end
  return cpu, memory
end

--- The sum over a list of pods; pods that have ended hold nothing any more.
function requests.of_pods(pods)
  local total = { cpu = 0, memory = 0, pods = 0 }
  for _, pod in ipairs(pods) do
    local phase = (pod.status or {}).phase
    if phase ~= "Succeeded" and phase ~= "Failed" then
      local cpu, memory = requests.of_pod(pod.spec)
      total.cpu, total.memory, total.pods = total.cpu + cpu, total.memory + memory, total.pods + 1
    end
  end
  return total
end

return requests
