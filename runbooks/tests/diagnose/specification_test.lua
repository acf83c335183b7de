-- Every failure class of the specification once, each beside the sound namespace that looks most like it.
-- The other files of this folder go into the details; this one shows that no class is without a test.
local cluster = require "cluster"
local at = cluster.at

local function ended(code, ago, fields)
  return cluster.merge({ exitCode = code, reason = code == 0 and "Completed" or "Error", startedAt = at(ago + 2),
    finishedAt = at(ago) }, fields)
end

local function waiting(reason, message, fields)
  return cluster.merge({ ready = false, started = false, state = { waiting = { reason = reason, message = message } } }, fields)
end

local function crashing(code, fields, status)
  return cluster.merge(waiting("CrashLoopBackOff", "back-off 2m40s restarting failed container=app",
    { restarts = 5, last = ended(code, 40, status) }), fields)
end

local function web(c, container, options)
  return c:deployment("web", cluster.merge({ pod = { age = 900, containers = { container } } }, options))
end

local function pending(message, reason)
  return { phase = "Pending", node = false, age = 900, containers = { {} }, status = { conditions = { { type = "PodScheduled",
    status = "False", reason = reason or "Unschedulable", message = message, lastTransitionTime = at(900) } } } }
end

local function creating(fields)
  return cluster.merge({ phase = "Pending", age = 900, containers = { waiting("ContainerCreating") } }, fields)
end

local function probe(kind, fields)
  return cluster.merge({ spec = { [kind .. "Probe"] = { httpGet = { path = "/health", port = 8000 }, periodSeconds = 5,
    failureThreshold = 2 } } }, fields)
end

local function put_out(c, reason, message, ago)
  local deployment, _, replica_set = c:deployment("web")
  c:pod("web-gone", { owner = replica_set, age = ago + 60, phase = "Failed", ready = false,
    status = { reason = reason, message = message },
    containers = { { ready = false, state = { terminated = ended(137, ago) } } } })
  return deployment
end

local function autoscaler(c, conditions, fields)
  local hpa = c:add("HorizontalPodAutoscaler", "web", cluster.merge({ spec = { maxReplicas = 5, minReplicas = 1,
    scaleTargetRef = { kind = "Deployment", name = "web" },
    metrics = { { type = "Resource", resource = { name = "cpu", target = { type = "Utilization", averageUtilization = 80 } } } } },
    status = { desiredReplicas = 1, currentReplicas = 1 } }, fields))
  for _, condition in ipairs(conditions) do
    c:condition(hpa, condition[1], condition[2], { reason = condition[3], message = condition[4], ago = condition.ago })
  end
  return hpa
end

local with_requests = { spec = { resources = { requests = { cpu = "100m" } } } }

local function refused(c, message)
  local deployment, _, replica_set = c:deployment("web", { replicas = 2, made = 0 })
  c:condition(replica_set, "ReplicaFailure", "True", { reason = "FailedCreate", message = message })
  c:event(replica_set, "FailedCreate", "Error creating: " .. message, { count = 7, first = 300 })
  return deployment
end

local function claim(c, phase, fields)
  return c:add("PersistentVolumeClaim", "data", cluster.merge({ spec = { storageClassName = "fast", volumeName = "pv-1" },
    status = { phase = phase } }, fields))
end

local function job(c, conditions, fields)
  local made = c:add("Job", "import", cluster.merge({ spec = { backoffLimit = 1 }, status = { startTime = at(600) } }, fields))
  for _, condition in ipairs(conditions) do c:condition(made, condition[1], "True", { reason = condition[2], message = condition[3] }) end
  return made
end

local function ingress(c, port, service)
  c:add("IngressClass", "nginx", { metadata = { namespace = false } })
  c:deployment("web")
  c:service("web")
  c:slice("web", 1)
  c:add("Ingress", "web", { spec = { ingressClassName = "nginx", rules = { { host = "shop.example", http = { paths = { {
    path = "/", backend = { service = { name = service or "web", port = port } } } } } } } } })
end

local function budget(c, allowed, ready)
  c:deployment("web", { replicas = ready })
  c:add("PodDisruptionBudget", "web", { spec = { minAvailable = 1, selector = { matchLabels = { app = "web" } } },
    status = { disruptionsAllowed = allowed, currentHealthy = ready, desiredHealthy = 1, expectedPods = ready } })
end

local function helm_secret(c, status)
  c:deployment("web")
  c:add("Secret", "sh.helm.release.v1.todo.v2", { metadata = { labels = { owner = "helm", name = "todo", status = status,
    version = "2" } } })
end

local function gateway(c, accepted, programmed)
  c:add("GatewayClass", "envoy", { metadata = { namespace = false } })
  local made = c:add("Gateway", "edge", { spec = { gatewayClassName = "envoy" } })
  c:condition(made, "Accepted", accepted, { reason = "Accepted" })
  c:condition(made, "Programmed", programmed, { reason = "AddressNotAssigned", message = "no address could be assigned" })
end

local function dns(c, container)
  local namespace = c.namespace
  c.namespace = "kube-system"
  c:deployment("coredns", { labels = { ["k8s-app"] = "kube-dns" }, pod = { containers = { container } } })
  c:service("kube-dns", { selector = { ["k8s-app"] = "kube-dns" } })
  c:slice("kube-dns", container.ready == false and 0 or 1, container.ready == false and 1 or 0)
  c.namespace = namespace
end

-- id = { the fault, its finding, the sound look-alike, what settles there }
local classes = {
  C01 = { function(c) web(c, waiting("ImagePullBackOff", "Back-off pulling image \"web:9\": web:9: not found", { image = "web:9" })) end,
    { "image-pull", "deployment/web", "web:9" },
    function(c) -- the pull secret is missing, and the image came all the same
      web(c, {}, { pod = { spec = { imagePullSecrets = { { name = "gone" } } } } })
    end },
  C02 = { function(c) web(c, waiting("ErrImageNeverPull", "is not present with pull policy of Never", { image = "web:1" })) end,
    { "image-pull", "deployment/web", "ErrImageNeverPull" },
    function(c) web(c, { spec = { imagePullPolicy = "Never" } }) end },
  C03 = { function(c) web(c, waiting("CreateContainerConfigError", "secret \"db\" not found",
      { spec = { envFrom = { { secretRef = { name = "db" } } } } })) end,
    { "missing-config", "deployment/web", "Secret db does not exist" },
    function(c) web(c, { spec = { envFrom = { { secretRef = { name = "db", optional = true } } } } }) end },
  C04 = { function(c) web(c, waiting("RunContainerError", "exec: \"serve\": executable file not found in $PATH")) end,
    { "container-start", "deployment/web", "executable file not found" },
    function(c) -- it could not be started once, long ago
      web(c, { restarts = 1, running = 40000, last = ended(128, 40010, { reason = "StartError" }) },
        { pod = { age = 50000 } })
    end },
  C05 = { function(c) web(c, waiting("PostStartHookError", "PostStartHook failed")) end,
    { "container-start", "deployment/web", "PostStartHook failed" },
    function(c) web(c, { spec = { lifecycle = { postStart = { exec = { command = { "true" } } } } } }) end },
  C06 = { function(c)
      local _, pod = c:deployment("web", { pod = creating() })
      c:event(pod, "FailedCreatePodSandBox", "Failed to create pod sandbox: cni plugin not initialized", { count = 9, first = 800 })
    end, { "container-start", "deployment/web", "cni plugin not initialized" },
    function(c) -- the sandbox was changed once, and the pod runs
      local _, pod = web(c, {})
      c:event(pod, "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.", { type = "Normal" })
    end },
  C07 = { function(c) c:deployment("web", { pod = { phase = "Pending", age = 900, init = { crashing(1, { name = "migrate" }) },
      containers = { waiting("PodInitializing") } } }) end,
    { "init-container", "deployment/web", "exit 1" },
    function(c) -- a native sidecar runs for ever (R8)
      c:deployment("web", { pod = { init = { { name = "proxy", running = 900, spec = { restartPolicy = "Always" } } } } })
    end },
  C08 = { function(c) web(c, crashing(1)) end, { "container-crash", "deployment/web", "exit 1" },
    function(c) web(c, { restarts = 6, running = 400000, last = ended(1, 400005) }, { pod = { age = 800000 } }) end },
  C09 = { function(c) web(c, crashing(137, { spec = { resources = { limits = { memory = "64Mi" } } } }, { reason = "OOMKilled" })) end,
    { "oom-killed", "deployment/web", "64Mi" },
    function(c) -- killed from outside, once: 137 is no proof of a lack of memory
      web(c, { restarts = 1, running = 900, last = ended(137, 905), spec = { resources = { limits = { memory = "64Mi" } } } })
    end },
  C10 = { function(c) web(c, crashing(127, { spec = { command = { "serve" } } })) end,
    { "container-crash", "deployment/web", "command was not found" },
    function(c) -- a Job that tries again
      local made = c:add("Job", "import", { spec = { backoffLimit = 6 }, status = { active = 1, failed = 1 } })
      c:pod("import-1", { owner = made, phase = "Failed", ready = false, spec = { restartPolicy = "Never" },
        containers = { { ready = false, state = { terminated = ended(127, 100) } } } })
    end },
  C11 = { function(c)
      local _, pod = web(c, probe("liveness", { restarts = 3, running = 20, last = ended(137, 21) }))
      c:event(pod, "Killing", "Container app failed liveness probe, will be restarted", { type = "Normal", count = 3, ago = 25, container = "app" })
    end, { "probe-failing", "deployment/web", "/health" },
    function(c) -- a pod that is told to go
      local _, _, replica_set = c:deployment("web")
      local pod = c:pod("web-old", { owner = replica_set, ready = false, meta = { deletionTimestamp = at(-20), deletionGracePeriodSeconds = 30 } })
      c:event(pod, "Killing", "Stopping container app", { type = "Normal", container = "app" })
    end },
  C12 = { function(c) web(c, { restarts = 9, running = 25, last = ended(2, 30) }) end,
    { "container-crash", "deployment/web", "9 restarts" },
    function(c) web(c, { restarts = 9, running = 90000, last = ended(2, 90005) }, { pod = { age = 9000000 } }) end },
  C13 = { nil, nil, -- a lost status is nobody's fault: there is nothing to find
    function(c) web(c, { restarts = 4, running = 100, last = ended(137, 110, { reason = "ContainerStatusUnknown" }) }) end },
  P01 = { function(c)
      local _, pod = web(c, probe("readiness", { ready = false }))
      c:event(pod, "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 404", { count = 90, first = 890, container = "app" })
    end, { "probe-failing", "deployment/web", "/health" },
    function(c) -- it failed while the program started
      local _, pod = web(c, probe("readiness"))
      c:event(pod, "Unhealthy", "Readiness probe failed: connection refused", { ago = 899, container = "app" })
    end },
  P02 = { function(c)
      local _, pod = web(c, probe("liveness", crashing(143)))
      c:event(pod, "Unhealthy", "Liveness probe failed: connection refused", { count = 9, ago = 45, container = "app" })
      c:event(pod, "Killing", "Container app failed liveness probe, will be restarted", { type = "Normal", count = 5, ago = 41, container = "app" })
    end, { "probe-failing", "deployment/web", "connection refused" },
    function(c) -- once, an hour ago
      local _, pod = web(c, probe("liveness", { restarts = 1, running = 3000, last = ended(143, 3005) }), { pod = { age = 9000 } })
      c:event(pod, "Unhealthy", "Liveness probe failed: timeout", { ago = 3010, container = "app" })
    end },
  P03 = { function(c)
      local _, pod = web(c, probe("startup", { ready = false, started = false, restarts = 3, running = 5, last = ended(137, 6) }))
      c:event(pod, "Unhealthy", "Startup probe failed: connection refused", { count = 9, ago = 2, container = "app" })
      c:event(pod, "Killing", "Container app failed startup probe, will be restarted", { type = "Normal", count = 3, ago = 10, container = "app" })
    end, { "probe-failing", "deployment/web", "/health" },
    function(c) -- a start that takes its time and ended well
      local _, pod = web(c, probe("startup"))
      c:event(pod, "Unhealthy", "Startup probe failed: connection refused", { count = 3, ago = 880, container = "app" })
    end },
  P04 = { function(c)
      local _, pod = c:deployment("web", { pod = { age = 900, ready = false, spec = { readinessGates = { { conditionType = "lb/ready" } } } } })
      c:condition(pod, "Ready", "False", { reason = "ReadinessGatesNotReady", ago = 890 })
      c:condition(pod, "ContainersReady", "True", { ago = 890 })
    end, { "probe-failing", "deployment/web", "lb/ready" },
    function(c)
      local _, pod = c:deployment("web", { pod = { spec = { readinessGates = { { conditionType = "lb/ready" } } } } })
      c:condition(pod, "lb/ready", "True")
    end },
  P05 = { function(c)
      local _, pod = web(c, probe("readiness"))
      c:event(pod, "ProbeWarning", "Readiness probe warning: Probe terminated redirects", { count = 9 })
    end, { "probe-failing", "deployment/web", "redirects" },
    function(c)
      local _, pod = web(c, probe("readiness"))
      c:event(pod, "ProbeWarning", "Readiness probe warning: Probe terminated redirects", { ago = 20000 })
    end },
  S01 = { function(c) c:deployment("web", { pod = pending("0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.") }) end,
    { "unschedulable", "deployment/web", "node affinity/selector" },
    function(c) -- it waited, and runs
      local _, pod = c:deployment("web")
      c:event(pod, "FailedScheduling", "0/1 nodes are available: 1 Insufficient cpu.", { ago = 3500 })
    end },
  S02 = { nil, nil, -- somebody wants it to wait
    function(c) c:deployment("web", { pod = cluster.merge(pending("Scheduling is blocked", "SchedulingGated"),
      { spec = { schedulingGates = { { name = "example.com/quota" } } } }) }) end, "deployment/web" },
  S03 = { function(c)
      local options = pending("")
      options.status.conditions, options.spec = nil, { schedulerName = "volcano" }
      c:deployment("web", { pod = options })
    end, { "unschedulable", "deployment/web", "volcano" },
    function(c) c:deployment("web", { pod = { spec = { schedulerName = "volcano" } } }) end },
  S04 = { function(c)
      local _, pod = c:deployment("web", { pod = { phase = "Failed", ready = false, age = 900,
        containers = { { ready = false, state = { terminated = ended(0, 100) } } } } })
      c:event(pod, "Preempted", "Preempted by pod 123 on node minikube", { type = "Normal", ago = 100 })
    end, { "evicted", "deployment/web", "Preempted by pod 123" },
    function(c) -- preempted long ago, whole again
      local _, pod = c:deployment("web")
      c:event(pod, "Preempted", "Preempted by pod 123 on node minikube", { type = "Normal", ago = 30000 })
    end },
  S05 = { function(c) put_out(c, "Evicted", "The node was low on resource: memory. Threshold quantity: 100Mi.", 200) end,
    { "evicted", "deployment/web", "low on resource: memory" },
    function(c) put_out(c, "Evicted", "The node was low on resource: memory. Threshold quantity: 100Mi.", 300000) end },
  S06 = { function(c)
      local _, _, replica_set = c:deployment("web")
      local pod = c:pod("web-gone", { owner = replica_set, age = 900, phase = "Failed", ready = false,
        containers = { { ready = false, state = { terminated = ended(143, 100) } } } })
      c:condition(pod, "DisruptionTarget", "True", { reason = "DeletionByTaintManager", message = "Taint manager: deleting due to NoExecute taint", ago = 120 })
    end, { "evicted", "deployment/web", "NoExecute taint" },
    function(c) -- a drain: the pod goes, another one is there
      local _, _, replica_set = c:deployment("web")
      local pod = c:pod("web-gone", { owner = replica_set, ready = false, meta = { deletionTimestamp = at(-5), deletionGracePeriodSeconds = 30 } })
      c:condition(pod, "DisruptionTarget", "True", { reason = "EvictionByEvictionAPI", ago = 20 })
    end },
  S07 = { function(c) put_out(c, "OutOfcpu", "Pod was rejected: Node didn't have enough resource: cpu", 100) end,
    { "evicted", "deployment/web", "OutOfcpu" },
    function(c) put_out(c, "NodeShutdown", "Pod was terminated in response to imminent node shutdown.", 200000) end },
  S08 = { function(c) c:pod("once", { phase = "Failed", ready = false, age = 300, spec = { activeDeadlineSeconds = 60 },
      status = { reason = "DeadlineExceeded", message = "Pod was active on the node longer than the specified deadline" },
      containers = { { ready = false, state = { terminated = ended(137, 200) } } } }) end,
    { "evicted", "pod/once", "longer than the specified deadline" },
    function(c) c:pod("once", { spec = { activeDeadlineSeconds = 7200 } }) end },
  S09 = { function(c) c:deployment("web", { pod = { meta = { deletionTimestamp = at(600), deletionGracePeriodSeconds = 30,
      finalizers = { "example.com/keep" } } } }) end,
    { "stuck-terminating", "deployment/web", "example.com/keep" },
    function(c)
      local _, _, replica_set = c:deployment("web")
      c:pod("web-old", { owner = replica_set, ready = false, meta = { deletionTimestamp = at(-10), deletionGracePeriodSeconds = 30 } })
    end },
  S10 = { function(c)
      local _, pod = c:deployment("web")
      c:condition(pod, "PodResizePending", "True", { reason = "Infeasible", message = "Node didn't have enough capacity: cpu" })
    end, { "unschedulable", "deployment/web", "enough capacity" },
    function(c)
      local _, pod = c:deployment("web")
      c:condition(pod, "PodResizeInProgress", "True", { ago = 3 })
    end },
  F01 = { function(c) c:deployment("web", { pod = creating { spec = { volumes = { { name = "v", configMap = { name = "conf" } } } } } }) end,
    { "missing-config", "deployment/web", "ConfigMap conf does not exist" },
    function(c) c:deployment("web", { pod = { spec = { volumes = { { name = "v", configMap = { name = "conf", optional = true } } } } } }) end },
  F02 = { function(c)
      local _, pod = c:deployment("web", { pod = creating() })
      c:event(pod, "FailedMount", 'MountVolume.SetUp failed for volume "data" : mount failed: exit status 32', { count = 8, first = 800 })
    end, { "volume-mount", "deployment/web", "exit status 32" },
    function(c) -- the kubelet's cache was not there yet
      local _, pod = c:deployment("web")
      c:event(pod, "FailedMount", 'MountVolume.SetUp failed for volume "kube-api-access-x" : failed to sync configmap cache: timed out waiting for the condition')
    end },
  F03 = { function(c)
      local _, pod = c:deployment("web", { pod = creating() })
      c:event(pod, "FailedAttachVolume", 'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) web-0', { first = 800 })
    end, { "volume-mount", "deployment/web", "Multi-Attach error" },
    function(c) -- the volume came after a while
      local _, pod = c:deployment("web")
      c:event(pod, "FailedAttachVolume", 'Multi-Attach error for volume "pvc-1"', { ago = 3500 })
      c:event(pod, "SuccessfulAttachVolume", "AttachVolume.Attach succeeded", { ago = 3400, type = "Normal" })
    end },
  V01 = { function(c)
      local made = claim(c, "Pending")
      c:event(made, "ProvisioningFailed", 'storageclass.storage.k8s.io "fast" not found', { count = 9 })
    end, { "pvc-pending", "persistentvolumeclaim/data", "fast" },
    function(c) -- nobody asks for the volume yet
      c:add("StorageClass", "fast", { metadata = { namespace = false }, volumeBindingMode = "WaitForFirstConsumer" })
      c:event(claim(c, "Pending"), "WaitForFirstConsumer", "waiting for first consumer to be created before binding", { type = "Normal", count = 40 })
    end },
  V02 = { function(c) claim(c, "Lost") end, { "pvc-pending", "persistentvolumeclaim/data", "pv-1" },
    function(c) -- what a claim that was deleted leaves behind
      c:add("PersistentVolume", "pv-1", { metadata = { namespace = false }, spec = { claimRef = { namespace = "shop", name = "old" } },
        status = { phase = "Released" } })
    end },
  V03 = { function(c) c:condition(claim(c, "Bound"), "ControllerResizeError", "True", { message = "the driver cannot resize" }) end,
    { "pvc-pending", "persistentvolumeclaim/data", "cannot resize" },
    function(c) c:condition(claim(c, "Bound"), "Resizing", "True", { ago = 20 }) end },
  V04 = { function(c)
      claim(c, "Bound")
      c:add("VolumeUsage", "data", { usedBytes = 1073741824, capacityBytes = 1073741824, node = "minikube", pod = "db-0" })
    end, { "pvc-pending", "persistentvolumeclaim/data", "1Gi of 1Gi used (100%)" },
    function(c)
      claim(c, "Bound")
      c:add("VolumeUsage", "data", { usedBytes = 536870912, capacityBytes = 1073741824, inodesUsed = 10, inodes = 1000 })
    end },
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

local families = { C = 13, P = 5, S = 10, F = 3, V = 4, W = 8, N = 8, D = 5, Q = 3, H = 4, B = 1, A = 2 }

describe("the specification", function()
  it("has a fault and a look-alike for every class", function()
    local count = 0
    for letter, last in pairs(families) do
      for number = 1, last do
        local id = ("%s%02d"):format(letter, number)
        expect(id .. (classes[id] and "" or " is missing")).to_equal(id)
        count = count + 1
      end
    end
    expect(count).to_equal(66)
  end)
  for id, case in pairs(classes) do
    if case[1] then
      it(id .. " is found", function()
        local c = cluster.new()
        case[1](c)
        c:finds(case[2])
      end)
    end
    it(id .. " has a sound look-alike", function()
      local c = cluster.new()
      case[3](c)
      if case[4] then c:finds { "settling", case[4] } else c:finds() end
    end)
  end
end)
