--- Writes a recorded namespace with thousands of pods and fifty faults, to measure `diagnose.lua` with.
runbook {
  name = "generate-namespace",
  description = "Write a large recorded namespace, for the benchmark of diagnose",
  params = {
    out = { type = "path", help = "the folder that is written" },
    pods = { type = "integer", default = 5000, min = 100, max = 50000, help = "how many pods" },
    faults = { type = "integer", default = 50, min = 0, max = 200, help = "how many workloads have a fault" },
  },
}

local namespace, per_workload = "large", 20
local early, late = "2026-05-01T11:00:00Z", "2026-05-01T12:00:00Z"
local objects, logs, serial = {}, {}, 0

local function uid()
  serial = serial + 1
  return ("00000000-0000-4000-8000-%012d"):format(serial)
end

local function add(api, kind, name, fields)
  fields.apiVersion, fields.kind = api, kind
  local metadata = fields.metadata or {}
  metadata.name, metadata.uid, metadata.creationTimestamp = name, uid(), early
  metadata.resourceVersion = tostring(serial)
  if metadata.namespace == nil then metadata.namespace = namespace end
  if metadata.namespace == false then metadata.namespace = nil end
  fields.metadata = metadata
  objects[#objects + 1] = fields
  return fields
end

local function event(object, reason, message, count, type_name)
  add("v1", "Event", ("%s.%x"):format(object.metadata.name, serial), {
    involvedObject = { apiVersion = object.apiVersion, kind = object.kind, namespace = namespace, name = object.metadata.name,
      uid = object.metadata.uid },
    reason = reason, message = message, type = type_name or "Normal", count = count, firstTimestamp = early, lastTimestamp = late,
    source = { component = "kubelet", host = "node-1" }, reportingComponent = "kubelet", reportingInstance = "node-1",
  })
end

local function owned_by(object)
  return { { apiVersion = object.apiVersion, kind = object.kind, name = object.metadata.name, uid = object.metadata.uid,
    controller = true, blockOwnerDeletion = true } }
end

-- What a container waits for, and what its last run ended with; each fault of the benchmark is one of these.
local faults = {
  { state = { waiting = { reason = "CrashLoopBackOff", message = "back-off 5m0s restarting failed container=app" } },
    last = { exitCode = 1, reason = "Error", startedAt = "2026-05-01T11:58:00Z", finishedAt = "2026-05-01T11:58:01Z" },
    log = "starting\nTraceback (most recent call last):\nKeyError: 'DATABASE_URL'\n" },
  { state = { waiting = { reason = "ImagePullBackOff", message = "Back-off pulling image \"shop/web:v9\": shop/web:v9: not found" } } },
  { state = { waiting = { reason = "CreateContainerConfigError", message = "secret \"absent\" not found" } } },
  { state = { waiting = { reason = "CrashLoopBackOff", message = "back-off 5m0s restarting failed container=app" } },
    last = { exitCode = 137, reason = "OOMKilled", startedAt = "2026-05-01T11:58:00Z", finishedAt = "2026-05-01T11:58:09Z" } },
  { state = { running = { startedAt = "2026-05-01T11:00:05Z" } }, unready = true },
}

local function condition(type_name, status, reason)
  return { type = type_name, status = status, reason = reason, lastTransitionTime = early, observedGeneration = 1 }
end

local function pod(name, replica_set, labels, node, fault)
  local ready = not fault
  local status = { name = "app", image = "docker.io/shop/web:v9", imageID = "sha256:0", ready = ready, started = ready,
    restartCount = fault and fault.last and 9 or 0, state = fault and fault.state or { running = { startedAt = early } },
    lastState = { terminated = fault and fault.last or nil } }
  local made = add("v1", "Pod", name, {
    metadata = { generateName = replica_set.metadata.name .. "-", labels = labels, ownerReferences = owned_by(replica_set) },
    spec = {
      nodeName = node, restartPolicy = "Always", serviceAccountName = "default", dnsPolicy = "ClusterFirst",
      terminationGracePeriodSeconds = 30, schedulerName = "default-scheduler", enableServiceLinks = true,
      containers = { { name = "app", image = "shop/web:v9", imagePullPolicy = "IfNotPresent",
        ports = { { name = "http", containerPort = 8000, protocol = "TCP" } },
        env = { { name = "MODE", value = "production" }, { name = "REGION", value = "north" } },
        readinessProbe = { httpGet = { path = "/health", port = 8000, scheme = "HTTP" }, periodSeconds = 10, timeoutSeconds = 1,
          successThreshold = 1, failureThreshold = 3 },
        resources = { requests = { cpu = "50m", memory = "64Mi" }, limits = { memory = "128Mi" } },
        terminationMessagePath = "/dev/termination-log", terminationMessagePolicy = "File",
        volumeMounts = { { name = "kube-api-access", readOnly = true, mountPath = "/var/run/secrets/kubernetes.io/serviceaccount" } } } },
      volumes = { { name = "kube-api-access", projected = { defaultMode = 420, sources = {
        { serviceAccountToken = { expirationSeconds = 3607, path = "token" } },
        { configMap = { name = "kube-root-ca.crt", items = { { key = "ca.crt", path = "ca.crt" } } } } } } } },
      tolerations = { { key = "node.kubernetes.io/not-ready", operator = "Exists", effect = "NoExecute", tolerationSeconds = 300 },
        { key = "node.kubernetes.io/unreachable", operator = "Exists", effect = "NoExecute", tolerationSeconds = 300 } },
    },
    status = { phase = fault and not fault.last and not fault.unready and "Pending" or "Running", startTime = early,
      qosClass = "Burstable", podIP = "10.0.0.1", hostIP = "192.0.2.1", containerStatuses = { status },
      conditions = { condition("PodScheduled", "True"), condition("Initialized", "True"),
        condition("PodReadyToStartContainers", "True"),
        condition("ContainersReady", ready and "True" or "False", not ready and "ContainersNotReady" or nil),
        condition("Ready", ready and "True" or "False", not ready and "ContainersNotReady" or nil) } },
  })
  event(made, "Scheduled", ("Successfully assigned %s/%s to %s"):format(namespace, name, node), 1)
  event(made, "Started", "Container started", 1)
  event(made, "DNSConfigForming", "Nameserver limits were exceeded, some nameservers have been omitted", 40, "Warning")
  if fault and fault.unready then event(made, "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503", 90, "Warning") end
  if fault and fault.log then logs[name .. "/app"] = { current = fault.log } end
end

local function workload(number, fault)
  local name = ("web-%04d"):format(number)
  local labels = { app = name }
  local bad = fault and per_workload // 4 or 0
  local template = { metadata = { labels = labels }, spec = { containers = { { name = "app", image = "shop/web:v9",
    resources = { limits = { memory = "128Mi" } } } } } }
  local deployment = add("apps/v1", "Deployment", name, {
    metadata = { labels = labels, generation = 1, annotations = { ["deployment.kubernetes.io/revision"] = "3" } },
    spec = { replicas = per_workload, selector = { matchLabels = labels }, template = template, progressDeadlineSeconds = 600 },
    status = { observedGeneration = 1, replicas = per_workload, updatedReplicas = per_workload,
      readyReplicas = per_workload - bad, availableReplicas = per_workload - bad, unavailableReplicas = bad,
      conditions = { condition("Available", "True", "MinimumReplicasAvailable"), condition("Progressing", "True", "NewReplicaSetAvailable") } },
  })
  local replica_set
  for revision = 1, 3 do
    replica_set = add("apps/v1", "ReplicaSet", ("%s-%d"):format(name, revision), {
      metadata = { labels = labels, generation = 1, ownerReferences = owned_by(deployment),
        annotations = { ["deployment.kubernetes.io/revision"] = tostring(revision) } },
      spec = { replicas = revision == 3 and per_workload or 0, selector = { matchLabels = labels }, template = template },
      status = { observedGeneration = 1, replicas = revision == 3 and per_workload or 0 },
    })
  end
  for i = 1, per_workload do
    pod(("%s-%05d"):format(replica_set.metadata.name, i), replica_set, labels, ("node-%d"):format(i % 100 + 1),
      i <= bad and fault or nil)
  end
  add("v1", "Service", name, { spec = { type = "ClusterIP", clusterIP = "10.96.0.1", selector = labels,
    ports = { { name = "http", port = 80, targetPort = "http", protocol = "TCP" } } } })
end

add("v1", "Namespace", namespace, { metadata = { namespace = false }, status = { phase = "Active" } })
for i = 1, 100 do
  add("v1", "Node", ("node-%d"):format(i), { metadata = { namespace = false, labels = { ["kubernetes.io/hostname"] = "node-" .. i } }, spec = {},
    status = { allocatable = { cpu = "16", memory = "64Gi", pods = "110" }, conditions = { { type = "Ready", status = "True",
      reason = "KubeletReady", lastHeartbeatTime = late, lastTransitionTime = early } } } })
end
for number = 1, params.pods // per_workload do
  workload(number, number <= params.faults and faults[(number - 1) % #faults + 1] or nil)
end
step("Write the namespace to " .. params.out, function()
  fs.mkdir(params.out)
  fs.write { path = params.out .. "/objects.json", text = json.encode { apiVersion = "v1", kind = "List", items = objects } }
  fs.write { path = params.out .. "/logs.json", text = json.encode(logs) }
end)
return { objects = #objects }
