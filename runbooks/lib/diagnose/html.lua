--- A result as one HTML page without anything from outside, to attach to an incident.
local words = require "diagnose.words"

local html = {}

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

local function escape(text)
  return (tostring(text):gsub("[&<>\"']", entities))
end

local style = [[
:root { color-scheme: light dark; --error: #b3261e; --warning: #8a5a00; --info: #45606f; --line: #8884; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
article { border-left: 4px solid var(--line); padding: 0.2rem 1rem; margin: 1.5rem 0; }
article.error { border-color: var(--error); } article.warning { border-color: var(--warning); } article.info { border-color: var(--info); }
h2 { font-size: 1.1rem; margin: 0.3rem 0; } .cause { font-weight: 600; overflow-wrap: anywhere; } .quiet { opacity: 0.75; }
pre, code { font: 0.9rem/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
pre { background: #8881; padding: 0.6rem; border-radius: 4px; }]]

local function add_list(parts, title, items, tag)
  if #items == 0 then return end
  parts[#parts + 1] = ("<p class=\"quiet\">%s</p><ul>"):format(title)
  for _, item in ipairs(items) do parts[#parts + 1] = ("<li><%s>%s</%s></li>"):format(tag, escape(item), tag) end
  parts[#parts + 1] = "</ul>"
end

local function add_finding(parts, number, finding)
  parts[#parts + 1] = ("<article class=\"%s\"><h2>%d. %s <span class=\"quiet\">%s%s</span></h2>"):format(escape(finding.severity), number, escape(finding.object),
    escape(words.title(finding)), finding.change and ", " .. escape(finding.change) or "")
  parts[#parts + 1] = ("<p class=\"cause\">%s</p>"):format(escape(finding.message))
  if finding.because then parts[#parts + 1] = ("<p>Because %s.</p>"):format(escape(finding.because)) end
  local pods = words.pods(finding)
  if pods then parts[#parts + 1] = ("<p class=\"quiet\">%s</p>"):format(escape(pods)) end
  add_list(parts, "Seen", finding.evidence, "code")
  add_list(parts, "Also", finding.consequences, "span")
  if #finding.suggestions > 0 then
    parts[#parts + 1] = ("<p class=\"quiet\">Next</p><pre>%s</pre>"):format(escape(table.concat(finding.suggestions, "\n")))
  end
  if finding.docs then parts[#parts + 1] = ("<p><a href=\"%s\">Documentation</a></p>"):format(escape(finding.docs)) end
  parts[#parts + 1] = "</article>"
end

--- The page of a list of results, one a context or namespace.
function html.report(results)
  local parts = { "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Diagnosis</title><style>"
    .. style .. "</style>" }
  for _, result in ipairs(results) do
    parts[#parts + 1] = ("<h1>Diagnosis of %s</h1><p>%s, as of %s.</p>"):format(escape(words.scope(result)),
      escape(words.summary(result.findings) or "Nothing is wrong"),
      escape(result.judged_at))
    for i, finding in ipairs(result.findings) do add_finding(parts, i, finding) end
    add_list(parts, "Not checked", result.notes, "span")
    if result.opinion then
      parts[#parts + 1] = ("<h2>Second opinion by %s (not checked)</h2><pre>%s</pre>"):format(escape(result.opinion.tool),
        escape(result.opinion.text))
    end
  end
  return table.concat(parts, "\n") .. "\n</html>\n"
end

return html
