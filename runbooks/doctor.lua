--- Says what this machine has and lacks for runbooks; reads only.
runbook {
  name = "doctor",
  description = "Say what this machine has and lacks for runbooks",
}

local wrap = require "diagnose.wrap"

local function first_line(text)
  return (text or ""):match("[^\r\n]+") or ""
end

--- Runs a command that only reads; gives its result, or the reason why there is none.
local function try(argv)
  local ok, result = pcall(exec.run, argv, { read = true, check = false, timeout = "15s", quiet = true })
  if not ok then return nil, result.code == "missing" and "not found" or tostring(result) end
  if result.status ~= 0 then
    local reason = first_line(result.stderr)
    return nil, reason ~= "" and reason or "exited " .. result.status
  end
  return result
end

local tools = {
  { name = "docker", version = { "docker", "--version" }, usable = { "docker", "version", "--format", "{{.Server.Version}}" },
    use = "builds images", remedy = "start the docker engine" },
  { name = "minikube", version = { "minikube", "version", "--short" }, usable = { "minikube", "status", "-o", "json" },
    use = "runs a local cluster", remedy = "minikube start" },
  { name = "helm", version = { "helm", "version", "--template", "{{.Version}}" }, use = "deploys charts" },
  { name = "kubectl", version = { "kubectl", "version", "--client" }, usable = { "kubectl", "get", "--raw", "/readyz", "--request-timeout=5s" },
    use = "talks to the cluster", remedy = "check `kubectl config current-context`" },
  { name = "k6", version = { "k6", "version" }, use = "load tests (optional)" },
}

local branches = {}
for index, tool in ipairs(tools) do
  -- Branches without names are no steps: a tool that is missing is no step that went well.
  branches[index] = function()
    local found, why = try(tool.version)
    if not found then return { state = "missing", detail = why } end
    local version = first_line(found.stdout):match("v?%d+[%d.]+") or first_line(found.stdout)
    if not tool.usable then return { state = "ok", detail = version } end
    local usable, reason = try(tool.usable)
    if usable then return { state = "ok", detail = version } end
    return { state = "not usable", detail = version, reason = reason, remedy = tool.remedy }
  end
end
local found = parallel(branches)

local rows, result = {}, {}
for index, tool in ipairs(tools) do
  local state = found[index]
  rows[#rows + 1] = { tool.name, state.state, state.detail, tool.use }
  for _, line in ipairs(state.reason and wrap.lines(state.reason, 54, 4) or {}) do rows[#rows + 1] = { "", "", line, "" } end
  if state.remedy then rows[#rows + 1] = { "", "", "try: " .. state.remedy, "" } end
  result[tool.name] = state
end
-- The uses stand behind the versions; a reason may be longer than its column.
for _, row in ipairs(rows) do
  local text = ("%-9s %-10s  %s"):format(row[1], row[2], row[4] ~= "" and ("%-10s  %s"):format(row[3], row[4]) or row[3])
  print((text:gsub("%s+$", "")))
end
print(fs.exists(run.cwd .. "/.env") and "\n.env is there" or "\nno .env in " .. run.cwd .. ": secrets come from runbook.yaml or the environment")
print("without docker, minikube or a cluster, every runbook can be tried with --sim or --dry-run")
return result
