--- The todo chatbot, as the runbooks here know it. Copy this file and change it to deploy something else.
local app = {
  release = "todo-chatbot",
  chart = "todo-chatbot/chart",
  secret = "todo-secrets",
  -- What each service is made from, and how it is reached.
  services = {
    { name = "backend", image = "todo-backend:v1.0.0", context = "todo-chatbot/backend", max_size = "500MB",
      workload = "deployment/todo-chatbot-backend", service = "todo-chatbot-backend", port = 8000, health = "/health",
      ready = "/ready" },
    { name = "frontend", image = "todo-frontend:v1.0.0", context = "todo-chatbot/frontend", max_size = "300MB",
      workload = "deployment/todo-chatbot-frontend", service = "todo-chatbot-frontend", port = 3000,
      health = "/api/health", ready = "/" },
  },
  -- What one deployment may ask the scheduler for, in cores and bytes.
  budget = { cpu = 2, memory = 2 * 2 ^ 30 },
}

--- The values file of an environment.
function app.values_of(env)
  return ("%s/values-%s.yaml"):format(app.chart, env)
end

--- A service by its name.
function app.service(name)
  for _, service in ipairs(app.services) do
    if service.name == name then return service end
  end
  error(("there is no service %q"):format(name), 2)
end

return app
