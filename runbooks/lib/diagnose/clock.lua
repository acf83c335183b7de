--- Times: RFC 3339 text to epoch seconds and back, and durations in words.
-- Pure Lua, so that a diagnosis of a recorded cluster needs no clock of the host.
local clock = {}

local parsed = {}
local days_before_month = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 }

--- Days between 1970-01-01 and a date of the Gregorian calendar.
local function days_since_epoch(year, month, day)
  local leap_year = month > 2 and year or year - 1
  local leaps = leap_year // 4 - leap_year // 100 + leap_year // 400 - 477
  return (year - 1970) * 365 + leaps + days_before_month[month] + day - 1
end

--- Epoch seconds of an RFC 3339 time, or nil when the text is none.
function clock.parse(text)
  if type(text) ~= "string" then return nil end
  local known = parsed[text]
  if known ~= nil then return known or nil end
  local year, month, day, hour, minute, second, fraction, zone =
    text:match("^(%d%d%d%d)-(%d%d)-(%d%d)[Tt ](%d%d):(%d%d):(%d%d)(%.?%d*)(.*)$")
  if not year or not days_before_month[tonumber(month)] then
    parsed[text] = false
    return nil
  end
  local seconds = days_since_epoch(tonumber(year), tonumber(month), tonumber(day)) * 86400
    + tonumber(hour) * 3600 + tonumber(minute) * 60 + tonumber(second) + (tonumber("0" .. fraction) or 0)
  local sign, zone_hours, zone_minutes = zone:match("^([+-])(%d%d):?(%d%d)$")
  if sign then
    local offset = tonumber(zone_hours) * 3600 + tonumber(zone_minutes) * 60
    seconds = sign == "+" and seconds - offset or seconds + offset
  end
  parsed[text] = seconds
  return seconds
end

--- The RFC 3339 text (UTC, whole seconds) of epoch seconds.
function clock.format(seconds)
  local whole = math.floor(seconds)
  local days, rest = whole // 86400, whole % 86400
  -- Howard Hinnant's civil-from-days, with March as the first month so that the leap day is the last
  local shifted = days + 719468
  local era = shifted // 146097
  local day_of_era = shifted % 146097
  local year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096) // 365
  local day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
  local shifted_month = (5 * day_of_year + 2) // 153
  local day = day_of_year - (153 * shifted_month + 2) // 5 + 1
  local month = shifted_month < 10 and shifted_month + 3 or shifted_month - 9
  local year = year_of_era + era * 400 + (month <= 2 and 1 or 0)
  return string.format("%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day, rest // 3600, rest % 3600 // 60, rest % 60)
end

--- `14:02 UTC`, or with the day when it is more than 20 hours from `now`.
function clock.short(seconds, now)
  local text = clock.format(seconds)
  if now and math.abs(now - seconds) > 72000 then
    return text:sub(1, 10) .. " " .. text:sub(12, 16) .. " UTC"
  end
  return text:sub(12, 16) .. " UTC"
end

--- A duration in its largest fitting unit: `45 s`, `3 min`, `5 h`, `9 days`.
function clock.duration(seconds)
  local value = math.max(0, math.floor(seconds))
  if value < 120 then return value .. " s" end
  if value < 7200 then return value // 60 .. " min" end
  if value < 172800 then return value // 3600 .. " h" end
  return value // 86400 .. " days"
end

--- The later of two times, either of which may be nil.
function clock.latest(a, b)
  if not a then return b end
  if not b then return a end
  return a > b and a or b
end

--- The earlier of two times, either of which may be nil.
function clock.earliest(a, b)
  if not a then return b end
  if not b then return a end
  return a < b and a or b
end

return clock
