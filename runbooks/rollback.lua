runbook {
  name = "rollback",
  description = "Go back to the last revision that was healthy, and verify that it serves",
  params = {
    namespace = { type = "string", default = "todo-chatbot", pattern = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",
      help = "namespace that it runs in" },
    release = { type = "string", default = "todo-chatbot", help = "helm release" },
    revision = { type = "integer", optional = true, min = 1,
      help = "revision to go back to; the last healthy one when left out" },
    deployment = { type = "string", optional = true,
      help = "Deployment to take back, one that helm does not own, instead of the release" },
    timeout = { type = "duration", default = "2m", help = "time that pods may take to be ready" },
  },
  requires = { helm = ">=3.12", kubectl = ">=1.28" },
  lock = "deploy/${params.namespace}",
}

local rollback = require "deploy.rollback"

if params.deployment then
  return rollback.deployment(params.namespace, params.deployment, params.revision, params.timeout)
end
return rollback.release(params.namespace, params.release, params.revision, params.timeout)
