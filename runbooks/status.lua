runbook {
  name = "status",
  description = "Show what runs in a namespace: release, workloads, pods, addresses",
  params = {
    namespace = { type = "string", default = "todo-chatbot", pattern = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",
      help = "namespace to look at" },
  },
  requires = { helm = ">=3.12", kubectl = ">=1.28" },
  allow = { helm = "read", kubectl = "read", time = "read" },
}

local status = require "deploy.status"

local found = step("Look", { idempotent = true }, function() return status.read(params.namespace) end)
status.show(found)
return found
