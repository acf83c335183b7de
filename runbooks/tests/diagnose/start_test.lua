local cluster = require "cluster"

local function waiting(reason, message, more)
  return { phase = "Pending", age = 300,
    containers = { cluster.merge({ ready = false, started = false,
    state = { waiting = { reason = reason, message = message } } }, more) } }
end

describe("C04 and C05 the runtime or a hook refuses", function()
  local reasons = {
    { "CreateContainerError", "failed to reserve container name" },
    { "RunContainerError", "failed to create containerd task: exec: \"/app/serve\": stat /app/serve: no such file or directory" },
    { "PreCreateHookError", "hook failed" }, { "PreStartHookError", "hook failed" },
    { "PostStartHookError", "command '/warm' exited with 1" },
  }
  for _, entry in ipairs(reasons) do
    it("finds " .. entry[1], function()
      local c = cluster.new()
      c:deployment("web", { pod = waiting(entry[1], entry[2]) })
      c:finds { "container-start", "deployment/web", entry[2] }
    end)
  end
  for _, reason in ipairs { "StartError", "ContainerCannotRun" } do
    it("finds " .. reason .. " behind a back-off", function()
      local c = cluster.new()
      local message = "exec: \"serve\": executable file not found in $PATH: unknown"
      c:deployment("web", { pod = waiting("CrashLoopBackOff", "back-off",
        { restarts = 4, last = { exitCode = 128, reason = reason, message = message, finishedAt = cluster.at(30) } }) })
      c:finds { "container-start", "deployment/web", "executable file not found" }
    end)
  end
  it("does not call runAsNonRoot a missing reference", function()
    local c = cluster.new()
    c:deployment("web", { pod = waiting("CreateContainerConfigError",
      "container has runAsNonRoot and image will run as root") })
    c:finds { "container-start", "deployment/web", "runAsNonRoot" }
  end)
end)

describe("C06 sandbox", function()
  it("finds a sandbox that cannot be made", function()
    local c = cluster.new()
    local _, pod = c:deployment("web", { pod = waiting("ContainerCreating") })
    c:event(pod, "FailedCreatePodSandBox",
      "Failed to create pod sandbox: plugin type=\"calico\" failed (add): connection refused", { count = 11, first = 290 })
    c:finds { "container-start", "deployment/web", "calico" }
  end)
  it("finds containers that are not made for too long", function()
    local c = cluster.new()
    c:deployment("web", { pod = cluster.merge(waiting("ContainerCreating"), { age = 1200 }) })
    c:finds { "container-start", "deployment/web", "ContainerCreating" }
  end)
  it("lets a large image be pulled", function()
    local c = cluster.new()
    local _, pod = c:deployment("web",
      { age = 402, unavailable = 400, pod = cluster.merge(waiting("ContainerCreating"), { age = 400 }) })
    c:event(pod, "Pulling", "Pulling image \"web:1\"", { type = "Normal", ago = 398, container = "app" })
    c:finds { "settling", "deployment/web" }
  end)
  it("lets a pod start", function()
    local c = cluster.new()
    c:deployment("web", { age = 12, unavailable = 10, pod = cluster.merge(waiting("ContainerCreating"), { age = 10 }) })
    local result = c:finds { "settling", "deployment/web" }
    expect(result.findings[1].severity).to_equal("info")
  end)
end)
