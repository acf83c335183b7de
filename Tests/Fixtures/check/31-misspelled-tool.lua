runbook { name = "show", requires = { hlem = ">=3.12", kubectl = ">=1.28" } }
log(kubectl.context())
-- expect: unknown-tool@1:39
