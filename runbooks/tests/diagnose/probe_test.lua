local cluster = require "cluster"

local http = { httpGet = { path = "/health", port = 8000 }, periodSeconds = 5, failureThreshold = 3 }

local function unready(fields)
  return { unready = 600, containers = { cluster.merge({ ready = false, running = 600, spec = { readinessProbe = http } },
    fields) } }
end

describe("P01 readiness", function()
  it("names the probe and what it answered", function()
    local c = cluster.new()
    local _, pod = c:deployment("web", { pod = unready() })
    c:service("web")
    c:slice("web", 0, 1)
    c:event(pod, "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503",
      { count = 100, first = 590, container = "app" })
    local result = c:finds { "probe-failing", "deployment/web", "/health" }
    expect(result.findings[1].message).to_contain("503")
  end)
  it("finds it from the status alone, when the events are gone", function()
    local c = cluster.new()
    c:deployment("web", { pod = unready() })
    local result = c:finds { "probe-failing", "deployment/web", "/health" }
    expect(result.findings[1].confidence).to_equal("medium")
  end)
  it("shows that the port is none of the container's", function()
    local c = cluster.new()
    c:deployment("web", { pod = unready { spec = { ports = { { containerPort = 3000 } } } } })
    c:finds { "probe-failing", "deployment/web", "the probe asks port 8000, the container declares 3000" }
  end)
  it("ignores failures from before it became ready", function()
    local c = cluster.new()
    local _, pod = c:deployment("web", { pod = { unready = 500, containers = { { spec = { readinessProbe = http } } } } })
    c:event(pod, "Unhealthy", "Readiness probe failed: connection refused",
      { count = 6, first = 900, ago = 600, container = "app" })
    c:finds()
  end)
  it("lets a slow start take what the probe allows", function()
    local c = cluster.new()
    local _, pod = c:deployment("web",
      { age = 22, unavailable = 20, pod = { age = 20,
      containers = { { ready = false, running = 18, spec = { readinessProbe = http } } } } })
    c:event(pod, "Unhealthy", "Readiness probe failed: connection refused",
      { count = 3, first = 15, ago = 3, container = "app" })
    c:finds { "settling", "deployment/web" }
  end)
  it("is explained by a container of the same pod that crashes", function()
    local c = cluster.new()
    c:deployment("web", { pod = { containers = { { name = "proxy", ready = false, running = 900,
      spec = { readinessProbe = http } },
      { ready = false, restarts = 5, state = { waiting = { reason = "CrashLoopBackOff" } },
        last = { exitCode = 1, reason = "Error", finishedAt = cluster.at(30) } } } } })
    c:finds { "container-crash", "deployment/web" }
  end)
end)

describe("P02 and P03 probes that restart", function()
  local function killed(probe, code, fields)
    return { containers = { cluster.merge({ restarts = 4, running = 20,
      last = { exitCode = code, reason = "Error", finishedAt = cluster.at(22) },
      spec = { [probe .. "Probe"] = http } }, fields) } }
  end
  it("finds a liveness probe by its Normal event Killing (rule R2)", function()
    local c = cluster.new()
    local _, pod = c:deployment("web", { pod = killed("liveness", 137) })
    c:event(pod, "Unhealthy", "Liveness probe failed: HTTP probe failed with statuscode: 404",
      { count = 12, first = 300, ago = 24, container = "app" })
    c:event(pod, "Killing", "Container app failed liveness probe, will be restarted",
      { type = "Normal", count = 4, first = 290, ago = 24, container = "app" })
    c:finds { "probe-failing", "deployment/web", "/health" }
  end)
  it("finds it behind a back-off, also when the program ends with 0", function()
    local c = cluster.new()
    local _, pod = c:deployment("web",
      { pod = killed("liveness", 0, { ready = false, state = { waiting = { reason = "CrashLoopBackOff" } } }) })
    c:event(pod, "Killing", "Container app failed liveness probe, will be restarted",
      { type = "Normal", count = 4, first = 290, ago = 24, container = "app" })
    c:finds { "probe-failing", "deployment/web", "Killing" }
  end)
  it("finds a startup probe", function()
    local c = cluster.new()
    local _, pod = c:deployment("web",
      { pod = killed("startup", 143, { ready = false, started = false,
      state = { waiting = { reason = "CrashLoopBackOff" } } }) })
    c:event(pod, "Unhealthy", "Startup probe failed: connection refused",
      { count = 30, first = 300, ago = 24, container = "app" })
    c:event(pod, "Killing", "Container app failed startup probe, will be restarted",
      { type = "Normal", count = 4, first = 290, ago = 24, container = "app" })
    local result = c:finds { "probe-failing", "deployment/web", "startupProbe" }
    expect(result.findings[1].id).to_equal("P03")
  end)
  it("lets a startup probe run", function()
    local c = cluster.new()
    c:deployment("web", { age = 32, unavailable = 30,
      pod = { age = 30, containers = { { ready = false, started = false, running = 28,
      spec = { startupProbe = cluster.merge({ failureThreshold = 30 },
        { httpGet = http.httpGet, periodSeconds = 5 }) } } } } })
    c:finds { "settling", "deployment/web" }
  end)
  it("forgives one restart of an hour ago", function()
    local c = cluster.new()
    local _, pod = c:deployment("web",
      { pod = { containers = { { restarts = 1, running = 3000, spec = { livenessProbe = http },
      last = { exitCode = 137, reason = "Error", finishedAt = cluster.at(3005) } } } } })
    c:event(pod, "Killing", "Container app failed liveness probe, will be restarted",
      { type = "Normal", ago = 3010, container = "app" })
    c:finds()
  end)
  it("still calls a crash a crash when another container is killed", function()
    local c = cluster.new()
    local _, pod = c:deployment("web",
      { pod = { containers = { { ready = false, restarts = 5, state = { waiting = { reason = "CrashLoopBackOff" } },
      last = { exitCode = 1, reason = "Error", finishedAt = cluster.at(30) } }, { name = "side" } } } })
    c:event(pod, "Killing", "Container side failed liveness probe, will be restarted",
      { type = "Normal", ago = 28, container = "side" })
    c:finds { "container-crash", "deployment/web" }
  end)
end)

describe("P04 readiness gates", function()
  it("names the gate", function()
    local c = cluster.new()
    c:deployment("web", { pod = { ready = false,
      spec = { readinessGates = { { conditionType = "target-health.elbv2.k8s.aws/web" } } } } })
    c:finds { "probe-failing", "deployment/web", "target-health.elbv2.k8s.aws/web" }
  end)
end)
