--- Builds snapshots for the tests of `diagnose`, from the fields that a real API server writes.
-- Everything is placed relative to one moment: `ago` is seconds before it.
local clock = require "diagnose.clock"
local diagnose = require "diagnose"

local Cluster = {}
Cluster.__index = Cluster

local moment = clock.parse("2026-05-01T12:00:00Z")
local serial = 0

local function uid()
  serial = serial + 1
  return ("00000000-0000-4000-8000-%012d"):format(serial)
end

--- The text of the moment `ago` seconds before the snapshot was taken.
local function at(ago)
  return clock.format(moment - (ago or 0))
end

--- Copies the fields of `extra` over those of `base`, tables into tables.
local function merge(base, extra)
  for key, value in pairs(extra or {}) do
    if type(value) == "table" and type(base[key]) == "table" and #value == 0 and next(value) then
      merge(base[key], value)
    else
      base[key] = value
    end
  end
  return base
end

--- A namespace with one healthy node.
local function new(namespace)
  local self = setmetatable({ namespace = namespace or "shop", objects = {}, texts = {}, unreadable = {} }, Cluster)
  self:add("Namespace", self.namespace, { metadata = { namespace = false }, status = { phase = "Active" } })
  self:node("minikube")
  return self
end

--- Adds an object; `fields` are merged over its metadata. Returns it.
function Cluster:add(kind, name, fields)
  local object = merge({
    kind = kind,
    metadata = { name = name, namespace = self.namespace, uid = uid(), creationTimestamp = at(3600), generation = 1 },
  }, fields)
  if object.metadata.namespace == false then object.metadata.namespace = nil end
  self.objects[kind] = self.objects[kind] or {}
  table.insert(self.objects[kind], object)
  return object
end

function Cluster:node(name, fields)
  local function condition(type_name, status, reason)
    return { type = type_name, status = status, reason = reason, lastHeartbeatTime = at(30),
      lastTransitionTime = at(86400) }
  end
  return self:add("Node", name, merge({
    metadata = { namespace = false, labels = { ["kubernetes.io/hostname"] = name }, creationTimestamp = at(86400) },
    spec = {},
    status = {
      allocatable = { cpu = "4", memory = "8Gi", pods = "110" },
      conditions = {
        condition("MemoryPressure", "False", "KubeletHasSufficientMemory"),
        condition("DiskPressure", "False", "KubeletHasNoDiskPressure"),
        condition("PIDPressure", "False", "KubeletHasSufficientPID"), condition("Ready", "True", "KubeletReady"),
      },
    },
  }, fields))
end

--- Sets the status of a condition of an object, adding it where it is not there.
function Cluster:condition(object, type_name, status, fields)
  object.status = object.status or {}
  object.status.conditions = object.status.conditions or {}
  local entry
  for _, condition in ipairs(object.status.conditions) do
    if condition.type == type_name then entry = condition end
  end
  if not entry then
    entry = { type = type_name }
    table.insert(object.status.conditions, entry)
  end
  entry.status = status
  entry.lastTransitionTime = at((fields or {}).ago or 600)
  merge(entry, fields)
  entry.ago = nil
  return object
end

local function owner(object)
  return { { apiVersion = "v1", kind = object.kind, name = object.metadata.name, uid = object.metadata.uid,
    controller = true } }
end

--- One container for `pod`: `spec` and `status` are merged over a healthy running one.
local function container(options, age)
  local spec = merge({ name = options.name or "app", image = options.image or "web:1", resources = {} }, options.spec)
  local status = {
    name = spec.name, image = spec.image, ready = options.ready ~= false, started = options.started ~= false,
    restartCount = options.restarts or 0, state = options.state or { running = { startedAt = at(options.running or age) } },
    lastState = options.last and { terminated = options.last } or {},
  }
  return spec, status
end

--- A pod. Options: `owner`, `labels`, `age`, `phase`, `ready` (default: all containers are), `node` (false: none),
-- `containers` and `init` (lists of container options), `spec`, `status`, `meta` merged over.
function Cluster:pod(name, options)
  options = options or {}
  local age = options.age or 3600
  local spec = { nodeName = options.node ~= false and (options.node or "minikube") or nil, restartPolicy = "Always",
    serviceAccountName = "default",
    dnsPolicy = "ClusterFirst", terminationGracePeriodSeconds = 30, containers = {}, schedulerName = "default-scheduler" }
  local status = { phase = options.phase or "Running", startTime = at(age), containerStatuses = {} }
  local all_ready = true
  for _, entry in ipairs(options.init or {}) do
    local done = not entry.running and { terminated = { exitCode = 0, reason = "Completed", finishedAt = at(age) } } or nil
    local init_spec, init_status = container(merge({ state = entry.state or done }, entry), age)
    spec.initContainers = spec.initContainers or {}
    status.initContainerStatuses = status.initContainerStatuses or {}
    table.insert(spec.initContainers, init_spec)
    table.insert(status.initContainerStatuses, init_status)
  end
  for _, entry in ipairs(options.containers or { {} }) do
    local main_spec, main_status = container(entry, age)
    all_ready = all_ready and main_status.ready
    table.insert(spec.containers, main_spec)
    if options.node ~= false then table.insert(status.containerStatuses, main_status) end
  end
  local ready = options.ready
  if ready == nil then ready = all_ready and status.phase == "Running" end
  local reason = not ready and "ContainersNotReady" or nil
  if options.node == false then
    status.containerStatuses, status.startTime = nil, nil
  else
    status.conditions = {
      { type = "PodScheduled", status = "True", lastTransitionTime = at(age) },
      { type = "Initialized", status = "True", lastTransitionTime = at(age) },
      { type = "Ready", status = ready and "True" or "False", reason = reason,
        lastTransitionTime = at(options.unready or age) },
      { type = "ContainersReady", status = all_ready and "True" or "False", reason = reason,
        lastTransitionTime = at(options.unready or age) },
    }
  end
  local pod = self:add("Pod", name, merge({
    metadata = { labels = options.labels or {}, creationTimestamp = at(age),
      ownerReferences = options.owner and owner(options.owner) or nil },
    spec = merge(spec, options.spec), status = merge(status, options.status),
  }, { metadata = options.meta }))
  return pod
end

--- A workload of a kind with `replicas` pods, all made of `options.pod`. Returns the workload and its first pod.
function Cluster:workload(kind, name, options)
  options = options or {}
  local replicas = options.replicas or 1
  local pod_options = options.pod or {}
  local labels = merge({ app = name }, options.labels)
  local created = at(options.age or 7200)
  local object = self:add(kind, name, merge({
    metadata = { labels = { app = name }, creationTimestamp = created },
    spec = { replicas = replicas, selector = { matchLabels = labels },
      template = { metadata = { labels = labels }, spec = { containers = {} } } },
    status = { observedGeneration = 1 },
  }, options.fields))
  local parent = object
  if kind == "Deployment" then
    local hash = options.hash or ("%x"):format(#name * 7919 + 1048576)
    labels["pod-template-hash"] = hash
    parent = self:add("ReplicaSet", name .. "-" .. hash, merge({
      metadata = { ownerReferences = owner(object),
        annotations = { ["deployment.kubernetes.io/revision"] = tostring(options.revision or 1) },
        creationTimestamp = created },
      spec = { replicas = replicas }, status = { replicas = options.made or replicas },
    }, options.replica_set))
  end
  local first, ready_count = nil, 0
  for i = 1, options.made or replicas do
    local suffix = kind == "StatefulSet" and tostring(i - 1) or ("p%03d"):format(i)
    local own = i > (options.broken or math.huge) and {} or pod_options
    local pod = self:pod(parent.metadata.name .. "-" .. suffix, merge({ owner = parent, labels = labels }, own))
    first = first or pod
    for _, condition in ipairs(pod.status.conditions or {}) do
      if condition.type == "Ready" and condition.status == "True" then ready_count = ready_count + 1 end
    end
  end
  local made = options.made or replicas
  object.spec.template.spec = first and { containers = first.spec.containers, volumes = first.spec.volumes }
    or object.spec.template.spec
  if kind == "DaemonSet" then
    merge(object.status, { desiredNumberScheduled = replicas, currentNumberScheduled = made, numberReady = ready_count,
      numberUnavailable = replicas - ready_count,
      updatedNumberScheduled = made })
  else
    merge(object.status, { replicas = made, updatedReplicas = made, readyReplicas = ready_count,
      availableReplicas = ready_count,
      unavailableReplicas = made - ready_count })
  end
  if kind == "Deployment" then
    local available = ready_count >= replicas
    self:condition(object, "Available", available and "True" or "False", { ago = options.unavailable or 120 })
    self:condition(object, "Progressing", "True", { ago = 120, reason = "ReplicaSetUpdated" })
  end
  merge(object, options.after)
  return object, first, parent
end

function Cluster:deployment(name, options) return self:workload("Deployment", name, options) end

--- An event about an object, the last time `ago` seconds ago.
function Cluster:event(object, reason, message, fields)
  fields = fields or {}
  local about = { kind = object.kind, name = object.metadata.name, namespace = object.metadata.namespace,
    uid = object.metadata.uid,
    fieldPath = fields.container and "spec.containers{" .. fields.container .. "}" or nil }
  self.objects.Event = self.objects.Event or {}
  table.insert(self.objects.Event, merge({
    metadata = { name = uid(), namespace = object.metadata.namespace or "default",
      creationTimestamp = at(fields.first or fields.ago or 30) },
    involvedObject = about, reason = reason, message = message, type = fields.type or "Warning", count = fields.count or 1,
    firstTimestamp = at(fields.first or fields.ago or 30), lastTimestamp = at(fields.ago or 30),
  }, fields.raw))
end

function Cluster:service(name, options)
  options = options or {}
  return self:add("Service", name, merge({
    spec = { type = "ClusterIP", selector = options.selector or { app = name },
      ports = options.ports or { { port = 80, targetPort = 8080, protocol = "TCP" } } },
  }, options.fields))
end

--- An EndpointSlice of a service with some ready and some unready endpoints.
function Cluster:slice(service, ready, unready)
  local endpoints = {}
  for i = 1, (ready or 0) + (unready or 0) do
    endpoints[i] = { addresses = { "10.0.0." .. i },
      conditions = { ready = i <= (ready or 0), serving = i <= (ready or 0), terminating = false } }
  end
  return self:add("EndpointSlice", service .. "-x",
    { metadata = { labels = { ["kubernetes.io/service-name"] = service } }, endpoints = endpoints })
end

--- The log of a container; `previous` is what `--previous` gives.
function Cluster:log(pod, name, current, previous)
  self.texts[pod.metadata.name .. "/" .. name] = { current = current, previous = previous }
end

--- Adds what every real namespace has and what says nothing about it.
function Cluster:noise()
  for _, pod in ipairs({ table.unpack(self.objects.Pod or {}) }) do
    self:event(pod, "MissingClusterDNS",
      "kubelet does not have ClusterDNS IP configured and cannot create Pod using \"ClusterFirst\" policy.",
      { count = 15, first = 3000 })
    self:event(pod, "DNSConfigForming", "Nameserver limits were exceeded, some nameservers have been omitted",
      { count = 40, first = 3000 })
    self:event(pod, "Scheduled", "Successfully assigned " .. pod.metadata.name,
      { type = "Normal", ago = 3600, raw = { lastTimestamp = false } })
  end
  for _, event in ipairs(self.objects.Event or {}) do
    if event.lastTimestamp == false then event.lastTimestamp = nil end
  end
  local leftover = self:workload("Deployment", "leftover")
  for i = 1, 2 do
    self:pod("leftover-old-" .. i, { owner = self.objects.ReplicaSet[#self.objects.ReplicaSet], age = 400000,
      phase = "Failed", ready = false,
      containers = { { ready = false,
        state = { terminated = { exitCode = 137, reason = "ContainerStatusUnknown", finishedAt = at(300000) } } } },
      status = { reason = "Evicted", message = "The node was low on resource: ephemeral-storage." } })
  end
  self:event(leftover, "ScalingReplicaSet", "Scaled up replica set leftover from 0 to 1", { type = "Normal", ago = 3600 })
  local node = self.objects.Node[1]
  self:event(node, "InvalidDiskCapacity", "invalid capacity 0 on image filesystem",
    { ago = 600, raw = { involvedObject = { uid = node.metadata.name } } })
  self:event(node, "Rebooted", "Node minikube has been rebooted, boot id: x", { ago = 700 })
  self:condition(node, "FrequentKubeletRestart", "True", { reason = "FrequentKubeletRestart" })
  self:condition(node, "NetworkHealthy", "True", { reason = "NetworkIsHealthy" })
  self:add("ConfigMap", "kube-root-ca.crt", { data = { ["ca.crt"] = "x" } })
  self:pod("migrate-done", { phase = "Succeeded", ready = false,
    containers = { { ready = false,
    state = { terminated = { exitCode = 0, reason = "Completed", finishedAt = at(900) } } } } })
  return self
end

--- The result of the diagnosis at the builder's moment.
function Cluster:diagnose(fields)
  return diagnose.analyse(merge({
    namespace = self.namespace, objects = self.objects, unreadable = self.unreadable, now = moment,
    logs = function(_, pod, name, previous)
      local entry = self.texts[pod .. "/" .. name]
      return entry and (previous and entry.previous or not previous and entry.current) or nil
    end,
  }, fields))
end

local function summary(result)
  local list = {}
  for _, finding in ipairs(result.findings) do list[#list + 1] = finding.class .. " " .. finding.object end
  table.sort(list)
  return table.concat(list, "; ")
end

--- Checks that the findings are exactly `{ class, object, evidence }…`, without noise and then with it.
-- An expectation whose class is `settling` is only asked of what is reported as information.
function Cluster:finds(...)
  local wanted, names = { ... }, {}
  for i, entry in ipairs(wanted) do names[i] = entry[1] .. " " .. entry[2] end
  table.sort(names)
  local result
  for round = 1, 2 do
    if round == 2 then self:noise() end
    result = self:diagnose()
    expect(summary(result)).to_equal(table.concat(names, "; "))
    for _, entry in ipairs(wanted) do
      for _, finding in ipairs(result.findings) do
        if finding.class == entry[1] and finding.object == entry[2] and entry[3] then
          expect(table.concat(finding.evidence, "\n")).to_contain(entry[3])
        end
      end
    end
    expect(#result.notes).to_equal(0)
  end
  return result
end

return { new = new, at = at, moment = moment, merge = merge }
