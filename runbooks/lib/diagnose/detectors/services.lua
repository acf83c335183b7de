--- N01, N02, N03: a Service that leads to no ready pod, or to a port that nothing has.
local endpoints = require "diagnose.endpoints"
local events = require "diagnose.events"
local objects = require "diagnose.objects"
local selector = require "diagnose.selector"

local docs = "https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/"
local balancer_failures = { SyncLoadBalancerFailed = true, UpdateLoadBalancerFailed = true, UnAvailableLoadBalancer = true }

--- The workloads of a namespace with the labels that their pods carry, listed once.
local function workloads(context, namespace)
  namespace = namespace or "default"
  context.workload_labels = context.workload_labels or {}
  local list = context.workload_labels[namespace]
  if list then return list end
  list = {}
  context.workload_labels[namespace] = list
  for _, kind in ipairs { "Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job" } do
    for _, object in ipairs(context.index:all(kind)) do
      local template = object.metadata.namespace == namespace and objects.pod_template(object)
      local labels = template and (template.metadata or {}).labels
      if labels then list[#list + 1] = { object = object, labels = labels } end
    end
  end
  return list
end

--- The workloads whose pods a selector would pick, and of the others the one that shares most labels with it.
local function nearest(context, service)
  local wanted, matching, best, best_score = service.spec.selector, {}, nil, 0
  for _, workload in ipairs(workloads(context, service.metadata.namespace)) do
    if selector.matches({ matchLabels = wanted }, workload.labels) then
      matching[#matching + 1] = workload.object
    else
      local score = 0
      for key, value in pairs(wanted) do
        local own = workload.labels[key]
        if own == value then
          score = score + 2
        elseif own then
          score = score + 1
          if own:find(value, 1, true) or value:find(own, 1, true) then score = score + 1 end
        end
      end
      if workload.object.metadata.name == service.metadata.name then score = score + 1 end
      if score > best_score then best, best_score = workload, score end
    end
  end
  return matching, best
end

local function difference(wanted, labels)
  local lines = {}
  for key, value in pairs(wanted) do
    if labels[key] ~= value then
      lines[#lines + 1] = ("%s=%s, its pods have %s"):format(key, value,
        labels[key] and key .. "=" .. labels[key] or "no label " .. key)
    end
  end
  table.sort(lines)
  return table.concat(lines, "; ")
end

--- The command that makes a service select the pods of a workload: its own keys with the workload's values; nil where
-- the workload lacks one of them.
local function selector_command(service, labels)
  local terms = {}
  for key in pairs(service.spec.selector) do
    if not labels[key] then return nil end
    terms[#terms + 1] = key .. "=" .. labels[key]
  end
  table.sort(terms)
  return ("kubectl set selector service %s %s -n %s"):format(service.metadata.name, table.concat(terms, ","),
    service.metadata.namespace or "default")
end

local function report_selector(context, service)
  local wanted = service.spec.selector
  local text = selector.describe { matchLabels = wanted }
  local matching, best = nearest(context, service)
  local evidence = { "selector " .. text }
  local message, severity = ("its selector %s matches no pod"):format(text), "error"
  local suggestions = { ("kubectl get pods -n %s --show-labels"):format(service.metadata.namespace),
    context.describe(service) }
  if #matching > 0 then
    local object = matching[1]
    if (object.spec or {}).replicas == 0 then
      message, severity = ("%s, which it selects, is scaled to 0"):format(objects.title(object)), "warning"
      evidence[#evidence + 1] = objects.title(object) .. " spec.replicas 0"
      table.insert(suggestions, 1, ("kubectl scale %s -n %s --replicas=1"):format(objects.title(object),
        service.metadata.namespace))
    else
      message = ("the pods of %s, which it selects, do not exist"):format(objects.title(object))
    end
  elseif best then
    local what = difference(wanted, best.labels)
    evidence[#evidence + 1] = ("nearest is %s: %s"):format(objects.title(best.object), what)
    message = ("%s; nearest is %s"):format(message, objects.title(best.object))
    local command = selector_command(service, best.labels)
    if command then table.insert(suggestions, 1, command) end
  end
  local created = objects.created(service)
  context:report {
    class = "service-no-endpoints", id = "N01", on = service, severity = severity, message = message, evidence = evidence,
    suggestions = suggestions,
    settling = #matching == 0 and not best and created ~= nil and not context:lasted(created, "service_new"), since = created, docs = docs,
    needs = matching,
  }
end

--- The pods are there and none is ready: what is wrong with them is the cause.
local function report_unready(context, service, state)
  local needs, seen = {}, {}
  for _, pod in ipairs(state.pods) do
    local top = context.index:top(pod)
    if not seen[top] then
      seen[top] = true
      needs[#needs + 1] = top
    end
  end
  local silent = state.ready_pods > 0
  context:report {
    class = "service-no-endpoints", id = "N01", on = service, needs = needs, only_with = not silent,
    message = silent and "its pods are ready, but its EndpointSlices have no ready endpoint"
      or ("none of its %d pods is ready"):format(#state.pods),
    evidence = { "selector " .. selector.describe { matchLabels = service.spec.selector },
      ("%d of %d endpoints ready"):format(state.ready, state.total),
      ("%d of %d pods ready"):format(state.ready_pods, #state.pods) },
    settling = silent and not context:lasted(objects.created(service), "container_creating"),
    suggestions = { ("kubectl get endpointslices -n %s -l kubernetes.io/service-name=%s -o yaml"):format(service.metadata.namespace, service.metadata.name),
      context.describe(service) },
    since = objects.created(service), docs = docs, confidence = "medium",
  }
end

local function declared_ports(pods)
  local ports, names, numbers, any = {}, {}, {}, false
  for _, pod in ipairs(pods) do
    objects.each_container(pod, function(spec, _, is_init)
      if is_init and not objects.is_sidecar(spec) then return end
      for _, port in ipairs(spec.ports or {}) do
        any = true
        local protocol = port.protocol or "TCP"
        if port.name then names[port.name .. "/" .. protocol] = true end
        numbers[objects.port(port.containerPort) .. "/" .. protocol] = true
        ports[("%s%s/%s"):format(port.name and port.name .. "=" or "", objects.port(port.containerPort), protocol)] = true
      end
    end)
  end
  local list, targets = {}, {}
  for text in pairs(ports) do list[#list + 1] = text end
  table.sort(list)
  for _, set in ipairs { names, numbers } do
    for text in pairs(set) do targets[#targets + 1] = text:match("^(.-)/") end
    if #targets > 0 then break end
  end
  -- what a service should lead to is only plain where there is one port
  local only = #list == 1 and targets[1] or nil
  return { names = names, numbers = numbers, any = any, text = #list > 0 and table.concat(list, ", ") or "none", only = only }
end

--- Whether a port number stands in a container's arguments or environment: then it may be served undeclared.
local function is_mentioned(pods, number)
  for _, pod in ipairs(pods) do
    for _, spec in ipairs(pod.spec.containers or {}) do
      for _, list in ipairs { spec.command or {}, spec.args or {} } do
        for _, text in ipairs(list) do
          if text:find("%f[%d]" .. number .. "%f[%D]") then return true end
        end
      end
      for _, variable in ipairs(spec.env or {}) do
        if type(variable.value) == "string" and variable.value:find("%f[%d]" .. number .. "%f[%D]") then return true end
      end
      for _, name in ipairs { "readinessProbe", "livenessProbe", "startupProbe" } do
        local probe = spec[name] or {}
        local port = (probe.httpGet or probe.tcpSocket or probe.grpc or {}).port
        if port and objects.port(port) == number then return true end
      end
    end
  end
  return false
end

--- The command that lets a port of a service lead to `target`, a name or a number; `…` where that is for a person to say.
local function patch_command(service, index, target)
  local value = target and (tonumber(target) and target or ('"%s"'):format(target)) or "…"
  return ("kubectl patch service %s -n %s --type=json -p '[{\"op\":\"replace\",\"path\":\"/spec/ports/%d/targetPort\",\"value\":%s}]'"):format(
    service.metadata.name, service.metadata.namespace or "default", index - 1, value)
end

local function inspect_ports(context, service, pods)
  local declared = declared_ports(pods)
  local wrong, numeric, right = {}, {}, false
  for index, port in ipairs(service.spec.ports or {}) do
    local target = port.targetPort or port.port
    local protocol = port.protocol or "TCP"
    local number = tonumber(target)
    local text = objects.port(target)
    if number == nil then
      if declared.names[text .. "/" .. protocol] then right = true else wrong[#wrong + 1] = { port, text, protocol, index } end
    elseif declared.numbers[text .. "/" .. protocol] then
      right = true
    elseif declared.any and not is_mentioned(pods, text) then
      numeric[#numeric + 1] = { port, text, protocol, index }
    else
      right = true
    end
  end
  local named = #wrong > 0
  -- a number may be served without being declared; it is worth a hint when no port of the service fits
  if not named and right then return end
  for _, entry in ipairs(named and wrong or numeric) do
    local text = ("port %s goes to targetPort %s/%s"):format(objects.port(entry[1].port), entry[2], entry[3])
    context:report {
      class = "service-port", id = "N02", on = service, severity = named and "error" or "warning",
      message = ("%s, which no container of its pods declares"):format(text),
      evidence = { text, "targetPort " .. entry[2], "the containers declare " .. declared.text },
      suggestions = { patch_command(service, entry[4], declared.only), context.describe(service) },
      since = objects.created(service), docs = docs, confidence = named and "high" or "medium",
    }
  end
  return named
end

--- N03: a load balancer that gives no address.
local function inspect_balancer(context, service)
  if service.spec.type ~= "LoadBalancer" then return end
  local status = service.status or {}
  local failure = context.index:event(service, balancer_failures)
  local ports_error = objects.condition(service, "LoadBalancerPortsError")
  if ports_error and ports_error.status ~= "True" then ports_error = nil end
  local pending = #((status.loadBalancer or {}).ingress or {}) == 0
  if not ports_error and not pending then return end
  local on_minikube = false
  for _, node in ipairs(context.index:all("Node")) do
    on_minikube = on_minikube or node.metadata.name:find("minikube", 1, true) ~= nil
      or (node.metadata.labels or {})["minikube.k8s.io/name"] ~= nil
  end
  local created = objects.created(service)
  context:report {
    class = "ingress", id = "N03", on = service, severity = "warning",
    settling = not failure and not ports_error and (on_minikube or not context:lasted(created, "load_balancer")),
    message = failure and failure.message or ports_error and (ports_error.message or ports_error.reason)
      or "its load balancer has no address yet",
    evidence = objects.lines("type LoadBalancer, status.loadBalancer.ingress is empty", failure and events.line(failure),
      ports_error and ports_error.message),
    suggestions = objects.lines(on_minikube and "minikube tunnel", context.describe(service)), since = created,
    docs = "https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer",
  }
end

local function inspect(context, service)
  local spec = service.spec or {}
  if spec.type == "ExternalName" or not next(spec.selector or {}) or service.metadata.deletionTimestamp then return end
  local state = endpoints.state(context, service)
  if not context.index:readable("Pod") then return end
  local wrong_port = #state.pods > 0 and inspect_ports(context, service, state.pods)
  if state.ready == 0 and not wrong_port then
    if #state.pods == 0 then report_selector(context, service) else report_unready(context, service, state) end
  end
  inspect_balancer(context, service)
end

return {
  name = "services",
  reads = { "Service", "EndpointSlice", "Pod", "Event" },
  classes = {
    { id = "N01", class = "service-no-endpoints", grace = "none for a selector that fits nothing" },
    { id = "N02", class = "service-port", grace = "none" },
    { id = "N03", class = "ingress", grace = "5 min; on minikube it waits for `minikube tunnel`" },
  },
  detect = function(context)
    for _, service in ipairs(context.index:all("Service")) do inspect(context, service) end
  end,
}
