runbook { name = "deploy", lock = "deploy" }

log(string.format("%s: %d of %d ready", "backend", 1))
-- expect: format-arguments@3:19
