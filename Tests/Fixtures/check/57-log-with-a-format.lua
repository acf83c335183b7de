runbook { name = "report", params = { namespace = { type = "string" } } }

step("Report", function()
  log.info("deploying to %s", params.namespace)
end)
-- expect: too-many-arguments@4:31
