--- Breaks text into lines for a terminal, at spaces and, where a word is longer than a line, inside it.
local wrap = {}

--- The number of characters of a text, not of its bytes; bytes that are no UTF-8 count one each.
function wrap.length(text)
  return utf8.len(text) or #text
end

--- The first `count` characters of a text and the rest, never cut inside a character.
local function split(text, count)
  local at = utf8.len(text) and utf8.offset(text, count + 1) or count + 1
  return text:sub(1, at - 1), text:sub(at)
end

--- The lines of a text, none longer than `width` characters; of more than `most` lines the last ends with `…`.
function wrap.lines(text, width, most)
  local lines, current = {}, ""
  for word in text:gmatch("%S+") do
    local candidate = current == "" and word or current .. " " .. word
    if wrap.length(candidate) <= width then
      current = candidate
    else
      if current ~= "" then lines[#lines + 1] = current end
      local head, rest = nil, word
      while wrap.length(rest) > width do
        head, rest = split(rest, width)
        lines[#lines + 1] = head
      end
      current = rest
    end
  end
  if current ~= "" then lines[#lines + 1] = current end
  if #lines > most then
    local last = lines[most]
    if wrap.length(last) >= width then last = split(last, width - 1) end
    lines[most] = last .. "…"
    for i = #lines, most + 1, -1 do lines[i] = nil end
  end
  return lines
end

return wrap
