runbook {
  name = "load-test",
  description = "Put the todo chatbot under load and judge it: p95 under 1 s, fewer than 5 % errors",
  params = {
    namespace = { type = "string", default = "todo-chatbot", pattern = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",
      help = "where it runs" },
    profile = { type = "enum", values = { "smoke", "load", "stress" }, default = "smoke",
      help = "5 users for 1 min, 50 for 5 min, 200 for 5 min" },
    url = { type = "string", optional = true, pattern = "^https?://.+$",
      help = "the address; the frontend's when left out" },
    users = { type = "integer", optional = true, min = 1, max = 1000, help = "instead of the profile's" },
    duration = { type = "duration", optional = true, help = "instead of the profile's" },
    tool = { type = "enum", values = { "auto", "k6", "builtin" }, default = "auto",
      help = "auto: k6 where it is installed" },
    minikube = { type = "string", default = "minikube", help = "minikube's profile" },
  },
  requires = { kubectl = ">=1.28" },
}

local load = require "deploy.load"

local plan = load.plan(params.profile, params.users, params.duration)
local url = params.url or step("Find the address", { idempotent = true }, function()
  return load.address(params.namespace, params.minikube)
end)
local use_k6 = params.tool == "k6" or (params.tool == "auto" and load.has_k6())

local measured = step(("Load: %d users for %s"):format(plan.users, plan.duration), function()
  if use_k6 then return load.by_k6(url, plan) end
  return http.load { url = url, users = plan.users, duration = plan.duration, pause = "100ms" }
end)

step("Judge", { idempotent = true }, function() load.judge(measured) end)

return measured
