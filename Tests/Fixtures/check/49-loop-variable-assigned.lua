runbook { name = "deploy", lock = "deploy" }

for attempt = 1, 5 do
  if kubectl.context() == "minikube" then attempt = 5 end
  log(attempt)
end
-- expect: loop-variable-write@4:43
