-- Faults put into a namespace that was recorded healthy: what little a recording says has to be enough.
local diagnose = require "diagnose"

local folder = "../../../Tests/Fixtures/cluster-snapshots/healthy/"
local early, late = "2026-11-21T07:48:50Z", "2026-11-21T07:49:40Z"

local Recording = {}
Recording.__index = Recording

local function open()
  local objects = {}
  for _, item in ipairs(json.decode(fs.read(folder .. "objects.json")).items) do
    objects[item.kind] = objects[item.kind] or {}
    table.insert(objects[item.kind], item)
  end
  local self = setmetatable({ objects = objects }, Recording)
  self.pod, self.deployment = objects.Pod[1], objects.Deployment[1]
  self.replica_set, self.node, self.service = objects.ReplicaSet[1], objects.Node[1], objects.Service[1]
  return self
end

function Recording:add(kind, name, object)
  object.metadata = object.metadata or { namespace = "healthy" }
  object.metadata.name, object.metadata.uid = name, kind .. name
  object.metadata.creationTimestamp = object.metadata.creationTimestamp or early
  object.kind = kind
  self.objects[kind] = self.objects[kind] or {}
  table.insert(self.objects[kind], object)
  return object
end

function Recording:event(object, reason, message, count)
  table.insert(self.objects.Event, { metadata = { name = reason, namespace = "healthy" }, reason = reason,
    message = message, type = "Warning", count = count or 1, firstTimestamp = early, lastTimestamp = late,
    involvedObject = { kind = object.kind, name = object.metadata.name, namespace = object.metadata.namespace,
      uid = object.metadata.uid } })
end

function Recording.condition(_, object, type_name, status, reason, message)
  object.status.conditions = object.status.conditions or {}
  local entry = { type = type_name, status = status, reason = reason, message = message, lastTransitionTime = late }
  for i, condition in ipairs(object.status.conditions) do
    if condition.type == type_name then
      object.status.conditions[i] = entry
      return
    end
  end
  table.insert(object.status.conditions, entry)
end

--- Lets the container of the first pod wait for a reason.
function Recording:waiting(reason, message, last)
  local status = self.pod.status.containerStatuses[1]
  status.ready, status.started = false, false
  status.state = { waiting = { reason = reason, message = message } }
  if last then
    last.finishedAt, status.restartCount = late, 5
    status.lastState = { terminated = last }
  else
    self.pod.status.phase = "Pending"
  end
  self:condition(self.pod, "Ready", "False", "ContainersNotReady", "containers with unready status: [app]")
end

--- Makes the first pod wait for a node; without a message no scheduler has looked at it.
function Recording:pending(message)
  self.pod.spec.nodeName = nil
  self.pod.status = { phase = "Pending", conditions = message and { { type = "PodScheduled", status = "False",
    reason = "Unschedulable", message = message, lastTransitionTime = late } } or nil }
  for i = #self.objects.Event, 1, -1 do
    if self.objects.Event[i].involvedObject.name == self.pod.metadata.name then table.remove(self.objects.Event, i) end
  end
end

--- Takes the pods away, as when they could not be created.
function Recording:without_pods()
  self.objects.Pod, self.objects.EndpointSlice = {}, {}
  self.replica_set.status, self.deployment.status = { replicas = 0 }, { observedGeneration = 1 }
end

function Recording:finds(...)
  local wanted, found = { ... }, {}
  local result = diagnose.analyse { namespace = "healthy", objects = self.objects, wall = time.now() }
  for _, finding in ipairs(result.findings) do
    if finding.class ~= "settling" then found[#found + 1] = finding.class .. " " .. finding.object end
  end
  table.sort(found)
  table.sort(wanted)
  expect(table.concat(found, "; ")).to_equal(table.concat(wanted, "; "))
  expect(result.recorded).to_equal(true)
end

local cases = {
  { "nothing", function() end },
  { "a node that stopped", function(r)
    r:condition(r.node, "Ready", "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.")
    for _, pod in ipairs(r.objects.Pod) do r:condition(pod, "Ready", "False") end
  end, "node node/minikube" },
  { "an image that is refused once", function(r) r:waiting("ErrImagePull", "rpc error: not found") end,
    "image-pull deployment/backend" },
  { "a mount that fails once", function(r)
    r:waiting("ContainerCreating")
    r:event(r.pod, "FailedMount", 'MountVolume.SetUp failed for volume "data" : mount failed: exit status 32')
  end, "volume-mount deployment/backend" },
  { "a volume that is attached elsewhere", function(r)
    r:waiting("ContainerCreating")
    r:event(r.pod, "FailedAttachVolume", 'Multi-Attach error for volume "pvc-1"')
  end, "volume-mount deployment/backend" },
  { "a sandbox that fails", function(r)
    r:waiting("ContainerCreating")
    r:event(r.pod, "FailedCreatePodSandBox", "Failed to create pod sandbox: cni", 5)
  end, "container-start deployment/backend" },
  { "a program that is not there", function(r)
    r:waiting("CrashLoopBackOff", "back-off", { reason = "StartError", exitCode = 128, message = 'exec: "serve": not found' })
  end, "container-start deployment/backend" },
  { "one of two pods that crashes", function(r)
    r:waiting("CrashLoopBackOff", "back-off 5m0s", { reason = "Error", exitCode = 2 })
  end, "container-crash deployment/backend" },
  { "pods that PodSecurity refuses", function(r)
    r:without_pods()
    r:event(r.replica_set, "FailedCreate", 'Error creating: pods "b" is forbidden: violates PodSecurity "restricted"', 5)
  end, "admission deployment/backend" },
  { "pods that nothing refuses and nothing makes", function(r) r:without_pods() end, "rollout-stuck deployment/backend" },
  { "a service of a workload at 0", function(r)
    r:without_pods()
    r.deployment.spec.replicas = 0
  end, "service-no-endpoints service/backend" },
  { "a named port that nothing declares", function(r) r.service.spec.ports[1].targetPort = "http" end,
    "service-port service/backend" },
  { "an autoscaler without metrics", function(r)
    r:add("HorizontalPodAutoscaler", "backend", { spec = { maxReplicas = 5, scaleTargetRef = { kind = "Deployment", name = "backend" } },
      status = { conditions = { { type = "ScalingActive", status = "False", reason = "FailedGetResourceMetric",
        message = "unable to get metrics", lastTransitionTime = late } } } })
  end, "hpa horizontalpodautoscaler/backend" },
  { "an API that is down, with the autoscaler that needs it", function(r)
    r:add("APIService", "v1beta1.metrics.k8s.io", { metadata = {}, status = { conditions = { { type = "Available",
      status = "False", reason = "MissingEndpoints", lastTransitionTime = late } } } })
    r:add("HorizontalPodAutoscaler", "backend", { spec = { maxReplicas = 5, scaleTargetRef = { kind = "Deployment", name = "backend" } },
      status = { conditions = { { type = "ScalingActive", status = "False", reason = "FailedGetResourceMetric" } } } })
  end, "api-service apiservice/v1beta1.metrics.k8s.io" },
  { "a pod that is evicted", function(r)
    r:add("Pod", "backend-6f75db6766-gone", { metadata = { namespace = "healthy", ownerReferences = r.pod.metadata.ownerReferences },
      spec = r.pod.spec, status = { phase = "Failed", reason = "Evicted", message = "low on memory", startTime = early } })
  end, "evicted deployment/backend" },
  { "a pod that ends in a rolling update", function(r)
    r.pod.metadata.deletionTimestamp, r.pod.metadata.deletionGracePeriodSeconds = "2026-11-21T07:50:30Z", 30
    r:condition(r.pod, "Ready", "False", "ContainersNotReady")
    r:event(r.pod, "Unhealthy", "Readiness probe failed: connection refused")
  end },
  { "an init container that waits for ever", function(r)
    r.pod.spec.initContainers = { { name = "wait", image = "busybox", command = { "sh", "-c", "while true; do sleep 1; done" } } }
    r.pod.status.initContainerStatuses = { { name = "wait", state = { running = { startedAt = late } } } }
    r:waiting("PodInitializing")
  end, "init-container deployment/backend" },
  { "a pod that no node takes, and nothing after it", function(r)
    r:pending("0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.")
  end, "unschedulable deployment/backend" },
  { "a pod bound to a node that is not there", function(r)
    r:pending(nil)
    r.pod.spec.nodeName = "ghost"
  end, "unschedulable deployment/backend" },
  { "a pod that waits for a scheduler of its own", function(r)
    r:pending(nil)
    r.pod.spec.schedulerName = "volcano"
  end, "unschedulable deployment/backend" },
  { "a pod that only a finalizer keeps", function(r)
    r.pod.metadata.deletionTimestamp, r.pod.metadata.deletionGracePeriodSeconds = "2026-11-21T07:50:30Z", 30
    r.pod.metadata.finalizers = { "example.com/hold" }
    r.pod.status.containerStatuses[1].state = { terminated = { exitCode = 0, finishedAt = late } }
  end, "stuck-terminating deployment/backend" },
  { "a release that nobody carries on", function(r)
    r:add("Secret", "sh.helm.release.v1.todo.v2", { metadata = { namespace = "healthy", creationTimestamp = late,
      labels = { owner = "helm", name = "todo", status = "pending-upgrade", version = "2" } } })
  end, "helm-pending release/todo" },
  { "a probe that killed before the events expired", function(r)
    r.pod.spec.containers[1].livenessProbe = { periodSeconds = 2, failureThreshold = 2 }
    r:waiting("CrashLoopBackOff", "back-off", { reason = "Error", exitCode = 137, startedAt = "2026-11-21T07:49:06Z" })
    r.objects.Event = {}
  end, "probe-failing deployment/backend" },
  { "a kernel that is well", function(r) r:condition(r.node, "FrequentContainerdRestart", "True", "x") end },
}

describe("a recording with", function()
  for _, case in ipairs(cases) do
    it(case[1], function()
      local recording = open()
      case[2](recording)
      recording:finds(table.unpack(case, 3))
    end)
  end
end)
