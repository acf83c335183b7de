runbook { name = "deploy", lock = "deploy" }

local retries <const> = 3
step("Look", function() retries = 4 end)
-- expect: syntax@4:25
