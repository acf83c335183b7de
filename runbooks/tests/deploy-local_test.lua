local SECRETS = {
  DATABASE_URL = ("postgresql://todo:%s@db.example.com/todo"):format(("p"):rep(20)),
  BETTER_AUTH_SECRET = ("s"):rep(40),
}

--- The numbers of the writes that begin with each of these commands, in order.
local function positions(done, commands)
  local found = {}
  for _, command in ipairs(commands) do
    for number, write in ipairs(done.writes) do
      if write:find(command, 1, true) then found[#found + 1] = number break end
    end
  end
  return found
end

local function ascending(numbers)
  for index = 2, #numbers do
    if numbers[index] <= numbers[index - 1] then return false end
  end
  return true
end

describe("deploy-local, previewed on a machine with no tool at all", function()
  it("finishes, lists its writes once and in order, and says what a real run would miss", function()
    local done = runbook.run("deploy-local", { dry_run = true })
    expect(done.exit).to_equal(0)
    local order = positions(done, { "minikube start", "docker build", "create", "kubectl apply", "helm upgrade" })
    expect(#order).to_equal(5)
    expect(ascending(order)).to_equal(true)
    local missing = table.concat(done.missing, "\n")
    for _, what in ipairs { "docker", "minikube", "helm", "kubectl", "DATABASE_URL" } do
      expect(missing).to_contain(what)
    end
  end)

  it("builds both images, and loads them when this machine's docker builds", function()
    local params = { build = "load" }
    local all = table.concat(runbook.run("deploy-local", { params = params, dry_run = true }).writes, "\n")
    for _, image in ipairs { "todo-backend:v1.0.0", "todo-frontend:v1.0.0" } do
      expect(all).to_contain("--tag " .. image)
      expect(all).to_contain("image load --profile minikube " .. image)
    end
  end)

  it("builds nothing when it is told so", function()
    local all = table.concat(
      runbook.run("deploy-local", { params = { skip_build = true }, dry_run = true }).writes, "\n")
    expect(all).never.to_contain("docker build")
    expect(all).to_contain("helm upgrade")
  end)

  it("shows no secret", function()
    local done = runbook.run("deploy-local", { dry_run = true, env = SECRETS })
    expect(done.exit).to_equal(0)
    local text = json.encode(done)
    for _, value in pairs(SECRETS) do expect(text).never.to_contain(value) end
  end)
end)

describe("deploy-local, before it does anything", function()
  it("refuses parameters that cannot be", function()
    for _, params in ipairs { { replicas = 9 }, { env = "production" }, { namespace = "Todo" }, { replica = 2 } } do
      local done = runbook.run("deploy-local", { params = params, env = SECRETS })
      expect(done.exit).to_equal(2)
      expect(#done.writes).to_equal(0)
    end
  end)

  local function tools(helm)
    on { "docker" }:returns { stdout = "Docker version 28.2.2, build e6534b4" }
    on { "minikube" }:returns { stdout = "v1.37.0" }
    on { "kubectl" }:returns { stdout = "Client Version: v1.37.1" }
    on { "helm", "version" }:returns { stdout = helm }
  end

  it("refuses a tool that is too old", function()
    tools "v3.1.0"
    local done = runbook.run("deploy-local", { env = SECRETS })
    expect(done.exit).to_equal(3)
    expect(done.error.message).to_equal("helm is 3.1.0, and deploy-local needs >=3.12")
    expect(#done.writes).to_equal(0)
  end)

  it("refuses to begin without a secret, and names it", function()
    tools "v4.3.1"
    local done = runbook.run("deploy-local", { env = { DATABASE_URL = SECRETS.DATABASE_URL } })
    expect(done.exit).to_equal(3)
    expect(done.error.message).to_contain("BETTER_AUTH_SECRET")
    expect(#done.writes).to_equal(0)
  end)

  it("wants a password for a database of its own", function()
    local done = runbook.run("deploy-local", { params = { database = "in-cluster" }, env = SECRETS, dry_run = true })
    expect(done.exit).to_equal(3)
    expect(done.error.message).to_equal("database=in-cluster needs POSTGRES_PASSWORD")
  end)
end)
