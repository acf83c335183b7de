local clock = require "diagnose.clock"
local cluster = require "cluster"
local diagnose = require "diagnose"
local events = require "diagnose.events"
local moments = require "diagnose.moment"
local resources = require "diagnose.resources"
local selector = require "diagnose.selector"

local crashing = { containers = { { ready = false, restarts = 5, state = { waiting = { reason = "CrashLoopBackOff" } },
  last = { exitCode = 1, reason = "Error", finishedAt = cluster.at(9) } } } }

describe("times", function()
  it("reads what API servers write", function()
    expect(clock.parse("1970-01-01T00:00:00Z")).to_equal(0)
    expect(clock.parse("2024-02-29T12:30:15Z")).to_equal(1709209815)
    expect(clock.parse("2026-11-21T07:48:47.178988Z") - clock.parse("2026-11-21T07:48:47Z") > 0.17).to_be_truthy()
    expect(clock.parse("2026-11-21T08:48:47+01:00")).to_equal(clock.parse("2026-11-21T07:48:47Z"))
    expect(clock.parse("yesterday")).to_be_nil()
    expect(clock.parse(nil)).to_be_nil()
  end)
  it("writes them back", function()
    for _, text in ipairs { "1970-01-01T00:00:00Z", "2000-02-29T23:59:59Z", "2026-11-21T07:48:47Z",
      "2100-03-01T00:00:00Z" } do
      expect(clock.format(clock.parse(text))).to_equal(text)
    end
    expect(clock.duration(59)).to_equal("59 s")
    expect(clock.duration(400)).to_equal("6 min")
    expect(clock.duration(90000)).to_equal("25 h")
    expect(clock.duration(864000)).to_equal("10 days")
  end)
  it("takes an event's time from the first field that is set (rule R1)", function()
    local fields = { { series = { lastObservedTime = cluster.at(1) } }, { lastTimestamp = cluster.at(2) },
      { eventTime = cluster.at(3) }, { firstTimestamp = cluster.at(4) },
      { metadata = { creationTimestamp = cluster.at(5) } } }
    for ago = 1, 5 do
      local event = {}
      for i = ago, 5 do cluster.merge(event, fields[i]) end
      expect(events.time(event)).to_equal(cluster.moment - ago)
    end
  end)
end)

describe("selectors and requests", function()
  it("matches expressions", function()
    local value = { matchExpressions = { { key = "tier", operator = "NotIn", values = { "db" } },
      { key = "app", operator = "Exists" } } }
    expect(selector.matches(value, { app = "x" })).to_equal(true)
    expect(selector.matches(value, { app = "x", tier = "db" })).to_equal(false)
    expect(selector.matches(value, {})).to_equal(false)
  end)
  it("counts requests as the scheduler does", function()
    local function asks(cpu, policy) return { resources = { requests = { cpu = cpu } }, restartPolicy = policy } end
    expect(resources.of_pod({ initContainers = { asks("100m", "Always"), asks("2") },
      containers = { asks("500m"), asks("500m") }, overhead = { cpu = "1" } }).cpu).to_equal(3.1)
  end)
end)

describe("events belong to their object (rule R3)", function()
  it("not to a namesake of another kind, or one that was before", function()
    local c = cluster.new()
    c:service("web", { fields = { spec = { type = "ExternalName" } } })
    local pod = c:pod("web", { containers = { { restarts = 4, running = 20,
      spec = { livenessProbe = { httpGet = { path = "/x", port = 1 } } },
      last = { exitCode = 1, finishedAt = cluster.at(22) } } } })
    c:event(pod, "Killing", "Container app failed liveness probe, will be restarted",
      { raw = { involvedObject = { uid = "another" } } })
    c:event({ kind = "Service", metadata = { name = "web", namespace = "shop" } }, "Killing",
      "Container app failed liveness probe, will be restarted")
    c:finds { "container-crash", "pod/web" }
  end)
end)

describe("folding", function()
  it("keeps two causes of one owner apart", function()
    local c = cluster.new()
    c:deployment("web", { pod = { phase = "Pending", age = 300,
      containers = { crashing.containers[1], { name = "proxy", ready = false, image = "proxy:9",
      state = { waiting = { reason = "ImagePullBackOff", message = "proxy:9: not found" } } } } } })
    c:finds({ "container-crash", "deployment/web" }, { "image-pull", "deployment/web", "proxy:9" })
  end)
  it("puts the worst first", function()
    local c = cluster.new()
    c.objects.Node[1].spec.unschedulable = true
    c:deployment("web", { pod = crashing })
    local result = c:diagnose()
    expect(result.findings[1].object).to_equal("deployment/web")
    expect(result.findings[2].object).to_equal("node/minikube")
  end)
  it("carries what rule R13 asks for", function()
    local c = cluster.new()
    c:deployment("web", { pod = crashing })
    local finding = c:diagnose().findings[1]
    for _, field in ipairs { "id", "class", "severity", "object", "namespace", "container", "message", "first_seen",
      "last_seen", "confidence", "docs" } do
      expect(finding[field]).to_be_truthy()
    end
    expect(#finding.evidence > 0 and #finding.suggestions > 0).to_equal(true)
  end)
  it("says which detector failed and goes on", function()
    local c = cluster.new()
    local result = diagnose.analyse({ namespace = "shop", objects = c.objects, now = cluster.moment },
      { broken = { detect = function() error("no field x", 0) end } })
    expect(result.notes).to_equal({ "the detector broken failed: no field x" })
    expect(result.healthy).to_equal(true)
  end)
  it("runs a detector of the team's own", function()
    local c = cluster.new()
    c:deployment("web")
    local own = { detect = function(context)
      for _, deployment in ipairs(context.index:all("Deployment")) do
        context:report { class = "no-owner-label", on = deployment, severity = "warning",
          message = "it has no label owner" }
      end
    end }
    local result = diagnose.analyse({ namespace = "shop", objects = c.objects, now = cluster.moment }, { own = own })
    expect(result.findings[1].class).to_equal("no-owner-label")
    expect(result.findings[1].object).to_equal("deployment/web")
  end)
end)

describe("the moment a snapshot is judged at", function()
  local function moment(ago, unreadable)
    local c = cluster.new()
    return moments.of({ objects = c.objects, unreadable = unreadable }, cluster.moment + ago)
  end
  it("is the wall clock for a live cluster", function()
    expect(moment(60)).to_equal(cluster.moment + 60)
  end)
  it("is the latest known time for a recorded one, of the past and of the future", function()
    expect(moment(86400)).to_equal(cluster.moment - 30)
    expect(moment(-86400)).to_equal(cluster.moment - 30)
  end)
  it("is not what a simulator added when it opened the recording", function()
    local c = cluster.new()
    local node = c.objects.Node[1]
    node.metadata.creationTimestamp = clock.format(cluster.moment + 86400)
    node.status.conditions[1].lastHeartbeatTime = clock.format(cluster.moment + 86400)
    c:add("StorageClass", "standard", { metadata = { creationTimestamp = clock.format(cluster.moment + 86400) } })
    c:deployment("web", { pod = { unready = 50 } })
    expect(moments.of({ objects = c.objects }, cluster.moment + 86400)).to_equal(cluster.moment - 50)
  end)
  it("is the wall clock where the nodes may not be seen", function()
    expect(moment(86400, { Node = "forbidden" })).to_equal(cluster.moment + 86400)
  end)
end)

describe("a recording", function()
  it("gives a condition no more time than its object has had", function()
    local c = cluster.new()
    c:condition(c.objects.Node[1], "Ready", "False", { ago = 0, reason = "KubeletNotReady", message = "runtime is down" })
    expect(c:diagnose { now = cluster.moment }.findings[1].class).to_equal("settling")
    expect(c:diagnose { now = cluster.moment, recorded = true }.findings[1].class).to_equal("node")
  end)
  it("bears objects without spec or status", function()
    local c = cluster.new()
    for _, kind in ipairs { "Pod", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "PersistentVolumeClaim",
      "PersistentVolume", "ResourceQuota", "Ingress",
      "NetworkPolicy", "HorizontalPodAutoscaler", "PodDisruptionBudget", "APIService", "ReplicaSet", "EndpointSlice",
      "Node", "Gateway", "HTTPRoute", "GatewayClass",
      "ValidatingWebhookConfiguration", "VolumeAttachment", "StorageClass", "IngressClass", "Secret", "ConfigMap",
        "ServiceAccount", "Namespace", "Service" } do
      c:add(kind, "bare")
    end
    expect(c:diagnose().notes).to_equal({})
  end)
end)

describe("the classes of the contract", function()
  it("are all claimed by a detector, with an id and a grace", function()
    local claimed = { settling = true }
    for name, detector in pairs(require_all("diagnose.detectors")) do
      expect(name .. " " .. type(detector.detect)).to_equal(name .. " function")
      for _, class in ipairs(detector.classes) do
        claimed[class.class] = true
        expect(class.id ~= nil and class.grace ~= nil).to_equal(true)
      end
    end
    for _, class in ipairs { "container-crash", "oom-killed", "image-pull", "missing-config", "unschedulable",
      "probe-failing", "init-container", "service-no-endpoints",
      "service-port", "container-start", "evicted", "volume-mount", "pvc-pending", "job-failed", "cronjob", "quota",
      "admission", "rollout-stuck", "stuck-terminating", "node",
      "hpa", "ingress", "network-policy", "dns", "helm-pending", "pdb", "api-service" } do
      expect(class .. (claimed[class] and "" or " unclaimed")).to_equal(class)
    end
  end)
end)
