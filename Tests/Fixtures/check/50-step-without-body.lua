runbook { name = "deploy", lock = "deploy" }

step("Verify", function()
  -- to be written
end)
-- expect: empty-step@3:16
