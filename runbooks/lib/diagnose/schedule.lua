--- Cron schedules: whether Kubernetes can read one, and how far apart its runs are.
-- https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
local schedule = {}

local hour = 3600
local macros = {
  ["@hourly"] = hour, ["@daily"] = 24 * hour, ["@midnight"] = 24 * hour, ["@weekly"] = 168 * hour,
  ["@monthly"] = 31 * 24 * hour,
  ["@yearly"] = 366 * 24 * hour, ["@annually"] = 366 * 24 * hour,
}
local names = {}
for i, name in ipairs { "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec" } do
  names[name] = i
end
for i, name in ipairs { "sun", "mon", "tue", "wed", "thu", "fri", "sat" } do names[name] = i - 1 end

local ranges = { { "minute", 0, 59 }, { "hour", 0, 23 }, { "day of the month", 1, 31 }, { "month", 1, 12 },
  { "day of the week", 0, 7 } }
local units = { s = 1, m = 60, h = hour }

local function number(text)
  return tonumber(text) or names[text:lower()]
end

--- The values of one field as a set, or nil and what is wrong.
local function values(field, range)
  local set = {}
  for term in (field .. ","):gmatch("(.-),") do
    local body, step = term:match("^(.-)/(%d+)$")
    body = body or term
    local from, to = range[2], range[3]
    if body ~= "*" and body ~= "?" then
      local first, last = body:match("^(%w+)%-(%w+)$")
      from = number(first or body)
      to = last and number(last) or step and range[3] or from
      if not from or not to then return nil, ("%q is no %s"):format(body, range[1]) end
    end
    if from < range[2] or to > range[3] or from > to or step == "0" then
      return nil, ("%s %q is out of its range %d-%d"):format(range[1], body, range[2], range[3])
    end
    for value = from, to, math.tointeger(tonumber(step)) or 1 do set[value] = true end
  end
  return set
end

local function duration(text)
  local total, rest = 0, text
  while rest ~= "" do
    local amount, unit, remaining = rest:match("^(%d+%.?%d*)([smh])(.*)$")
    if not amount then return nil end
    total, rest = total + tonumber(amount) * units[unit], remaining
  end
  return total > 0 and total or nil
end

local function fields_of(text)
  local list = {}
  for field in text:gmatch("%S+") do list[#list + 1] = field end
  return list
end

--- What is wrong with a schedule or time zone, or nil. A time zone is judged by its form only.
function schedule.problem(text, zone)
  if zone and not zone:find("^[%a][%w_+-]*/?[%w_+/-]*$") then return ("unknown time zone %q"):format(zone) end
  if text:find("^@") then
    local every = text:match("^@every%s+(%S+)$")
    if every and duration(every) or macros[text:lower()] then return nil end
    return ("unrecognized descriptor %q"):format(text)
  end
  local fields = fields_of((text:gsub("^C?R?O?N?_?TZ=%S+%s+", "")))
  if #fields ~= 5 then return ("expected exactly 5 fields, found %d: %q"):format(#fields, text) end
  for i, field in ipairs(fields) do
    local _, problem = values(field, ranges[i])
    if problem then return problem end
  end
  return nil
end

--- The widest gap between neighbouring values of a field, going round from the last to the first.
local function widest_gap(set, range)
  local size = range[3] - range[2] + 1
  local first, previous, widest
  for value = range[2], range[3] do
    if set[value] then
      if previous then widest = math.max(widest or 0, value - previous) end
      first, previous = first or value, value
    end
  end
  if not first then return size end
  return math.max(widest or 0, first + size - previous)
end

--- The longest time in seconds between two runs, roughly: what has to pass before a run is missed.
function schedule.interval(text)
  if macros[text:lower()] then return macros[text:lower()] end
  local every = text:match("^@every%s+(%S+)$")
  if every then return duration(every) or hour end
  local day = 24 * hour
  local seconds = { 60, hour, day, 31 * day, day }
  local longest = 60
  for i, field in ipairs(fields_of((text:gsub("^C?R?O?N?_?TZ=%S+%s+", "")))) do
    local range = i == 5 and { "day of the week", 0, 6 } or ranges[i]
    local set = values(field, ranges[i]) or {}
    if i == 5 and set[7] then set[0] = true end
    local gap = widest_gap(set, range)
    if gap > 1 then longest = math.max(longest, gap * seconds[i]) end
  end
  return longest
end

return schedule
