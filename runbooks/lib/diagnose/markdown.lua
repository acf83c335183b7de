--- A result as Markdown, to paste into an incident.
local words = require "diagnose.words"

local markdown = {}

--- Text that Markdown must not read as markup.
local function escape(text)
  return (text:gsub("[\\`*_{}%[%]<>#|]", "\\%0"):gsub("\n", " "))
end

--- A line of code, with a fence that it does not contain.
local function code(text)
  local fence = "`"
  while text:find(fence, 1, true) do fence = fence .. "`" end
  local space = (text:find("^`") or text:find("`$")) and " " or ""
  return fence .. space .. text:gsub("\n", " ") .. space .. fence
end

local function list(lines, title, items, show)
  if #items == 0 then return end
  lines[#lines + 1] = "\n**" .. title .. "**\n"
  for _, item in ipairs(items) do lines[#lines + 1] = "- " .. show(item) end
end

local function add_finding(lines, number, finding)
  lines[#lines + 1] = ("\n## %d. %s: %s\n"):format(number, escape(finding.object), words.title(finding))
  lines[#lines + 1] = ("**%s** (%s%s)"):format(escape(finding.message), finding.severity,
    finding.change and ", " .. escape(finding.change) or "")
  if finding.because then lines[#lines + 1] = "\nBecause " .. escape(finding.because) .. "." end
  local pods = words.pods(finding)
  if pods then lines[#lines + 1] = "\n" .. escape(pods) end
  list(lines, "Evidence", finding.evidence, code)
  list(lines, "Consequences", finding.consequences, escape)
  if #finding.suggestions > 0 then
    lines[#lines + 1] = "\n**Next**\n\n```sh\n" .. table.concat(finding.suggestions, "\n") .. "\n```"
  end
  if finding.docs then lines[#lines + 1] = "\n[Documentation](" .. finding.docs .. ")" end
end

--- The report of a list of results, one a context or namespace.
function markdown.report(results)
  local lines = {}
  for _, result in ipairs(results) do
    lines[#lines + 1] = ("# Diagnosis of %s\n"):format(escape(words.scope(result)))
    lines[#lines + 1] = ("%s, as of %s."):format(words.summary(result.findings) or "Nothing is wrong", result.judged_at)
    if #result.findings > 0 then
      lines[#lines + 1] = "\n| # | object | what | severity |\n| --- | --- | --- | --- |"
      for i, finding in ipairs(result.findings) do
        lines[#lines + 1] = ("| %d | %s | %s | %s |"):format(i, escape(finding.object), escape(finding.message),
          finding.severity)
      end
    end
    for i, finding in ipairs(result.findings) do add_finding(lines, i, finding) end
    list(lines, "Not checked", result.notes, escape)
    if result.opinion then
      lines[#lines + 1] = ("\n## Second opinion by %s (not checked)\n\n%s"):format(escape(result.opinion.tool),
        (result.opinion.text:gsub("\n", "\n\n")))
    end
    lines[#lines + 1] = ""
  end
  return table.concat(lines, "\n")
end

return markdown
