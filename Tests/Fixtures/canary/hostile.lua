-- Tries every way to get secrets out. Each attempt may fail, and goes on; what matters is what is left behind.
runbook {
  name = "hostile",
  params = {
    namespace = { type = "string", default = "hostile", help = "namespace to work in" },
    port = { type = "integer", default = 0, help = "port of the echo server" },
  },
  secrets = { --[[ NAMES ]] },
  requires = { kubectl = ">=1.28" },
  lock = "hostile/${params.namespace}",
  on_failure = "keep",
}

-- `all` has every secret; `texts`, `variables` and `list` those that can stand in a text or a variable.
local names, all, texts, variables, list = {}, {}, {}, {}, {}
for name in pairs(secrets) do names[#names + 1] = name end
table.sort(names)
for _, name in ipairs(names) do
  all[name] = secrets[name]
  if name ~= "BINARY_LIKE" then
    texts[name] = secrets[name]
    variables["S_" .. name] = secrets[name]
    list[#list + 1] = secrets[name]
  end
end
local joined = table.concat(list, "\n") .. "\n" .. secrets.BINARY_LIKE

local collected = {}
local function attempt(what, ...)
  local results = table.pack(pcall(what, ...))
  for i = 2, results.n do
    local value = results[i]
    print(value)
    log.warn(tostring(value))
    log.info("got " .. tostring(value))
    collected[#collected + 1] = value
  end
  return results[2]
end

step("Say it", function()
  print(joined, all, list)
  log.info(joined)
  log.warn(all)
  print(json.encode(all), yaml.encode(all), text.table({ list }), base64.encode(joined), hash.sha256(joined))
  for _, s in ipairs(list) do
    attempt(function() return s .. "", "a" .. s, ("%s"):format(s), tostring(s), { s, [1] = { s } } end)
    attempt(error, s)
    attempt(error, { message = s })
    attempt(function() error("with " .. s) end)
    attempt(fail, s)
    attempt(fail, { message = "x", remedy = tostring(s), result = { s } })
    attempt(step, s, function() end)
    attempt(step, tostring(s), { allow_failure = true }, function() error(s) end)
    attempt(function() return #s, s:byte(1, -1) end)
    attempt(function() return exec.run({ "echo", s }) end)
    attempt(function() return exec.run({ "sh", "-c", "echo " .. s }) end)
    attempt(function() return http.get("http://127.0.0.1:1/?q=" .. s) end)
    attempt(function() return fs.read(s) end)
    attempt(require, s)
  end
end)

for _, mode in ipairs { "raw", "bytes", "base64", "digits", "quoted", "fail" } do
  step("A child says it: " .. mode, { allow_failure = true }, function()
    local result = attempt(exec.run, { "leak.py", mode }, { env = variables, check = mode == "fail" })
    if type(result) == "table" then
      print(result.stdout, result.stderr)
      attempt(exec.run, { "cat" }, { stdin = result.stdout })
      attempt(exec.run, { "sh", "-c", "printf %s \"$T\"" }, { env = { T = result.stdout:sub(1, 50000) } })
    end
    attempt(exec.run, { "leak.py", mode .. "-input" }, { stdin = joined, read = true, title = "say it" })
    if mode == "fail" then exec.run({ "leak.py", "fail" }, { env = variables }) end
  end)
end

step("Files", function()
  fs.mkdir("product")
  for _, name in ipairs(names) do
    local path = "product/" .. name
    fs.write { path = path, text = secrets[name] }
    attempt(fs.read, path)
    attempt(fs.template, { file = path, values = {} })
    attempt(fs.template, { text = "key={{k}}", values = { k = secrets[name] } })
    attempt(exec.run, { "cat", path })
    -- Written over, it has an undo; the old text must not get into the journal.
    fs.write { path = path, text = "other " .. secrets[name] }
    attempt(yaml.decode, fs.read(path))
  end
end)

step("Web", { allow_failure = true }, function()
  local address = "http://127.0.0.1:" .. params.port
  for _, s in ipairs(list) do
    attempt(http.request, { url = address .. "/x", method = "POST", body = s, headers = { authorization = s } })
    attempt(http.request, { url = address .. "/fail", method = "POST", json = { key = s, list = { s, "a" .. s } } })
  end
  attempt(http.request, { url = address .. "/all", method = "POST", body = base64.encode(joined) })
end)

step("AI", function()
  local answer = ai.ask { prompt = "What is " .. joined .. "?", env = variables, tool = "own" }
  print(answer.text, answer.reason)
  attempt(ai.ask, { prompt = answer.text, tool = "own" })
end)

step("Cluster", { allow_failure = true }, function()
  kubectl.ensure_namespace { name = params.namespace }
  kubectl.ensure_secret { name = "all", namespace = params.namespace, from = all }
  kubectl.ensure_secret { name = "all", namespace = params.namespace, from = { ONE = list[1] } }
  kubectl.ensure_secret { name = "all", namespace = params.namespace, from = all }
  local data = {}
  for name, s in pairs(all) do data[name] = base64.encode(s) end
  attempt(kubectl.apply, { namespace = params.namespace,
    manifest = { apiVersion = "v1", kind = "Secret", metadata = { name = "applied" }, data = data } })
  attempt(kubectl.apply, { namespace = params.namespace,
    manifest = { apiVersion = "v1", kind = "Secret", metadata = { name = "wrong" }, data = texts } })
  attempt(kubectl.apply, { namespace = params.namespace, text = "apiVersion: v1\nkind: " .. table.concat(list, " ") })
  attempt(kubectl.apply, { namespace = params.namespace,
    manifest = { apiVersion = "v1", kind = "ConfigMap", metadata = { name = "map" }, data = texts } })
  attempt(kubectl.ensure_configmap, { name = "map2", namespace = params.namespace, from = texts })
  attempt(kubectl.get, { resource = "secret/all", namespace = params.namespace })
  attempt(kubectl.get, { resource = "secrets,configmaps", namespace = params.namespace })
  attempt(kubectl.list, { resource = "secrets", namespace = params.namespace })
  attempt(kubectl.describe, { resource = "configmap/map", namespace = params.namespace })
  attempt(exec.run, { "kubectl", "get", "secret,configmap", "-n", params.namespace, "-o", "yaml" })
  attempt(exec.run, { "kubectl", "get", "secret", "-n", params.namespace, "-o", "json" }, { read = true })
end)

step("Charts", { allow_failure = true }, function()
  local values = { keys = texts, list = list }
  attempt(helm.template, { release = "one", chart = "chart", values = values, namespace = params.namespace })
  attempt(helm.upgrade, { release = "one", chart = "chart", values = values, namespace = params.namespace })
  attempt(helm.get_values, { release = "one", namespace = params.namespace })
  attempt(helm.get_manifest, { release = "one", namespace = params.namespace })
  values.broken = true
  attempt(helm.upgrade, { release = "one", chart = "chart", values = values, namespace = params.namespace })
end)

step("Images", { allow_failure = true }, function()
  attempt(docker.build, { tag = "leak:1", context = "chart", file = "chart/Dockerfile", secrets = all })
  attempt(docker.login, { username = "me", password = joined, registry = "registry.example" })
  attempt(docker.run, { image = "leak:1", variables = all, detach = true, name = "leak" })
  attempt(docker.inspect, { name = "leak" })
end)

parallel {
  left = function() attempt(exec.run, { "leak.py", "raw" }, { env = variables }) end,
  right = function()
    local made = secret.random { name = "MADE", length = 20 }
    attempt(exec.run, { "cat" }, { stdin = "new " .. made .. joined })
  end,
}

step("The end", function()
  fail { message = "it is over", result = { all = all, list = list, joined = joined, collected = collected },
    remedy = "ask " .. tostring(joined) }
end)
