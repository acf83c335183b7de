runbook { name = "deploy", lock = "deploy" }

step("Look", function()
  local pods = kubectl.get { kind = "pods" }
  log("pods run")
end)
-- expect: unused-local@4:9
