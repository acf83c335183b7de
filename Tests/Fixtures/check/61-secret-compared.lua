runbook { name = "check", secrets = { "TOKEN" } }

if secrets.TOKEN == "changeme" then fail("the token is the one of the example") end
-- expect: never-equal@3:4
