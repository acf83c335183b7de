local cluster = require "cluster"

local function pending(message, fields)
  return cluster.merge({ phase = "Pending", node = false, age = 300,
    status = { conditions = { { type = "PodScheduled", status = "False", reason = "Unschedulable",
    message = message, lastTransitionTime = cluster.at(300) } } } }, fields)
end

describe("S01 unschedulable", function()
  local messages = {
    { "0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available.", "not enough cpu" },
    { "0/3 nodes are available: 3 Insufficient memory.", "not enough memory" },
    { "0/3 nodes are available: 3 Insufficient nvidia.com/gpu.", "not enough nvidia.com/gpu" },
    { "0/1 nodes are available: 1 Too many pods.", "limit of pods" },
    { "0/1 nodes are available: 1 node(s) had untolerated taint {dedicated: db}.", "taints" },
    { "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.", "node selector or affinity" },
    { "0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules.", "anti-affinity" },
    { "0/1 nodes are available: 1 node(s) didn't match pod topology spread constraints.", "topology spread" },
    { "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.", "host port" },
    { "0/1 nodes are available: 1 node(s) didn't find available persistent volumes to bind.", "no persistent volume" },
    { "0/1 nodes are available: 1 node(s) had volume node affinity conflict.", "another node or zone" },
  }
  for _, entry in ipairs(messages) do
    it("reads: " .. entry[1]:sub(1, 60), function()
      local c = cluster.new()
      c:deployment("web", { pod = pending(entry[1]) })
      local result = c:finds { "unschedulable", "deployment/web", entry[1] }
      expect(result.findings[1].message).to_contain(entry[2])
    end)
  end
  it("shows what the pod asks for, and what the nodes have instead", function()
    local function evidence(message, spec, prepare)
      local c = cluster.new()
      if prepare then prepare(c) end
      local options = pending(message)
      options.spec = spec
      c:deployment("web", { pod = options })
      return table.concat(c:finds({ "unschedulable", "deployment/web" }).findings[1].evidence, "\n")
    end
    local required = "requiredDuringSchedulingIgnoredDuringExecution"
    local labels = { labelSelector = { matchLabels = { app = "web" } }, topologyKey = "kubernetes.io/hostname" }
    expect(evidence("0/1 nodes are available: 1 node(s) had untolerated taint(s).", { tolerations = { { key = "other", operator = "Exists" } } },
      function(c) c.objects.Node[1].spec.taints = { { key = "dedicated", value = "gpu", effect = "NoSchedule" },
        { key = "other", effect = "NoExecute" } } end)).to_contain("node minikube has the taint dedicated=gpu:NoSchedule")
    expect(evidence("0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.", { nodeSelector = { disk = "ssd" },
      affinity = { nodeAffinity = { [required] = { nodeSelectorTerms = { { matchExpressions = {
        { key = "zone", operator = "In", values = { "a", "b" } } } } } } } } })).to_contain("nodeSelector disk=ssd\nnodeAffinity zone In (a,b)")
    expect(evidence("0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules.",
      { affinity = { podAntiAffinity = { [required] = { labels } } } })).to_contain("podAntiAffinity: app=web, per kubernetes.io/hostname")
    expect(evidence("0/1 nodes are available: 1 node(s) didn't match pod affinity rules.",
      { affinity = { podAffinity = { [required] = { labels } } } })).to_contain("podAffinity: app=web, per kubernetes.io/hostname")
    expect(evidence("0/1 nodes are available: 1 node(s) didn't match pod topology spread constraints.",
      { topologySpreadConstraints = { { maxSkew = 1, topologyKey = "zone", whenUnsatisfiable = "DoNotSchedule" } } })).to_contain("at most 1 more per zone")
  end)
  it("compares the request with the largest node, and needs no grace then", function()
    local c = cluster.new()
    local options = pending("0/1 nodes are available: 1 Insufficient cpu.",
      { age = 5, containers = { { spec = { resources = { requests = { cpu = "64" } } } } } })
    options.status.conditions[1].lastTransitionTime = cluster.at(5)
    c:deployment("web", { pod = options })
    c:finds { "unschedulable", "deployment/web", "requests cpu 64, the largest node has 4" }
  end)
  it("is found from events of the newer API (rule R1)", function()
    local c = cluster.new()
    local options = pending("")
    options.status.conditions = nil
    local _, pod = c:deployment("web", { pod = options })
    c:event(pod, "FailedScheduling", "0/1 nodes are available: 1 Insufficient cpu.",
      { raw = { count = 0, series = { count = 7, lastObservedTime = cluster.at(3) } } })
    c:finds { "unschedulable", "deployment/web", "Insufficient cpu" }
  end)
  it("stands for a cordoned node that blocks pods (D03)", function()
    local c = cluster.new()
    c.objects.Node[1].spec.unschedulable = true
    c:deployment("web", { pod = pending("0/1 nodes are available: 1 node(s) were unschedulable.") })
    c:finds { "unschedulable", "deployment/web", "were unschedulable" }
  end)
  it("waits while a node is being added", function()
    local c = cluster.new()
    local _, pod = c:deployment("web", { pod = pending("0/1 nodes are available: 1 Insufficient cpu.") })
    c:event(pod, "TriggeredScaleUp", "pod triggered scale-up: [{pool 1->2 (max: 5)}]", { type = "Normal", ago = 100 })
    c:finds { "settling", "deployment/web" }
  end)
  it("waits for gates that were set on purpose (S02)", function()
    local c = cluster.new()
    local options = pending("Scheduling is blocked due to non-empty scheduling gates")
    options.status.conditions[1].reason = "SchedulingGated"
    options.spec = { schedulingGates = { { name = "example.com/quota" } } }
    c:deployment("web", { pod = options })
    c:finds { "settling", "deployment/web" }
  end)
  it("finds that no scheduler looks at the pod (S03)", function()
    local c = cluster.new()
    local options = pending("")
    options.status.conditions = nil
    options.spec = { schedulerName = "my-scheduler" }
    c:deployment("web", { pod = options })
    c:finds { "unschedulable", "deployment/web", "my-scheduler" }
  end)
  it("warns of a resize that cannot be had (S10)", function()
    local c = cluster.new()
    local _, pod = c:deployment("web")
    c:condition(pod, "PodResizePending", "True",
      { reason = "Infeasible", message = "Node didn't have enough capacity: cpu" })
    local result = c:finds { "unschedulable", "deployment/web", "enough capacity" }
    expect(result.findings[1].severity).to_equal("warning")
  end)
end)

describe("S04 to S08 eviction", function()
  local function evicted(c, deployment, i, ago, reason, message)
    c:pod("web-evicted-" .. i, { owner = deployment, age = ago + 100, phase = "Failed", ready = false,
      status = { reason = reason or "Evicted",
      message = message or "The node was low on resource: memory. Threshold quantity: 100Mi." },
      containers = { { ready = false,
        state = { terminated = { exitCode = 137, reason = "Error", finishedAt = cluster.at(ago) } } } } })
  end
  it("finds a recent one", function()
    local c = cluster.new()
    local deployment, _, replica_set = c:deployment("web")
    evicted(c, replica_set, 1, 200)
    c:event(c.objects.Node[1], "EvictionThresholdMet", "Attempting to reclaim memory", { count = 3 })
    local result = c:finds { "evicted", "deployment/web", "low on resource: memory" }
    expect(result.findings[1].severity).to_equal("warning")
    expect(deployment.kind).to_equal("Deployment")
  end)
  it("finds recurring ones of the last day", function()
    local c = cluster.new()
    local _, _, replica_set = c:deployment("web")
    for i = 1, 4 do evicted(c, replica_set, i, 3600 + 1200 * i) end
    c:finds { "evicted", "deployment/web", "4 pods put out" }
  end)
  for _, reason in ipairs { "OutOfcpu", "UnexpectedAdmissionError", "NodeAffinity", "NodeShutdown" } do
    it("finds a rejection by the kubelet: " .. reason, function()
      local c = cluster.new()
      local _, _, replica_set = c:deployment("web")
      evicted(c, replica_set, 1, 100, reason, "Pod was rejected: " .. reason)
      c:finds { "evicted", "deployment/web", reason }
    end)
  end
  it("leaves what one night left behind", function()
    local c = cluster.new()
    local _, _, replica_set = c:deployment("web")
    for i = 1, 5 do evicted(c, replica_set, i, 7200 + i) end
    c:finds()
  end)
  it("is explained by the pressure of the node", function()
    local c = cluster.new()
    c:condition(c.objects.Node[1], "DiskPressure", "True",
      { reason = "KubeletHasDiskPressure", message = "kubelet has disk pressure" })
    local _, _, replica_set = c:deployment("web")
    evicted(c, replica_set, 1, 200)
    c:finds { "node", "node/minikube", "DiskPressure" }
  end)
  it("finds a preempted pod that is gone from service", function()
    local c = cluster.new()
    local _, pod = c:deployment("web",
      { pod = { phase = "Pending", node = false, age = 200,
      status = { conditions = { { type = "PodScheduled", status = "False",
      reason = "Unschedulable", message = "0/1 nodes are available: 1 Insufficient cpu.",
        lastTransitionTime = cluster.at(200) } } } } })
    c:event(pod, "Preempted", "Preempted by pod 123 on node minikube", { type = "Normal" })
    c:finds { "unschedulable", "deployment/web", "Preempted by pod" }
  end)
end)

describe("S09 and Q03 stuck terminating", function()
  it("names the finalizer of a pod", function()
    local c = cluster.new()
    c:deployment("web", { pod = { meta = { deletionTimestamp = cluster.at(600), deletionGracePeriodSeconds = 30,
      finalizers = { "example.com/keep" } } } })
    c:finds { "stuck-terminating", "deployment/web", "example.com/keep" }
  end)
  it("lets a pod end in its grace", function()
    local c = cluster.new()
    local _, _, replica_set = c:deployment("web")
    c:pod("web-old", { owner = replica_set, ready = false,
      meta = { deletionTimestamp = cluster.at(-10), deletionGracePeriodSeconds = 30 } })
    c:finds()
  end)
  it("is explained by a node that is not ready", function()
    local c = cluster.new()
    c:node("lost")
    c:condition(c.objects.Node[2], "Ready", "Unknown",
      { reason = "NodeStatusUnknown", message = "Kubelet stopped posting node status." })
    local _, _, replica_set = c:deployment("web")
    c:pod("web-lost", { owner = replica_set, node = "lost", ready = false,
      meta = { deletionTimestamp = cluster.at(300), deletionGracePeriodSeconds = 30 } })
    local result = c:finds { "node", "node/lost", "Kubelet stopped posting node status." }
    expect(table.concat(result.findings[1].consequences, "\n")).to_contain("deployment/web")
  end)
  it("finds a namespace, with what remains", function()
    local c = cluster.new()
    local namespace = c.objects.Namespace[1]
    namespace.metadata.deletionTimestamp, namespace.status.phase = cluster.at(900), "Terminating"
    c:condition(namespace, "NamespaceFinalizersRemaining", "True",
      { message = "Some content in the namespace has finalizers remaining: example.com/f in 1 resource instances" })
    c:add("ConfigMap", "held", { metadata = { deletionTimestamp = cluster.at(890), finalizers = { "example.com/f" } } })
    c:finds { "stuck-terminating", "namespace/shop", "example.com/f" }
  end)
  it("blames the API that does not answer for it (A02)", function()
    local c = cluster.new()
    local namespace = c.objects.Namespace[1]
    namespace.metadata.deletionTimestamp, namespace.status.phase = cluster.at(900), "Terminating"
    c:condition(namespace, "NamespaceDeletionDiscoveryFailure", "True",
      { message = "unable to retrieve metrics.k8s.io/v1beta1" })
    local service = c:add("APIService", "v1beta1.metrics.k8s.io",
      { metadata = { namespace = false }, spec = { service = { name = "metrics-server", namespace = "kube-system" } } })
    c:condition(service, "Available", "False",
      { reason = "MissingEndpoints", message = "endpoints for service/metrics-server have no addresses" })
    c:finds { "api-service", "apiservice/v1beta1.metrics.k8s.io", "MissingEndpoints" }
  end)
  it("finds a claim that its finalizer keeps", function()
    local c = cluster.new()
    c:add("PersistentVolumeClaim", "data",
      { metadata = { deletionTimestamp = cluster.at(900), finalizers = { "kubernetes.io/pvc-protection" } }, spec = {},
      status = { phase = "Bound" } })
    c:finds { "stuck-terminating", "persistentvolumeclaim/data", "pvc-protection" }
  end)
end)

describe("D01 to D04 nodes", function()
  it("finds one that is not ready", function()
    local c = cluster.new()
    c:node("second")
    c:condition(c.objects.Node[2], "Ready", "False",
      { reason = "KubeletNotReady", message = "container runtime network not ready: cni plugin not initialized" })
    c:finds { "node", "node/second", "cni plugin not initialized" }
  end)
  for _, type_name in ipairs { "MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable" } do
    it("finds " .. type_name, function()
      local c = cluster.new()
      c:condition(c.objects.Node[1], type_name, "True", { reason = "KubeletHas" .. type_name })
      c:finds { "node", "node/minikube", type_name }
    end)
  end
  it("explains pods that wait for it", function()
    local c = cluster.new()
    c:condition(c.objects.Node[1], "Ready", "Unknown",
      { reason = "NodeStatusUnknown", message = "Kubelet stopped posting node status." })
    c:deployment("web", { pod = pending("0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/unreachable: }.") })
    c:finds { "node", "node/minikube", "NodeStatusUnknown" }
  end)
  it("warns of a cordon that blocks nothing", function()
    local c = cluster.new()
    c.objects.Node[1].spec.unschedulable = true
    local result = c:finds { "node", "node/minikube", "unschedulable" }
    expect(result.findings[1].severity).to_equal("warning")
  end)
  it("ignores condition types that it does not know", function()
    local c = cluster.new()
    c:condition(c.objects.Node[1], "KernelDeadlock", "True", { reason = "X" })
    c:finds()
  end)
  it("ignores taints that nothing waits for", function()
    local c = cluster.new()
    c.objects.Node[1].spec.taints = { { key = "node-role.kubernetes.io/control-plane", effect = "NoSchedule" } }
    c:finds()
  end)
  it("lets a node join", function()
    local c = cluster.new()
    c:node("new", { metadata = { creationTimestamp = cluster.at(20) } })
    c:condition(c.objects.Node[2], "Ready", "False", { ago = 20, reason = "KubeletNotReady" })
    c:finds { "settling", "node/new" }
  end)
end)
