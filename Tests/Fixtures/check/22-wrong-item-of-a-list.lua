runbook { name = "deploy", lock = "deploy" }

step("Show", function() exec.run({ "echo", true }, { read = true }) end)
-- expect: wrong-option-type@3:44
