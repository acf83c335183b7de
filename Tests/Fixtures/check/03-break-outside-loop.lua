runbook { name = "deploy", lock = "deploy" }

step("Look", function()
  if kubectl.context() == "minikube" then break end
end)
-- expect: syntax@4:43
