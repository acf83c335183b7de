--- What a preview knows. Where nothing could be read, values are unknown, and counting them would tell a lie.
local preview = {}

--- Whether a value was really read: false for an unknown one.
function preview.knows(value)
  return type(value) ~= "userdata"
end

--- `ipairs` for a list that was read: nothing to go through where it is unknown.
function preview.each(list)
  return ipairs(preview.knows(list) and list or {})
end

return preview
