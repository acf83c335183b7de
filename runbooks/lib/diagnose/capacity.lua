--- The nodes' room: what their pods request against what they can give (D05).
local objects = require "diagnose.objects"
local quantity = require "quantity"
local resources = require "diagnose.resources"

local capacity = {}

local function percent(part, whole)
  return whole > 0 and math.floor(part * 100 / whole + 0.5) or 0
end

--- One row a node, fullest first: `{ name, cpu = { requested, allocatable, percent }, memory = { … }, pods, pods_allocatable, fits }`.
-- `pods` are the pods of every namespace; those that have ended hold nothing.
function capacity.picture(nodes, pods)
  local used = {}
  for _, pod in ipairs(pods) do
    local phase, node = (pod.status or {}).phase, pod.spec.nodeName
    if node and phase ~= "Succeeded" and phase ~= "Failed" then
      local total = used[node] or { cpu = 0, memory = 0, pods = 0 }
      local asked = resources.of_pod(pod.spec)
      total.cpu, total.memory, total.pods = total.cpu + (asked.cpu or 0), total.memory + (asked.memory or 0), total.pods + 1
      used[node] = total
    end
  end
  local rows = {}
  for _, node in ipairs(nodes) do
    local allocatable = (node.status or {}).allocatable or {}
    local total = used[node.metadata.name] or { cpu = 0, memory = 0, pods = 0 }
    local cpu, memory = quantity.parse(allocatable.cpu) or 0, quantity.parse(allocatable.memory) or 0
    local takes = not (node.spec or {}).unschedulable and objects.has_condition(node, "Ready")
    rows[#rows + 1] = {
      name = node.metadata.name, pods = total.pods, pods_allocatable = math.floor(quantity.parse(allocatable.pods) or 0),
      cpu = { requested = quantity.cpu(total.cpu), allocatable = quantity.cpu(cpu), percent = percent(total.cpu, cpu) },
      memory = { requested = quantity.memory(total.memory), allocatable = quantity.memory(memory),
        percent = percent(total.memory, memory) },
      fits = takes and ("cpu %s, memory %s"):format(quantity.cpu(math.max(0, cpu - total.cpu)),
        quantity.memory(math.max(0, memory - total.memory)))
        or "nothing: it takes no pods",
    }
  end
  table.sort(rows, function(a, b)
    local fullest_a, fullest_b = math.max(a.cpu.percent, a.memory.percent), math.max(b.cpu.percent, b.memory.percent)
    if fullest_a ~= fullest_b then return fullest_a > fullest_b end
    return a.name < b.name
  end)
  return rows
end

return capacity
