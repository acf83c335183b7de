--- Says what this machine has and lacks for runbooks; reads only.
runbook {
  name = "doctor",
  description = "Say what this machine has and lacks for runbooks",
}

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
for _, tool in ipairs(tools) do
  branches[tool.name] = function()
    local found, why = try(tool.version)
    if not found then return { state = "missing", detail = why } end
    local version = first_line(found.stdout):match("v?%d+[%d.]+") or first_line(found.stdout)
    if not tool.usable then return { state = "ok", detail = version } end
    local usable, reason = try(tool.usable)
    if usable then return { state = "ok", detail = version } end
    return { state = "not usable", detail = version .. ": " .. reason, remedy = tool.remedy }
  end
end
local found = parallel(branches)

local rows, result = {}, {}
for _, tool in ipairs(tools) do
  local state = found[tool.name]
  rows[#rows + 1] = { tool.name, state.state, state.detail, state.remedy and "try: " .. state.remedy or tool.use }
  result[tool.name] = state
end
print(text.table(rows))
print(fs.exists(run.cwd .. "/.env") and "\n.env is there" or "\nno .env in " .. run.cwd .. ": secrets come from runbook.yaml or the environment")
print("without docker, minikube or a cluster, every runbook can be tried with --sim or --dry-run")
return result
