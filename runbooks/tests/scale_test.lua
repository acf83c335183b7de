local NAME = "deployment/todo-chatbot-backend"

local function versions()
  on { "kubectl", "version" }:returns { stdout = "Client Version: v1.37.1" }
end

local function deployment(replicas, ready)
  on { "kubectl", "get", NAME }:returns {
    stdout = { kind = "Deployment", metadata = { name = "todo-chatbot-backend" },
      spec = { replicas = replicas }, status = { readyReplicas = ready } },
  }
end

local function autoscalers(items)
  on { "kubectl", "get", "horizontalpodautoscalers" }:returns { stdout = { kind = "List", items = items } }
end

local function scaler(least, most)
  return {
    metadata = { name = "todo-chatbot-backend" },
    spec = { minReplicas = least, maxReplicas = most,
      scaleTargetRef = { kind = "Deployment", name = "todo-chatbot-backend" } },
  }
end

describe("scale", function()
  before_each(versions)

  it("sets the number of pods", function()
    deployment(2, 4)
    autoscalers {}
    on { "kubectl", "scale" }:returns {}
    local done = runbook.run("scale", { params = { replicas = 4 } })
    expect(done.exit).to_equal(0)
    expect(#done.writes).to_equal(1)
    expect(done.writes[1]).to_contain("kubectl scale " .. NAME .. " --replicas 4")
    expect(done.result).to_equal { workload = NAME, from = 2, to = 4 }
  end)

  it("moves the autoscaler's bounds where there is one", function()
    deployment(2, 4)
    autoscalers { scaler(2, 3) }
    on { "kubectl", "get", "hpa/todo-chatbot-backend" }:returns { stdout = scaler(2, 3) }
    on { "kubectl", "patch" }:returns {}
    local done = runbook.run("scale", { params = { replicas = 4 } })
    expect(done.exit).to_equal(0)
    expect(#done.writes).to_equal(1)
    expect(done.writes[1]).to_contain("kubectl patch hpa/todo-chatbot-backend")
    expect(done.writes[1]).to_contain("\"minReplicas\":4")
    expect(done.writes[1]).to_contain("\"maxReplicas\":4")
  end)

  it("does not stop every pod against an autoscaler", function()
    deployment(2, 2)
    autoscalers { scaler(2, 5) }
    local done = runbook.run("scale", { params = { replicas = 0 } })
    expect(done.exit).to_equal(1)
    expect(done.error.message).to_equal("hpa/todo-chatbot-backend keeps at least 2 pods")
    expect(#done.writes).to_equal(0)
  end)

  it("stops every pod only when somebody agrees", function()
    deployment(2, 0)
    autoscalers {}
    local done = runbook.run("scale", { params = { replicas = 0 }, yes = false })
    expect(done.exit).to_equal(6)
    expect(#done.writes).to_equal(0)
  end)

  it("refuses a number, a name and a kind that cannot be", function()
    for _, params in ipairs { { replicas = 21 }, { replicas = -1 }, { replicas = 2, workload = "job/x" }, {} } do
      expect(runbook.run("scale", { params = params }).exit).to_equal(2)
    end
  end)

  it("previews without a cluster", function()
    on { "kubectl" }:fails "The connection to the server was refused"
    local done = runbook.run("scale", { params = { replicas = 4 }, dry_run = true })
    expect(done.exit).to_equal(0)
    expect(#done.writes).to_equal(1)
  end)
end)
