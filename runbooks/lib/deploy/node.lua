--- The minikube node: running, and large enough.
local preview = require "deploy.preview"
local quantity = require "quantity"

local node = {}

--- What the cluster's nodes have to give, in cores and bytes; nil in a preview that cannot know.
local function capacity()
  local nodes = kubectl.list { resource = "nodes" }
  if not preview.knows(nodes) then return nil end
  local total = { cpu = 0, memory = 0 }
  for _, found in ipairs(nodes) do
    local has = found.status.allocatable
    total.cpu, total.memory = total.cpu + quantity.read(has.cpu), total.memory + quantity.read(has.memory)
  end
  return total
end

--- Starts minikube where it is not running, and refuses one that is too small.
---
--- `options`: profile, cpus and memory for a start, needs = { cpu = cores, memory = bytes }.
function node.ensure(options)
  local status = minikube.status { profile = options.profile }
  if not preview.knows(status) or not status.running then
    minikube.start {
      profile = options.profile, cpus = options.cpus, memory = options.memory, container_runtime = "docker",
    }
  end
  -- The autoscaler needs it.
  minikube.addon_enable { name = "metrics-server", profile = options.profile }
  local has = capacity()
  if not has then return end
  if has.cpu < options.needs.cpu or has.memory < options.needs.memory then
    fail {
      message = ("minikube has %s and %s; %s and %s are needed"):format(
        quantity.show_cpu(has.cpu), quantity.show_memory(has.memory),
        quantity.show_cpu(options.needs.cpu), quantity.show_memory(options.needs.memory)),
      remedy = "minikube delete, then run this again with larger cpus= and memory=",
    }
  end
end

return node
