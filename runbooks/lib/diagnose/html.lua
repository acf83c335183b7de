--- A result as one HTML page without anything from outside, to paste into an incident or to attach to it.
local words = require "diagnose.words"

local html = {}

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

local function escape(text)
  return (tostring(text):gsub("[&<>\"']", entities))
end

local style = [[
:root { color-scheme: light dark; --error: #b3261e; --warning: #8a5a00; --info: #45606f; --line: #8884; --soft: #8881; }
@media (prefers-color-scheme: dark) { :root { --error: #f2b8b5; --warning: #e6c07b; --info: #9fb8c8; } }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 58rem; margin: 1.5rem auto; padding: 0 1rem; }
h1 { font-size: 1.35rem; margin: 0 0 0.2rem; } h2 { font-size: 1.05rem; margin: 0; font-weight: 600; }
p { margin: 0.3rem 0; } a { color: inherit; } .quiet { opacity: 0.72; }
table { border-collapse: collapse; width: 100%; margin: 0.8rem 0 1.4rem; }
td { border-top: 1px solid var(--line); padding: 0.3rem 0.8rem 0.3rem 0; vertical-align: top; overflow-wrap: anywhere; }
td:first-child { width: 4.6rem; } td a { text-decoration: none; }
article { border-left: 4px solid var(--line); padding: 0.1rem 0 0.1rem 0.9rem; margin: 0 0 1.5rem; break-inside: avoid; }
.error { border-color: var(--error); } .warning { border-color: var(--warning); } .info { border-color: var(--info); }
.tag { font-size: 0.85rem; font-weight: 600; } .tag.error { color: var(--error); } .tag.warning { color: var(--warning); }
.tag.info { color: var(--info); } .cause { font-weight: 600; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: 5.2rem 1fr; gap: 0.25rem 0.6rem; margin: 0.5rem 0 0; }
dt { opacity: 0.72; } dd { margin: 0; min-width: 0; overflow-wrap: anywhere; } dd div + div { margin-top: 0.1rem; }
pre, code { font: 0.87rem/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
pre { background: var(--soft); padding: 0.4rem 0.6rem; border-radius: 4px; margin: 0; }]]

local function definition(parts, title, content)
  parts[#parts + 1] = ("<dt>%s</dt><dd>%s</dd>"):format(title, content)
end

--- The items as lines of one cell, each in a tag.
local function lines(items, tag)
  local cells = {}
  for i, item in ipairs(items) do cells[i] = ("<div><%s>%s</%s></div>"):format(tag, escape(item), tag) end
  return table.concat(cells)
end

local function add_finding(parts, id, number, finding)
  parts[#parts + 1] = ("<article id=\"%s\" class=\"%s\"><h2>%d. %s <span class=\"quiet\">%s</span></h2>"):format(id,
    escape(finding.severity), number, escape(finding.object), escape(words.title(finding)))
  parts[#parts + 1] = ("<p class=\"cause\">%s</p><dl>"):format(escape(finding.message))
  if finding.because then definition(parts, "because", escape(finding.because)) end
  if finding.change then definition(parts, "since", escape((finding.change:gsub("^since ", "")))) end
  local pods = words.pods(finding)
  if pods then definition(parts, "pods", escape(pods)) end
  if #finding.evidence > 0 then definition(parts, "seen", lines(finding.evidence, "code")) end
  if #finding.consequences > 0 then definition(parts, "also", lines(finding.consequences, "span")) end
  if #finding.suggestions > 0 then
    definition(parts, "try", ("<pre>%s</pre>"):format(escape(table.concat(finding.suggestions, "\n"))))
  end
  if finding.docs then definition(parts, "read", ("<a href=\"%s\">%s</a>"):format(escape(finding.docs), escape(finding.docs))) end
  parts[#parts + 1] = "</dl></article>"
end

local function add_overview(parts, place, findings)
  parts[#parts + 1] = "<table>"
  for i, finding in ipairs(findings) do
    parts[#parts + 1] = ("<tr><td><span class=\"tag %s\">%s</span></td><td><a href=\"#%s-%d\">%s</a></td><td>%s</td></tr>"):format(
      escape(finding.severity), escape(finding.severity), place, i, escape(finding.object), escape(finding.message))
  end
  parts[#parts + 1] = "</table>"
end

--- The page of a list of results, one a context or namespace.
function html.report(results)
  local title = "Diagnosis of " .. words.scope(results[1]) .. (#results > 1 and " and others" or "")
  local parts = { ("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>%s</title><style>%s</style>"):format(
    escape(title), style) }
  for place, result in ipairs(results) do
    local summary = words.summary(result.findings) or "Nothing is wrong"
    parts[#parts + 1] = ("<h1>Diagnosis of %s</h1><p>%s, as of %s%s</p>"):format(escape(words.scope(result)), escape(summary),
      escape(result.judged_at), result.recorded and " (recorded)" or "")
    if #result.findings > 1 then add_overview(parts, "r" .. place, result.findings) end
    for i, finding in ipairs(result.findings) do add_finding(parts, ("r%d-%d"):format(place, i), i, finding) end
    if #result.notes > 0 then
      parts[#parts + 1] = "<h2>Not checked</h2>" .. lines(result.notes, "span")
    end
    if result.opinion then
      parts[#parts + 1] = ("<h2>Second opinion by %s (not checked)</h2><pre>%s</pre>"):format(escape(result.opinion.tool),
        escape(result.opinion.text))
    end
  end
  return table.concat(parts, "\n") .. "\n</html>\n"
end

return html
