runbook { name = "scale", lock = "scale" }

local function back() log("scaling back") end
step("Scale", { undo = back() }, function() kubectl.scale { deployment = "a", replicas = 2 } end)
-- expect: wrong-option-type@4:24
