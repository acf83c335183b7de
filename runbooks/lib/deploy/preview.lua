--- What a preview knows. Where nothing could be read, values are unknown, and counting them would tell a lie.
local preview = {}

--- Whether a value was really read: false for an unknown one.
function preview.knows(value)
  return type(value) ~= "userdata"
end

return preview
