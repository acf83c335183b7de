runbook { name = "count" }

local images = docker.images()
log("images: " + #images)
-- expect: bad-operand@4:5
