runbook { name = "deploy", lock = "deploy" }

if kubectl.context() = "minikube" then
  log("local")
end
-- expect: syntax@3:22
