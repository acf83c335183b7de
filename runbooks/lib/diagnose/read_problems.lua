--- What kubectl's errors say about a read: out of reach, not let in, no such kind.
local problems = {}

-- Texts after which nothing else can be read either, and the one line that a person needs.
local out_of_reach = {
  { "context was not found", "the kube context does not exist", "kubectl config get-contexts" },
  { "context \"[^\"]+\" does not exist", "the kube context does not exist", "kubectl config get-contexts" },
  -- where kubectl looks when it has no kubeconfig at all
  { "server localhost:8080 was refused", "no kube context is set", "start a cluster, or give --context" },
  { "no configuration has been provided", "no kube context is set", "start a cluster, or give --context" },
  { "invalid configuration", "the kubeconfig is not valid", "kubectl config view" },
  { "error loading config file", "the kubeconfig is not valid", "kubectl config view" },
  { "You must be logged in to the server", "the account's token is not valid, or has expired",
    "log in to the cluster again" },
  { "Unauthorized", "the account's token is not valid, or has expired", "log in to the cluster again" },
  { "getting credentials", "the account's credentials cannot be had", "log in to the cluster again" },
  { "connection to the server .- was refused", "the cluster is not reachable", "start it, or check the kube context" },
  { "Unable to connect to the server", "the cluster is not reachable", "start it, or check the kube context" },
  { "i/o timeout", "the cluster does not answer", "check the network and the kube context" },
  { "connection refused", "the cluster is not reachable", "start it, or check the kube context" },
  { "no such host", "the cluster's name cannot be resolved", "check the kube context" },
  { "certificate signed by unknown authority", "the cluster's certificate is not trusted", "check the kube context" },
}

local function error_lines(text)
  local lines = {}
  for line in (text or ""):gmatch("[^\n]+") do
    -- discovery of an aggregated API that is down is logged and does not end the read
    if not line:find("^[EWI]%d%d%d%d ") then lines[#lines + 1] = line end
  end
  return lines
end

--- The resource that the server does not know, when that is the error; else nil.
function problems.unknown_resource(stderr)
  for _, line in ipairs(error_lines(stderr)) do
    local name = line:match('doesn\'t have a resource type "([^"]+)"')
    if name then return name end
  end
  return nil
end

--- Ends the run with exit code 3 and one line when the error means that nothing can be read.
function problems.stop_if_out_of_reach(stderr)
  for _, line in ipairs(error_lines(stderr)) do
    if not line:find("orbidden", 1, true) and not line:find("^Error from server %(NotFound%)") then
      for _, entry in ipairs(out_of_reach) do
        if line:find(entry[1]) then
          fail { message = ("%s: %s"):format(entry[2], (line:gsub("^error: ", ""):gsub("^Error: ", ""))), remedy = entry[3],
            exit = 3 }
        end
      end
    end
  end
end

local function resource_in(line)
  return line:match('cannot list resource "([^"]+)"') or line:match('Resource=([%w%.]+)')
    or line:match("%): ([%w%.]+) is forbidden")
end

--- Whether an error does not say which resource it is about, so that any that did not come may be meant.
function problems.is_nameless(stderr)
  for _, line in ipairs(error_lines(stderr)) do
    if line:find("^Error from server") and not line:find("NotFound", 1, true) and not resource_in(line) then
      return true
    end
  end
  return false
end

--- The kinds of a read that could not be read, with the reason: `{ ResourceQuota = "forbidden …" }`.
-- `kinds` maps kinds to resources. A kind that the server does not serve is no kind that could not be checked.
function problems.unreadable(kinds, stderr, has_value)
  local found, named = {}, false
  for _, line in ipairs(error_lines(stderr)) do
    local resource = resource_in(line)
    local reason = line:find("orbidden", 1, true) and "forbidden" or line:find("NotFound", 1, true) and "not served" or line
    for kind, name in pairs(kinds) do
      if resource and name:match("^[^.]+") == resource:match("^[^.]+") then
        named = true
        if reason ~= "not served" then
          found[kind] = reason == "forbidden"
            and ("forbidden (list %s%s)"):format(name, line:match('in the namespace "[^"]+"') and
            " in " .. line:match('in the namespace "([^"]+)"') or "") or reason
        end
      end
    end
  end
  -- an error that names no resource may be any kind's
  if not named and not has_value then
    for kind in pairs(kinds) do found[kind] = error_lines(stderr)[1] or "the read failed" end
  end
  return found
end

return problems
