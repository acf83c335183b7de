runbook { name = "unusual", lock = "unusual", params = { names = { type = "string", default = "a,b" } } }

-- What Lua allows and few people write.
local half <const> = 7 // 2
local guard <close> = setmetatable({}, { __close = function(self, problem) log(tostring(self) .. tostring(problem)) end })
local text = [[
  "quoted" ]] .. [==[ ]] ]==] .. 'x\z
     y\x41\u{48}\065'

local Names = {}
Names.__index = Names
function Names.of(...)
  return setmetatable({ list = table.pack(...) }, Names)
end
function Names:count() return self.list.n, select("#", table.unpack(self.list, 1, self.list.n)) end

for row = 1, 3 do
  for column = 1, 3 do
    if (row + column) % 2 == 0 then goto continue end
    log(row .. column)
    ::continue::
  end
end

local bits = half ~ 3 | 1 & 0xff << 2 >> 1
local numbers = { 0x1p4, 1e-3, .5, 3., 0xA.8p0; -half ^ 2 }
local count, again = Names.of("a", nil, "c"):count()
local upgrade = helm.upgrade

step("Deploy", function(...)
  local given = { ... }
  for name in params.names:gmatch("[^,]+") do
    upgrade { release = name, chart = "chart", set = { ["image.tag"] = "v" .. #given } }
  end
  repeat local done = true until done
  while true do break end
  return nil, text, bits, numbers, count, again, tostring(guard)
end)
