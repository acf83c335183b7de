runbook { name = "deploy", lock = "deploy" }

log("pods: ", #kubectl.get { kind = "pods" })
-- expect: too-many-arguments@3:15
