--- Reads a snapshot of a namespace: a few lists at the same time, then only the logs that findings name.
-- Every call of `kubectl` that reads is in this file.
local logs = require "diagnose.logs"
local problems = require "diagnose.read_problems"
local volume_stats = require "diagnose.volume_stats"

local cluster = {}

local log_lines = 200
-- thousands of pods take a while to list
local list_timeout = "5m"
local logs_at_once = 8
local reach_timeout = "10s"

-- One process each, all at the same time; the order within a list is the order of the requests to the server.
local namespaced = {
  { Pod = "pods", ReplicaSet = "replicasets" },
  {
    Event = "events", Deployment = "deployments", StatefulSet = "statefulsets", DaemonSet = "daemonsets", Job = "jobs",
    CronJob = "cronjobs",
    Service = "services", EndpointSlice = "endpointslices", PersistentVolumeClaim = "persistentvolumeclaims",
    ResourceQuota = "resourcequotas",
    LimitRange = "limitranges", ServiceAccount = "serviceaccounts", Ingress = "ingresses",
    NetworkPolicy = "networkpolicies",
    HorizontalPodAutoscaler = "horizontalpodautoscalers", PodDisruptionBudget = "poddisruptionbudgets",
  },
}
local cluster_wide = {
  Node = "nodes", PersistentVolume = "persistentvolumes", StorageClass = "storageclasses", IngressClass = "ingressclasses",
  VolumeAttachment = "volumeattachments", APIService = "apiservices",
  ValidatingWebhookConfiguration = "validatingwebhookconfigurations",
  MutatingWebhookConfiguration = "mutatingwebhookconfigurations",
}
-- Kinds of the Gateway API, which not every cluster has.
local gateway_kinds = { Gateway = "gateways.gateway.networking.k8s.io", HTTPRoute = "httproutes.gateway.networking.k8s.io",
  GatewayClass = "gatewayclasses.gateway.networking.k8s.io" }
local dns_kinds = { Deployment = "deployments", ReplicaSet = "replicasets", Pod = "pods", Service = "services",
  EndpointSlice = "endpointslices" }

-- Names, labels and times of Secrets and ConfigMaps, and the names of their keys: no value leaves kubectl.
local names_template = '{{range .items}}{{.kind}}|{{.metadata.namespace}}|{{.metadata.name}}|{{.metadata.uid}}|{{.metadata.creationTimestamp}}|{{.type}}|'
  .. '{{range $key, $value := .data}}{{$key}},{{end}}{{range $key, $value := .binaryData}}{{$key}},{{end}}|'
  .. '{{range $key, $value := .metadata.labels}}{{$key}}={{$value}},{{end}}|{{range .metadata.managedFields}}{{.time}},{{end}}|'
  .. '{{with .metadata.deletionTimestamp}}{{.}}{{end}}|{{range .metadata.finalizers}}{{.}},{{end}}{{"\\n"}}{{end}}'

local function resources_of(kinds)
  local list = {}
  for _, resource in pairs(kinds) do list[#list + 1] = resource end
  table.sort(list)
  return list
end

local function add(snapshot, object)
  local list = snapshot.objects[object.kind]
  if not list then
    list = {}
    snapshot.objects[object.kind] = list
  end
  list[#list + 1] = object
end

--- Gets some kinds, again without those that the server has never heard of.
local function get(kinds, options)
  local wanted = resources_of(kinds)
  while #wanted > 0 do
    local answer = kubectl.get {
      resource = table.concat(wanted, ","), namespace = options.namespace, all_namespaces = options.all_namespaces,
      selector = options.selector,
      field_selector = options.field_selector, context = options.context, template = options.template, timeout = list_timeout, check = false,
    }
    if type(answer) == "userdata" then return answer end -- a preview that could not ask
    local unknown = problems.unknown_resource(answer.stderr)
    if answer.status == 0 or not unknown then return answer end
    for i = #wanted, 1, -1 do
      if wanted[i] == unknown or wanted[i]:match("^[^.]+") == unknown:match("^[^.]+") then table.remove(wanted, i) end
    end
  end
  return { status = 0, stderr = "", stdout = "" }
end

--- Adds what an answer holds, and notes which kinds could not be read.
-- With `scope`, kinds that did not come are asked for one by one where the error does not say which of them it is about.
local function take(snapshot, kinds, answer, scope)
  if answer.status ~= 0 then problems.stop_if_out_of_reach(answer.stderr) end
  local value = answer.value
  -- the text of a large list is not needed beside what it was read into
  answer.stdout = nil
  for _, object in ipairs(value and value.items or {}) do add(snapshot, object) end
  if answer.status ~= 0 then
    -- kubectl prints an empty list beside the error when the only kind that was asked for cannot be read
    local is_single = next(kinds) ~= nil and next(kinds, (next(kinds))) == nil
    for kind, reason in pairs(problems.unreadable(kinds, answer.stderr, value ~= nil and not is_single)) do
      snapshot.unreadable[kind] = reason
    end
    if value and scope and problems.is_nameless(answer.stderr) then
      for kind, resource in pairs(kinds) do
        local single = { [kind] = resource }
        if not snapshot.objects[kind] and not snapshot.unreadable[kind] then take(snapshot, single, get(single, scope)) end
      end
    end
  end
end

local function take_names(snapshot, answer)
  local text = answer.stdout or ""
  for line in text:gmatch("[^\n]+") do
    local kind, namespace, name, uid, created, type_name, keys, labels, changes, deleted, finalizers =
      line:match("^(%a+)" .. ("|([^|]*)"):rep(10) .. "$")
    if kind then
      local object = { kind = kind, type = type_name, keys = {},
        metadata = { namespace = namespace, name = name, uid = uid, creationTimestamp = created, labels = {} } }
      for key in keys:gmatch("[^,]+") do object.keys[key] = true end
      if deleted ~= "" then object.metadata.deletionTimestamp, object.metadata.finalizers = deleted, {} end
      for finalizer in finalizers:gmatch("[^,]+") do
        object.metadata.finalizers = object.metadata.finalizers or {}
        table.insert(object.metadata.finalizers, finalizer)
      end
      for key, value in labels:gmatch("([^=,]+)=([^,]*)") do object.metadata.labels[key] = value end
      for time in changes:gmatch("[^,]+") do
        if not object.changed or time > object.changed then object.changed = time end
      end
      add(snapshot, object)
    end
  end
  if answer.status ~= 0 then
    problems.stop_if_out_of_reach(answer.stderr)
    for kind, reason in pairs(problems.unreadable({ Secret = "secrets", ConfigMap = "configmaps" }, answer.stderr,
      text ~= "")) do
      snapshot.unreadable[kind] = reason
    end
  end
end

--- Reads the logs of a list of `{ namespace, pod, container, previous }`; a list of texts in the same order.
local function read_logs(snapshot, requests, context)
  local texts = {}
  local function read(request)
    return logs.best(function(previous)
      local answer = kubectl.logs { pod = request.pod, container = request.container, namespace = request.namespace,
        previous = previous,
        tail = log_lines, context = context, check = false }
      local text = answer.status == 0 and answer.stdout or nil
      if not text and answer.stderr:find("orbidden", 1, true) then snapshot.unreadable.logs = "forbidden (get pods/log)" end
      local name = request.pod .. "/" .. request.container
      snapshot.log_texts[name] = snapshot.log_texts[name] or {}
      snapshot.log_texts[name][previous and "previous" or "current"] = text
      return text
    end, request.previous)
  end
  for from = 1, #requests, logs_at_once do
    local batch = {}
    for i = from, math.min(#requests, from + logs_at_once - 1) do
      batch[i - from + 1] = function() return read(requests[i]) end
    end
    for i, text in pairs(parallel(batch)) do texts[from + i - 1] = text end
  end
  return texts
end

local function namespace_problem(snapshot, answer, name)
  if answer.status == 0 then
    if answer.value then add(snapshot, answer.value) end
    return
  end
  problems.stop_if_out_of_reach(answer.stderr)
  local found = false
  for kind, list in pairs(snapshot.objects) do
    for _, object in ipairs(list) do found = found or kind ~= "Namespace" and object.metadata.namespace == name end
  end
  if answer.stderr:find("NotFound", 1, true) and not found then
    fail { message = ("the namespace %s does not exist"):format(name), remedy = "kubectl get namespaces", exit = 3 }
  end
  if answer.stderr:find("orbidden", 1, true) then snapshot.unreadable.Namespace = "forbidden" end
end

--- Ends the run early where the cluster does not answer: without it every list would wait for the network by itself.
local function check_reach(context)
  local argv = { "kubectl", "get", "--raw", "/readyz", "--request-timeout=" .. reach_timeout }
  if context or run.context then table.move({ "--context", context or run.context }, 1, 2, #argv + 1, argv) end
  local asked, answer = pcall(exec.run, argv, { check = false, read = true })
  if asked and type(answer) ~= "userdata" and answer.status ~= 0 then problems.stop_if_out_of_reach(answer.stderr) end
end

local function union(maps)
  local all = {}
  for _, map in ipairs(maps) do
    for kind, resource in pairs(map) do all[kind] = resource end
  end
  return all
end

--- Reads a snapshot for `diagnose.analyse`.
-- Options: `namespace`, or `all_namespaces = true`; `context` (the run's where it is left out). Fails with exit code 3 when
-- the cluster, the context or the namespace is not there, or when the account is not let in.
function cluster.collect(options)
  local snapshot = { namespace = options.namespace, objects = {}, unreadable = {}, log_texts = {}, wall = time.now() }
  local everywhere = options.all_namespaces
  check_reach(options.context)
  local scope = { namespace = not everywhere and options.namespace or nil, all_namespaces = everywhere,
    context = options.context }
  local function scoped(fields)
    for key, value in pairs(scope) do
      if fields[key] == nil then fields[key] = value end
    end
    return fields
  end
  local work = {
    function() return get(namespaced[1], scoped {}) end,
    function() return get(namespaced[2], scoped {}) end,
    function() return get({ Secret = "secrets", ConfigMap = "configmaps" }, scoped { template = names_template }) end,
    function() return get(gateway_kinds, scoped {}) end,
    function() return get(everywhere and union { cluster_wide, { Namespace = "namespaces" } } or cluster_wide,
      { context = options.context }) end,
  }
  if not everywhere then
    work[6] = function() return kubectl.get { resource = "namespace", name = options.namespace, context = options.context,
      check = false } end
    if options.namespace ~= "kube-system" then
      work[#work + 1] = function() return get(dns_kinds,
        { namespace = "kube-system", selector = "k8s-app=kube-dns", context = options.context }) end
    end
    if options.namespace ~= "default" then
      work[#work + 1] = function()
        return get({ Event = "events" },
          { namespace = "default", field_selector = "involvedObject.kind=Node", context = options.context })
      end
    end
  end
  local answers = parallel(work)
  if type(answers[1]) == "userdata" then
    -- a preview without kubectl: nothing was read, and nothing may be concluded
    fail { message = "the cluster cannot be read", remedy = "install kubectl, or try --sim", exit = 3 }
  end
  take(snapshot, namespaced[1], answers[1], scope)
  take(snapshot, namespaced[2], answers[2], scope)
  take_names(snapshot, answers[3])
  if answers[4].value then take(snapshot, gateway_kinds, { status = 0, value = answers[4].value }) end
  take(snapshot, everywhere and union { cluster_wide, { Namespace = "namespaces" } } or cluster_wide, answers[5], { context = options.context })
  if not everywhere then
    namespace_problem(snapshot, answers[6], options.namespace)
    -- what cannot be read of other namespaces takes nothing from the answer about this one
    for i = 7, #work do take(snapshot, {}, answers[i]) end
  end
  if snapshot.unreadable.Pod and snapshot.unreadable.Deployment and snapshot.unreadable.Service then
    fail { message = ("this account may read nothing in %s: %s"):format(options.namespace or "the cluster",
      snapshot.unreadable.Pod), exit = 3,
      remedy = "kubectl auth can-i --list" .. (options.namespace and " -n " .. options.namespace or "") }
  end
  volume_stats.collect(snapshot, options.context)
  snapshot.read_logs = function(requests) return read_logs(snapshot, requests, options.context) end
  return snapshot
end

--- The pods of every namespace, for the picture of the nodes; nil and the reason when they may not be read.
function cluster.all_pods(context)
  local answer = kubectl.get { resource = "pods", all_namespaces = true, context = context, check = false }
  if answer.status ~= 0 then
    return nil, "could not read the pods of all namespaces: " .. (answer.stderr:match("[^\n]+") or "?")
  end
  return answer.value and answer.value.items or {}
end

--- Waits, for `-p watch=true`.
function cluster.wait(seconds)
  time.sleep(seconds)
end

--- The namespace of a kube context (the run's, else the current one); `default` where it names none.
function cluster.current_namespace(context)
  local known = kubectl.contexts()
  local wanted = context or run.context or known.current
  for _, entry in ipairs(known.contexts) do
    if entry.name == wanted then return entry.namespace or "default" end
  end
  return "default"
end

return cluster
