--- N07, N08: the cluster's DNS does not answer, or a pod's own DNS settings are cut.
-- What a node's resolv.conf makes the kubelet warn about on every pod is noise and says nothing of the pod.
local containers = require "diagnose.containers"
local endpoints = require "diagnose.endpoints"
local events = require "diagnose.events"
local exits = require "diagnose.exits"
local objects = require "diagnose.objects"

local docs = "https://kubernetes.io/docs/tasks/administer-cluster/dns-debugging-resolution/"

local function why_unready(pod)
  local why
  objects.each_container(pod, function(spec, status)
    local reason = containers.waiting_reason(status)
    local ended = containers.terminated(status)
    if reason or ended and not status.ready then
      why = why or ("container %s: %s"):format(spec.name, reason or "") .. (ended and ", " .. exits.describe(ended) or "")
    end
  end)
  local scheduled = objects.condition(pod, "PodScheduled")
  if not why and scheduled and scheduled.status == "False" then why = scheduled.message end
  return why or ((objects.condition(pod, "Ready") or {}).message)
end

local function inspect_service(context)
  local index = context.index
  local service = index:get("Service", "kube-system", "kube-dns") or index:get("Service", "kube-system", "coredns")
  local pods = index:pods_matching("kube-system", { ["k8s-app"] = "kube-dns" })
  local ready, first, since = 0, nil, nil
  for _, pod in ipairs(pods) do
    if context.is_ready(pod) then
      ready = ready + 1
    else
      first = first or pod
      since = since or containers.pod_since(pod)
    end
  end
  local deployment = index:get("Deployment", "kube-system", "coredns") or index:get("Deployment", "kube-system", "kube-dns")
  local scaled_away = deployment and #pods == 0 and objects.wanted(deployment) >= 0
    and ((deployment.status or {}).readyReplicas or 0) == 0
  local state = service and endpoints.state(context, service)
  local no_endpoint = state and state.known and state.ready == 0
  if not (#pods > 0 and ready == 0) and not scaled_away and not no_endpoint then return end
  local on = ready > 0 and service or deployment or first and index:top(first) or service
  local evidence = objects.lines(("%d of %d pods with k8s-app=kube-dns are ready"):format(ready, #pods),
    first and why_unready(first),
    no_endpoint and ("Service %s has no ready endpoint"):format(service.metadata.name),
      deployment and "spec.replicas " .. math.floor(objects.wanted(deployment)))
  context:report {
    class = "dns", id = "N07", on = on,
    message = "the cluster's DNS does not answer: " .. (first and why_unready(first) or "no pod of it is ready"),
    evidence = evidence, settling = since ~= nil and not context:lasted(since, "node"), since = since, docs = docs,
    suggestions = { "kubectl get pods -n kube-system -l k8s-app=kube-dns",
      "kubectl logs -n kube-system -l k8s-app=kube-dns" },
    absorbs = true, needs = { first and index:get("Node", nil, first.spec.nodeName) or nil },
  }
end

local function inspect_own_settings(context)
  for _, event in ipairs(context.index:events_with("DNSConfigForming")) do
    local pod = event.kind == "Pod" and context.index:get("Pod", event.namespace, event.name)
    local config = pod and pod.spec.dnsConfig
    if config and (config.nameservers or config.searches) and pod.status.phase ~= "Succeeded" then
      context:report {
        class = "dns", id = "N08", on = pod, severity = "warning", message = "its dnsConfig is cut: " .. event.message,
        evidence = { event.message, events.line(event),
          ("dnsPolicy %s, dnsConfig with %d nameservers and %d searches"):format(pod.spec.dnsPolicy or "?",
          #(config.nameservers or {}), #(config.searches or {})) },
        suggestions = { context.describe(pod) }, since = event.first, last = event.time,
        docs = "https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-dns-config",
      }
    end
  end
end

return {
  name = "dns",
  reads = { "Pod", "Service", "EndpointSlice", "Deployment", "Event" },
  classes = {
    { id = "N07", class = "dns", grace = "60 s" },
    { id = "N08", class = "dns", grace = "none; only for a pod with a dnsConfig of its own" },
  },
  detect = function(context)
    inspect_service(context)
    inspect_own_settings(context)
  end,
}
