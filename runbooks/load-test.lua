runbook {
  name = "load-test",
  description = "Put the todo chatbot under load and judge it: p95 under 1 s, fewer than 5 % errors",
  params = {
    namespace = { type = "string", default = "todo-chatbot", pattern = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",
      help = "namespace that it runs in" },
    profile = { type = "enum", values = { "smoke", "load", "stress" }, default = "smoke",
      help = "size: smoke is 5 users for 1 min, load 50 for 5 min, stress 200 for 5 min" },
    url = { type = "string", optional = true, pattern = "^https?://.+$",
      help = "address; the frontend's when left out" },
    users = { type = "integer", optional = true, min = 1, max = 1000,
      help = "number of users instead of the profile's" },
    duration = { type = "duration", optional = true, help = "span of time instead of the profile's" },
    tool = { type = "enum", values = { "auto", "k6", "builtin" }, default = "auto",
      help = "generator; auto: k6 where it is installed" },
    minikube = { type = "string", default = "minikube", help = "profile of minikube" },
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
