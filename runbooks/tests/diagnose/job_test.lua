local cluster = require "cluster"
local schedule = require "diagnose.schedule"

local function job(c, name, fields)
  return c:add("Job", name, cluster.merge({ spec = { backoffLimit = 2 },
    status = { failed = 3, startTime = cluster.at(500) } }, fields))
end

local function failed_pod(c, owner, fields)
  return c:pod(owner.metadata.name .. "-x",
    cluster.merge({ owner = owner, phase = "Failed", ready = false, spec = { restartPolicy = "Never" },
    containers = { { ready = false,
      state = { terminated = { exitCode = 1, reason = "Error", finishedAt = cluster.at(100) } } } } }, fields))
end

describe("W05 jobs", function()
  for _, reason in ipairs { "BackoffLimitExceeded", "DeadlineExceeded", "PodFailurePolicy", "FailedIndexes" } do
    it("finds " .. reason, function()
      local c = cluster.new()
      c:condition(job(c, "import"), "Failed", "True", { reason = reason, message = "Job has failed: " .. reason })
      c:finds { "job-failed", "job/import", reason }
    end)
  end
  it("shows the line that its pod ended with", function()
    local c = cluster.new()
    local object = job(c, "import")
    c:condition(object, "Failed", "True",
      { reason = "BackoffLimitExceeded", message = "Job has reached the specified backoff limit" })
    c:log(failed_pod(c, object), "app", "psql: error: connection to server at \"db\" failed: Connection refused")
    c:finds { "job-failed", "job/import", "Connection refused" }
  end)
  it("is quiet about a complete Job with failed pods (R7, defect 3)", function()
    local c = cluster.new()
    local object = job(c, "import", { status = { succeeded = 1, failed = 2 } })
    failed_pod(c, object)
    c:condition(object, "Complete", "True", { reason = "CompletionsReached" })
    c:finds()
  end)
  it("is quiet about a suspended Job", function()
    local c = cluster.new()
    local object = job(c, "import", { spec = { suspend = true }, status = { failed = 0 } })
    c:condition(object, "Suspended", "True", { reason = "JobSuspended" })
    c:finds()
  end)
  it("stands on the CronJob that made it", function()
    local c = cluster.new()
    local cron = c:add("CronJob", "nightly",
      { spec = { schedule = "0 * * * *" },
      status = { lastScheduleTime = cluster.at(500), lastSuccessfulTime = cluster.at(4200) } })
    local object = job(c, "nightly-1",
      { metadata = { ownerReferences = { { kind = "CronJob", name = "nightly", uid = cron.metadata.uid,
      controller = true } } } })
    c:condition(object, "Failed", "True",
      { reason = "BackoffLimitExceeded", message = "Job has reached the specified backoff limit" })
    c:finds { "job-failed", "cronjob/nightly", "BackoffLimitExceeded" }
  end)
  it("forgets a failure that a later run made good", function()
    local c = cluster.new()
    local cron = c:add("CronJob", "nightly",
      { spec = { schedule = "0 * * * *" },
      status = { lastScheduleTime = cluster.at(500), lastSuccessfulTime = cluster.at(400) } })
    local owner = { { kind = "CronJob", name = "nightly", uid = cron.metadata.uid, controller = true } }
    c:condition(job(c, "nightly-1", { metadata = { ownerReferences = owner }, status = { startTime = cluster.at(4100) } }),
      "Failed", "True", { reason = "BackoffLimitExceeded" })
    c:condition(job(c, "nightly-2", { metadata = { ownerReferences = owner }, status = { startTime = cluster.at(500) } }),
      "Complete", "True", {})
    c:finds()
  end)
end)

describe("W06 cron jobs", function()
  local function cron(spec, status)
    local c = cluster.new()
    return c, c:add("CronJob", "nightly",
      { metadata = { creationTimestamp = cluster.at(864000) }, spec = cluster.merge({ schedule = "*/10 * * * *" }, spec),
      status = status or {} })
  end
  it("finds a schedule that cannot be read", function()
    local c = cron({ schedule = "61 * * * *" })
    c:finds { "cronjob", "cronjob/nightly", "61" }
  end)
  for _, reason in ipairs { "UnparseableSchedule", "UnknownTimeZone" } do
    it("finds the event " .. reason, function()
      local c, object = cron({ timeZone = "Europe/Nowhere" },
        { lastScheduleTime = cluster.at(100), lastSuccessfulTime = cluster.at(90) })
      c:event(object, reason, "invalid timeZone: \"Europe/Nowhere\"", { count = 3 })
      c:finds { "cronjob", "cronjob/nightly", "Europe/Nowhere" }
    end)
  end
  it("finds one that does not run", function()
    local c = cron(nil, { lastScheduleTime = cluster.at(9000), lastSuccessfulTime = cluster.at(8990) })
    c:finds { "cronjob", "cronjob/nightly", "lastScheduleTime" }
  end)
  it("finds one that never succeeds", function()
    local c = cron(nil, { lastScheduleTime = cluster.at(100) })
    c:finds { "cronjob", "cronjob/nightly", "lastSuccessfulTime never" }
  end)
  it("is quiet about a suspended one, a healthy one and a new one", function()
    local c = cron({ suspend = true })
    c:finds()
    c = cron(nil, { lastScheduleTime = cluster.at(300), lastSuccessfulTime = cluster.at(290) })
    c:finds()
    c = cron({ schedule = "0 3 * * *" }, { lastScheduleTime = cluster.at(80000), lastSuccessfulTime = cluster.at(79000) })
    c:finds()
  end)
end)

describe("schedules", function()
  it("knows the time between runs", function()
    local cases = { ["* * * * *"] = 60, ["*/5 * * * *"] = 300, ["0 * * * *"] = 3600, ["30 */6 * * *"] = 21600,
      ["0 3 * * *"] = 86400, ["0 3 * * 1"] = 604800,
      ["@hourly"] = 3600, ["@every 1h30m"] = 5400, ["0 3 * * mon-fri"] = 259200 }
    for text, seconds in pairs(cases) do expect(text .. " " .. schedule.interval(text)).to_equal(text .. " " .. seconds) end
  end)
  it("says what is wrong", function()
    expect(schedule.problem("*/5 * * * *")).to_be_nil()
    expect(schedule.problem("@daily", "Europe/Zurich")).to_be_nil()
    expect(schedule.problem("* * * *")).to_equal("expected exactly 5 fields, found 4: \"* * * *\"")
    expect(schedule.problem("0 25 * * *")).to_equal("hour \"25\" is out of its range 0-23")
    expect(schedule.problem("@sometimes")).to_equal("unrecognized descriptor \"@sometimes\"")
    expect(schedule.problem("0 0 * * noday")).to_equal("\"noday\" is no day of the week")
  end)
end)
