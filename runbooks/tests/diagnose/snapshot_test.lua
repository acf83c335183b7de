-- The recorded namespaces of Tests/Fixtures/cluster-snapshots give exactly what expected.json says, and nothing more.
local diagnose = require "diagnose"

local folder = "../../../Tests/Fixtures/cluster-snapshots"

local function read(name)
  return json.decode(fs.read(folder .. "/" .. name))
end

local function snapshot(name)
  local objects, logs = {}, read(name .. "/logs.json")
  for _, item in ipairs(read(name .. "/objects.json").items) do
    objects[item.kind] = objects[item.kind] or {}
    table.insert(objects[item.kind], item)
  end
  return { namespace = name, objects = objects, wall = time.now(), logs = function(_, pod, container, previous)
    local entry = logs[pod .. "/" .. container] or {}
    return previous and entry.previous or not previous and entry.current or nil
  end }
end

describe("recorded namespaces", function()
  for name, expected in pairs(read("expected.json")) do
    it(name, function()
      local findings = diagnose.analyse(snapshot(name)).findings
      expect(#findings).to_equal(#expected)
      for i, wanted in ipairs(expected) do
        expect(findings[i].class).to_equal(wanted.class)
        expect(findings[i].object).to_equal(wanted.object)
        expect(table.concat(findings[i].evidence, "\n")).to_contain(wanted.evidence)
      end
    end)
  end

  it("give the same when the crash is caught while it waits", function()
    local caught = snapshot("crashloop-missing-env")
    local status = caught.objects.Pod[1].status.containerStatuses[1]
    status.lastState, status.state = { terminated = status.state.terminated },
      { waiting = { reason = "CrashLoopBackOff", message = "back-off 1m20s restarting failed container=app pod=backend" } }
    local findings = diagnose.analyse(caught).findings
    expect(#findings).to_equal(1)
    expect(findings[1].class).to_equal("container-crash")
    expect(table.concat(findings[1].evidence, "\n")).to_contain("KeyError: DATABASE_URL")
  end)
end)
