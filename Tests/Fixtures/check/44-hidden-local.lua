runbook { name = "deploy", lock = "deploy" }

step("Look", function()
  local healthy = true
  for _, pod in ipairs(kubectl.get { kind = "pods" }) do
    if pod.phase ~= "Running" then
      local healthy = false
      log(healthy)
    end
  end
  if not healthy then fail("not healthy") end
end)
-- expect: shadowed-local@7:13
