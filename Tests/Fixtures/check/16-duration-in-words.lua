runbook { name = "deploy", lock = "deploy" }

step("Look", { timeout = "5 minutes" }, function() log("looking") end)
-- expect: wrong-option-type@3:26
