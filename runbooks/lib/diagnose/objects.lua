--- Small questions about Kubernetes objects that every detector asks.
local clock = require "diagnose.clock"

local objects = {}

--- `namespace/name` of an object, the namespace empty where there is none.
function objects.key(namespace, name)
  return (namespace or "") .. "/" .. (name or "")
end

--- `deployment/backend`: the kind in lower case and in full, and the name.
function objects.title(object)
  return (object.kind or "object"):lower() .. "/" .. object.metadata.name
end

--- The condition of a type (never by its position), or nil.
function objects.condition(object, type_name)
  for _, condition in ipairs((object.status or {}).conditions or {}) do
    if condition.type == type_name then return condition end
  end
  return nil
end

--- Whether the condition of a type has a status (`"True"` unless told).
function objects.has_condition(object, type_name, status)
  local condition = objects.condition(object, type_name)
  return condition ~= nil and condition.status == (status or "True")
end

--- Epoch seconds of the object's creation, or nil.
function objects.created(object)
  return clock.parse(object.metadata.creationTimestamp)
end

--- The owner that controls the object, else its first owner, else nil.
function objects.controller(object)
  local owners = object.metadata.ownerReferences
  if not owners then return nil end
  for _, owner in ipairs(owners) do
    if owner.controller and owner.kind and owner.name then return owner end
  end
  local first = owners[1]
  return first and first.kind and first.name and first or nil
end

--- The template of pods that a workload makes, or nil for what makes none.
function objects.pod_template(object)
  local spec = object.spec or {}
  if object.kind == "CronJob" then spec = (spec.jobTemplate or {}).spec or {} end
  return spec.template
end

--- Replicas that are wanted: 1 where the field is not set.
function objects.wanted(object)
  return (object.spec or {}).replicas or 1
end

--- Whether an init container is a sidecar that is meant to run for ever (rule R8).
function objects.is_sidecar(spec)
  return spec.restartPolicy == "Always"
end

--- Calls `visit(spec, status, is_init)` for each container of a pod, init containers first.
-- A status is an empty table where the kubelet has written none yet.
function objects.each_container(pod, visit)
  local status = pod.status or {}
  local function walk(specs, statuses, is_init)
    local by_name = {}
    for _, entry in ipairs(statuses or {}) do by_name[entry.name] = entry end
    for _, spec in ipairs(specs or {}) do visit(spec, by_name[spec.name] or {}, is_init) end
  end
  walk(pod.spec.initContainers, status.initContainerStatuses, true)
  walk(pod.spec.containers, status.containerStatuses, false)
end

--- The names of the keys of a ConfigMap or Secret as a set; values are never looked at.
function objects.keys(object)
  if object.keys then return object.keys end
  local set = {}
  for _, field in ipairs { "data", "stringData", "binaryData" } do
    for key in pairs(object[field] or {}) do set[key] = true end
  end
  return set
end

--- A list of the arguments that are text: what is nil or false is left out.
function objects.lines(...)
  local list = {}
  for i = 1, select("#", ...) do
    local line = select(i, ...)
    if type(line) == "string" and line ~= "" then list[#list + 1] = line end
  end
  return list
end

--- The port of a service or probe as text: a number without a fraction, or its name.
function objects.port(value)
  if math.type(value) == "float" then return string.format("%d", value) end
  return tostring(value)
end

return objects
