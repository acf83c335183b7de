--- A support bundle: what was read, without secrets, as a snapshot that `--sim=DIR` opens.
local mask = require "diagnose.mask"
local objects = require "diagnose.objects"

local bundle = {}

-- base64 of "masked", in place of every value of a Secret
local masked_value = "bWFza2Vk"
local dropped_annotations = { ["kubectl.kubernetes.io/last-applied-configuration"] = true }
local secret_words = { "password", "passwd", "secret", "token", "key", "credential", "dsn", "database_url", "connection" }

local function names_a_secret(name)
  local lower = name:lower()
  for _, word in ipairs(secret_words) do
    if lower:find(word, 1, true) then return true end
  end
  return false
end

--- A copy of a value in which every text is masked, and literal environment variables that sound like a secret are.
local function redacted(value, key)
  if type(value) == "string" then return mask.text(value) end
  if type(value) ~= "table" then return value end
  local copy = {}
  for name, entry in pairs(value) do
    if key == "annotations" and dropped_annotations[name] then
      copy[name] = nil
    elseif key == "data" or key == "stringData" then
      copy[name] = "masked"
    else
      copy[name] = redacted(entry, name)
    end
  end
  if type(copy.name) == "string" and type(copy.value) == "string" and names_a_secret(copy.name) then copy.value = "***" end
  return copy
end

--- A Secret or ConfigMap of which only the names were read.
local function from_names(object)
  local value = object.kind == "Secret" and masked_value or "masked"
  local data = {}
  for key in pairs(objects.keys(object)) do data[key] = value end
  return { apiVersion = "v1", kind = object.kind, type = object.kind == "Secret" and object.type or nil,
    metadata = redacted(object.metadata, "metadata"),
    data = next(data) and data or nil }
end

--- The items of a snapshot, redacted, in the order of kind, namespace and name.
function bundle.items(snapshot)
  local items = {}
  for kind, list in pairs(snapshot.objects) do
    -- what a kubelet answered is no object of the API
    for _, object in ipairs(kind ~= "VolumeUsage" and list or {}) do
      items[#items + 1] = (kind == "Secret" or kind == "ConfigMap") and from_names(object) or redacted(object)
    end
  end
  local function order(object) return object.kind .. "/" .. objects.key(object.metadata.namespace, object.metadata.name) end
  table.sort(items, function(a, b) return order(a) < order(b) end)
  return items
end

--- The logs that were read, masked line by line: `{ ["pod/container"] = { current, previous } }`.
function bundle.logs(texts)
  local masked = {}
  for name, entry in pairs(texts or {}) do
    masked[name] = {}
    for run_name, text in pairs(entry) do
      masked[name][run_name] = text:gsub("[^\n]+", mask.text)
    end
  end
  return masked
end

--- The files of a bundle: a list of `{ name, text }`.
function bundle.files(snapshot, report, encode)
  return {
    { name = "objects.json", text = encode { items = bundle.items(snapshot) } },
    { name = "logs.json", text = encode(bundle.logs(snapshot.log_texts)) },
    { name = "report.md", text = report },
  }
end

return bundle
