--- Load profiles, generators and the verdict.
local app = require "deploy.app"
local preview = require "deploy.preview"

local load = {}

local PROFILES = {
  smoke = { users = 5, duration = "1m" },
  load = { users = 50, duration = "5m" },
  stress = { users = 200, duration = "5m" },
}

--- What is accepted: milliseconds at the 95th percentile, and failed requests of all.
load.limits = { p95 = 1000, error_rate = 0.05 }

--- A profile, with what was asked for instead of its own numbers.
function load.plan(profile, users, duration)
  local chosen = PROFILES[profile]
  return { users = users or chosen.users, duration = duration or chosen.duration }
end

--- Whether k6 is installed.
function load.has_k6()
  local found, result = pcall(exec.run, { "k6", "version" }, { read = true, check = false, quiet = true })
  return found and preview.knows(result) and result.status == 0
end

--- Where the frontend answers.
function load.address(namespace, profile)
  local frontend = app.service "frontend"
  return minikube.service_url { name = frontend.service, namespace = namespace, profile = profile } .. "/"
end

--- Reads the summary that k6 writes with --summary-export, where rates stand under `value`.
function load.read_summary(text)
  local metrics = json.decode(text).metrics
  local times, failed, requests = metrics.http_req_duration, metrics.http_req_failed, metrics.http_reqs
  return {
    requests = requests.count, rps = requests.rate, error_rate = failed.value,
    p50 = times.med, p90 = times["p(90)"], p95 = times["p(95)"], max = times.max,
  }
end

--- Runs the script of todo-chatbot/load with k6.
function load.by_k6(url, plan)
  local summary = ("%s/k6-%s.json"):format(env.get("TMPDIR", "/tmp"), run.id)
  -- 99 says that a threshold was missed, which `judge` says better.
  local result = exec.run(
    { "k6", "run", "--quiet", "--no-color", "--summary-export", summary, run.folder .. "/todo-chatbot/load/k6.js" },
    { env = { URL = url, USERS = tostring(plan.users), DURATION = plan.duration }, check = false })
  if result.status ~= 0 and result.status ~= 99 then
    fail(("k6 exited %d: %s"):format(result.status, result.stderr))
  end
  local measured = load.read_summary(fs.read(summary))
  fs.remove(summary)
  return measured
end

--- Shows what was measured, and fails when it is not good enough.
function load.judge(measured)
  if not preview.knows(measured) then return end
  log.info(("requests   %d, %.1f a second"):format(measured.requests, measured.rps))
  log.info(("times      p50 %.0f ms, p95 %.0f ms, max %.0f ms"):format(measured.p50, measured.p95, measured.max))
  log.info(("errors     %.2f %%"):format(measured.error_rate * 100))
  if measured.requests == 0 then fail("no request was answered: there is nothing to judge") end
  local faults = {}
  if measured.p95 >= load.limits.p95 then
    faults[#faults + 1] = ("p95 is %.0f ms, under %d ms is accepted"):format(measured.p95, load.limits.p95)
  end
  if measured.error_rate >= load.limits.error_rate then
    faults[#faults + 1] = ("%.2f %% of the requests failed, under %.0f %% is accepted"):format(
      measured.error_rate * 100, load.limits.error_rate * 100)
  end
  if #faults > 0 then fail(table.concat(faults, "; ")) end
end

return load
