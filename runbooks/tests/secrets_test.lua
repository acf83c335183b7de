local NAME = "secret/todo-secrets"

local function workload(kind, name, env)
  return { kind = kind, metadata = { name = name },
    spec = { template = { spec = { containers = { { name = "app", env = env } } } } } }
end

local function reads(key)
  return { { name = key, valueFrom = { secretKeyRef = { name = "todo-secrets", key = key } } } }
end

local function cluster()
  on { "kubectl", "version" }:returns { stdout = "Client Version: v1.37.1" }
  on { "kubectl", "get", "deployments" }:returns {
    stdout = { items = {
      workload("Deployment", "backend", reads "BETTER_AUTH_SECRET"), workload("Deployment", "other", {}),
    } },
  }
  on { "kubectl", "get", "statefulsets" }:returns { stdout = { items = {} } }
  on { "kubectl", "get", "daemonsets" }:returns { stdout = { items = {} } }
  on { "kubectl", "get", NAME }:returns {
    stdout = { apiVersion = "v1", kind = "Secret", metadata = { name = "todo-secrets", namespace = "todo-chatbot", resourceVersion = "7" },
      type = "Opaque",
      data = {
        BETTER_AUTH_SECRET = base64.encode "what it was before", DATABASE_URL = base64.encode "kept as it is",
      } },
  }
  on { "kubectl", "get", "deployment/backend" }:returns { stdout = workload("Deployment", "backend", {}) }
  on { "kubectl", "apply" }:returns {}
  on { "kubectl", "rollout", "restart" }:returns {}
  on { "kubectl", "rollout", "status" }:returns { stdout = "deployment \"backend\" successfully rolled out" }
end

describe("secrets", function()
  before_each(cluster)

  it("sets a new value, restarts what reads it and nothing else", function()
    local done = runbook.run("secrets", { params = { generate = "BETTER_AUTH_SECRET" } })
    expect(done.exit).to_equal(0)
    expect(done.writes[1]).to_contain("kubectl apply --server-side")
    expect(done.writes[2]).to_contain("rollout restart deployment/backend")
    expect(#done.writes).to_equal(2)
    expect(done.result.restarted).to_equal { "deployment/backend" }
    expect(done.result.keys).to_equal { "BETTER_AUTH_SECRET" }
  end)

  it("takes a value from the environment, and shows it nowhere", function()
    local value = "a-new-value-from-the-environment-0123456789"
    local given = { BETTER_AUTH_SECRET = value }
    local done = runbook.run("secrets", { params = { set = "BETTER_AUTH_SECRET" }, env = given })
    expect(done.exit).to_equal(0)
    expect(json.encode(done)).never.to_contain(value)
  end)

  it("fails when what reads it does not come back", function()
    on { "kubectl", "rollout", "status" }:fails "error: deployment \"backend\" exceeded its progress deadline"
    local done = runbook.run("secrets", { params = { generate = "BETTER_AUTH_SECRET" } })
    expect(done.status).never.to_equal("ok")
    expect(done.error.step).to_equal("Verify")
  end)

  it("says what to name when nothing was named", function()
    local done = runbook.run("secrets", {})
    expect(done.exit).to_equal(2)
    expect(done.error.message).to_equal("no key was named")
    expect(done.error.remedy).to_contain("-p set=NAME")
    expect(#done.writes).to_equal(0)
  end)

  it("says where to put a value that is missing, and which keys it looks for", function()
    local missing = runbook.run("secrets", { params = { set = "BETTER_AUTH_SECRET" } })
    expect(missing.exit).to_equal(3)
    expect(missing.error.message).to_equal("there is no new value for BETTER_AUTH_SECRET")
    local unknown = runbook.run("secrets", { params = { set = "OTHER_KEY" } })
    expect(unknown.exit).to_equal(2)
    expect(unknown.error.message).to_equal("secrets.lua does not look for OTHER_KEY")
    expect(#unknown.writes).to_equal(0)
  end)

  it("does not make up the password of a database that has one", function()
    local done = runbook.run("secrets", { params = { generate = "POSTGRES_PASSWORD" } })
    expect(done.error.message).to_equal("POSTGRES_PASSWORD cannot be generated")
    expect(done.error.remedy).to_contain("ALTER ROLE")
  end)

  it("asks before it changes anything", function()
    local done = runbook.run("secrets", { params = { generate = "BETTER_AUTH_SECRET" }, yes = false })
    expect(done.exit).to_equal(6)
    expect(#done.writes).to_equal(0)
  end)

  it("previews both writes", function()
    local done = runbook.run("secrets", { params = { generate = "BETTER_AUTH_SECRET" }, dry_run = true })
    expect(done.exit).to_equal(0)
    expect(#done.writes).to_equal(2)
  end)
end)
