runbook { name = "deploy", lock = "deploy" }

local function body() log("looking") end
body()
step("Look")
-- expect: missing-option@5:1
