runbook { name = "deploy", lock = "deploy" }

step("Deploy", function()
  if kubectl.context() == "minikube" then
    helm.lint { chart = "chart" }
end)
-- expect: syntax@6:4
