runbook {
  name = "troubleshoot",
  description = "Find out why a release does not come up",
  params = { release = { type = "string" }, verbose = { type = "boolean", default = false } },
  requires = { helm = "*", kubectl = ">=1.28" },
}

local findings = {}

local function note(class, message, ...)
  findings[#findings + 1] = { class = class, message = select("#", ...) > 0 and message:format(...) or message }
end

local detectors = {
  crash = function(pod)
    if pod.restarts and pod.restarts > 3 then note("crashloop", "%s restarted %d times", pod.name, pod.restarts) end
  end,
  pending = function(pod)
    if pod.phase == "Pending" then note("pending", pod.name) end
  end,
}

local pods = step("Read the pods", { allow_failure = true }, function()
  return kubectl.get { kind = "pods", namespace = params.release }
end)

for _, pod in ipairs(pods or {}) do
  for name, detect in pairs(detectors) do
    local ok, err = pcall(detect, pod)
    if not ok then log(name .. ": " .. tostring(err)) goto next_detector end
    if params.verbose then log(name .. " looked at " .. pod.name) end
    ::next_detector::
  end
end

local version = exec.run({ "helm", "version", "--short" }, { read = true, check = false, timeout = 10 })
log(version.stdout)

local tries = 0
repeat
  tries = tries + 1
  local context = kubectl.context()
until context == "minikube" or tries >= 3

if #findings > 0 and not params.verbose then
  table.sort(findings, function(a, b) return a.class < b.class end)
end
return { healthy = #findings == 0, findings = findings }
