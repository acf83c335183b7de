--- What pods ask the scheduler for.
local resources = require "diagnose.resources"

local requests = {}

--- Cores and bytes of one pod's spec, counted as the scheduler does.
function requests.of_pod(spec)
  local asked = resources.of_pod(spec)
  return asked.cpu or 0, asked.memory or 0
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
