local function object(kind, name, image)
  return { apiVersion = "apps/v1", kind = kind, metadata = { name = name, namespace = "todo-chatbot" },
    spec = { template = { spec = { containers = { { name = "app", image = image } } } } } }
end

local function entry(revision, status, description)
  return { revision = revision, status = status, description = description, chart = "todo-chatbot-1.0.0",
    app_version = "1.0.0", updated = "2026-01-01T00:00:00Z" }
end

local function history(entries)
  on { "helm", "history" }:returns { stdout = entries }
end

local function manifests(images)
  for revision, image in pairs(images) do
    on { "helm", "get", "manifest", "--revision", tostring(revision) }:returns {
      stdout = yaml.encode(object("Deployment", "backend", image)),
    }
  end
  on { "helm", "get", "manifest" }:returns { stdout = yaml.encode(object("Deployment", "backend", images[1])) }
end

local function replicaset(name, image, wanted, ready, annotations)
  -- What the cluster holds has defaults that the manifest has not.
  local container = { name = "app", image = image, imagePullPolicy = "Always" }
  return {
    kind = "ReplicaSet",
    metadata = { name = name, annotations = annotations,
      ownerReferences = { { kind = "Deployment", name = "backend", uid = "u1" } } },
    spec = { replicas = wanted, template = { spec = { containers = { container } } } },
    status = { readyReplicas = ready },
  }
end

local function replicasets(items)
  on { "kubectl", "get", "replicasets" }:returns { stdout = { items = items } }
end

local function tools()
  on { "kubectl", "version" }:returns { stdout = "Client Version: v1.37.1" }
  on { "helm", "version" }:returns { stdout = "v4.3.1" }
  on { "helm", "rollback" }:returns { stdout = "Rollback was a success! Happy Helming!" }
  on { "kubectl", "rollout", "status" }:returns { stdout = "deployment \"backend\" successfully rolled out" }
  replicasets {}
  manifests { "app:1" }
end

--- The writes of a run that begin with a command.
local function writes(done, command)
  local found = {}
  for _, write in ipairs(done.writes) do
    if write:find(command, 1, true) then found[#found + 1] = write end
  end
  return found
end

describe("rollback of a release", function()
  before_each(tools)

  it("goes to the last one that was good, past those that failed", function()
    history {
      entry(1, "superseded", "Install complete"), entry(2, "superseded", "Upgrade complete"),
      entry(3, "failed", "Upgrade \"todo-chatbot\" failed: context deadline exceeded"),
      entry(4, "failed", "Upgrade \"todo-chatbot\" failed: context deadline exceeded"),
    }
    local done = runbook.run("rollback", {})
    expect(done.exit).to_equal(0)
    expect(writes(done, "helm rollback")[1]).to_contain("helm rollback todo-chatbot 2")
    expect(done.result).to_equal { release = "todo-chatbot", from = 4, to = 2 }
  end)

  it("believes pods that are not ready more than helm's \"superseded\"", function()
    history { entry(1, "superseded", "Install complete"), entry(2, "superseded", "Upgrade complete"),
      entry(3, "deployed", "Upgrade complete") }
    manifests { "app:1", "app:broken", "app:broken" }
    replicasets { replicaset("backend-1", "app:1", 2, 2), replicaset("backend-2", "app:broken", 1, 0) }
    local done = runbook.run("rollback", {})
    expect(done.exit).to_equal(0)
    expect(done.result.to).to_equal(1)
    expect(table.concat(done.notes, "\n")).to_contain("the pods of deployment/backend of revision 2 are not ready")
  end)

  it("refuses a revision that failed, and names those that did not", function()
    history { entry(1, "superseded", "Install complete"), entry(2, "failed", "Upgrade failed"),
      entry(3, "deployed", "Upgrade complete") }
    local done = runbook.run("rollback", { params = { revision = 2 } })
    expect(done.exit).to_equal(1)
    expect(done.error.message).to_equal("revision 2 is failed: Upgrade failed")
    expect(done.error.remedy).to_equal("revisions that can be gone back to: 1")
    expect(#done.writes).to_equal(0)
  end)

  it("refuses the current revision, and one that there is not", function()
    history { entry(1, "superseded", "Install complete"), entry(2, "deployed", "Upgrade complete") }
    local current = runbook.run("rollback", { params = { revision = 2 } })
    expect(current.error.message).to_equal("revision 2 is the current one")
    local absent = runbook.run("rollback", { params = { revision = 9 } })
    expect(absent.error.message).to_equal("release todo-chatbot has no revision 9")
  end)

  it("says so when there is nothing to go back to", function()
    history { entry(1, "failed", "Release failed: context deadline exceeded") }
    local done = runbook.run("rollback", {})
    expect(done.exit).to_equal(1)
    expect(done.error.message).to_equal("release todo-chatbot has no earlier revision that was healthy")
    expect(#done.writes).to_equal(0)
  end)

  it("asks before it changes anything", function()
    history { entry(1, "superseded", "Install complete"), entry(2, "deployed", "Upgrade complete") }
    local done = runbook.run("rollback", { yes = false })
    expect(done.exit).to_equal(6)
    expect(#done.writes).to_equal(0)
  end)

  it("fails when what is back does not serve", function()
    history { entry(1, "superseded", "Install complete"), entry(2, "deployed", "Upgrade complete") }
    on { "kubectl", "rollout", "status" }:fails "error: timed out waiting for the condition"
    local done = runbook.run("rollback", {})
    expect(done.exit).never.to_equal(0)
    expect(done.error.step).to_equal("Verify")
  end)

  it("previews without a cluster", function()
    on { "helm" }:fails "Kubernetes cluster unreachable"
    on { "kubectl" }:fails "The connection to the server was refused"
    local done = runbook.run("rollback", { dry_run = true })
    expect(done.exit).to_equal(0)
    expect(#writes(done, "helm rollback")).to_equal(1)
  end)
end)

describe("rollback of a Deployment that helm does not own", function()
  local REVISION = "deployment.kubernetes.io/revision"

  local function deployment(annotations)
    local found = object("Deployment", "backend", "app:3")
    found.metadata.uid, found.metadata.annotations = "u1", annotations
    found.spec.selector = { matchLabels = { app = "backend" } }
    on { "kubectl", "get", "deployment/backend" }:returns { stdout = found }
    on { "kubectl", "rollout", "undo" }:returns {}
    on { "kubectl", "get", "events" }:returns { stdout = { items = {} } }
  end

  before_each(tools)

  it("goes to the revision before", function()
    deployment()
    replicasets {
      replicaset("backend-1", "app:1", 0, nil, { [REVISION] = "1" }),
      replicaset("backend-2", "app:2", 0, nil, { [REVISION] = "2" }),
      replicaset("backend-3", "app:3", 2, 0, { [REVISION] = "3" }),
    }
    local done = runbook.run("rollback", { params = { deployment = "backend" } })
    expect(done.exit).to_equal(0)
    expect(writes(done, "rollout undo")[1]).to_contain("--to-revision 2")
  end)

  it("does not go back to what was left before", function()
    deployment()
    replicasets {
      replicaset("backend-2", "app:2", 0, nil, { [REVISION] = "2" }),
      replicaset("backend-1", "app:1", 2, 2, { [REVISION] = "3", [REVISION .. "-history"] = "1" }),
    }
    local done = runbook.run("rollback", { params = { deployment = "backend" } })
    expect(done.exit).to_equal(1)
    expect(done.error.message).to_equal("deployment/backend has no earlier revision that was healthy")
    expect(#done.writes).to_equal(0)
  end)

  it("leaves to helm what helm owns", function()
    deployment { ["meta.helm.sh/release-name"] = "shop" }
    local done = runbook.run("rollback", { params = { deployment = "backend" } })
    expect(done.exit).to_equal(1)
    expect(done.error.message).to_equal(
      "deployment/backend belongs to the helm release shop, which would not know of it")
    expect(done.error.remedy).to_equal("runbook rollback.lua -p namespace=todo-chatbot -p release=shop")
  end)
end)
