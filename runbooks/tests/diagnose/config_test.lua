local cluster = require "cluster"

local function config_error(message, spec)
  return { phase = "Pending", age = 300, containers = { { ready = false, started = false, spec = spec,
    state = { waiting = { reason = "CreateContainerConfigError", message = message } } } } }
end

local function creating(volumes, age)
  return { phase = "Pending", age = age or 300,
    containers = { { ready = false, started = false, state = { waiting = { reason = "ContainerCreating" } } } },
    spec = { volumes = volumes } }
end

describe("C03 and F01 missing configuration", function()
  it("is one finding for the pending pod, the stuck rollout and the empty service", function()
    local c = cluster.new()
    c:deployment("web", { pod = config_error("secret \"todo-secrets\" not found",
      { envFrom = { { secretRef = { name = "todo-secrets" } } } }),
      after = { status = { conditions = { { type = "Progressing", status = "False", reason = "ProgressDeadlineExceeded",
        message = "timed out" } } } } })
    c:service("web")
    c:slice("web", 0, 1)
    local result = c:finds { "missing-config", "deployment/web", "todo-secrets" }
    expect(result.findings[1].message).to_equal("Secret todo-secrets does not exist")
    expect(table.concat(result.findings[1].consequences, "\n")).to_contain("service/web")
    expect(result.findings[1].suggestions).to_contain("kubectl create secret generic todo-secrets -n shop --from-literal=KEY=…")
  end)

  it("names the key that a ConfigMap lacks", function()
    local c = cluster.new()
    c:deployment("web", { pod = config_error("couldn't find key API_URL in ConfigMap shop/settings",
      { env = { { name = "API", valueFrom = { configMapKeyRef = { name = "settings", key = "API_URL" } } } } }) })
    c:add("ConfigMap", "settings", { data = { OTHER = "x" } })
    local result = c:finds { "missing-config", "deployment/web", "API_URL" }
    expect(result.findings[1].message).to_equal("ConfigMap settings has no key API_URL")
  end)

  it("names the key that a Secret lacks, and no value of it", function()
    local c = cluster.new()
    c:deployment("web", { pod = config_error("couldn't find key PASSWORD in Secret shop/db") })
    c:add("Secret", "db", { data = { USER = "c2VjcmV0LXVzZXI=" } })
    local result = c:finds { "missing-config", "deployment/web", "PASSWORD" }
    expect(table.concat(result.findings[1].evidence):find("c2VjcmV0", 1, true)).to_be_nil()
  end)

  it("finds it in an init container", function()
    local c = cluster.new()
    c:deployment("web", { pod = { phase = "Pending", age = 300,
      init = { { name = "migrate", ready = false,
        state = { waiting = { reason = "CreateContainerConfigError", message = "configmap \"settings\" not found" } } } },
      containers = { { ready = false, started = false, state = { waiting = { reason = "PodInitializing" } } } } } })
    c:finds { "missing-config", "deployment/web", "settings" }
  end)

  it("explains FailedMount of a Secret that does not exist", function()
    local c = cluster.new()
    local _, pod = c:deployment("web", { pod = creating { { name = "tls", secret = { secretName = "web-tls" } } } })
    c:event(pod, "FailedMount", "MountVolume.SetUp failed for volume \"tls\" : secret \"web-tls\" not found",
      { count = 9, first = 280 })
    c:finds { "missing-config", "deployment/web", "web-tls" }
  end)

  it("sees a missing mounted key without any event", function()
    local c = cluster.new()
    c:deployment("web", { pod = creating { { name = "conf",
      configMap = { name = "settings", items = { { key = "app.yaml", path = "app.yaml" } } } } } })
    c:add("ConfigMap", "settings", { data = { other = "x" } })
    c:finds { "missing-config", "deployment/web", "app.yaml" }
  end)

  it("sees a missing projected source", function()
    local c = cluster.new()
    c:deployment("web", { pod = creating { { name = "all",
      projected = { sources = { { secret = { name = "gone" } } } } } } })
    c:finds { "missing-config", "deployment/web", "gone" }
  end)

  it("finds a claim that does not exist, not an unschedulable pod", function()
    local c = cluster.new()
    local _, pod = c:deployment("web", { pod = { phase = "Pending", node = false, age = 300,
      spec = { volumes = { { name = "data", persistentVolumeClaim = { claimName = "data" } } } },
      status = { conditions = { { type = "PodScheduled", status = "False", reason = "Unschedulable",
        lastTransitionTime = cluster.at(300),
        message = "0/1 nodes are available: persistentvolumeclaim \"data\" not found." } } } } })
    c:event(pod, "FailedScheduling", "0/1 nodes are available: persistentvolumeclaim \"data\" not found.", { count = 4 })
    c:finds { "missing-config", "deployment/web", "data" }
  end)

  it("finds a service account that does not exist", function()
    local c = cluster.new()
    local deployment, _, replica_set = c:deployment("web", { made = 0 })
    local text = "pods \"web-1-\" is forbidden: error looking up service account shop/runner: serviceaccount \"runner\" not found"
    c:condition(replica_set, "ReplicaFailure", "True", { reason = "FailedCreate", message = text })
    c:condition(deployment, "ReplicaFailure", "True", { reason = "FailedCreate", message = text })
    c:event(replica_set, "FailedCreate", "Error creating: " .. text, { count = 14 })
    c:finds { "missing-config", "deployment/web", "runner" }
  end)
end)

describe("what looks like missing configuration and is none", function()
  it("honours optional references", function()
    local c = cluster.new()
    c:deployment("web", { pod = { containers = { { spec = { env = { { name = "A",
      valueFrom = { secretKeyRef = { name = "maybe", key = "A", optional = true } } } },
      envFrom = { { configMapRef = { name = "maybe", optional = true } } } } } } } })
    c:finds()
  end)
  it("does not accuse running pods of what is not in the snapshot", function()
    local c = cluster.new()
    c:deployment("web", { pod = { containers = { { spec = { envFrom = { { secretRef = { name = "db" } } } } } } } })
    c:finds()
  end)
  it("does not conclude from Secrets that may not be read", function()
    local c = cluster.new()
    c.unreadable.Secret = "forbidden"
    c:deployment("web", { pod = creating({ { name = "tls", secret = { secretName = "web-tls" } } }, 10), age = 12,
      unavailable = 10 })
    local result = c:diagnose()
    expect(result.findings[1].class).to_equal("settling")
    expect(result.notes[1]).to_equal("could not check secrets: forbidden")
  end)
  it("lets a cache of the kubelet fill", function()
    local c = cluster.new()
    local _, pod = c:deployment("web",
      { pod = creating({ { name = "conf", configMap = { name = "settings" } } }, 10), age = 12, unavailable = 10 })
    c:add("ConfigMap", "settings", { data = { a = "b" } })
    c:event(pod, "FailedMount", "MountVolume.SetUp failed for volume \"conf\" : failed to sync configmap cache: timed out waiting for the condition", { ago = 8 })
    c:finds { "settling", "deployment/web" }
  end)
end)
