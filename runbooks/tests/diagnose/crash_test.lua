local cluster = require "cluster"

local function ended(code, ago, fields)
  return cluster.merge({ exitCode = code, reason = code == 0 and "Completed" or "Error", startedAt = cluster.at(ago + 2),
    finishedAt = cluster.at(ago) }, fields)
end

local function back_off(code, fields)
  return { ready = false, started = false, restarts = 5,
    state = { waiting = { reason = "CrashLoopBackOff", message = "back-off 2m40s restarting failed container=app" } },
    last = ended(code, 40, fields) }
end

describe("C08 and C10 crashing containers", function()
  it("reports the cause and not the back-off", function()
    local c = cluster.new()
    local _, pod = c:deployment("web", { pod = { containers = { back_off(1) } } })
    c:log(pod, "app", "starting\nTraceback (most recent call last):\n  File \"a.py\", line 1\nKeyError: 'DATABASE_URL'\n")
    local result = c:finds { "container-crash", "deployment/web", "KeyError: 'DATABASE_URL'" }
    expect(result.findings[1].message).to_equal("container app crashes: KeyError: 'DATABASE_URL' (exit 1, 5 restarts)")
    expect(result.findings[1].because).to_equal("container app has no environment variable DATABASE_URL")
  end)

  it("says which Secret lacks the variable", function()
    local c = cluster.new()
    local container = back_off(1)
    container.spec = { envFrom = { { secretRef = { name = "todo-secrets" } } } }
    local _, pod = c:deployment("web", { pod = { containers = { container } } })
    c:add("Secret", "todo-secrets", { data = { OTHER = "eA==" } })
    c:log(pod, "app", "KeyError: 'DATABASE_URL'")
    local result = c:finds { "container-crash", "deployment/web", "Secret todo-secrets has no key DATABASE_URL" }
    expect(result.findings[1].because).to_equal("Secret todo-secrets has no key DATABASE_URL")
  end)

  it("catches it between two crashes, when it has just ended", function()
    local c = cluster.new()
    c:deployment("web", { pod = { containers = { { ready = false, started = false, restarts = 4,
      state = { terminated = ended(1, 1) }, last = ended(1, 46) } } } })
    c:finds { "container-crash", "deployment/web", "exit 1" }
  end)

  it("catches it between two crashes, when it runs, and reads the previous log (defect 8)", function()
    local c = cluster.new()
    local _, pod = c:deployment("web", { pod = { containers = { { restarts = 4, running = 20, last = ended(2, 25) } } } })
    c:log(pod, "app", "listening on 8080",
      "panic: runtime error: index out of range\n\ngoroutine 1 [running]:\nmain.main()\n\t/app/main.go:7\nexit status 2")
    c:finds { "container-crash", "deployment/web", "panic: runtime error" }
  end)

  it("falls back to the current log when the previous one is gone", function()
    local c = cluster.new()
    local _, pod = c:deployment("web", { pod = { containers = { { restarts = 4, running = 20, last = ended(1, 25) } } } })
    c:log(pod, "app", "Error: cannot connect", "unable to retrieve container logs for containerd://abc")
    c:finds { "container-crash", "deployment/web", "Error: cannot connect" }
  end)

  it("looks into the other run where one says nothing", function()
    local c = cluster.new()
    local _, pod = c:deployment("web", { pod = { containers = { back_off(1) } } })
    c:log(pod, "app", "booting\nready in 3 s", "booting\nFATAL: role \"app\" does not exist")
    c:finds { "container-crash", "deployment/web", "FATAL: role \"app\" does not exist" }
  end)

  it("shows the termination message", function()
    local c = cluster.new()
    c:deployment("web", { pod = { containers = { back_off(3, { message = "config file /etc/app.yaml is broken\n" }) } } })
    c:finds { "container-crash", "deployment/web", "config file /etc/app.yaml is broken" }
  end)

  local codes = { { 126, "cannot be executed" }, { 127, "command was not found" }, { 139, "SIGSEGV" }, { 134, "SIGABRT" },
    { 143, "SIGTERM" } }
  for _, entry in ipairs(codes) do
    it("says what exit " .. entry[1] .. " means", function()
      local c = cluster.new()
      c:deployment("web", { pod = { containers = { back_off(entry[1]) } } })
      c:finds { "container-crash", "deployment/web", entry[2] }
    end)
  end

  it("does not call 137 a lack of memory", function()
    local c = cluster.new()
    c:deployment("web", { pod = { containers = { back_off(137) } } })
    c:finds { "container-crash", "deployment/web", "137 without OOMKilled" }
  end)

  it("reports a main process that ends with 0 for ever", function()
    local c = cluster.new()
    c:deployment("web", { pod = { containers = { back_off(0) } } })
    local result = c:finds { "container-crash", "deployment/web", "exit 0" }
    expect(result.findings[1].message).to_contain("keeps ending")
  end)

  it("folds the pods of one Deployment into one finding", function()
    local c = cluster.new()
    c:deployment("web", { replicas = 5, broken = 3, pod = { containers = { back_off(1) } } })
    local result = c:finds { "container-crash", "deployment/web" }
    expect(result.findings[1].pods_affected).to_equal(3)
    expect(result.findings[1].pods_total).to_equal(5)
    expect(#result.findings[1].pods).to_equal(3)
  end)

  it("finds the second container of a pod (defect 2)", function()
    local c = cluster.new()
    local second = back_off(1)
    second.name = "proxy"
    c:deployment("web", { pod = { containers = { {}, second } } })
    local result = c:finds { "container-crash", "deployment/web" }
    expect(result.findings[1].container).to_equal("proxy")
  end)

  it("stands on the pod where nothing owns it", function()
    local c = cluster.new()
    c:pod("once", { phase = "Failed", ready = false, spec = { restartPolicy = "Never" },
      containers = { { ready = false, state = { terminated = ended(1, 100) } } } })
    c:finds { "container-crash", "pod/once" }
  end)

  it("names the Deployment when its ReplicaSet may not be read", function()
    local c = cluster.new()
    c:pod("web-5d9c-abcde", { labels = { ["pod-template-hash"] = "5d9c" }, containers = { back_off(1) },
      meta = { ownerReferences = { { kind = "ReplicaSet", name = "web-5d9c", uid = "gone", controller = true } } } })
    c:finds { "container-crash", "deployment/web" }
  end)
end)

describe("C09 out of memory", function()
  local limits = { resources = { limits = { memory = "64Mi" } } }
  it("names the limit and offers to raise it", function()
    local c = cluster.new()
    local container = back_off(137, { reason = "OOMKilled" })
    container.spec = limits
    c:deployment("web", { pod = { containers = { container } } })
    local result = c:finds { "oom-killed", "deployment/web", "64Mi" }
    expect(result.findings[1].fix).to_equal({ kind = "memory", object = "deployment/web", container = "app",
      list = "containers", limit = "128Mi", namespace = "shop" })
  end)
  it("warns of a pod that has recovered", function()
    local c = cluster.new()
    c:deployment("web", { pod = { containers = { { restarts = 1, running = 1500, spec = limits,
      last = ended(137, 1502, { reason = "OOMKilled" }) } } } })
    local result = c:finds { "oom-killed", "deployment/web", "64Mi" }
    expect(result.findings[1].severity).to_equal("warning")
    expect(result.healthy).to_equal(true)
  end)
  it("is one finding with the node's SystemOOM event", function()
    local c = cluster.new()
    local container = back_off(137, { reason = "OOMKilled" })
    c:deployment("web", { pod = { containers = { container } } })
    c:event(c.objects.Node[1], "SystemOOM", "System OOM encountered, victim process: web, pid: 77")
    c:finds { "oom-killed", "deployment/web", "no memory limit" }
  end)
  it("is found in an init container", function()
    local c = cluster.new()
    c:deployment("web", { pod = { phase = "Pending", init = { { name = "load", ready = false, restarts = 3, spec = limits,
      state = { terminated = ended(137, 20, { reason = "OOMKilled" }) } } },
        containers = { { ready = false, state = { waiting = { reason = "PodInitializing" } } } } } })
    c:finds { "oom-killed", "deployment/web", "64Mi" }
  end)
end)

describe("C07 init containers", function()
  local function initialising(init, age)
    return { phase = "Pending", age = age or 900, init = init,
      containers = { { ready = false, started = false, state = { waiting = { reason = "PodInitializing" } } } },
      status = { conditions = { { type = "Initialized", status = "False", reason = "ContainersNotInitialized",
        message = "containers with incomplete status: [migrate]" } } } }
  end
  it("reports the first that has not ended (defect 2)", function()
    local c = cluster.new()
    local _, pod = c:deployment("web",
      { pod = initialising { {name = "wait"}, cluster.merge(back_off(255), { name = "migrate" }),
      { name = "seed", ready = false, state = { waiting = { reason = "PodInitializing" } } } } })
    c:log(pod, "migrate", "alembic.util.exc.CommandError: Can't locate revision identified by '9f3c'")
    local result = c:finds { "init-container", "deployment/web", "9f3c" }
    expect(result.findings[1].container).to_equal("migrate")
  end)
  it("reports one that does not end", function()
    local c = cluster.new()
    c:deployment("web", { pod = initialising { { name = "wait", ready = false, running = 900,
      spec = { command = { "sh", "-c", "until nc -z db 5432; do sleep 1; done" } } } } })
    c:finds { "init-container", "deployment/web", "nc -z db 5432" }
  end)
  local scripts = {
    "until nc -z db 5432; do sleep 1; done", "until nslookup db.shop.svc.cluster.local; do sleep 2; done",
    "while ! pg_isready -h db -p 5432; do sleep 1; done", "until wget -qO- http://db:8080/health; do sleep 1; done",
  }
  for _, script in ipairs(scripts) do
    it("needs no patience where the Service does not exist: " .. script:sub(1, 24), function()
      local c = cluster.new()
      c:deployment("web", { age = 62, pod = initialising({ { name = "wait", ready = false, running = 60,
        spec = { command = { "sh", "-c", script } } } }, 60) })
      local result = c:finds { "init-container", "deployment/web", "no Service db in the namespace" }
      expect(result.findings[1].message).to_equal("init container wait waits for Service db, which does not exist")
    end)
    it("lets it wait for one that exists: " .. script:sub(1, 24), function()
      local c = cluster.new()
      c:service("db")
      c:slice("db", 1)
      c:workload("StatefulSet", "db")
      c:deployment("web", { age = 62, pod = initialising({ { name = "wait", ready = false, running = 60,
        spec = { command = { "sh", "-c", script } } } }, 60) })
      c:finds { "settling", "deployment/web" }
    end)
  end
  it("is a consequence where what it waits for has a finding", function()
    local c = cluster.new()
    c:deployment("web", { pod = initialising { { name = "wait", ready = false, running = 900,
      spec = { command = { "sh", "-c", "until nc -z db 5432; do sleep 1; done" } } } } })
    c:service("db")
    c:slice("db", 0, 1)
    c:workload("StatefulSet", "db", { pod = { containers = { back_off(1) } } })
    local result = c:finds { "container-crash", "statefulset/db" }
    expect(table.concat(result.findings[1].consequences, "\n")).to_contain("deployment/web")
  end)
  it("leaves a native sidecar alone (rule R8)", function()
    local c = cluster.new()
    c:deployment("web", { pod = { init = { { name = "proxy", spec = { restartPolicy = "Always" },
      state = { running = { startedAt = cluster.at(9000) } } } } } })
    c:finds()
  end)
  it("reports a native sidecar that crashes as a container", function()
    local c = cluster.new()
    local sidecar = back_off(1)
    sidecar.name, sidecar.spec = "proxy", { restartPolicy = "Always" }
    c:deployment("web", { pod = { ready = false, init = { sidecar } } })
    c:finds { "container-crash", "deployment/web" }
  end)
  it("lets one work for a while", function()
    local c = cluster.new()
    c:deployment("web", { age = 62, unavailable = 60,
      pod = initialising({ { name = "wait", ready = false, running = 60 } }, 60) })
    c:finds { "settling", "deployment/web" }
  end)
end)

describe("what looks like a crash and is none", function()
  it("a restart of days ago", function()
    local c = cluster.new()
    c:deployment("web", { pod = { containers = { { restarts = 6, running = 400000, last = ended(1, 400005) } } } })
    c:finds()
  end)
  it("exit 137 without OOM, once, and running again", function()
    local c = cluster.new()
    c:deployment("web", { pod = { containers = { { restarts = 1, running = 900, last = ended(137, 905) } } } })
    c:finds()
  end)
  it("a pod of weeks that the reboot of its node restarted", function()
    local c = cluster.new()
    c:deployment("web", { pod = { age = 1800000,
      containers = { { restarts = 3, running = 290,
      last = cluster.merge(ended(255, 300), { startedAt = cluster.at(400000) }) } } } })
    c:finds()
  end)
  it("a container whose status was lost (C13)", function()
    local c = cluster.new()
    c:deployment("web", { pod = { containers = { { restarts = 3, running = 100,
      last = ended(137, 110, { reason = "ContainerStatusUnknown" }) } } } })
    c:finds()
  end)
  it("a pod of a superseded ReplicaSet (rule R6)", function()
    local c = cluster.new()
    local deployment = c:deployment("web", { revision = 2 })
    local old = c:add("ReplicaSet", "web-old", { metadata = { annotations = { ["deployment.kubernetes.io/revision"] = "1" },
      ownerReferences = { { kind = "Deployment", name = "web", uid = deployment.metadata.uid, controller = true } } },
        spec = { replicas = 1 }, status = { replicas = 1 } })
    c:pod("web-old-1", { owner = old, containers = { back_off(1) } })
    c:finds()
  end)
  it("a failed pod that a Job tries again", function()
    local c = cluster.new()
    local job = c:add("Job", "import", { spec = { backoffLimit = 6 }, status = { active = 1, failed = 1 } })
    c:pod("import-1", { owner = job, phase = "Failed", ready = false, spec = { restartPolicy = "Never" },
      containers = { { ready = false, state = { terminated = ended(1, 100) } } } })
    c:pod("import-2", { owner = job, spec = { restartPolicy = "Never" } })
    c:finds()
  end)
  it("the first crash of seconds ago settles", function()
    local c = cluster.new()
    c:deployment("web", { age = 12, unavailable = 5,
      pod = { age = 10, containers = { { ready = false, restarts = 0, state = { terminated = ended(1, 3) } } } } })
    c:finds { "settling", "deployment/web" }
  end)
end)

describe("since when, and after which change", function()
  it("names the revision that began just before", function()
    local c = cluster.new()
    local _, pod = c:deployment("web", { revision = 4, age = 300, pod = { age = 299, containers = { back_off(1) } } })
    c:event(pod, "BackOff", "Back-off restarting failed container app in pod web",
      { count = 9, first = 280, container = "app" })
    local result = c:finds { "container-crash", "deployment/web" }
    expect(result.findings[1].change).to_equal("since 11:55 UTC, with revision 4")
  end)
  it("names the helm revision", function()
    local c = cluster.new()
    local deployment = c:deployment("web", { revision = 4, age = 300, pod = { age = 299, containers = { back_off(1) } } })
    deployment.metadata.annotations = { ["meta.helm.sh/release-name"] = "todo" }
    c:add("Secret", "sh.helm.release.v1.todo.v7",
      { metadata = { creationTimestamp = cluster.at(302),
      labels = { owner = "helm", name = "todo", status = "deployed", version = "7" } } })
    local result = c:finds { "container-crash", "deployment/web" }
    expect(result.findings[1].change).to_equal("since 11:55 UTC, with revision 4 (helm revision 7)")
  end)
  it("names the ConfigMap that changed before", function()
    local c = cluster.new()
    local container = back_off(1)
    container.spec = { envFrom = { { configMapRef = { name = "settings" } } } }
    local _, pod = c:deployment("web", { age = 9000, pod = { age = 9000, containers = { container } } })
    c:add("ConfigMap", "settings", { metadata = { creationTimestamp = cluster.at(9100) }, data = { A = "b" },
      changed = cluster.at(310) })
    c:event(pod, "BackOff", "Back-off restarting failed container app in pod web",
      { count = 9, first = 280, container = "app" })
    local result = c:finds { "container-crash", "deployment/web" }
    expect(result.findings[1].change).to_equal("since 11:55 UTC, after configmap/settings changed at 11:54 UTC")
  end)
end)
