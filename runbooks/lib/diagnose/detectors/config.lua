--- C03, F01: what a pod refers to does not exist: a Secret, a ConfigMap, a key, a claim, a service account.
local containers = require "diagnose.containers"
local creation = require "diagnose.creation"
local events = require "diagnose.events"
local objects = require "diagnose.objects"
local references = require "diagnose.references"

local docs = "https://kubernetes.io/docs/concepts/configuration/secret/#using-a-secret"
local mount_reasons = { FailedMount = true, FailedMapVolume = true }

--- Texts of the kubelet that pass by themselves.
local function is_transient(message)
  return message:find("failed to sync", 1, true) or message:find("services have not yet been read", 1, true)
end

--- The reference that a kubelet message says is missing, or nil.
local function named_in(message)
  local kind, name = message:match('([%a]+) "([^"]+)" not found')
  if not kind then kind, name = message:match('([%a]+) "[^"]-/([^"/]+)" not found') end
  local kinds = { secret = "Secret", configmap = "ConfigMap", persistentvolumeclaim = "PersistentVolumeClaim" }
  if kind and kinds[kind:lower()] then
    return { kind = kinds[kind:lower()], name = name:match("[^/]+$"), missing = "object" }
  end
  local key, owner_kind, owner = message:match("couldn't find key (%S+) in (%a+) (%S+)")
  if key then
    return { kind = owner_kind, name = (owner:match("[^/]+$"):gsub("[,.]$", "")), key = key, missing = "key" }
  end
  owner_kind, key = message:match("non%-existent (%a+) key: ([%w._-]+)")
  if key then
    return { kind = owner_kind == "secret" and "Secret" or "ConfigMap", name = "", key = key, missing = "key" }
  end
  return nil
end

local function describe(reference)
  if reference.name == "" then return ("the mounted %s has no key %s"):format(reference.kind, reference.key) end
  return references.describe(reference)
end

local function suggestions_for(context, pod, reference)
  local namespace = pod.metadata.namespace
  local list = { context.describe(pod) }
  if reference.kind == "Secret" and reference.name ~= "" then
    local key = reference.key or "KEY"
    table.insert(list, 1, reference.missing == "key"
      and ("kubectl patch secret %s -n %s -p '{\"stringData\":{\"%s\":\"…\"}}'"):format(reference.name, namespace, key)
      or ("kubectl create secret generic %s -n %s --from-literal=%s=…"):format(reference.name, namespace, key))
  elseif reference.kind == "ConfigMap" and reference.name ~= "" then
    table.insert(list, 1, reference.missing == "key"
      and ("kubectl edit configmap %s -n %s"):format(reference.name, namespace)
      or ("kubectl create configmap %s -n %s --from-literal=%s=…"):format(reference.name, namespace,
        reference.key or "KEY"))
  end
  return list
end

local function report(context, pod, reference, fields)
  fields.class, fields.on = "missing-config", pod
  fields.id = fields.id or "F01"
  fields.message = describe(reference)
  table.insert(fields.evidence, 1, fields.message)
  if reference.where then table.insert(fields.evidence, 2, "used by " .. reference.where) end
  fields.suggestions = suggestions_for(context, pod, reference)
  fields.since = containers.pod_since(pod)
  fields.docs = docs
  context:report(fields)
end

--- A container that waits with CreateContainerConfigError.
local function from_status(context, pod, spec, waiting)
  local message = waiting.message or ""
  local failed = context.index:event(pod, { Failed = true }, "Error: ")
  if message == "" and failed then message = failed.message end
  local evidence = { message, "container " .. spec.name .. ", state.waiting.reason = " .. waiting.reason }
  local reference = named_in(message)
  local since = containers.pod_since(pod)
  if not reference then
    context:report {
      class = "container-start", id = "C03", on = pod, container = spec.name,
      message = ("container %s cannot be configured: %s"):format(spec.name, message),
      settling = is_transient(message) and not context:lasted(since, "mount"),
      evidence = evidence, suggestions = { context.describe(pod) }, since = since, docs = docs,
    }
    return
  end
  -- what exists by now is picked up at the kubelet's next try
  local object = context.index:get(reference.kind, pod.metadata.namespace, reference.name)
  local appeared = object and (reference.missing == "object" or objects.keys(object)[reference.key])
    and failed and (objects.created(object) or 0) >= failed.time
  report(context, pod, reference, {
    id = "C03", container = spec.name, evidence = evidence, settling = appeared and true or nil,
    last = failed and failed.time,
  })
end

--- A pod whose volumes wait for what does not exist.
local function from_volumes(context, pod)
  local event = context.index:event(pod, mount_reasons)
  local reference = event and not is_transient(event.message) and named_in(event.message)
  local found = {}
  for _, missing in ipairs(references.all_missing(context.index, pod)) do
    if not missing.container then found[missing.kind .. missing.name] = true end
    if not missing.container and missing.kind ~= "PersistentVolumeClaim" then
      report(context, pod, missing, { evidence = event and { events.line(event) } or {}, last = event and event.time })
    end
  end
  if reference and reference.name == "" and next(found) then return end
  local exists = reference and reference.name ~= ""
    and references.missing(context.index, pod.metadata.namespace, reference) == nil
    and context.index:readable(reference.kind) and (reference.missing == "object")
  if reference and not exists and not found[reference.kind .. reference.name] then
    report(context, pod, reference, { evidence = { events.line(event) }, last = event.time })
  end
end

local function from_claims(context, pod)
  for _, missing in ipairs(references.all_missing(context.index, pod)) do
    if missing.kind == "PersistentVolumeClaim" then
      local condition = objects.condition(pod, "PodScheduled") or {}
      report(context, pod, missing, { evidence = { condition.message } })
    end
  end
end

local function is_creating(pod)
  for _, list in ipairs { pod.status.initContainerStatuses or {}, pod.status.containerStatuses or {} } do
    for _, status in ipairs(list) do
      if not ({ ContainerCreating = true, PodInitializing = true })[containers.waiting_reason(status)] then return false end
    end
  end
  return pod.status.phase == "Pending" and pod.spec.nodeName ~= nil
end

return {
  name = "config",
  reads = { "Pod", "Event", "Secret", "ConfigMap", "PersistentVolumeClaim", "ServiceAccount" },
  classes = {
    { id = "C03", class = "missing-config", grace = "none: it fails until the object exists" },
    { id = "F01", class = "missing-config", grace = "none" },
  },
  detect = function(context)
    for _, pod in ipairs(context:suspects()) do
      objects.each_container(pod, function(spec, status)
        local waiting = (status.state or {}).waiting
        if waiting and waiting.reason == "CreateContainerConfigError" then from_status(context, pod, spec, waiting) end
      end)
      if is_creating(pod) then
        from_volumes(context, pod)
      elseif not pod.spec.nodeName and pod.status.phase == "Pending" then
        from_claims(context, pod)
      end
    end
    for _, blocked in ipairs(creation.blocked(context)) do
      if blocked.class == "missing-config" then
        context:report {
          class = "missing-config", id = "F01", on = blocked.object, message = blocked.message, evidence = blocked.evidence,
          since = blocked.since, last = blocked.last, settling = blocked.settling,
          suggestions = { blocked.command, context.describe(blocked.object) },
          docs = "https://kubernetes.io/docs/concepts/security/service-accounts/",
        }
      end
    end
  end,
}
