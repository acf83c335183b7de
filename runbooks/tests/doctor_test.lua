describe("doctor", function()
  --- Answers every tool as one that is there and works.
  local function all_well()
    on { "docker", "--version" }:returns { stdout = "Docker version 28.2.2, build e6534b4" }
    on { "docker", "version" }:returns { stdout = "28.2.2" }
    on { "minikube", "version" }:returns { stdout = "v1.38.1" }
    on { "minikube", "status" }:returns { stdout = { Host = "Running", Kubelet = "Running", APIServer = "Running" } }
    on { "helm", "version" }:returns { stdout = "v4.3.1" }
    on { "kubectl", "version" }:returns { stdout = "Client Version: v1.37.1" }
    on { "kubectl", "get", "--raw" }:returns { stdout = "ok" }
    on { "k6", "version" }:returns { stdout = "k6 v2.2.0 (go1.25)" }
  end

  before_each(all_well)

  it("names the version of each tool that works", function()
    local result = runbook.run("doctor.lua")
    expect(result.exit).to_equal(0)
    for name, version in pairs { docker = "28.2.2", minikube = "v1.38.1", helm = "v4.3.1", kubectl = "v1.37.1" } do
      expect(result.result[name].state).to_equal("ok")
      expect(result.result[name].detail).to_contain(version)
    end
  end)

  it("tells a tool that is there but cannot be used from one that is there", function()
    on { "docker", "version" }:fails("Cannot connect to the Docker daemon at unix:///var/run/docker.sock.")
    on { "minikube", "status" }:fails("Profile \"minikube\" not found.", 85)
    local result = runbook.run("doctor.lua")
    expect(result.exit).to_equal(0)
    expect(result.result.docker.state).to_equal("not usable")
    expect(result.result.docker.reason).to_contain("Cannot connect to the Docker daemon")
    expect(result.result.minikube.state).to_equal("not usable")
    expect(result.printed).to_contain("try: start the docker engine")
    expect(result.printed).to_contain("try: minikube start")
  end)

  it("says that a cluster is out of reach", function()
    on { "kubectl", "get", "--raw" }:fails("The connection to the server localhost:8080 was refused")
    local result = runbook.run("doctor.lua")
    expect(result.result.kubectl.state).to_equal("not usable")
    expect(result.result.kubectl.reason).to_contain("refused")
  end)

  it("reads only", function()
    local result = runbook.run("doctor.lua")
    expect(result.writes).to_have_length(0)
    expect(runbook.run("doctor.lua", { dry_run = true }).exit).to_equal(0)
  end)

  it("shows the way without any of them", function()
    expect(runbook.run("doctor.lua").printed).to_contain("--sim or --dry-run")
  end)
end)
