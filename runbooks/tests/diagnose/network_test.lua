local cluster = require "cluster"

local crashing = { containers = { { ready = false, restarts = 5, state = { waiting = { reason = "CrashLoopBackOff" } },
  last = { exitCode = 1, reason = "Error", finishedAt = cluster.at(9) } } } }
local with_port = { containers = { { spec = { ports = { { name = "http", containerPort = 8080, protocol = "TCP" } } } } } }

describe("N01 services without endpoints", function()
  it("names the nearest label", function()
    local c = cluster.new()
    c:deployment("web", { pod = with_port })
    c:service("web", { selector = { app = "web-api" } })
    c:slice("web", 0)
    local result = c:finds { "service-no-endpoints", "service/web", "app=web-api, its pods have app=web" }
    expect(result.findings[1].message).to_contain("nearest is deployment/web")
  end)
  it("says the command that lets it select them", function()
    local c = cluster.new()
    c:deployment("web", { labels = { tier = "front" } })
    c:service("web", { selector = { app = "wbe", tier = "front" } })
    c:slice("web", 0)
    local result = c:finds { "service-no-endpoints", "service/web" }
    expect(result.findings[1].suggestions[1]).to_equal("kubectl set selector service web app=web,tier=front -n shop")
  end)
  it("is found without any EndpointSlice", function()
    local c = cluster.new()
    c:service("web", { selector = { app = "web-api" } })
    c:finds { "service-no-endpoints", "service/web", "app=web-api" }
  end)
  it("says that what it selects is scaled to 0 (W07)", function()
    local c = cluster.new()
    c:deployment("web", { replicas = 0 })
    c:service("web")
    c:slice("web", 0)
    c:finds { "service-no-endpoints", "service/web", "deployment/web spec.replicas 0" }
  end)
  it("is a consequence of pods that are not ready", function()
    local c = cluster.new()
    c:deployment("web", { pod = crashing })
    c:service("web")
    c:slice("web", 0, 1)
    local result = c:finds { "container-crash", "deployment/web" }
    expect(table.concat(result.findings[1].consequences, "\n")).to_contain("service/web")
  end)
  it("is a consequence of pods that cannot be created", function()
    local c = cluster.new()
    local deployment = c:deployment("web", { made = 0 })
    c:condition(deployment, "ReplicaFailure", "True",
      { reason = "FailedCreate", message = "exceeded quota: compute, requested: pods=1" })
    c:service("web")
    c:finds { "quota", "deployment/web" }
  end)
  it("is quiet about services that need no pod of ours", function()
    local c = cluster.new()
    c:add("Service", "manual", { spec = { ports = { { port = 80 } } } })
    c:add("Service", "external", { spec = { type = "ExternalName", externalName = "db.example.com",
      selector = { app = "x" } } })
    c:finds()
  end)
  it("does not judge a service when pods may not be read", function()
    local c = cluster.new()
    c.unreadable.Pod = "forbidden"
    c:service("web")
    expect(#c:diagnose().findings).to_equal(0)
    expect(c:diagnose().notes).to_equal({ "could not check pods: forbidden" })
  end)
end)

describe("N02 ports", function()
  local function service(ports, pod)
    local c = cluster.new()
    c:deployment("web", { pod = pod or with_port })
    c:service("web", { ports = ports })
    c:slice("web", 1)
    return c
  end
  it("finds a name that no container declares", function()
    local result = service { { port = 80, targetPort = "web" } }:finds { "service-port", "service/web", "http=8080/TCP" }
    expect(result.findings[1].severity).to_equal("error")
  end)
  it("says the command that leads it to the only port", function()
    local c = cluster.new()
    c:deployment("web", { pod = { containers = { { spec = { ports = { { name = "http", containerPort = 8000 } } } } } } })
    c:service("web", { ports = { { port = 80, targetPort = "web" } } })
    c:slice("web", 1)
    local result = c:finds { "service-port", "service/web" }
    expect(result.findings[1].suggestions[1]).to_equal("kubectl patch service web -n shop --type=json"
      .. " -p '[{\"op\":\"replace\",\"path\":\"/spec/ports/0/targetPort\",\"value\":\"http\"}]'")
  end)
  it("hints at a number that no container declares", function()
    local result = service { { port = 80, targetPort = 9999 } }:finds { "service-port", "service/web", "9999" }
    expect(result.findings[1].severity).to_equal("warning")
  end)
  it("finds a protocol that differs", function()
    service { { port = 80, targetPort = 8080, protocol = "UDP" } }:finds { "service-port", "service/web", "UDP" }
  end)
  it("takes the port as the target where none is given", function()
    service({ { port = 8080 } }):finds()
  end)
  it("is quiet where no port is declared, where it is in the arguments, and beside one that fits", function()
    service({ { port = 80, targetPort = 9999 } }, {}):finds()
    service({ { port = 80, targetPort = 9999 } },
      { containers = { { spec = { args = { "--listen=:9999" }, ports = { { containerPort = 8080 } } } } } }):finds()
    service({ { port = 80, targetPort = 8080 }, { port = 9, targetPort = 9999 } }):finds()
  end)
end)

describe("N03 load balancers", function()
  local function balancer(node)
    local c = cluster.new()
    if node then c.objects.Node = nil c:node(node) end
    c:deployment("web", { pod = with_port })
    local service = c:service("web", { fields = { spec = { type = "LoadBalancer" } } })
    c:slice("web", 1)
    return c, service
  end
  it("waits for a tunnel on minikube", function()
    local result = balancer():finds { "settling", "service/web" }
    expect(result.findings[1].suggestions).to_contain("minikube tunnel")
  end)
  it("finds one that cannot be made", function()
    local c, service = balancer("worker-1")
    c:event(service, "SyncLoadBalancerFailed", "Error syncing load balancer: quota exceeded", { count = 5 })
    c:finds { "ingress", "service/web", "quota exceeded" }
  end)
end)

describe("N04 ingress", function()
  local function setup(spec, fields)
    local c = cluster.new()
    c:deployment("web", { pod = with_port })
    c:service("web", { ports = { { name = "http", port = 80, targetPort = "http" } } })
    c:slice("web", 1)
    c:add("IngressClass", "nginx", { metadata = { namespace = false } })
    c:add("Ingress", "web", cluster.merge({ spec = cluster.merge({ ingressClassName = "nginx",
      rules = { { host = "shop.example.com", http = { paths = { { path = "/",
      backend = { service = { name = "web", port = { number = 80 } } } } } } } } }, spec) }, fields))
    return c
  end
  local function backend(name, port)
    return { rules = { { http = { paths = { { path = "/", backend = { service = { name = name, port = port } } } } } } } }
  end
  it("is quiet about one that is right, by number and by name", function()
    setup():finds()
    setup(backend("web", { name = "http" })):finds()
  end)
  it("finds a class that does not exist", function()
    setup({ ingressClassName = "traefik" }):finds { "ingress", "ingress/web", "IngressClass traefik does not exist" }
  end)
  it("finds that no class is the default", function()
    local c = setup()
    c.objects.Ingress[1].spec.ingressClassName = nil
    c:finds { "ingress", "ingress/web", "no class is the default" }
  end)
  it("finds a service that does not exist", function()
    setup(backend("gone", { number = 80 })):finds { "ingress", "ingress/web", "gone" }
  end)
  it("finds a wrong port number although neither has a name (defect 6)", function()
    local c = setup(backend("web", { number = 8080 }))
    c.objects.Service[1].spec.ports[1].name = nil
    c:finds { "ingress", "ingress/web", "8080" }
  end)
  it("finds a wrong port name", function()
    setup(backend("web", { name = "https" })):finds { "ingress", "ingress/web", "https" }
  end)
  it("finds a certificate that does not exist", function()
    setup({ tls = { { secretName = "shop-tls" } } }):finds { "ingress", "ingress/web", "shop-tls" }
  end)
  it("lets one be issued", function()
    setup({ tls = { { secretName = "shop-tls" } } },
      { metadata = { creationTimestamp = cluster.at(60), annotations = { ["cert-manager.io/cluster-issuer"] = "le" } } })
      :finds { "settling", "ingress/web" }
  end)
  it("is a consequence of the service behind it", function()
    local c = setup(backend("api", { number = 80 }))
    c:deployment("api", { pod = crashing })
    c:service("api")
    c:slice("api", 0, 1)
    local result = c:finds { "container-crash", "deployment/api" }
    expect(#result.findings[1].consequences).to_equal(2)
  end)
  it("finds the error of a load balancer's port", function()
    setup(nil, { status = { loadBalancer = { ingress = { { ip = "1.2.3.4",
      ports = { { port = 443, protocol = "TCP", error = "PortConflict" } } } } } } })
      :finds { "ingress", "ingress/web", "PortConflict" }
  end)
end)

describe("N05 gateways", function()
  local function gateway(c)
    return c:add("Gateway", "public", { spec = { gatewayClassName = "envoy" } })
  end
  it("finds one that is not programmed, by the condition's type (defect 4)", function()
    local c = cluster.new()
    c:add("GatewayClass", "envoy", { metadata = { namespace = false },
      status = { conditions = { { type = "SupportedVersion", status = "False" },
      { type = "Accepted", status = "True" } } } })
    local object = gateway(c)
    c:condition(object, "Accepted", "True", {})
    c:condition(object, "Programmed", "False", { reason = "AddressNotAssigned", message = "no address" })
    c:finds { "ingress", "gateway/public", "AddressNotAssigned" }
  end)
  it("finds a class and a backend that do not exist", function()
    local c = cluster.new()
    gateway(c)
    c:add("HTTPRoute", "web", { spec = { parentRefs = { { name = "public" } },
      rules = { { backendRefs = { { name = "gone", port = 80 } } } } } })
    c:finds({ "ingress", "gateway/public", "envoy" }, { "ingress", "httproute/web", "gone" })
  end)
end)

describe("N06 network policies", function()
  local function policy(c, name, spec) c:add("NetworkPolicy", name, { spec = spec }) end
  it("finds one that selects no pod, by expressions too", function()
    local c = cluster.new()
    c:deployment("web")
    policy(c, "db", { podSelector = { matchExpressions = { { key = "app", operator = "In", values = { "db", "cache" } } } },
      policyTypes = { "Ingress" } })
    c:finds { "network-policy", "networkpolicy/db", "app In (db,cache)" }
  end)
  it("finds a default deny that cuts off the DNS", function()
    local c = cluster.new()
    c:deployment("web")
    policy(c, "deny", { podSelector = {}, policyTypes = { "Ingress", "Egress" } })
    c:finds { "network-policy", "networkpolicy/deny", "port 53" }
  end)
  it("is quiet where another policy admits it", function()
    local c = cluster.new()
    c:deployment("web")
    policy(c, "deny", { podSelector = {}, policyTypes = { "Ingress", "Egress" } })
    policy(c, "dns", { podSelector = {}, policyTypes = { "Egress" },
      egress = { { ports = { { protocol = "UDP", port = 53 } } } } })
    c:finds()
  end)
  it("is quiet about ingress rules, and about a workload at 0", function()
    local c = cluster.new()
    c:deployment("web", { replicas = 0 })
    policy(c, "web", { podSelector = { matchLabels = { app = "web" } }, ingress = { {} } })
    c:finds()
  end)
end)

describe("N07 and N08 DNS", function()
  local function coredns(pod)
    local c = cluster.new()
    c.namespace = "kube-system"
    c:deployment("coredns", { labels = { ["k8s-app"] = "kube-dns" }, pod = pod })
    c:service("kube-dns", { selector = { ["k8s-app"] = "kube-dns" },
      ports = { { port = 53, targetPort = 53, protocol = "UDP" } } })
    c:slice("kube-dns", pod and 0 or 1, pod and 1 or 0)
    c.namespace = "shop"
    return c
  end
  it("is quiet while it answers", function()
    coredns():finds()
  end)
  it("finds it down, with what its pod says, as one finding", function()
    coredns(crashing):finds { "dns", "deployment/coredns", "CrashLoopBackOff" }
  end)
  it("warns of a pod's own settings that are cut", function()
    local c = cluster.new()
    local _, pod = c:deployment("web",
      { pod = { spec = { dnsConfig = { nameservers = { "1.1.1.1", "8.8.8.8", "9.9.9.9", "1.0.0.1" } } } } })
    c:event(pod, "DNSConfigForming", "Nameserver limits were exceeded, some nameservers have been omitted", { count = 9 })
    c:finds { "dns", "deployment/web", "Nameserver limits" }
  end)
end)
