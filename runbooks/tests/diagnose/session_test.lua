-- The runbook itself on recorded and simulated clusters, with the real kubectl and helm.
-- Only AI tools and minikube are stood in for.
local recordings = "../../../Tests/Fixtures/cluster-snapshots/"

local function diagnose(name, params, options)
  params = params or {}
  params.namespace = params.namespace or name
  options = options or {}
  options.sim, options.params = recordings .. name, params
  return runbook.run("diagnose", options)
end

local function steps(done)
  local names = {}
  for i, step in ipairs(done.steps) do names[i] = step.name .. ": " .. step.status end
  return names
end

describe("diagnose.lua", function()
  it("returns the result of the contract, and exits 1 for an error", function()
    local done = diagnose("missing-secret")
    expect(done.exit).to_equal(1)
    expect(done.result.namespace).to_equal("missing-secret")
    expect(done.result.healthy).to_equal(false)
    expect(#done.result.findings).to_equal(1)
    local finding = done.result.findings[1]
    expect(finding.class .. " " .. finding.severity .. " " .. finding.object).to_equal("missing-config error deployment/backend")
    for _, field in ipairs { "message", "evidence", "suggestions" } do expect(#finding[field] > 0).to_equal(true) end
    expect(#done.writes).to_equal(0)
    expect(done.error.message).to_contain("1 error: deployment/backend, Secret todo-secrets does not exist")
  end)
  it("exits 0 when all is well", function()
    local done = diagnose("healthy")
    expect(done.exit).to_equal(0)
    expect(done.result.healthy).to_equal(true)
    expect(done.result.findings).to_equal({})
    expect(done.printed).to_contain("nothing is wrong")
  end)
  it("exits 3 where the namespace is not there", function()
    local done = diagnose("healthy", { namespace = "nope" })
    expect(done.exit).to_equal(3)
    expect(done.error.message).to_equal("the namespace nope does not exist")
  end)
  it("only reads, so a preview finds the same", function()
    local done = diagnose("oomkilled", {}, { dry_run = true })
    expect(done.result.findings[1].class).to_equal("oom-killed")
    expect(#done.writes).to_equal(0)
  end)
end)

describe("the options of diagnose.lua", function()
  it("preview a repair as a step, and change nothing", function()
    local done = diagnose("oomkilled", { fix = true }, { dry_run = true })
    expect(steps(done)).to_equal({ "Raise the memory limit of deployment/backend, container app, to 48Mi: ok" })
    expect(done.writes[1]).to_contain("patch")
    expect(done.exit).to_equal(0)
  end)
  it("carry a repair out, wait for the workload and look again", function()
    local done = diagnose("oomkilled", { fix = true })
    expect(steps(done)).to_equal({ "Raise the memory limit of deployment/backend, container app, to 48Mi: ok",
      "Wait for deployment/backend: ok" })
    -- the recorded program needs more than that: the second look is at the changed workload
    expect(done.result.findings[1].evidence[1]).to_equal("memory limit 48Mi")
    expect(done.exit).to_equal(1)
  end)
  it("do nothing that is not agreed to", function()
    expect(diagnose("oomkilled", { fix = true }, { yes = false }).exit).to_equal(6)
  end)
  it("say that no repair is known to be safe", function()
    local done = diagnose("unschedulable-cpu", { fix = true })
    expect(done.notes).to_contain("there is no repair that is known to be safe")
    expect(done.exit).to_equal(1)
  end)
  it("tell when an image does not arrive in minikube", function()
    local done = diagnose("image-never-pulled", { fix = true })
    expect(done.error.message).to_contain("did not arrive in minikube")
    expect(done.exit).to_equal(1)
  end)
  it("repair in one context only", function()
    local done = diagnose("healthy", { fix = true, contexts = { "a", "b" } })
    expect(done.exit).to_equal(3)
    expect(done.error.message).to_equal("`fix` changes the context of the run only")
  end)
  it("look at every namespace, and at the nodes", function()
    local done = diagnose("oomkilled", { all_namespaces = true, nodes = true })
    expect(done.result.findings[1].namespace).to_equal("oomkilled")
    expect(done.result.nodes[1].name).to_equal("minikube")
    expect(done.printed).to_contain("oomkilled/deployment/backend")
    expect(done.printed).to_contain("Nodes, requested of allocatable")
  end)
  it("write Markdown and HTML", function()
    expect(diagnose("oomkilled", { format = "markdown" }).printed).to_contain("## 1. deployment/backend: out of memory")
    expect(diagnose("oomkilled", { format = "html" }).printed).to_contain("<h1>Diagnosis of namespace oomkilled")
    local done = diagnose("oomkilled", { format = "html", out = "report.html" }, { dry_run = true })
    expect(steps(done)[1]).to_match("^Write the report to .*report.html: ok$")
  end)
end)

describe("an account that may not read everything", function()
  local function refuse(resource, where)
    return { exit = 1, stdout = { kind = "List", items = {} }, stderr = ('Error from server (Forbidden): %s is forbidden: User "bob" '
      .. 'cannot list resource "%s" in API group "" %s\n'):format(resource, resource, where) }
  end
  before_each(function()
    on { "kubectl", "version" }:returns { stdout = "Client Version: v1.37.1" }
    on { "kubectl", "config" }:returns { stdout = "" }
    on { "kubectl", "get" }:returns { stdout = { kind = "List", items = {} } }
    on { "kubectl", "get", "namespace" }:returns { stdout = { kind = "Namespace", metadata = { name = "shop" }, status = { phase = "Active" } } }
    on { "kubectl", "get", "configmaps,secrets" }:returns { stdout = "" }
  end)
  local function run() return runbook.run("diagnose", { params = { namespace = "shop" } }) end

  it("is told what was not checked", function()
    -- the kinds of a list stand in one word of the command: it is taken from a run that may read all
    for _, command in ipairs(run().commands) do
      local list = command:match("get (%S+)") or ""
      if list:find("resourcequotas", 1, true) then
        on { "kubectl", "get", list }:returns(refuse("resourcequotas", 'in the namespace "shop"'))
      elseif list:find("nodes", 1, true) then
        on { "kubectl", "get", list }:returns(refuse("nodes", "at the cluster scope"))
      end
    end
    local done = run()
    expect(done.exit).to_equal(0)
    expect(done.result.notes).to_equal({ "could not check nodes: forbidden (list nodes)",
      "could not check quotas: forbidden (list resourcequotas in shop)" })
  end)
  it("ends with 3 where its token has expired", function()
    on { "kubectl", "get" }:returns { exit = 1, stderr = "error: You must be logged in to the server (the server has asked for the client to provide credentials)\n" }
    local done = run()
    expect(done.exit).to_equal(3)
    expect(done.error.message).to_start_with("the account's token is not valid, or has expired: ")
  end)
end)
