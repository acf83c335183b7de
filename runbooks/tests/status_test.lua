local function workload(kind, name, wanted, ready)
  return { kind = kind, metadata = { name = name }, spec = { replicas = wanted },
    status = { readyReplicas = ready, updatedReplicas = wanted } }
end

local function kinds(objects)
  for _, kind in ipairs { "deployments", "statefulsets", "services", "pods" } do
    on { "kubectl", "get", kind }:returns { stdout = { items = objects[kind] or {} } }
  end
end

local function releases(list)
  on { "helm", "list" }:returns { stdout = list }
end

local function release(status)
  return { name = "todo-chatbot", namespace = "todo-chatbot", revision = "3", status = status,
    chart = "todo-chatbot-1.0.0", app_version = "1.0.0", updated = "2026-01-01 00:00:00 +0000 UTC" }
end

local POD = { metadata = { name = "p" }, status = { phase = "Running", containerStatuses = { { restartCount = 2 } } },
  spec = { containers = { { resources = { requests = { cpu = "150m", memory = "160Mi" } } } } } }

describe("status", function()
  before_each(function()
    on { "kubectl", "version" }:returns { stdout = "Client Version: v1.37.1" }
    on { "helm", "version" }:returns { stdout = "v4.3.1" }
  end)

  it("shows release, workloads, addresses and what is requested", function()
    releases { release "deployed" }
    kinds {
      deployments = { workload("Deployment", "backend", 2, 2) }, pods = { POD, POD },
      services = {
        { metadata = { name = "frontend" },
          spec = { type = "NodePort", ports = { { port = 3000, nodePort = 30080 } } } },
      },
    }
    local done = runbook.run("status", {})
    expect(done.exit).to_equal(0)
    expect(done.printed).to_contain("release/todo-chatbot")
    expect(done.printed).to_contain("revision 3, todo-chatbot-1.0.0")
    expect(done.printed).to_match("deployment/backend +2 of 2 ready")
    expect(done.printed).to_match("service/frontend +NodePort +3000:30080")
    expect(done.printed).to_contain("requested 0.3 CPU and 320 MiB by 2 pods, 4 restarts")
    expect(done.result.healthy).to_equal(true)
    expect(#done.writes).to_equal(0)
  end)

  it("points to the diagnosis when something is not ready, or the release failed", function()
    for _, case in ipairs { { "deployed", 1 }, { "failed", 2 } } do
      releases { release(case[1]) }
      kinds { deployments = { workload("Deployment", "backend", 2, case[2]) } }
      local done = runbook.run("status", {})
      expect(done.result.healthy).to_equal(false)
      expect(done.printed).to_contain("next: runbook diagnose.lua -p namespace=todo-chatbot")
    end
  end)

  it("says that nothing is there", function()
    releases {}
    kinds {}
    expect(runbook.run("status", { params = { namespace = "empty" } }).printed).to_equal("nothing runs in empty")
  end)

  it("fails when the cluster cannot be reached", function()
    releases {}
    kinds {}
    on { "kubectl", "get", "pods" }:fails "The connection to the server 127.0.0.1:1 was refused"
    expect(runbook.run("status", {}).exit).never.to_equal(0)
  end)

  it("previews without a cluster, and does not pretend to know", function()
    on { "helm" }:fails "Kubernetes cluster unreachable"
    on { "kubectl" }:fails "The connection to the server was refused"
    local done = runbook.run("status", { dry_run = true })
    expect(done.exit).to_equal(0)
    expect(done.printed).to_equal("what runs in todo-chatbot cannot be read")
  end)
end)
