--- N04: an Ingress without a class, a service, a port or a certificate.
local endpoints = require "diagnose.endpoints"
local objects = require "diagnose.objects"

local docs = "https://kubernetes.io/docs/concepts/services-networking/ingress/"
local default_annotation = "ingressclass.kubernetes.io/is-default-class"

local function default_class(index)
  for _, class in ipairs(index:all("IngressClass")) do
    if (class.metadata.annotations or {})[default_annotation] == "true" then return class end
  end
  return nil
end

local function is_taken(ingress)
  return #(((ingress.status or {}).loadBalancer or {}).ingress or {}) > 0
end

--- What is wrong with the class, or nil.
local function class_trouble(index, ingress)
  local name = ingress.spec.ingressClassName
  -- the annotation is read by the controller itself, no object has to exist; an address shows that one took it
  if not index:readable("IngressClass") or (ingress.metadata.annotations or {})["kubernetes.io/ingress.class"] then
    return nil
  end
  if name then
    if index:get("IngressClass", nil, name) or is_taken(ingress) and #index:all("IngressClass") == 0 then return nil end
    return ("IngressClass %s does not exist"):format(name)
  end
  if default_class(index) or is_taken(ingress) then return nil end
  return "it names no ingress class, and no class is the default"
end

local function backends_of(ingress)
  local list = {}
  local function add(backend, where)
    if backend and backend.service then list[#list + 1] = { service = backend.service, where = where } end
  end
  add(ingress.spec.defaultBackend, "defaultBackend")
  for _, rule in ipairs(ingress.spec.rules or {}) do
    for _, path in ipairs((rule.http or {}).paths or {}) do
      add(path.backend, ("%s%s"):format(rule.host or "*", path.path or "/"))
    end
  end
  return list
end

local function port_exists(service, port)
  for _, entry in ipairs(service.spec.ports or {}) do
    -- compared by name or by number, and never an empty name with an empty name
    if port.number and entry.port == port.number then return true end
    if port.name and port.name ~= "" and entry.name == port.name then return true end
  end
  return false
end

local function ports_text(service)
  local list = {}
  for _, entry in ipairs(service.spec.ports or {}) do
    list[#list + 1] = objects.port(entry.port) .. (entry.name and " (" .. entry.name .. ")" or "")
  end
  return table.concat(list, ", ")
end

local function report(context, ingress, message, fields)
  fields = fields or {}
  fields.class, fields.on, fields.message = "ingress", ingress, message
  fields.id = fields.id or "N04"
  fields.since, fields.docs = objects.created(ingress), docs
  fields.evidence = fields.evidence or {}
  table.insert(fields.evidence, 1, message)
  fields.suggestions = fields.suggestions or { context.describe(ingress) }
  context:report(fields)
end

local function inspect_backend(context, ingress, backend)
  local index, namespace = context.index, ingress.metadata.namespace
  if not index:readable("Service") then return end
  local name, port = backend.service.name, backend.service.port or {}
  local service = index:get("Service", namespace, name)
  if not service then
    report(context, ingress, ("%s leads to Service %s, which does not exist"):format(backend.where, name),
      { suggestions = { ("kubectl get services -n %s"):format(namespace), context.describe(ingress) } })
  elseif service.spec.type ~= "ExternalName" and not port_exists(service, port) then
    report(context, ingress, ("%s leads to port %s of Service %s, which has %s"):format(backend.where,
      port.name or objects.port(port.number or "?"), name,
      ports_text(service)))
  elseif service.spec.selector then
    local state = endpoints.state(context, service)
    if state.ready == 0 then
      report(context, ingress, ("%s leads to Service %s, which has no ready endpoint"):format(backend.where, name),
        { needs = { service }, only_with = true })
    end
  end
end

local function inspect_certificates(context, ingress)
  if not context.index:readable("Secret") then return end
  local annotations = ingress.metadata.annotations or {}
  local issued = annotations["cert-manager.io/cluster-issuer"] or annotations["cert-manager.io/issuer"]
    or annotations["kubernetes.io/tls-acme"]
  for _, entry in ipairs(ingress.spec.tls or {}) do
    local secret = entry.secretName
    if secret and not context.index:get("Secret", ingress.metadata.namespace, secret) then
      report(context, ingress, ("the TLS Secret %s does not exist"):format(secret), {
        evidence = { "spec.tls[].secretName " .. secret },
        settling = issued and not context:lasted(objects.created(ingress), "tls_secret") or nil,
        suggestions = { ("kubectl create secret tls %s -n %s --cert=… --key=…"):format(secret, ingress.metadata.namespace),
          context.describe(ingress) },
      })
    end
  end
end

local function inspect_status(context, ingress)
  for _, entry in ipairs(((ingress.status or {}).loadBalancer or {}).ingress or {}) do
    for _, port in ipairs(entry.ports or {}) do
      if port.error then
        report(context, ingress, ("port %s of its load balancer: %s"):format(objects.port(port.port), port.error))
      end
    end
  end
end

return {
  name = "ingress",
  reads = { "Ingress", "IngressClass", "Service", "EndpointSlice", "Secret" },
  classes = { { id = "N04", class = "ingress", grace = "none; 10 min for a certificate that is being issued" } },
  detect = function(context)
    for _, ingress in ipairs(context.index:all("Ingress")) do
      ingress.spec = ingress.spec or {}
      local trouble = class_trouble(context.index, ingress)
      if trouble then
        report(context, ingress, trouble, { suggestions = { "kubectl get ingressclass", context.describe(ingress) } })
      end
      for _, backend in ipairs(backends_of(ingress)) do inspect_backend(context, ingress, backend) end
      inspect_certificates(context, ingress)
      inspect_status(context, ingress)
    end
  end,
}
