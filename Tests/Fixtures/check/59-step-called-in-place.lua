runbook { name = "look" }

local function look() log("looking") end
step("Look", look())
-- expect: missing-option@4:1
