-- Values that are named like parts of the API, compared and joined as they may be.
runbook {
  name = "values",
  params = { names = { type = "list", default = { "a" } }, limit = { type = "duration", default = "1m" } },
  secrets = { "TOKEN", BACKUP = { optional = true } },
}

local kubectl = kubectl
local result = exec.run({ "uname", "-s" }, { read = true })
local text, time, log_of = result.stdout, result.status + 1, { "a", 2 }
local images = docker.images()

local function pick(list, want)
  for _, item in ipairs(list) do if item == want then return item end end
end

local function note(message) log.info(message) end

step("Look", function()
  local log = kubectl.get { kind = "pods" }
  for line in tostring(log):gmatch("[^\n]+") do note(line .. "1" + 2) end
  if secrets.BACKUP ~= nil and secrets.TOKEN then note("backed up with " .. secrets.BACKUP) end
  for _, name in ipairs(params.names) do note(name .. (pick(images, name) or "none")) end
  for key, value in pairs(result) do note(key .. " " .. tostring(value)) end
  for name in pairs(log_of) do note(name .. tostring(params.limit)) end
  result.extra = #images > 3 and "many" or "few"
  note(result.extra .. text .. time .. -tonumber("3") .. tostring(kubectl.context() == "minikube"))
  if confirm("Go on?") then note(result.status == 0 and "well" or "badly") end
end)

local done = step("Run", pick and note and function() return true end or note)
if done == true then parallel { a = function() return pick(images, 1) end, b = note } end
exec.run({ "/opt/my tools/run", "a b" }, { read = true })
