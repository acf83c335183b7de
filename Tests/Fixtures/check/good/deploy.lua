#!/usr/bin/env runbook
runbook {
  name = "deploy-local",
  description = "Build, load, deploy and verify the todo chatbot on minikube",
  params = {
    namespace = { type = "string", default = "todo-chatbot", pattern = "^[a-z0-9-]+$", help = "target namespace" },
    replicas = { type = "integer", default = 2, min = 1, max = 5 },
    env = { type = "enum", values = { "dev", "staging", "prod" }, default = "dev" },
    skip_build = { type = "boolean", default = false },
    budget = { type = "duration", default = "3m" },
  },
  requires = { docker = ">=20.10", helm = ">=3.12", kubectl = ">=1.28, <2" },
  secrets = { "DATABASE_URL", "BETTER_AUTH_SECRET", OPENAI_API_KEY = { optional = true } },
  lock = "deploy/${params.namespace}",
}

local checks = require("lib.checks")
local chart <const> = "todo-chatbot/chart"

local function build(service, limit)
  return docker.build { context = "todo-chatbot/" .. service, tag = "todo-" .. service .. ":v1.0.0", max_size = limit }
end

local function deploy()
  kubectl.ensure_secret { name = "todo-secrets", namespace = params.namespace, from = secrets }
  helm.upgrade {
    release = "todo-chatbot",
    chart = chart,
    namespace = params.namespace,
    values = { chart .. "/values.yaml", chart .. "/values-" .. params.env .. ".yaml" },
    set = { replicas = params.replicas, ["image.tag"] = "v1.0.0", debug = params.env == "dev" },
    wait = "2m",
  }
end

local images
if not params.skip_build then
  images = step("Build images", { budget = params.budget, retries = 2 }, function()
    return parallel {
      backend = function() return build("backend", "500MB") end,
      frontend = function() return build("frontend", 300 * 1000 * 1000) end,
    }
  end)
end

step("Lint", function() helm.lint { chart = chart } end)
step("Deploy", { timeout = "5m", undo = function() helm.rollback { release = "todo-chatbot", revision = 1 } end }, deploy)

step("Verify", function()
  http.wait_until { url = "http://localhost:8080/health", timeout = "30s", check = function(answer) return answer.status == 200 end }
  for name, image in pairs(images or {}) do
    log(("%s %d bytes, 100%% of it"):format(name, image.size))
  end
  checks.report(kubectl.get { kind = "pods", namespace = params.namespace })
end)

return { images = images }
