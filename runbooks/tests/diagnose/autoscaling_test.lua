local cluster = require "cluster"

local function hpa(c, fields)
  return c:add("HorizontalPodAutoscaler", "web", cluster.merge({
    spec = { minReplicas = 1, maxReplicas = 5,
      scaleTargetRef = { apiVersion = "apps/v1", kind = "Deployment", name = "web" },
      metrics = { { type = "Resource",
        resource = { name = "cpu", target = { type = "Utilization", averageUtilization = 80 } } } } },
    status = { currentReplicas = 1, desiredReplicas = 1 },
  }, fields))
end

local requesting = { containers = { { spec = { resources = { requests = { cpu = "100m" } } } } } }

local function metrics_down(c)
  local service = c:add("APIService", "v1beta1.metrics.k8s.io",
    { metadata = { namespace = false }, spec = { service = { name = "metrics-server", namespace = "kube-system" } } })
  c:condition(service, "Available", "False",
    { reason = "FailedDiscoveryCheck", message = "failing or missing response from https://10.0.0.9:4443" })
end

describe("H01 to H04 autoscalers", function()
  local no_metrics = { reason = "FailedGetResourceMetric",
    message = "the HPA was unable to compute the replica count: unable to get metrics for resource cpu" }
  it("finds one that cannot read its metrics", function()
    local c = cluster.new()
    c:deployment("web", { pod = requesting })
    c:condition(hpa(c), "ScalingActive", "False", no_metrics)
    c:finds { "hpa", "horizontalpodautoscaler/web", "FailedGetResourceMetric" }
  end)
  it("is a consequence of the metrics API", function()
    local c = cluster.new()
    c:deployment("web", { pod = requesting })
    c:condition(hpa(c), "ScalingActive", "False", no_metrics)
    metrics_down(c)
    local result = c:finds { "api-service", "apiservice/v1beta1.metrics.k8s.io", "FailedDiscoveryCheck" }
    expect(table.concat(result.findings[1].consequences, "\n")).to_contain("horizontalpodautoscaler/web")
  end)
  it("names the container without a request", function()
    local c = cluster.new()
    c:deployment("web")
    c:condition(hpa(c), "ScalingActive", "False",
      { reason = "FailedGetResourceMetric", message = "missing request for cpu in container app of Pod web-1" })
    local result = c:finds { "hpa", "horizontalpodautoscaler/web", "container app has no request for cpu" }
    expect(result.findings[1].id).to_equal("H04")
  end)
  it("finds a target that does not exist", function()
    local c = cluster.new()
    c:condition(hpa(c), "AbleToScale", "False",
      { reason = "FailedGetScale", message = "deployments/scale.apps \"web\" not found" })
    c:finds { "hpa", "horizontalpodautoscaler/web", "FailedGetScale" }
  end)
  it("warns at the ceiling", function()
    local c = cluster.new()
    c:deployment("web", { pod = requesting })
    c:condition(hpa(c, { status = { desiredReplicas = 5 } }), "ScalingLimited", "True",
      { reason = "TooManyReplicas", message = "the desired replica count is more than the maximum replica count" })
    local result = c:finds { "hpa", "horizontalpodautoscaler/web", "TooManyReplicas" }
    expect(result.findings[1].severity).to_equal("warning")
  end)
  it("is quiet at the minimum, when scaling is off, and right after a deploy settles", function()
    local c = cluster.new()
    c:deployment("web", { pod = requesting })
    c:condition(hpa(c), "ScalingLimited", "True", { reason = "TooFewReplicas" })
    c:finds()
    c = cluster.new()
    c:deployment("web", { replicas = 0 })
    c:condition(hpa(c), "ScalingActive", "False", { reason = "ScalingDisabled" })
    c:finds()
    c = cluster.new()
    c:deployment("web", { pod = requesting })
    c:condition(hpa(c), "ScalingActive", "False", cluster.merge({ ago = 30 }, no_metrics))
    c:finds { "settling", "horizontalpodautoscaler/web" }
  end)
end)

describe("B01 disruption budgets", function()
  local function budget(c, status)
    return c:add("PodDisruptionBudget", "web", { spec = { minAvailable = 1, selector = { matchLabels = { app = "web" } } },
      status = cluster.merge({ disruptionsAllowed = 0, currentHealthy = 1, desiredHealthy = 1, expectedPods = 1 },
        status) })
  end
  it("warns that no pod may go, whatever the order of conditions (defect 4)", function()
    local c = cluster.new()
    c:deployment("web")
    local object = budget(c)
    c:condition(object, "Other", "True", {})
    c:condition(object, "DisruptionAllowed", "False", { reason = "InsufficientPods" })
    local result = c:finds { "pdb", "poddisruptionbudget/web", "InsufficientPods" }
    expect(result.findings[1].severity).to_equal("warning")
  end)
  it("is a consequence of pods that are not healthy", function()
    local c = cluster.new()
    c:deployment("web", { pod = { containers = { { ready = false, restarts = 5,
      state = { waiting = { reason = "CrashLoopBackOff" } }, last = { exitCode = 1, finishedAt = cluster.at(9) } } } } })
    budget(c, { currentHealthy = 0 })
    c:finds { "container-crash", "deployment/web" }
  end)
  it("is a consequence of pods that cannot be created", function()
    local c = cluster.new()
    local _, _, replica_set = c:deployment("web", { made = 0 })
    c:condition(replica_set, "ReplicaFailure", "True", { reason = "FailedCreate", message = 'violates PodSecurity "restricted"' })
    budget(c, { currentHealthy = 0 })
    c:finds { "admission", "deployment/web" }
  end)
  it("is quiet when pods may go, or when there are none", function()
    local c = cluster.new()
    budget(c, { disruptionsAllowed = 1 })
    c:finds()
    c = cluster.new()
    budget(c, { expectedPods = 0, currentHealthy = 0, desiredHealthy = 0 })
    c:finds()
  end)
end)

describe("A02 aggregated APIs", function()
  it("finds one that does not answer", function()
    local c = cluster.new()
    metrics_down(c)
    c:finds { "api-service", "apiservice/v1beta1.metrics.k8s.io", "10.0.0.9:4443" }
  end)
  it("is quiet about one that is served here", function()
    local c = cluster.new()
    c:condition(c:add("APIService", "v1.apps", { metadata = { namespace = false } }), "Available", "True",
      { reason = "Local" })
    c:finds()
  end)
end)
