-- The failure classes of the specification: containers, probes, scheduling, configuration and volumes.
-- Each class once, beside the sound namespace that looks most like it; the other files of this folder go into the details.
local cluster = require "cluster"
local specification = require "specification"
local at = cluster.at
local ended, waiting, crashing, web, pending, creating =
  specification.ended, specification.waiting, specification.crashing, specification.web, specification.pending, specification.creating
local probe, put_out, refused, claim =
  specification.probe, specification.put_out, specification.refused, specification.claim

local families = { C = 13, P = 5, S = 10, F = 3, V = 4 }

local cases = {
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
}

describe("the specification", function() specification.test(families, cases) end)
