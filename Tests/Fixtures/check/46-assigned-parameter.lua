runbook { name = "show", params = { env = { type = "string" } } }
if not params.env then params.env = "dev" end
log(params.env)
-- expect: api-write@2:24
