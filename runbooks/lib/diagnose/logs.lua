--- Picks the lines that tell the cause out of a log.
-- Each line gets the score of the strongest pattern that it matches; the latest line of the best score wins.
local logs = {}

-- Plain text in lower case, so that a line costs no pattern matching; the strongest first.
local causes = {
  { 100, "exec format error" }, { 99, "panic:" }, { 99, "panicked at" }, { 98, "fatal error:" },
  { 96, "caused by:" }, { 94, "exception in thread" }, { 94, "unhandled exception" }, { 94, "uncaught" },
  { 93, "unhandledpromiserejection" }, { 92, "segmentation fault" }, { 92, "core dumped" },
  { 92, "out of memory" }, { 92, "outofmemoryerror" }, { 92, "cannot allocate memory" },
  { 90, "no space left on device" }, { 90, "read-only file system" }, { 89, "address already in use" },
  { 89, "eaddrinuse" },
  { 88, "permission denied" }, { 88, "eacces" }, { 88, "operation not permitted" }, { 88, "access denied" },
  { 87, "cannot find module" }, { 87, "no module named" }, { 87, "classnotfoundexception" },
  { 87, "could not find or load main class" },
  { 86, "no such file or directory" }, { 86, "enoent" }, { 86, "command not found" }, { 86, ": not found" },
  { 86, "executable file not found" }, { 85, "can not locate revision" }, { 85, "can't locate revision" },
  { 84, "connection refused" }, { 84, "econnrefused" }, { 84, "no such host" }, { 84, "enotfound" },
  { 84, "could not translate host name" }, { 84, "name or service not known" },
  { 84, "temporary failure in name resolution" },
  { 84, "getaddrinfo" }, { 84, "connection timed out" }, { 84, "etimedout" }, { 84, "no route to host" },
  { 84, "network is unreachable" },
  { 83, "x509:" }, { 83, "certificate" }, { 83, "authentication failed" }, { 83, "password authentication" },
  { 83, "unauthorized" }, { 83, "forbidden" }, { 82, "does not exist" }, { 82, "is not set" }, { 82, "not set" },
  { 82, "must be set" }, { 82, "is required" }, { 82, "missing required" }, { 82, "undefined variable" },
  { 82, "invalid configuration" },
  { 82, "unknown flag" }, { 82, "unrecognized option" }, { 82, "unrecognized argument" }, { 81, "syntax error" },
  { 80, "deadline exceeded" }, { 78, "deadlock" }, { 78, "migration failed" }, { 70, "killed" },
  { 66, "fatal" }, { 66, "critical" }, { 50, "error" }, { 45, "failed" }, { 45, "cannot" }, { 45, "unable to" },
  { 45, "exception" },
}

-- What speaks against a line: it only counts errors, or says that all is well.
local harmless = { "0 error", "errors=0", "errors: 0", "no error", "error_log", "without error", "error handler",
  "errorhandler",
  "error_page", "deprecat" }

local function plain(line)
  return (line:gsub("\27%[[%d;]*[A-Za-z]", ""):gsub("\r", ""))
end

--- The message of a structured line, and its level; nil for a line that is no JSON object.
local function structured(line)
  if line:sub(1, 1) ~= "{" then return nil end
  local function field(...)
    for _, name in ipairs { ... } do
      local value = line:match('"' .. name .. '"%s*:%s*"(.-[^\\])"')
      if value then return (value:gsub('\\"', '"'):gsub("\\n.*", "")) end
    end
  end
  local message = field("msg", "message", "event", "log")
  if not message then return nil end
  local problem = field("error", "err", "exception", "exc_info", "reason")
  if problem then message = message .. ": " .. problem end
  return message, (field("level", "severity", "lvl", "levelname") or ""):lower()
end

local function level_of(lower)
  local level = lower:match("level=(%a+)") or lower:match("^%S*%s*%S*%s*%[?(%a+)%]?[%s:]")
  if level == "info" or level == "debug" or level == "trace" or level == "notice" then return "quiet" end
  if lower:find("^i%d%d%d%d ") or lower:find("[%[%s]info[%]%s:]") or lower:find("[%[%s]debug[%]%s:]") then return "quiet" end
  if lower:find("[%[%s]warn%a*[%]%s:]") or lower:find("^warn") then return "warning" end
  return nil
end

--- How strongly a line tells a cause: 0 for nothing, 100 at most.
function logs.score(line)
  local lower = line:lower()
  local best = 0
  for _, cause in ipairs(causes) do
    if cause[1] <= best then break end
    if lower:find(cause[2], 1, true) then best = cause[1] end
  end
  -- the exception line of Python, Java, Ruby and JavaScript: `package.SomeError: message`
  if line:find("^%s*[%a_][%w_%.]*Error:?%s*") or line:find("^%s*[%a_][%w_%.]*Exception:?%s*")
    or line:find("^[%a_][%w_]*%.[%w_%.]+:%s") and not line:find("^%S+%.%a+:%d") then
    best = math.max(best, 91)
  end
  if best == 0 then return 0 end
  -- a frame of a stack trace names a place, not a cause
  if line:find("^%s+at ") or line:find("^%s+File \"") or line:find("^%s*goroutine %d") then return 0 end
  for _, text in ipairs(harmless) do
    if lower:find(text, 1, true) and best < 80 then return 0 end
  end
  local level = level_of(lower)
  if level == "quiet" then return best // 4 end
  if level == "warning" then return best // 2 end
  return best
end

local function clip(line)
  line = line:match("^%s*(.-)%s*$")
  return #line > 300 and line:sub(1, 297) .. "..." or line
end

--- Whether what came in place of a log says that there is none.
function logs.is_missing(text)
  return text == nil or text == "" or text:find("^unable to retrieve container logs") ~= nil
    or text:find("previous terminated container", 1, true) ~= nil or text:find("^%s*$") ~= nil
end

local function readable_lines(text)
  local lines = {}
  for raw in text:gmatch("[^\n]+") do
    local line = plain(raw)
    if line:find("%S") then lines[#lines + 1] = line end
  end
  return lines
end

local function scored(line)
  local message, level = structured(line)
  if not message then return line, logs.score(line) end
  local score = logs.score(message)
  if level == "fatal" or level == "panic" or level == "critical" then score = math.max(score, 90) end
  if level == "error" then score = math.max(score, 75) end
  if level == "info" or level == "debug" then score = score // 4 end
  return message, score
end

--- The lines that tell the cause: `{ cause = line, lines = { … } }`, or nil when the log has nothing to say.
-- `cause` is nil when no line matched; `lines` then holds the last two.
function logs.decisive(text)
  if logs.is_missing(text) then return nil end
  local lines = readable_lines(text)
  local best, best_score, tail_of_trace = nil, 0, false
  local picked = {}
  for _, raw in ipairs(lines) do
    local line, score = scored(raw)
    -- the last line of a Python traceback is the exception, whatever its name
    if raw:find("^Traceback %(most recent call last%)") then
      tail_of_trace = true
    elseif tail_of_trace and raw:find("^%S") then
      score, tail_of_trace = math.max(score, 97), false
    end
    if score >= 40 then picked[#picked + 1] = { clip(line), score } end
    if score > 0 and score >= best_score then best, best_score = clip(line), score end
  end
  if best and best_score >= 20 then
    local shown = { best }
    for i = #picked, 1, -1 do
      if #shown < 3 and picked[i][1] ~= best and picked[i][2] >= best_score - 15 then shown[#shown + 1] = picked[i][1] end
    end
    return { cause = best, lines = shown }
  end
  local last = {}
  for i = math.max(1, #lines - 1), #lines do last[#last + 1] = clip(lines[i]) end
  return { lines = last }
end

--- The log of a container that tells more: of the run that is asked for, and of the other one only where that has
-- nothing decisive. `read(previous)` gives a text or nil.
function logs.best(read, previous)
  local first = read(previous)
  local found = logs.decisive(first)
  if found and found.cause then return first end
  local second = read(not previous)
  local other = logs.decisive(second)
  if other and (other.cause or not found) then return second end
  return first
end

return logs
