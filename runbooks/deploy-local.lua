runbook {
  name = "deploy-local",
  description = "Build, load, deploy and verify the todo chatbot on minikube",
  params = {
    namespace = { type = "string", default = "todo-chatbot", pattern = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",
      help = "target namespace" },
    env = { type = "enum", values = { "dev", "staging", "prod" }, default = "dev",
      help = "environment whose values the chart gets" },
    replicas = { type = "integer", optional = true, min = 1, max = 5,
      help = "number of backend pods, the least that the autoscaler keeps; left out: that of the environment" },
    skip_build = { type = "boolean", default = false, help = "switch to use the images that are there" },
    build = { type = "enum", values = { "minikube", "load" }, default = "minikube",
      help = "engine that builds: minikube's own, or this machine's, whose images are then loaded" },
    database = { type = "enum", values = { "auto", "in-cluster", "external" }, default = "auto",
      help = "place of PostgreSQL; auto: in the cluster when POSTGRES_PASSWORD is set" },
    profile = { type = "string", default = "minikube", help = "profile of minikube" },
    cpus = { type = "integer", default = 2, min = 2, help = "number of processors of a minikube that is started" },
    memory = { type = "string", default = "4g", pattern = "^[0-9]+[mg]$",
      help = "memory of a minikube that is started" },
    timeout = { type = "duration", default = "5m", help = "time that pods may take to be ready" },
  },
  requires = { docker = ">=20.10", minikube = ">=1.30", helm = ">=3.12", kubectl = ">=1.28" },
  secrets = {
    "DATABASE_URL", "BETTER_AUTH_SECRET",
    POSTGRES_PASSWORD = { optional = true }, OPENAI_API_KEY = { optional = true },
  },
  lock = "deploy/${params.namespace}",
  on_failure = "undo",
}

local app = require "deploy.app"
local budgets = require "deploy.budgets"
local images = require "deploy.images"
local minikube_node = require "deploy.node"
local smoke = require "deploy.smoke"

local began = time.now()
local in_cluster = params.database == "in-cluster" or (params.database == "auto" and secrets.POSTGRES_PASSWORD ~= nil)
if in_cluster and not secrets.POSTGRES_PASSWORD then
  fail {
    message = "database=in-cluster needs POSTGRES_PASSWORD",
    remedy = "add it to .env, or use -p database=external", exit = 3,
  }
end

step("Check minikube", { idempotent = true }, function()
  minikube_node.ensure { profile = params.profile, cpus = params.cpus, memory = params.memory, needs = app.budget }
end)

local built = step(params.skip_build and "Find images" or "Build images", { budget = "3m" }, function()
  if params.skip_build then return images.find(params.profile) end
  return images.build(params.profile, params.build)
end)

local secret_revision = step("Namespace and secret", function()
  kubectl.ensure_namespace { name = params.namespace }
  kubectl.ensure_secret { name = app.secret, namespace = params.namespace, from = secrets }
  -- No secret itself: it changes with the Secret, and pods that see a new one start anew.
  return kubectl.get {
    resource = "secret/" .. app.secret, namespace = params.namespace, missing_ok = true,
    template = "{{.metadata.resourceVersion}}",
  }
end)

if secret_revision == nil then secret_revision = "" end
local values = {
  secretRevision = secret_revision,
  backend = {
    replicas = params.replicas,
    autoscaling = params.replicas and { minReplicas = params.replicas } or nil,
    openai = { enabled = secrets.OPENAI_API_KEY ~= nil },
  },
  database = { enabled = in_cluster },
}

step("Check the chart", function()
  helm.lint { chart = app.chart, value_files = { app.values_of(params.env) }, values = values, strict = true }
end)

step("Deploy", { budget = "2m" }, function()
  helm.upgrade {
    release = app.release, chart = app.chart, namespace = params.namespace,
    value_files = { app.values_of(params.env) }, values = values, wait = params.timeout,
  }
  for _, service in ipairs(app.services) do
    kubectl.rollout_status { resource = service.workload, namespace = params.namespace, timeout = params.timeout }
  end
end)

local addresses = step("Check that it answers", { retries = 2, idempotent = true }, function()
  return smoke.check(params.namespace, params.profile)
end)

local report = budgets.report { namespace = params.namespace, began = began, limits = app.budget, run = "5m" }
for _, service in ipairs(run.dry_run and {} or app.services) do
  print(("%-9s ready  %s"):format(service.name, tostring(addresses[service.name] or "")))
end

return { namespace = params.namespace, env = params.env, images = built, addresses = addresses, requested = report }
