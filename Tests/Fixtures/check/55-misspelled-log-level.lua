runbook { name = "report" }

step("Report", function()
  log.wran("two pods are not ready")
end)
-- expect: unknown-api@4:7
