--- The pieces of which the tests of the specification make a fault and its sound look-alike.
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

--- Tests every class of `cases`: `{ the fault, its finding, the sound look-alike, what settles there }` by id.
-- `families` maps the letter of a family to the number of its classes: none may be without a case.
local function test(families, cases)
  it("has a case for every class", function()
    local count = 0
    for letter, last in pairs(families) do
      for number = 1, last do
        local id = ("%s%02d"):format(letter, number)
        expect(id .. (cases[id] and "" or " is missing")).to_equal(id)
        count = count + 1
      end
    end
    for _ in pairs(cases) do count = count - 1 end
    expect(count).to_equal(0)
  end)
  for id, case in pairs(cases) do
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
end

return {
  test = test, ended = ended, waiting = waiting, crashing = crashing, web = web, pending = pending,
  creating = creating, probe = probe, put_out = put_out, autoscaler = autoscaler, refused = refused,
  claim = claim, job = job, ingress = ingress, budget = budget, helm_secret = helm_secret, gateway = gateway,
  dns = dns, with_requests = with_requests,
}
