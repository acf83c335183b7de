runbook { name = "verify" }

if kubectl.context() == "prod" then fail("") end
-- expect: empty-text@3:42
