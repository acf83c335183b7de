runbook { name = "deploy", lock = "deploy" }

step("Check", function()
  if kubectl.context() ~= "minikube" then
    fail("not minikube")
    log("use minikube")
  end
end)
-- expect: unreachable-code@6:5
