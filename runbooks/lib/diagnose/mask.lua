--- Hides credentials that status and event messages carry (rule R12), whatever the host knows as secret.
local mask = {}

local patterns = {
  { "(://[^/%s:@]+):[^/%s@]+@", "%1:***@" },
  { "([Bb]earer )[%w%-%._~%+/]+=*", "%1***" },
  { "([Bb]asic )[%w%+/]+=+", "%1***" },
  { "(eyJ[%w_-]+%.)[%w_-]+%.[%w_-]+", "%1***" },
  { "(toomanyrequests:.-account )%S+", "%1***" },
}

local names = { "password", "passwd", "secret_key", "secretkey", "api_key", "apikey", "access_key", "token",
  "client_secret" }

--- The text with what looks like a credential replaced by `***`; names of variables and keys stay.
function mask.text(text)
  for _, pattern in ipairs(patterns) do text = text:gsub(pattern[1], pattern[2]) end
  local lower = text:lower()
  for _, name in ipairs(names) do
    local from = 1
    while true do
      local _, last = lower:find(name .. "%s*[=:]%s*[\"']?", from)
      if not last then break end
      local value_end = text:find("[%s\"'&,;]", last + 1) or #text + 1
      -- prose after a colon ("token: expired") is not a value: a credential has six characters and a digit
      local value = text:sub(last + 1, value_end - 1)
      if #value >= 6 and value:find("%d") then
        text = text:sub(1, last) .. "***" .. text:sub(value_end)
        lower = text:lower()
      end
      from = last + 1
    end
  end
  return text
end

return mask
