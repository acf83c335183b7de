local URL = "http://127.0.0.1:9/"

describe("load-test", function()
  before_each(function() on { "kubectl", "version" }:returns { stdout = "Client Version: v1.37.1" } end)

  it("uses k6 where it is installed, and judges its summary", function()
    on { "k6", "version" }:returns { stdout = "k6 v2.2.0" }
    on { "k6", "run" }:fails("thresholds have been crossed", 108)
    local done = runbook.run("load-test", { params = { url = URL, duration = "1s" } })
    expect(done.exit).to_equal(1)
    expect(done.error.message).to_contain("k6 exited 108: thresholds have been crossed")
  end)

  it("fails when nobody answers", function()
    local done = runbook.run("load-test", { params = { url = URL, users = 1, duration = "1s", tool = "builtin" } })
    expect(done.exit).to_equal(1)
    expect(done.error.message).to_contain("100.00 % of the requests failed, under 5 % is accepted")
  end)

  it("sends nothing in a preview", function()
    local params = { url = URL, profile = "stress", tool = "builtin" }
    local done = runbook.run("load-test", { params = params, dry_run = true })
    expect(done.exit).to_equal(0)
    expect(#done.writes).to_equal(1)
  end)

  it("refuses what is no address, and too many users", function()
    for _, params in ipairs { { url = "ftp://x" }, { url = URL, users = 1001 }, { url = URL, profile = "huge" } } do
      expect(runbook.run("load-test", { params = params }).exit).to_equal(2)
    end
  end)
end)
