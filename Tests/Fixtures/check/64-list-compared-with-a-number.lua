runbook { name = "count" }

if docker.images() > 3 then log("many images") end
-- expect: bad-operand@3:4
