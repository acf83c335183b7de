runbook { name = "deploy", lock = "deploy" }

if not kubectl.context() == "minikube" then fail("not minikube") end
-- expect: not-comparison@3:4
