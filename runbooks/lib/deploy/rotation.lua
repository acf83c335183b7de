--- New values for a Secret, and the workloads that must start anew to see them.
local preview = require "deploy.preview"

local rotation = {}

-- The database keeps the password that it was first started with: a new one has to be set inside it first.
local FIXED = {
  POSTGRES_PASSWORD = "PostgreSQL keeps the one that its volume was made with: change it there first"
    .. " (ALTER ROLE … PASSWORD), then use set",
}

-- The value that a source of the project has, or else a person at the terminal.
local function given(name)
  local is_declared, value = pcall(function() return secrets[name] end)
  if is_declared and value then return value end
  if run.interactive or run.dry_run then
    return secret.prompt { name = name, question = ("New value of %s:"):format(name) }
  end
  if is_declared then
    fail {
      message = ("there is no new value for %s"):format(name), exit = 3,
      remedy = ("set %s in .env or in the environment, or run this on a terminal to be asked"):format(name),
    }
  end
  fail {
    message = ("secrets.lua does not look for %s"):format(name), exit = 2,
    remedy = "add it to `secrets` in its header, use -p generate for a random value, or run this on a terminal to be asked",
  }
end

--- The new values by key, from a list of keys that were given a value and a list of keys to make one for.
function rotation.values(set, generate)
  local values = {}
  for _, name in ipairs(set) do values[name] = given(name) end
  for _, name in ipairs(generate) do
    if values[name] then fail { message = ("%s stands in set and in generate"):format(name), exit = 2 } end
    if FIXED[name] then
      fail { message = ("%s cannot be generated"):format(name), remedy = FIXED[name], exit = 2 }
    end
    values[name] = secret.random { name = name, length = 48 }
  end
  if next(values) == nil then
    fail {
      message = "no key was named", exit = 2,
      remedy = "use -p set=NAME for a value of .env, or -p generate=NAME for a random one",
    }
  end
  return values
end

--- The keys in the order of the alphabet.
function rotation.names(values)
  local names = {}
  for name in pairs(values) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function mentions(container, name)
  for _, entry in ipairs(container.env or {}) do
    local reference = (entry.valueFrom or {}).secretKeyRef
    if reference and reference.name == name then return true end
  end
  for _, source in ipairs(container.envFrom or {}) do
    if source.secretRef and source.secretRef.name == name then return true end
  end
  return false
end

--- Whether a pod's spec reads a Secret, as variables or as a volume.
function rotation.reads(spec, name)
  for _, group in ipairs { spec.containers or {}, spec.initContainers or {} } do
    for _, container in ipairs(group) do
      if mentions(container, name) then return true end
    end
  end
  for _, volume in ipairs(spec.volumes or {}) do
    if volume.secret and volume.secret.secretName == name then return true end
    for _, source in ipairs((volume.projected or {}).sources or {}) do
      if source.secret and source.secret.name == name then return true end
    end
  end
  return false
end

--- The workloads that read a Secret: { "deployment/backend", … }.
function rotation.users(namespace, name)
  local found = {}
  for _, kind in ipairs { "deployment", "statefulset", "daemonset" } do
    for _, object in preview.each(kubectl.list { resource = kind .. "s", namespace = namespace }) do
      if rotation.reads(object.spec.template.spec, name) then
        found[#found + 1] = kind .. "/" .. object.metadata.name
      end
    end
  end
  return found
end

--- What changes with each write of a Secret; nil where there is none.
function rotation.version(namespace, name)
  local object = kubectl.get { resource = "secret/" .. name, namespace = namespace, missing_ok = true }
  return object and object.metadata.resourceVersion
end

--- Starts workloads anew and waits until they are ready.
function rotation.restart(users, namespace, timeout)
  for _, user in ipairs(users) do kubectl.rollout_restart { resource = user, namespace = namespace } end
  for _, user in ipairs(users) do
    kubectl.rollout_status { resource = user, namespace = namespace, timeout = timeout }
  end
end

-- How many pods of a workload are ready, and how many are wanted.
local function readiness(user, namespace)
  local object = kubectl.get { resource = user, namespace = namespace }
  local status = object.status or {}
  local wanted = (object.spec or {}).replicas or status.desiredNumberScheduled or 0
  return status.readyReplicas or status.numberReady or 0, wanted
end

--- Warns of workloads that are not ready before anything was changed: the new values are not what is wrong with them.
function rotation.warn_of_unready(users, namespace)
  if run.dry_run then return end
  for _, user in ipairs(users) do
    local ready, wanted = readiness(user, namespace)
    if ready < wanted then log.warn(("%s is not ready now: %d of %d pods"):format(user, ready, wanted)) end
  end
end

--- Waits until a workload runs with the new values, and looks a little later whether it still does: a container without
--- a readiness probe counts as ready until it crashes.
function rotation.verify(user, namespace, timeout, settle)
  kubectl.rollout_status { resource = user, namespace = namespace, timeout = timeout }
  if run.dry_run then return end
  time.sleep(settle)
  local ready, wanted = readiness(user, namespace)
  if ready < wanted then
    fail(("%s was ready with the new values, and now %d of %d pods are"):format(user, ready, wanted))
  end
end

return rotation
