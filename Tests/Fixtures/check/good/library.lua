-- Shared helpers: steps elsewhere call them, so that nothing here is outside a step.
local M = {}

local function first(list, test)
  for index, item in ipairs(list) do
    if test(item) then return item, index end
  end
  return nil
end

--- Scales a deployment and waits.
function M.scale(name, replicas, options)
  options = options or {}
  local before = kubectl.get { kind = "deployment", name = name, namespace = options.namespace }
  kubectl.scale { deployment = name, replicas = replicas, namespace = options.namespace }
  return before.spec.replicas
end

function M.ready(pods)
  local pod = first(pods, function(candidate) return candidate.phase ~= "Running" end)
  return pod == nil
end

M.first = first
return M
