--- A result as a person reads it in a terminal: worst first, the cause, what was seen, the next command.
local words = require "diagnose.words"

local screen = {}

local line_width = 150
local shown_evidence = 4

local function clip(text)
  text = text:gsub("%s+", " ")
  if utf8.len(text) and utf8.len(text) <= line_width or #text <= line_width then return text end
  local cut = line_width - 1
  -- never inside a character
  while cut > 0 and text:byte(cut + 1) and text:byte(cut + 1) & 0xC0 == 0x80 do cut = cut - 1 end
  return text:sub(1, cut) .. "…"
end

--- Pads by characters, not bytes.
local function pad(text, width)
  return text .. (" "):rep(width - (utf8.len(text) or #text))
end

--- Whether the message already says a line.
local function is_said(finding, line)
  return finding.message:find(line, 1, true) ~= nil or finding.because == line or line:find("^ended %d") ~= nil
end

local function rows_of(finding)
  local rows, label = {}, "seen"
  local function row(name, text)
    rows[#rows + 1] = ("   %s %s"):format(pad(name, 8), clip(text))
  end
  local count = 0
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
    row(label, line)
    label = ""
  end
  label = "try"
  for i, line in ipairs(finding.suggestions) do
    if i <= 2 then row(label, line) end
    label = ""
  end
  return rows
end

local function finding_lines(number, finding, width, shows_namespace)
  local object = shows_namespace and finding.namespace and finding.namespace .. "/" .. finding.object or finding.object
  local title = words.title(finding)
  if finding.severity == "warning" then title = "warning: " .. title end
  local head = ("%s  %s   %s"):format(pad(tostring(number), 1), pad(object, width),
    finding.change and pad(title, 26) .. " " .. finding.change or title)
  local lines = { head, "   " .. clip(finding.message) }
  for _, row in ipairs(rows_of(finding)) do lines[#lines + 1] = row end
  return lines
end

--- The picture of the nodes, one line each: requested against allocatable.
function screen.capacity(nodes)
  if #nodes == 0 then return nil end
  local lines = { "Nodes, requested of allocatable" }
  for _, node in ipairs(nodes) do
    lines[#lines + 1] = ("   %s  cpu %s of %s (%d%%)   memory %s of %s (%d%%)   pods %d of %d   fits %s"):format(pad(node.name, 20), node.cpu.requested, node.cpu.allocatable,
      node.cpu.percent, node.memory.requested, node.memory.allocatable, node.memory.percent, node.pods,
        node.pods_allocatable, node.fits)
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
  width = math.min(width, 48)
  local summary = words.summary(result.findings)
  local head = summary and ("%s: %s"):format(words.scope(result), summary)
    or ("%s: nothing is wrong"):format(words.scope(result))
  if result.checked then head = ("%s   (%s)"):format(head, result.checked) end
  if result.recorded then head = ("%s\nrecorded: judged as of %s"):format(head, result.judged_at) end
  blocks[1] = head
  for i, finding in ipairs(result.findings) do
    blocks[#blocks + 1] = table.concat(finding_lines(i, finding, width, not result.namespace), "\n")
  end
  local capacity = screen.capacity(result.nodes or {})
  if capacity then blocks[#blocks + 1] = capacity end
  if #result.notes > 0 then blocks[#blocks + 1] = table.concat(result.notes, "\n") end
  if result.opinion then
    blocks[#blocks + 1] = ("Second opinion by %s, not checked\n   %s"):format(result.opinion.tool,
      (result.opinion.text:gsub("\n", "\n   ")))
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
  local old, new, lines = by_key(before), by_key(after), {}
  for key, finding in pairs(new) do
    if not old[key] then
      lines[#lines + 1] = ("+ %s   %s   %s"):format(finding.object, words.title(finding), clip(finding.message))
    end
  end
  for key, finding in pairs(old) do
    if not new[key] then lines[#lines + 1] = ("- %s   %s   is over"):format(finding.object, words.title(finding)) end
  end
  table.sort(lines)
  return lines
end

return screen
