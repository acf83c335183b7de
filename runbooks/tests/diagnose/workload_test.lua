local cluster = require "cluster"

local function refused(c, text, options, count)
  local deployment, _, replica_set = c:deployment("web", cluster.merge({ made = 0 }, options))
  c:condition(replica_set, "ReplicaFailure", "True", { reason = "FailedCreate", message = text })
  c:condition(deployment, "ReplicaFailure", "True", { reason = "FailedCreate", message = text })
  c:event(replica_set, "FailedCreate", "Error creating: " .. text, { count = count or 15 })
  return deployment, replica_set
end

describe("W02 pods that cannot be created", function()
  local over = "pods \"web-1-x\" is forbidden: exceeded quota: compute, requested: limits.cpu=1, used: limits.cpu=2, limited: limits.cpu=2"
  local texts = {
    { "quota", over },
    { "quota", "pods \"web-1-x\" is forbidden: failed quota: compute: must specify limits.cpu for: app" },
    { "quota", "pods \"web-1-x\" is forbidden: maximum cpu usage per Container is 500m, but limit is 1" },
    { "admission", "pods \"web-1-x\" is forbidden: violates PodSecurity \"restricted:latest\": allowPrivilegeEscalation != false" },
    { "admission", "admission webhook \"policy.example.com\" denied the request: image must come from our registry" },
    { "admission", "Internal error occurred: failed calling webhook \"policy.example.com\": Post \"https://policy.ops.svc:443/\": no endpoints available for service \"policy\"" },
    { "admission", "pods \"web-1-x\" is forbidden: no PriorityClass with name high was found" },
  }
  for _, entry in ipairs(texts) do
    it(entry[1] .. ": " .. entry[2]:sub(1, 70), function()
      local c = cluster.new()
      refused(c, entry[2])
      c:finds { entry[1], "deployment/web", entry[2] }
    end)
  end
  it("is found where part of the pods exist (defect 5)", function()
    local c = cluster.new()
    refused(c, over, { replicas = 3, made = 2 })
    c:finds { "quota", "deployment/web", "exceeded quota: compute" }
  end)
  it("shows the quota, which is no finding of its own then", function()
    local c = cluster.new()
    refused(c, over)
    c:add("ResourceQuota", "compute", { status = { hard = { ["limits.cpu"] = "2" }, used = { ["limits.cpu"] = "2" } } })
    c:finds { "quota", "deployment/web", "limits.cpu: 2 of 2 used" }
  end)
  it("is found on a StatefulSet and on a Job", function()
    local c = cluster.new()
    local set = c:workload("StatefulSet", "db", { made = 0 })
    c:event(set, "FailedCreate", "create Pod db-0 in StatefulSet db failed error: " .. over, { count = 9 })
    local job = c:add("Job", "import", { spec = {}, status = {} })
    c:event(job, "FailedCreate", "Error creating: " .. over, { count = 9 })
    c:finds({ "quota", "statefulset/db", "exceeded quota" }, { "quota", "job/import", "exceeded quota" })
  end)
  it("forgets a refusal after which the pods were made (defect 7)", function()
    local c = cluster.new()
    local _, _, replica_set = c:deployment("web")
    c:event(replica_set, "FailedCreate", "Error creating: Internal error occurred: timeout", { ago = 100 })
    c:finds()
  end)
end)

describe("W01 rollouts", function()
  it("counts against what is wanted, so that 0 of 0 is not healthy (defect 1)", function()
    local c = cluster.new()
    c:deployment("web", { replicas = 2, made = 0 })
    c:finds { "rollout-stuck", "deployment/web", "spec.replicas 2" }
  end)
  it("finds a deadline that passed without a cause in the pods", function()
    local c = cluster.new()
    local deployment = c:deployment("web", { replicas = 2 })
    deployment.status.updatedReplicas = 1
    c:condition(deployment, "Progressing", "False",
      { reason = "ProgressDeadlineExceeded", message = "ReplicaSet \"web-2\" has timed out progressing." })
    c:finds { "rollout-stuck", "deployment/web", "has timed out progressing" }
  end)
  it("gives way to the probe of its pods", function()
    local c = cluster.new()
    local deployment = c:deployment("web",
      { pod = { unready = 1200, containers = { { ready = false, running = 1200,
      spec = { readinessProbe = { httpGet = { path = "/ready", port = 80 } } } } } } })
    c:condition(deployment, "Progressing", "False",
      { reason = "ProgressDeadlineExceeded", message = "has timed out progressing." })
    c:finds { "probe-failing", "deployment/web", "/ready" }
  end)
  it("is quiet about a paused Deployment", function()
    local c = cluster.new()
    local deployment = c:deployment("web", { replicas = 2 })
    deployment.spec.paused, deployment.status.updatedReplicas = true, 0
    c:condition(deployment, "Progressing", "Unknown", { reason = "DeploymentPaused", message = "Deployment is paused" })
    c:finds()
  end)
  it("is quiet about a Deployment at 0 (W07)", function()
    local c = cluster.new()
    c:deployment("web", { replicas = 0 })
    c:finds()
  end)
  it("does not trust a status that is older than the spec (rule R9)", function()
    local c = cluster.new()
    local deployment = c:deployment("web")
    deployment.metadata.generation = 5
    c:condition(deployment, "Progressing", "False", { reason = "ProgressDeadlineExceeded" })
    c:finds { "settling", "deployment/web" }
  end)
  it("lets a rollout go on", function()
    local c = cluster.new()
    local deployment = c:deployment("web", { replicas = 3 })
    deployment.status.updatedReplicas, deployment.status.availableReplicas = 2, 2
    c:finds { "settling", "deployment/web" }
  end)
end)

describe("W03 and W04 StatefulSets and DaemonSets", function()
  it("names the lowest pod that is not ready", function()
    local c = cluster.new()
    c:workload("StatefulSet", "db", { replicas = 3, made = 1, pod = { ready = false, unready = 1200, age = 1300 } })
    c:finds { "rollout-stuck", "statefulset/db", "lowest pod that is not ready: db-0" }
  end)
  it("says that the governing service is missing", function()
    local c = cluster.new()
    local set = c:workload("StatefulSet", "db",
      { replicas = 2, made = 1, pod = { ready = false, unready = 1200, age = 1300 } })
    set.spec.serviceName = "db-headless"
    c:finds { "rollout-stuck", "statefulset/db", "Service db-headless does not exist" }
  end)
  it("is quiet about a partition", function()
    local c = cluster.new()
    local set = c:workload("StatefulSet", "db", { replicas = 2 })
    set.spec.updateStrategy = { type = "RollingUpdate", rollingUpdate = { partition = 2 } }
    set.status.currentRevision, set.status.updateRevision, set.status.updatedReplicas = "a", "b", 0
    c:finds()
  end)
  it("finds nodes without a ready pod", function()
    local c = cluster.new()
    c:workload("DaemonSet", "agent", { replicas = 2, pod = { ready = false, unready = 1200, age = 1300 } })
    c:finds { "rollout-stuck", "daemonset/agent", "numberUnavailable 2" }
  end)
  it("gives way to the crash of its pods", function()
    local c = cluster.new()
    c:workload("DaemonSet", "agent",
      { replicas = 2, pod = { containers = { { ready = false, restarts = 9,
      state = { waiting = { reason = "CrashLoopBackOff" } },
      last = { exitCode = 1, reason = "Error", finishedAt = cluster.at(20) } } } } })
    c:finds { "container-crash", "daemonset/agent" }
  end)
end)

describe("Q01 quotas that are nearly full", function()
  local function quota(used, hard)
    local c = cluster.new()
    c:add("ResourceQuota", "compute",
      { status = { hard = { ["requests.memory"] = hard }, used = { ["requests.memory"] = used } } })
    return c
  end
  it("warns from 90 %", function()
    local result = quota("950Mi", "1Gi"):finds { "quota", "resourcequota/compute", "950Mi of 1Gi" }
    expect(result.findings[1].severity).to_equal("warning")
  end)
  it("is quiet below, and about a quota of nothing", function()
    quota("512Mi", "1Gi"):finds()
    quota("0", "0"):finds()
  end)
end)

describe("A01 webhooks", function()
  local function webhook(c, policy)
    c:add("ValidatingWebhookConfiguration", "policy",
      { metadata = { namespace = false }, webhooks = { { name = "policy.example.com", failurePolicy = policy,
      clientConfig = { service = { namespace = "shop", name = "policy" } } } } })
  end
  it("finds one whose service does not exist", function()
    local c = cluster.new()
    webhook(c, "Fail")
    c:finds { "admission", "validatingwebhookconfiguration/policy", "Service shop/policy does not exist" }
  end)
  it("is a consequence of what its service's pods have", function()
    local c = cluster.new()
    webhook(c, "Fail")
    c:deployment("policy", { pod = { containers = { { ready = false, restarts = 5,
      state = { waiting = { reason = "CrashLoopBackOff" } }, last = { exitCode = 1, finishedAt = cluster.at(9) } } } } })
    c:service("policy")
    c:slice("policy", 0, 1)
    local result = c:finds { "container-crash", "deployment/policy" }
    expect(table.concat(result.findings[1].consequences, "\n")).to_contain("validatingwebhookconfiguration/policy")
  end)
  it("is quiet where failures are ignored", function()
    local c = cluster.new()
    webhook(c, "Ignore")
    c:finds()
  end)
end)

describe("W08 helm releases", function()
  local function release(status, version, ago)
    return { metadata = { creationTimestamp = cluster.at(ago or 3000),
      labels = { owner = "helm", name = "todo", status = status, version = tostring(version) } } }
  end
  for _, status in ipairs { "pending-install", "pending-upgrade", "pending-rollback" } do
    it("finds " .. status, function()
      local c = cluster.new()
      c:add("Secret", "sh.helm.release.v1.todo.v2", release(status, 2))
      c:finds { "helm-pending", "release/todo", status }
    end)
  end
  it("looks at the newest revision only", function()
    local c = cluster.new()
    c:add("Secret", "sh.helm.release.v1.todo.v9", release("failed", 9))
    c:add("Secret", "sh.helm.release.v1.todo.v10", release("deployed", 10))
    c:finds()
  end)
  it("lets an upgrade work while a workload of the release is not ready", function()
    local c = cluster.new()
    c:add("Secret", "sh.helm.release.v1.todo.v2", release("pending-upgrade", 2, 90))
    local deployment = c:deployment("web", { age = 90, pod = { age = 60, ready = false } })
    deployment.metadata.annotations = { ["meta.helm.sh/release-name"] = "todo" }
    c:finds({ "settling", "deployment/web" }, { "settling", "release/todo" })
  end)
  it("does not wait for an upgrade of which nothing moves any more", function()
    local c = cluster.new()
    c:add("Secret", "sh.helm.release.v1.todo.v2", release("pending-upgrade", 2, 90))
    local deployment = c:deployment("web")
    deployment.metadata.annotations = { ["meta.helm.sh/release-name"] = "todo" }
    c:finds { "helm-pending", "release/todo" }
  end)
  it("explains a failed revision by the workload that failed it", function()
    local c = cluster.new()
    c:add("Secret", "sh.helm.release.v1.todo.v2", release("failed", 2))
    local deployment = c:deployment("web",
      { pod = { containers = { { ready = false, restarts = 5, state = { waiting = { reason = "CrashLoopBackOff" } },
      last = { exitCode = 1, finishedAt = cluster.at(9) } } } } })
    deployment.metadata.annotations = { ["meta.helm.sh/release-name"] = "todo" }
    c:finds { "container-crash", "deployment/web" }
  end)
end)
