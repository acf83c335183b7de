local revisions = require "deploy.revisions"

local function entry(revision, status, description)
  return { revision = revision, status = status, description = description or "Upgrade complete" }
end

local function numbers(entries)
  local found = {}
  for _, one in ipairs(entries) do found[#found + 1] = one.revision end
  return table.concat(found, " ")
end

--- The outcome of a history: current, candidates, bad ones with reasons.
local function of(history, condemned)
  local current, candidates, bad = revisions.of_release(history, condemned)
  return { current = current.revision, candidates = numbers(candidates), bad = bad }
end

describe("a helm history", function()
  it("offers the last good revision first, whatever the order", function()
    local found = of { entry(3, "deployed"), entry(1, "superseded", "Install complete"), entry(2, "superseded") }
    expect(found.current).to_equal(3)
    expect(found.candidates).to_equal("2 1")
  end)

  it("never offers one that failed, or is pending", function()
    local found = of {
      entry(1, "superseded", "Install complete"), entry(2, "failed", "Upgrade \"x\" failed: timed out"),
      entry(3, "pending-upgrade", "Preparing upgrade"), entry(4, "deployed"),
    }
    expect(found.candidates).to_equal("1")
    expect(found.bad[1].reason).to_equal("revision 3 is pending-upgrade: Preparing upgrade")
    expect(found.bad[2].reason).to_equal("revision 2 is failed: Upgrade \"x\" failed: timed out")
  end)

  it("goes back from a failed revision to the one before it", function()
    local found = of { entry(1, "superseded"), entry(2, "superseded"), entry(3, "failed") }
    expect(found.current).to_equal(3)
    expect(found.candidates).to_equal("2 1")
  end)

  it("never offers a repetition of one that failed", function()
    local found = of {
      entry(1, "superseded"), entry(2, "failed"), entry(3, "superseded", "Rollback to 2"), entry(4, "deployed"),
    }
    expect(found.candidates).to_equal("1")
    expect(found.bad[1].reason).to_equal("revision 3 repeats revision 2, which is failed")
  end)

  it("does not offer the content that runs already", function()
    local found = of { entry(1, "superseded"), entry(2, "failed"), entry(3, "deployed", "Rollback to 1") }
    expect(found.candidates).to_equal("")
  end)

  it("follows a chain of rollbacks", function()
    local found = of {
      entry(1, "superseded"), entry(2, "superseded"), entry(3, "superseded", "Rollback to 1"),
      entry(4, "superseded", "Rollback to 3"), entry(5, "deployed", "Rollback to 2"),
    }
    expect(found.candidates).to_equal("4 3 1")
  end)

  it("believes the pods more than helm", function()
    local history = { entry(1, "superseded"), entry(2, "superseded"), entry(3, "deployed") }
    local found = of(history, { [2] = "its pods crash" })
    expect(found.candidates).to_equal("1")
    expect(found.bad[1].reason).to_equal("its pods crash")
  end)

  it("has nothing to offer after one installation", function()
    expect(of({ entry(1, "deployed", "Install complete") }).candidates).to_equal("")
  end)
end)

describe("a pod template", function()
  local held = {
    restartPolicy = "Always",
    containers = {
      { name = "app", image = "a:1", env = { { name = "A", value = "1" } }, imagePullPolicy = "IfNotPresent" },
    },
  }

  it("is the same though the cluster has added defaults", function()
    expect(revisions.same_template({ containers = { { name = "app", image = "a:1" } } }, held)).to_equal(true)
  end)

  it("differs by an image, a variable or a container", function()
    expect(revisions.same_template({ containers = { { image = "a:2" } } }, held)).to_equal(false)
    local other_value = { containers = { { env = { { name = "A", value = "2" } } } } }
    expect(revisions.same_template(other_value, held)).to_equal(false)
    expect(revisions.same_template({ containers = { { name = "app" }, { name = "side" } } }, held)).to_equal(false)
  end)
end)

local function replicaset(name, revision, fields)
  fields = fields or {}
  return {
    metadata = {
      name = name,
      annotations = {
        ["deployment.kubernetes.io/revision"] = tostring(revision),
        ["deployment.kubernetes.io/revision-history"] = fields.history,
      },
    },
    spec = { replicas = fields.replicas or 0 }, status = { readyReplicas = fields.ready },
  }
end

describe("the ReplicaSets of a Deployment", function()
  it("offer the revision before", function()
    local current, candidates = revisions.of_deployment {
      replicaset("web-a", 1), replicaset("web-c", 3, { replicas = 2 }), replicaset("web-b", 2),
    }
    expect(current.revision).to_equal(3)
    expect(numbers(candidates)).to_equal("2 1")
  end)

  it("do not offer a revision that somebody went back from, which undo alone would choose", function()
    local current, candidates, bad = revisions.of_deployment {
      replicaset("web-a", 3, { replicas = 2, ready = 2, history = "1" }), replicaset("web-b", 2),
    }
    expect(current.revision).to_equal(3)
    expect(numbers(candidates)).to_equal("")
    expect(bad[1].reason).to_equal("somebody went back from it to revision 1 before")
  end)

  it("do not offer a revision that events complain of", function()
    local _, candidates, bad = revisions.of_deployment(
      { replicaset("web-a", 1), replicaset("web-b", 2), replicaset("web-c", 3) }, { ["web-b"] = "BackOff: restarting" })
    expect(numbers(candidates)).to_equal("1")
    expect(bad[1].reason).to_equal("BackOff: restarting")
  end)

  it("do not offer one whose pods are not ready", function()
    local _, candidates, bad = revisions.of_deployment {
      replicaset("web-a", 1, { replicas = 2, ready = 2 }), replicaset("web-b", 2, { replicas = 1 }),
      replicaset("web-c", 3, { replicas = 1 }),
    }
    expect(numbers(candidates)).to_equal("1")
    expect(bad[1].reason).to_equal("none of its 1 pods is ready")
  end)
end)
