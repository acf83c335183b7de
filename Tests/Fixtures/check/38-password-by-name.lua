runbook { name = "deploy", lock = "deploy" }

step("Secret", function()
  kubectl.ensure_secret { name = "todo", from = { db_password = "correct-horse" } }
end)
-- expect: secret-in-clear@4:65
