--- The ConfigMaps, Secrets, keys and claims that a pod asks for, and which of them do not exist (F01).
-- Names and key names only are read. `optional: true` is honoured.
local objects = require "diagnose.objects"

local references = {}

--- Calls `visit{kind, name, key, optional, where, container}` for each reference of a pod.
function references.each(pod_spec, visit)
  local function keyed(kind, source, name, where)
    if not source or not name or name == "" then return end
    local items = source.items or {}
    if #items == 0 then
      visit { kind = kind, name = name, optional = source.optional, where = where }
    end
    for _, item in ipairs(items) do
      visit { kind = kind, name = name, key = item.key, optional = source.optional, where = where }
    end
  end
  for _, volume in ipairs(pod_spec.volumes or {}) do
    local where = "volume " .. volume.name
    keyed("ConfigMap", volume.configMap, (volume.configMap or {}).name, where)
    keyed("Secret", volume.secret, (volume.secret or {}).secretName, where)
    for _, source in ipairs((volume.projected or {}).sources or {}) do
      keyed("ConfigMap", source.configMap, (source.configMap or {}).name, where)
      keyed("Secret", source.secret, (source.secret or {}).name, where)
    end
    local claim = volume.persistentVolumeClaim
    if claim and claim.claimName then visit { kind = "PersistentVolumeClaim", name = claim.claimName, where = where } end
  end
  local function of_container(container)
    local where = "container " .. container.name
    for _, variable in ipairs(container.env or {}) do
      local from = variable.valueFrom or {}
      for kind, reference in pairs { ConfigMap = from.configMapKeyRef, Secret = from.secretKeyRef } do
        if reference.name then
          visit { kind = kind, name = reference.name, key = reference.key, optional = reference.optional,
            where = ("%s, env %s"):format(where, variable.name or "?"), container = container.name }
        end
      end
    end
    for _, source in ipairs(container.envFrom or {}) do
      for kind, reference in pairs { ConfigMap = source.configMapRef, Secret = source.secretRef } do
        if reference.name then
          visit { kind = kind, name = reference.name, optional = reference.optional, where = where .. ", envFrom",
            container = container.name }
        end
      end
    end
  end
  for _, container in ipairs(pod_spec.initContainers or {}) do of_container(container) end
  for _, container in ipairs(pod_spec.containers or {}) do of_container(container) end
end

--- Whether a reference leads nowhere: "object", "key", or nil when it is there or that cannot be known.
function references.missing(index, namespace, reference)
  if reference.optional or not index:readable(reference.kind) then return nil end
  local object = index:get(reference.kind, namespace, reference.name)
  if not object then return "object" end
  if reference.key and not objects.keys(object)[reference.key] then return "key" end
  return nil
end

--- The missing references of a pod, the same one named once.
function references.all_missing(index, pod)
  local list, seen = {}, {}
  references.each(pod.spec, function(reference)
    local what = references.missing(index, pod.metadata.namespace, reference)
    local id = reference.kind .. "/" .. reference.name .. "/" .. (reference.key or "")
    if what and not seen[id] then
      seen[id] = true
      reference.missing = what
      list[#list + 1] = reference
    end
  end)
  return list
end

--- The pods that use a claim, by a `persistentVolumeClaim` volume or an ephemeral one; listed once for all claims.
function references.claim_users(context, namespace, claim)
  if not context.claim_pods then
    context.claim_pods = {}
    for _, pod in ipairs(context.index:all("Pod")) do
      for _, volume in ipairs(pod.spec.volumes or {}) do
        local name = (volume.persistentVolumeClaim or {}).claimName
          or volume.ephemeral and pod.metadata.name .. "-" .. volume.name
        if name then
          local key = objects.key(pod.metadata.namespace, name)
          context.claim_pods[key] = context.claim_pods[key] or {}
          table.insert(context.claim_pods[key], pod)
        end
      end
    end
  end
  return context.claim_pods[objects.key(namespace, claim)] or {}
end

--- The missing reference in words: `Secret todo-secrets has no key DATABASE_URL`.
function references.describe(reference)
  if reference.missing == "key" then
    return ("%s %s has no key %s"):format(reference.kind, reference.name, reference.key)
  end
  return ("%s %s does not exist"):format(reference.kind, reference.name)
end

return references
