runbook { name = "deploy", lock = "deploy" }

step("Look", { retires = 3 }, function() log("looking") end)
-- expect: unknown-option@3:16
