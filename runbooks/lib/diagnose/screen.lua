--- A result as a person reads it in a terminal: worst first, the cause, what was seen, the next command.
local words = require "diagnose.words"
local wrap = require "diagnose.wrap"

local screen = {}

-- Fits the narrowest usual terminal. Commands are left whole, so that they can be copied.
local line_width = 79
local label_width = 12
local shown_evidence = 4
local lines_of_a_row = 3

--- Pads by characters, not bytes.
local function pad(text, width)
  return text .. (" "):rep(width - wrap.length(text))
end

--- Whether the message already says a line.
local function is_said(finding, line)
  return finding.message:find(line, 1, true) ~= nil or finding.because == line or line:find("^ended %d") ~= nil
end

local function rows_of(finding)
  local rows = {}
  local function row(label, text)
    for i, line in ipairs(wrap.lines(text, line_width - label_width, lines_of_a_row)) do
      rows[#rows + 1] = pad("   " .. (i == 1 and label or ""), label_width) .. line
    end
  end
  local label, count = "seen", 0
  for _, line in ipairs(finding.evidence) do
    if count < shown_evidence and not is_said(finding, line) then
      row(label, line)
      label, count = "", count + 1
    end
  end
  local pods = words.pods(finding)
  if pods then row("pods", pods) end
  if finding.because then row("because", finding.because) end
  label = "also"
  for _, line in ipairs(finding.consequences) do
    -- what the same object shows besides is in its evidence
    if line:sub(1, #finding.object + 1) ~= finding.object .. ":" then
      row(label, line)
      label = ""
    end
  end
  label = "try"
  for i, command in ipairs(finding.suggestions) do
    if i <= 2 then rows[#rows + 1] = pad("   " .. label, label_width) .. command end
    label = ""
  end
  return rows
end

local function finding_lines(number, finding, width, shows_namespace)
  local object = shows_namespace and finding.namespace and finding.namespace .. "/" .. finding.object or finding.object
  local title = words.title(finding)
  if finding.severity == "warning" then title = "warning: " .. title end
  local head = ("%s  %s   %s"):format(number, pad(object, width), title)
  local lines, change = { head }, finding.change
  if change then
    local whole = head .. "   " .. change
    if wrap.length(whole) <= line_width then lines[1] = whole else lines[2] = "   " .. change end
  end
  for _, line in ipairs(wrap.lines(finding.message, line_width - 3, lines_of_a_row)) do lines[#lines + 1] = "   " .. line end
  for _, line in ipairs(rows_of(finding)) do lines[#lines + 1] = line end
  return lines
end

--- What could not be checked; what one and the same account may not read stands in one line.
local function note_lines(notes)
  local forbidden, lines = {}, {}
  for _, note in ipairs(notes) do
    local what = note:match("^could not check (.-): forbidden")
    if what then forbidden[#forbidden + 1] = what end
    lines[#lines + 1] = note
  end
  if #forbidden > 3 then
    local others = {}
    for _, note in ipairs(notes) do
      if not note:find("^could not check .-: forbidden") then others[#others + 1] = note end
    end
    lines = others
    table.insert(lines, 1, ("could not check %s: forbidden"):format(table.concat(forbidden, ", ")))
  end
  local wrapped = {}
  for _, note in ipairs(lines) do
    for _, line in ipairs(wrap.lines(note, line_width, 10)) do wrapped[#wrapped + 1] = line end
  end
  return wrapped
end

--- The picture of the nodes, one line each: requested against allocatable.
function screen.capacity(nodes)
  if #nodes == 0 then return nil end
  local lines, width = { "Nodes, requested of allocatable" }, 8
  for _, node in ipairs(nodes) do width = math.max(width, wrap.length(node.name)) end
  for _, node in ipairs(nodes) do
    lines[#lines + 1] = ("   %s   cpu %s of %s (%d%%)   memory %s of %s (%d%%)"):format(pad(node.name, width), node.cpu.requested,
      node.cpu.allocatable, node.cpu.percent, node.memory.requested, node.memory.allocatable, node.memory.percent)
    lines[#lines + 1] = ("   %s   pods %d of %d   fits %s"):format((" "):rep(width), node.pods, node.pods_allocatable, node.fits)
  end
  return table.concat(lines, "\n")
end

--- The result as text.
function screen.text(result)
  local blocks, width = {}, 12
  for _, finding in ipairs(result.findings) do
    local object = not result.namespace and finding.namespace and finding.namespace .. "/" .. finding.object
      or finding.object
    width = math.max(width, #object)
  end
  width = math.min(width, 40)
  local summary = words.summary(result.findings)
  local head = summary and ("%s: %s"):format(words.scope(result), summary)
    or ("%s: nothing is wrong"):format(words.scope(result))
  if result.checked then
    local whole = ("%s   (%s)"):format(head, result.checked)
    head = wrap.length(whole) <= line_width and whole or ("%s\n%s"):format(head, result.checked)
  end
  if result.recorded then head = ("%s\nrecorded: judged as of %s"):format(head, result.judged_at) end
  blocks[1] = head
  for i, finding in ipairs(result.findings) do
    blocks[#blocks + 1] = table.concat(finding_lines(i, finding, width, not result.namespace), "\n")
  end
  local capacity = screen.capacity(result.nodes or {})
  if capacity then blocks[#blocks + 1] = capacity end
  if #result.notes > 0 then blocks[#blocks + 1] = table.concat(note_lines(result.notes), "\n") end
  if result.opinion then
    local lines = { ("Second opinion by %s, not checked"):format(result.opinion.tool) }
    for paragraph in result.opinion.text:gmatch("[^\n]+") do
      for _, line in ipairs(wrap.lines(paragraph, line_width - 3, 40)) do lines[#lines + 1] = "   " .. line end
    end
    blocks[#blocks + 1] = table.concat(lines, "\n")
  end
  return table.concat(blocks, "\n\n")
end

--- What changed between two results, one line each: `+` for what is new, `-` for what is gone.
function screen.difference(before, after)
  local function by_key(result)
    local map = {}
    for _, finding in ipairs(result.findings) do
      map[(finding.namespace or "") .. " " .. finding.class .. " " .. finding.object] = finding
    end
    return map
  end
  local old, new, heads, details = by_key(before), by_key(after), {}, {}
  for key, finding in pairs(new) do
    if not old[key] then
      local head = ("+ %s   %s"):format(finding.object, words.title(finding))
      heads[#heads + 1], details[head] = head, finding.message
    end
  end
  for key, finding in pairs(old) do
    if not new[key] then heads[#heads + 1] = ("- %s   %s   is over"):format(finding.object, words.title(finding)) end
  end
  table.sort(heads)
  local lines = {}
  for _, head in ipairs(heads) do
    lines[#lines + 1] = head
    for _, line in ipairs(wrap.lines(details[head] or "", line_width - 2, lines_of_a_row)) do lines[#lines + 1] = "  " .. line end
  end
  return lines
end

return screen
