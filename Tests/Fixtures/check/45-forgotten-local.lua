runbook { name = "deploy", lock = "deploy" }

step("Look", function()
  pods = kubectl.get { kind = "pods" }
  log(#pods)
end)
-- expect: global-write@4:3
