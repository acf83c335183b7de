runbook { name = "deploy", lock = "deploy" }

local function pick(context)
  if context == "minikube" then return "local" else error("unknown context " .. context) end
  return "remote"
end
log(pick(kubectl.context()))
-- expect: unreachable-code@5:3
