--- N05: Gateway API: a Gateway that is not accepted or programmed, a route that leads nowhere.
local clock = require "diagnose.clock"
local objects = require "diagnose.objects"

local docs = "https://gateway-api.sigs.k8s.io/guides/"

local function report(context, object, message, evidence, since)
  context:report {
    class = "ingress", id = "N05", on = object, message = message, evidence = evidence, since = since,
    settling = since ~= nil and not context:persists(object, since, "api_service"),
    suggestions = { context.describe(object) }, docs = docs,
  }
end

--- Reports the conditions of the given types that are False, found by type and never by position.
local function inspect_conditions(context, object, conditions, types, where)
  for _, condition in ipairs(conditions or {}) do
    if types[condition.type] and condition.status == "False" then
      report(context, object, ("%s is False%s: %s"):format(condition.type, where,
        condition.message or condition.reason or "?"),
        objects.lines(condition.message,
          ("condition %s = False, reason %s"):format(condition.type, condition.reason or "?")),
        clock.parse(condition.lastTransitionTime))
    end
  end
end

local function inspect_gateway(context, gateway)
  local name = gateway.spec.gatewayClassName
  if name and context.index:readable("GatewayClass") and not context.index:get("GatewayClass", nil, name) then
    report(context, gateway, ("GatewayClass %s does not exist"):format(name), { "gatewayClassName " .. name })
    return
  end
  inspect_conditions(context, gateway, (gateway.status or {}).conditions, { Accepted = true, Programmed = true }, "")
end

local function inspect_backends(context, route)
  for _, rule in ipairs(route.spec.rules or {}) do
    for _, backend in ipairs(rule.backendRefs or {}) do
      local namespace = backend.namespace or route.metadata.namespace
      local here = not context.index.namespace or namespace == context.index.namespace
      if (backend.kind or "Service") == "Service" and here and context.index:readable("Service") then
        local service = context.index:get("Service", namespace, backend.name)
        if not service then
          report(context, route, ("it leads to Service %s, which does not exist"):format(backend.name),
            { "backendRefs[].name " .. backend.name })
        elseif backend.port then
          local found = false
          for _, port in ipairs(service.spec.ports or {}) do found = found or port.port == backend.port end
          if not found then
            report(context, route, ("it leads to port %s of Service %s, which has no such port"):format(objects.port(backend.port), backend.name),
              { "backendRefs[].port " .. objects.port(backend.port) })
          end
        end
      end
    end
  end
end

local function inspect_route(context, route)
  inspect_backends(context, route)
  for _, parent in ipairs(route.spec.parentRefs or {}) do
    local namespace = parent.namespace or route.metadata.namespace
    local here = not context.index.namespace or namespace == context.index.namespace
    if (parent.kind or "Gateway") == "Gateway" and here and context.index:readable("Gateway")
      and not context.index:get("Gateway", namespace, parent.name) then
      report(context, route, ("its Gateway %s does not exist"):format(parent.name), { "parentRefs[].name " .. parent.name })
    end
  end
  for _, parent in ipairs((route.status or {}).parents or {}) do
    inspect_conditions(context, route, parent.conditions, { Accepted = true, ResolvedRefs = true },
      " for " .. ((parent.parentRef or {}).name or "its parent"))
  end
end

return {
  name = "gateway",
  reads = { "Gateway", "GatewayClass", "HTTPRoute", "Service" },
  classes = { { id = "N05", class = "ingress", grace = "60 s" } },
  detect = function(context)
    for _, class in ipairs(context.index:all("GatewayClass")) do
      inspect_conditions(context, class, (class.status or {}).conditions, { Accepted = true }, "")
    end
    for _, gateway in ipairs(context.index:all("Gateway")) do inspect_gateway(context, gateway) end
    for _, route in ipairs(context.index:all("HTTPRoute")) do inspect_route(context, route) end
  end,
}
