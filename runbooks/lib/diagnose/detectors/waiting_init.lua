--- C07: an init container that runs and does not end: what it waits for, and whether that can come.
local clock = require "diagnose.clock"
local containers = require "diagnose.containers"
local objects = require "diagnose.objects"

-- How scripts name what they wait for.
local host_patterns = {
  "nc%s+%-[%w%-]+%s+([%w%.%-]+)", "nslookup%s+([%w%.%-]+)", "getent%s+%a+%s+([%w%.%-]+)", "https?://([%w%.%-]+)",
  "pg_isready.-%-h%s*([%w%.%-]+)", "mysqladmin.-%-h%s*([%w%.%-]+)", "redis%-cli.-%-h%s*([%w%.%-]+)", "ping%s+%-%a%s+%d+%s+([%w%.%-]+)",
  "wait%-for%s+([%w%.%-]+)",
}

--- The command of a container as one text.
local function command_of(spec)
  local words = {}
  for _, list in ipairs { spec.command or {}, spec.args or {} } do
    for _, text in ipairs(list) do words[#words + 1] = text end
  end
  return table.concat(words, " ")
end

--- Whether a script goes on until something else happens, or sleeps for longer than anybody waits.
local function is_endless(command)
  local seconds = tonumber(command:match("sleep%s+(%d+)") or "")
  return command:find("until%s") ~= nil or command:find("while%s") ~= nil or command:find("sleep%s+inf") ~= nil
    or command:find("tail%s+%-f") ~= nil or seconds ~= nil and seconds >= 300
end

--- The Service that a script waits for and that does not exist, or nil.
local function missing_service(context, pod, command)
  if not context.index:readable("Service") then return nil end
  for _, pattern in ipairs(host_patterns) do
    for host in command:gmatch(pattern) do
      local name, rest = host:match("^(%a[%w%-]*)(.*)$")
      local namespace = pod.metadata.namespace
      local here = rest == "" or rest == "." .. (namespace or "") or rest:find("^%." .. (namespace or ""):gsub("%p", "%%%0") .. "%.svc") ~= nil
      if name and here and name ~= "localhost" and not context.index:get("Service", namespace, name) then return name end
    end
  end
  return nil
end

--- The services and workloads of the namespace that a command mentions: what a waiting init container waits for.
local function waits_for(context, pod, command)
  local needs, seen = {}, {}
  for word in command:gmatch("[%w-]+") do
    for _, kind in ipairs(not seen[word] and { "Service", "Deployment", "StatefulSet" } or {}) do
      needs[#needs + 1] = context.index:get(kind, pod.metadata.namespace, word)
    end
    seen[word] = true
  end
  return needs
end

local function inspect(context, pod, spec, status)
  local started = clock.parse(status.state.running.startedAt)
  local command = command_of(spec)
  local missing = missing_service(context, pod, command)
  local settling
  if missing then
    settling = not context:lasted(started, "init_missing")
  else
    settling = not context:lasted(started, is_endless(command) and "init_endless" or "init_running")
  end
  local initialized = objects.condition(pod, "Initialized") or {}
  local held = clock.duration(context:held(started))
  context:report {
    class = "init-container", id = "C07", on = pod, container = spec.name, settling = settling,
    message = missing and ("init container %s waits for Service %s, which does not exist"):format(spec.name, missing)
      or ("init container %s has been running for %s and does not end"):format(spec.name, held),
    evidence = objects.lines(missing and ("no Service %s in the namespace"):format(missing),
      ("init container %s, running since %s"):format(spec.name, started and context:when(started) or "?"),
      command ~= "" and "command " .. command or "image " .. (spec.image or "?"), initialized.message),
    suggestions = { containers.log_command(pod, spec, status), context.describe(pod) },
    confidence = missing and "high" or "medium", since = started,
    log = { container = spec.name, state = "running" },
    docs = "https://kubernetes.io/docs/tasks/debug/debug-application/debug-init-containers/",
    needs = waits_for(context, pod, command),
  }
end

return {
  name = "waiting_init",
  reads = { "Pod", "Service", "Deployment", "StatefulSet" },
  classes = { { id = "C07", class = "init-container", grace = "5 min; 30 s where what it waits for does not exist" } },
  detect = function(context)
    for _, pod in ipairs(context:suspects()) do
      if pod.status.phase ~= "Failed" then
        objects.each_container(pod, function(spec, status, is_init)
          local waits = is_init and not objects.is_sidecar(spec) and (status.state or {}).running
          if waits and (status.restartCount or 0) < 2 then inspect(context, pod, spec, status) end
        end)
      end
    end
  end,
}
