runbook { name = "deploy", lock = "deploy" }

-- runbook: ignore unused-locl
local _context = kubectl.context()
-- expect: unknown-ignore@3:20
