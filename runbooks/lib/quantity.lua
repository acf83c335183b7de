--- Kubernetes quantities (`500m`, `24Mi`, `1e3`) as numbers and back.
-- https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
local quantity = {}

local factors = {
  [""] = 1, n = 1e-9, u = 1e-6, m = 1e-3, k = 1e3, M = 1e6, G = 1e9, T = 1e12, P = 1e15, E = 1e18,
  Ki = 2 ^ 10, Mi = 2 ^ 20, Gi = 2 ^ 30, Ti = 2 ^ 40, Pi = 2 ^ 50, Ei = 2 ^ 60,
}

--- The number that a quantity stands for (cores, bytes, a count), or nil when the value is none.
function quantity.parse(value)
  if type(value) == "number" then return value end
  if type(value) ~= "string" then return nil end
  if value:find("^[+-]?%d+%.?%d*[eE][+-]?%d+$") then return tonumber(value) end
  local digits, suffix = value:match("^([+-]?%d*%.?%d*)(%a*)$")
  local number, factor = tonumber(digits), factors[suffix or "?"]
  if not number or not factor then return nil end
  return number * factor
end

--- As `parse`, for a quantity that somebody wrote: 0 where none is given, an error where it is not one or is negative.
function quantity.read(value)
  if value == nil then return 0 end
  local number = quantity.parse(value)
  if not number or number < 0 then
    error(("%q is no Kubernetes quantity such as 250m or 512Mi"):format(tostring(value)), 2)
  end
  return number
end

--- Memory as `24Mi`, with one decimal where it is not whole.
function quantity.memory(bytes)
  local units = { "Ki", "Mi", "Gi", "Ti", "Pi" }
  local value, unit = bytes, ""
  for _, name in ipairs(units) do
    if value < 1024 then break end
    value, unit = value / 1024, name
  end
  if value == math.floor(value) then return string.format("%d%s", value, unit) end
  return string.format("%.1f%s", value, unit)
end

--- Processor time as `2` cores or `250m`.
function quantity.cpu(cores)
  local milli = math.floor(cores * 1000 + 0.5)
  if milli % 1000 == 0 then return tostring(milli // 1000) end
  return milli .. "m"
end

--- The quantity in the notation of its resource.
function quantity.format(resource, value)
  if resource == "cpu" or resource:match("%.cpu$") then return quantity.cpu(value) end
  if resource:match("memory$") or resource:match("storage$") then return quantity.memory(value) end
  return string.format("%g", value)
end

--- Cores in a sentence: "1.3 CPU".
function quantity.show_cpu(cores)
  return (("%.2f"):format(cores):gsub("%.?0+$", "")) .. " CPU"
end

--- Bytes in a sentence: "640 MiB".
function quantity.show_memory(bytes)
  if bytes >= 2 ^ 30 and bytes % 2 ^ 30 == 0 then return ("%d GiB"):format(bytes // 2 ^ 30) end
  return ("%.0f MiB"):format(bytes / 2 ^ 20)
end

return quantity
