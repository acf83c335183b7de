runbook {
  name = "secrets",
  description = "Rotate secrets: set new values, restart what uses them, verify, go back on failure",
  params = {
    namespace = { type = "string", default = "todo-chatbot", pattern = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",
      help = "namespace of the Secret" },
    secret = { type = "string", default = "todo-secrets", help = "Secret" },
    set = { type = "list", default = {},
      help = "list of keys that get the value of .env, of the environment or of a prompt" },
    generate = { type = "list", default = {}, help = "list of keys that get a new random value" },
    timeout = { type = "duration", default = "2m", help = "time that pods may take to be ready" },
    settle = { type = "duration", default = "3s", help = "time after which they must still be ready" },
  },
  requires = { kubectl = ">=1.28" },
  secrets = {
    DATABASE_URL = { optional = true }, BETTER_AUTH_SECRET = { optional = true },
    POSTGRES_PASSWORD = { optional = true }, OPENAI_API_KEY = { optional = true },
  },
  lock = "deploy/${params.namespace}",
  on_failure = "undo",
}

local rotation = require "deploy.rotation"

local values = rotation.values(params.set, params.generate)

local users = step("Find what uses it", { idempotent = true }, function()
  return rotation.users(params.namespace, params.secret)
end)

confirm(("Set %s of secret/%s in %s, and restart %d workloads?"):format(
  table.concat(rotation.names(values), ", "), params.secret, params.namespace, #users))

-- What is undone last: the Secret is put back by then, and what uses it may have started anew before that. One that was
-- never written is as it was, and nothing needs to start anew.
local before
local function restart_with_old()
  local now = rotation.version(params.namespace, params.secret)
  if not before or now ~= before then rotation.restart(users, params.namespace, params.timeout) end
end
before = step("What runs now", { undo = restart_with_old, idempotent = true }, function()
  rotation.warn_of_unready(users, params.namespace)
  return rotation.version(params.namespace, params.secret)
end)

step("Set the new values", function()
  kubectl.ensure_secret { name = params.secret, namespace = params.namespace, from = values, keep_others = true }
end)

step("Restart what uses it", function()
  for _, user in ipairs(users) do kubectl.rollout_restart { resource = user, namespace = params.namespace } end
end)

step("Verify", { budget = params.timeout, idempotent = true }, function()
  for _, user in ipairs(users) do
    rotation.verify(user, params.namespace, params.timeout, params.settle)
  end
end)

return { secret = params.secret, keys = rotation.names(values), restarted = users }
