-- The failure classes of the specification: workloads, network, nodes, quotas, autoscaling and extensions.
-- Each class once, beside the sound namespace that looks most like it; the other files of this folder go into the details.
local cluster = require "cluster"
local specification = require "specification"
local at = cluster.at
local crashing, web, pending, creating, autoscaler, refused =
  specification.crashing, specification.web, specification.pending, specification.creating, specification.autoscaler, specification.refused
local job, ingress, budget, helm_secret, gateway, dns =
  specification.job, specification.ingress, specification.budget, specification.helm_secret, specification.gateway, specification.dns
local with_requests =
  specification.with_requests

local families = { W = 8, N = 8, D = 5, Q = 3, H = 4, B = 1, A = 2 }

local cases = {
  W01 = { function(c)
      local deployment = c:deployment("web", { replicas = 2, after = { status = { availableReplicas = 1, readyReplicas = 1 } } })
      c:condition(deployment, "Progressing", "False", { reason = "ProgressDeadlineExceeded", message = "ReplicaSet \"web\" has timed out progressing." })
    end, { "rollout-stuck", "deployment/web", "has timed out progressing" },
    function(c) -- paused on purpose
      local deployment = c:deployment("web", { replicas = 2, fields = { spec = { paused = true } }, after = { status = { updatedReplicas = 1 } } })
      c:condition(deployment, "Progressing", "Unknown", { reason = "DeploymentPaused" })
    end },
  W02 = { function(c) refused(c, 'pods "web-1" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true') end,
    { "admission", "deployment/web", "violates PodSecurity" },
    function(c) -- refused once, made afterwards
      local _, _, replica_set = c:deployment("web")
      c:event(replica_set, "FailedCreate", "Error creating: pods \"web-1\" is forbidden: violates PodSecurity", { ago = 3000 })
    end },
  W03 = { function(c) c:workload("StatefulSet", "db", { replicas = 3, made = 1, pod = { age = 2000, ready = false, unready = 1900 } }) end,
    { "rollout-stuck", "statefulset/db", "db-0" },
    function(c) -- a partition keeps pods back
      c:workload("StatefulSet", "db", { replicas = 2, fields = { spec = { updateStrategy = { rollingUpdate = { partition = 1 } } } },
        after = { status = { currentRevision = "a", updateRevision = "b", updatedReplicas = 1 } } })
    end },
  W04 = { function(c) c:workload("DaemonSet", "agent", { replicas = 2, made = 1, age = 7200 }) end,
    { "rollout-stuck", "daemonset/agent", "desiredNumberScheduled 2" },
    function(c) c:workload("DaemonSet", "agent", { replicas = 0 }) end },
  W05 = { function(c) job(c, { { "FailureTarget", "BackoffLimitExceeded", "x" }, { "Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit" } }) end,
    { "job-failed", "job/import", "BackoffLimitExceeded" },
    function(c) -- one success after failed pods is enough
      job(c, { { "SuccessCriteriaMet", "CompletionsReached" }, { "Complete", "CompletionsReached" } }, { status = { succeeded = 1, failed = 3 } })
    end },
  W06 = { function(c)
      local cron = c:add("CronJob", "nightly", { spec = { schedule = "61 * * * *" } })
      c:event(cron, "UnparseableSchedule", "unparseable schedule: end of range (61) above maximum (59)", { count = 3 })
    end, { "cronjob", "cronjob/nightly", "61" },
    function(c) c:add("CronJob", "nightly", { spec = { schedule = "0 3 * * *", suspend = true }, status = { lastScheduleTime = at(900000) } }) end },
  W07 = { function(c)
      c:deployment("web", { replicas = 0 })
      c:service("web")
    end, { "service-no-endpoints", "service/web", "spec.replicas 0" },
    function(c) c:deployment("web", { replicas = 0 }) end },
  W08 = { function(c) helm_secret(c, "pending-upgrade") end, { "helm-pending", "release/todo", "pending-upgrade" },
    function(c) helm_secret(c, "deployed") end },
  N01 = { function(c)
      c:deployment("web")
      c:service("web", { selector = { app = "wbe" } })
      c:slice("web", 0)
    end, { "service-no-endpoints", "service/web", "app=wbe" },
    function(c) c:service("web", { fields = { spec = { type = "ExternalName", externalName = "db.example.com" } } }) end },
  N02 = { function(c)
      web(c, { spec = { ports = { { name = "http", containerPort = 8000 } } } })
      c:service("web", { ports = { { port = 80, targetPort = "web" } } })
      c:slice("web", 1)
    end, { "service-port", "service/web", "targetPort web" },
    function(c) -- a number need not be declared
      web(c, {})
      c:service("web", { ports = { { port = 80, targetPort = 9000 } } })
      c:slice("web", 1)
    end },
  N03 = { function(c)
      web(c, {})
      local service = c:service("web", { fields = { spec = { type = "LoadBalancer" } } })
      c:slice("web", 1)
      c:event(service, "SyncLoadBalancerFailed", "Error syncing load balancer: quota exceeded", { count = 4 })
    end, { "ingress", "service/web", "quota exceeded" },
    function(c)
      web(c, {})
      c:service("web", { fields = { spec = { type = "LoadBalancer" }, status = { loadBalancer = { ingress = { { ip = "192.0.2.7" } } } } } })
      c:slice("web", 1)
    end },
  N04 = { function(c) ingress(c, { number = 8080 }) end, { "ingress", "ingress/web", "8080" },
    function(c) ingress(c, { number = 80 }) end },
  N05 = { function(c) gateway(c, "True", "False") end, { "ingress", "gateway/edge", "no address could be assigned" },
    function(c) gateway(c, "True", "True") end },
  N06 = { function(c)
      c:deployment("web")
      c:add("NetworkPolicy", "deny", { spec = { podSelector = {}, policyTypes = { "Egress" } } })
    end, { "network-policy", "networkpolicy/deny", "53" },
    function(c)
      c:deployment("web")
      c:add("NetworkPolicy", "dns", { spec = { podSelector = {}, policyTypes = { "Egress" }, egress = { { ports = { { port = 53 } } } } } })
    end },
  N07 = { function(c) dns(c, crashing(1)) end, { "dns", "deployment/coredns", "exit 1" }, function(c) dns(c, {}) end },
  N08 = { function(c)
      local pod = c:pod("web", { spec = { dnsConfig = { nameservers = { "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4" } } } })
      c:event(pod, "DNSConfigForming", "Nameserver limits were exceeded, some nameservers have been omitted", { count = 9 })
    end, { "dns", "pod/web", "Nameserver limits were exceeded" },
    function(c) -- what the node's own settings make of every pod
      c:event(c:pod("web"), "DNSConfigForming", "Nameserver limits were exceeded, some nameservers have been omitted", { count = 9 })
    end },
  D01 = { function(c) c:condition(c:node("second"), "Ready", "Unknown", { reason = "NodeStatusUnknown", message = "Kubelet stopped posting node status." }) end,
    { "node", "node/second", "Kubelet stopped posting" },
    function(c) c:event(c:node("second"), "NodeNotReady", "Node second status is now: NodeNotReady", { type = "Normal", ago = 3000 }) end },
  D02 = { function(c) c:condition(c.objects.Node[1], "DiskPressure", "True", { reason = "KubeletHasDiskPressure" }) end,
    { "node", "node/minikube", "DiskPressure" },
    function(c) c:condition(c.objects.Node[1], "ReadonlyFilesystem", "True", { reason = "FilesystemIsReadOnly" }) end },
  D03 = { function(c) c.objects.Node[1].spec.unschedulable = true end, { "node", "node/minikube", "spec.unschedulable" },
    function(c) c.objects.Node[1].spec.taints = { { key = "node-role.kubernetes.io/control-plane", effect = "NoSchedule" } } end },
  D04 = { function(c) c:event(c.objects.Node[1], "ImageGCFailed", "failed to garbage collect required amount of images", { count = 5 }) end,
    { "node", "node/minikube", "ImageGCFailed" },
    function(c) c:event(c.objects.Node[1], "InvalidDiskCapacity", "invalid capacity 0 on image filesystem") end },
  D05 = { function(c)
      c:deployment("web", { pod = cluster.merge(pending("0/1 nodes are available: 1 Insufficient cpu."),
        { containers = { { spec = { resources = { requests = { cpu = "64" } } } } } }) })
    end, { "unschedulable", "deployment/web", "requests cpu 64, the largest node has 4" },
    function(c) web(c, { spec = { resources = { requests = { cpu = "3900m" } } } }) end },
  Q01 = { function(c) refused(c, 'pods "web-1" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=4, limited: pods=4') end,
    { "quota", "deployment/web", "exceeded quota: compute" },
    function(c) c:add("ResourceQuota", "compute", { status = { hard = { pods = "10" }, used = { pods = "4" } } }) end },
  Q02 = { function(c) refused(c, 'pods "web-1" is forbidden: maximum memory usage per Container is 64Mi, but limit is 512Mi') end,
    { "quota", "deployment/web", "64Mi" },
    function(c)
      c:deployment("web")
      c:add("LimitRange", "limits", { spec = { limits = { { type = "Container", max = { memory = "64Mi" } } } } })
    end },
  Q03 = { function(c)
      local namespace = c.objects.Namespace[1]
      namespace.metadata.deletionTimestamp, namespace.status.phase = at(900), "Terminating"
      c:condition(namespace, "NamespaceFinalizersRemaining", "True", { message = "Some content has finalizers remaining: example.com/f" })
    end, { "stuck-terminating", "namespace/shop", "example.com/f" },
    function(c)
      local namespace = c.objects.Namespace[1]
      namespace.metadata.deletionTimestamp, namespace.status.phase = at(10), "Terminating"
    end },
  H01 = { function(c)
      web(c, with_requests)
      autoscaler(c, { { "ScalingActive", "False", "FailedGetResourceMetric", "unable to get metrics for resource cpu" } })
    end, { "hpa", "horizontalpodautoscaler/web", "unable to get metrics" },
    function(c) -- right after a deploy
      web(c, with_requests)
      autoscaler(c, { { "ScalingActive", "False", "FailedGetResourceMetric", "no metrics returned", ago = 20 } })
    end, "horizontalpodautoscaler/web" },
  H02 = { function(c) autoscaler(c, { { "AbleToScale", "False", "FailedGetScale", 'deployments.apps "web" not found' } }) end,
    { "hpa", "horizontalpodautoscaler/web", "not found" },
    function(c)
      c:deployment("web", { replicas = 0 })
      autoscaler(c, { { "ScalingActive", "False", "ScalingDisabled", "scaling is disabled" } })
    end },
  H03 = { function(c)
      web(c, with_requests)
      autoscaler(c, { { "ScalingLimited", "True", "TooManyReplicas", "the desired count is more than the maximum" } },
        { status = { desiredReplicas = 5 } })
    end, { "hpa", "horizontalpodautoscaler/web", "TooManyReplicas" },
    function(c)
      web(c, with_requests)
      autoscaler(c, { { "ScalingLimited", "True", "TooFewReplicas", "the desired count is less than the minimum" } })
    end },
  H04 = { function(c)
      web(c, {})
      autoscaler(c, { { "ScalingActive", "False", "FailedGetResourceMetric", "missing request for cpu in container app" } })
    end, { "hpa", "horizontalpodautoscaler/web", "has no request for cpu" },
    function(c)
      web(c, with_requests)
      autoscaler(c, { { "ScalingActive", "True", "ValidMetricFound" } })
    end },
  B01 = { function(c) budget(c, 0, 1) end, { "pdb", "poddisruptionbudget/web", "minAvailable 1" }, function(c) budget(c, 1, 2) end },
  A01 = { function(c) c:add("ValidatingWebhookConfiguration", "policy", { metadata = { namespace = false }, webhooks = { {
      name = "policy.example.com", failurePolicy = "Fail", clientConfig = { service = { namespace = "shop", name = "policy" } } } } }) end,
    { "admission", "validatingwebhookconfiguration/policy", "Service shop/policy does not exist" },
    function(c) c:add("ValidatingWebhookConfiguration", "policy", { metadata = { namespace = false }, webhooks = { {
      name = "policy.example.com", failurePolicy = "Ignore", clientConfig = { service = { namespace = "shop", name = "policy" } } } } }) end },
  A02 = { function(c) c:condition(c:add("APIService", "v1beta1.metrics.k8s.io", { metadata = { namespace = false } }), "Available", "False",
      { reason = "MissingEndpoints", message = "endpoints have no addresses" }) end,
    { "api-service", "apiservice/v1beta1.metrics.k8s.io", "MissingEndpoints" },
    function(c) c:condition(c:add("APIService", "v1.apps", { metadata = { namespace = false } }), "Available", "True", { reason = "Local" }) end },
}

describe("the specification", function() specification.test(families, cases) end)
