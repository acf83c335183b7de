runbook { name = "deploy", lock = "deploy" }

local namespace = "todo"
step("Look", function()
  log(kubectl.get { kind = "pods", namespace = namspace })
  log(namespace)
end)
-- expect: unknown-global@5:48
