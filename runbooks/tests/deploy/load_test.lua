local load = require "deploy.load"

local function measured(fields)
  local result = { requests = 1000, rps = 100, error_rate = 0, p50 = 10, p90 = 20, p95 = 30, max = 40 }
  for key, value in pairs(fields or {}) do result[key] = value end
  return result
end

--- The message with which a measurement is refused, or nil.
local function refusal(fields)
  local good, message = pcall(load.judge, measured(fields))
  return not good and tostring(message) or nil
end

describe("a load profile", function()
  it("has the numbers of its name", function()
    expect(load.plan("smoke").users).to_equal(5)
    expect(load.plan("load").duration).to_equal("5m")
    expect(load.plan("stress").users).to_equal(200)
  end)

  it("gives way to what was asked for", function()
    local plan = load.plan("stress", 7, "3s")
    expect(plan.users).to_equal(7)
    expect(plan.duration).to_equal("3s")
  end)
end)

describe("the verdict", function()
  it("is good below both limits", function()
    expect(refusal { p95 = 999.9, error_rate = 0.049 }).to_be_nil()
  end)

  it("is bad at the limits, and says by how much", function()
    expect(refusal { p95 = 1000 }).to_contain("p95 is 1000 ms, under 1000 ms is accepted")
    expect(refusal { error_rate = 0.05 }).to_contain("5.00 % of the requests failed, under 5 % is accepted")
  end)

  it("names both faults", function()
    local message = refusal { p95 = 2500, error_rate = 0.5 }
    expect(message).to_contain("p95 is 2500 ms")
    expect(message).to_contain("50.00 % of the requests failed")
  end)

  it("is not good when nothing was measured", function()
    expect(refusal { requests = 0 }).to_contain("no request was answered")
  end)
end)

describe("the summary of k6", function()
  it("is read with its rates under `value`", function()
    local result = load.read_summary([[{"metrics": {
      "http_req_duration": {"avg": 5, "min": 1, "med": 4, "max": 90, "p(90)": 20, "p(95)": 30.5,
        "thresholds": {"p(95)<1000": false}},
      "http_req_failed": {"value": 0.25, "passes": 25, "fails": 75}, "http_reqs": {"count": 100, "rate": 12.5}}}]])
    expect(result.requests).to_equal(100)
    expect(result.rps).to_equal(12.5)
    expect(result.error_rate).to_equal(0.25)
    expect(result.p95).to_equal(30.5)
    expect(result.max).to_equal(90)
  end)
end)
