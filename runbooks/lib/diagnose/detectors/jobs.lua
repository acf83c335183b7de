--- W05, W06: a Job that failed, a CronJob that does not run or never succeeds.
local clock = require "diagnose.clock"
local containers = require "diagnose.containers"
local events = require "diagnose.events"
local exits = require "diagnose.exits"
local objects = require "diagnose.objects"
local schedule = require "diagnose.schedule"

local docs = {
  job = "https://kubernetes.io/docs/concepts/workloads/controllers/job/#handling-pod-and-container-failures",
  cron = "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/",
}
local broken_schedule = { UnparseableSchedule = true, InvalidSchedule = true, UnknownTimeZone = true }
local cron_failures = { FailedCreate = true, FailedNeedsStart = true, MissSchedule = true, MissingJob = true,
  TooManyMissedTimes = true, FailedGet = true }

local function started(job)
  return clock.parse((job.status or {}).startTime) or objects.created(job) or 0
end

--- The container of a job's pods that failed last, or nil.
local function failed_container(context, job)
  local found
  for _, pod in ipairs(context.index:pods_owned(job)) do
    objects.each_container(pod, function(spec, status)
      local ended = containers.terminated(status)
      local time = ended and ended.exitCode ~= 0 and (clock.parse(ended.finishedAt) or 0)
      if time and (not found or time > found.time) then found = { pod = pod, spec = spec, ended = ended, time = time } end
    end)
  end
  return found
end

local function report_failed(context, job, condition)
  local status = job.status or {}
  local failed = failed_container(context, job)
  local evidence = objects.lines(condition.message,
    ("condition %s = True, reason %s"):format(condition.type, condition.reason or "?"),
    ("job/%s: %d failed, %d succeeded, backoffLimit %d"):format(job.metadata.name, status.failed or 0,
      status.succeeded or 0,
      (job.spec or {}).backoffLimit or 6))
  local suggestions = { context.describe(job) }
  if failed then
    evidence[#evidence + 1] = ("container %s: %s, reason %s"):format(failed.spec.name, exits.describe(failed.ended),
      failed.ended.reason or "?")
    if failed.ended.reason == "OOMKilled" then
      evidence[#evidence + 1] = "memory limit " .. tostring(((failed.spec.resources or {}).limits or {}).memory)
    end
    if failed.ended.message then evidence[#evidence + 1] = "terminated.message: " .. failed.ended.message end
    table.insert(suggestions, 1, ("kubectl logs %s -c %s -n %s"):format(failed.pod.metadata.name, failed.spec.name,
      job.metadata.namespace))
  end
  context:report {
    class = "job-failed", id = "W05", on = job,
    message = ("job %s failed: %s%s"):format(job.metadata.name, condition.reason or "Failed",
      failed and ", " .. exits.describe(failed.ended) or ""),
    headline = failed and ("job %s failed"):format(job.metadata.name),
    detail = failed and ("%s, exit %d"):format(condition.reason or "Failed", failed.ended.exitCode),
    evidence = evidence, suggestions = suggestions, since = started(job), last = clock.parse(condition.lastTransitionTime),
    docs = docs.job,
    log = failed and { container = failed.spec.name, state = "ended", pod = failed.pod },
    container = failed and failed.spec.name,
  }
end

--- The newest ended job of each owner, and the number of failures in a row before now.
local function inspect_jobs(context)
  local by_cron = {}
  for _, job in ipairs(context.index:all("Job")) do
    local failed = objects.condition(job, "Failed")
    local target = objects.condition(job, "FailureTarget")
    local condition = failed and failed.status == "True" and failed or target and target.status == "True" and target
    local complete = objects.has_condition(job, "Complete") or objects.has_condition(job, "SuccessCriteriaMet")
    local top = context.index:top(job)
    if top ~= job then
      local latest = by_cron[top]
      if (condition or complete) and (not latest or started(job) > started(latest.job)) then
        by_cron[top] = { job = job, condition = not complete and condition }
      end
    elseif condition and not complete then
      report_failed(context, job, condition)
    end
  end
  -- an older failure that a later run has made good is history
  for _, latest in pairs(by_cron) do
    if latest.condition then report_failed(context, latest.job, latest.condition) end
  end
  return by_cron
end

local function report_cron(context, cron, fields)
  fields.class, fields.id, fields.on = "cronjob", "W06", cron
  fields.suggestions = { ("kubectl create job %s-manual --from=cronjob/%s -n %s"):format(cron.metadata.name,
    cron.metadata.name,
    cron.metadata.namespace), context.describe(cron) }
  fields.docs = docs.cron
  context:report(fields)
end

local function inspect_cron(context, cron, latest)
  local spec, status = cron.spec or {}, cron.status or {}
  local where = objects.lines("schedule " .. tostring(spec.schedule), spec.timeZone and "timeZone " .. spec.timeZone)
  local invalid = context.index:event(cron, broken_schedule)
  local problem = schedule.problem(spec.schedule or "", spec.timeZone)
  if invalid or problem then
    table.insert(where, 1, invalid and events.line(invalid) or problem)
    report_cron(context, cron, { message = "its schedule is not valid: " .. (problem or invalid.message), evidence = where,
      since = invalid and invalid.first, last = invalid and invalid.time })
    return
  end
  if spec.suspend then return end
  local every = schedule.interval(spec.schedule)
  local last_run, last_success = clock.parse(status.lastScheduleTime), clock.parse(status.lastSuccessfulTime)
  local created = objects.created(cron)
  where[#where + 1] = "lastScheduleTime " .. tostring(status.lastScheduleTime or "never")
  where[#where + 1] = "lastSuccessfulTime " .. tostring(status.lastSuccessfulTime or "never")
  local failure = context.index:event(cron, cron_failures)
  if failure and context:age(failure.time) < context.graces.node_event and not (last_run and last_run > failure.time) then
    table.insert(where, 1, events.line(failure))
    report_cron(context, cron, { message = "no job is started: " .. failure.message, evidence = where,
      since = failure.first, last = failure.time,
      settling = failure.reason == "FailedCreate" and failure.count < 2
        and not context:lasted(failure.first, "create_failed"), soft = true })
    return
  end
  local missed = context.graces.cron_missed * every
  local reference = last_run or created
  if reference and context:age(reference) > math.max(missed, 300) and #(status.active or {}) == 0 then
    report_cron(context, cron, { message = ("no run for %s, it should run every %s"):format(clock.duration(context:age(reference)),
      clock.duration(every)), evidence = where, since = reference })
    return
  end
  if reference and context:age(reference) > math.max(missed, 300) and spec.concurrencyPolicy == "Forbid" then
    report_cron(context, cron, { severity = "warning", soft = true, evidence = where, since = reference,
      message = ("the run of %s ago still goes on, and no other may start beside it"):format(clock.duration(context:age(reference))) })
    return
  end
  local good = last_success or created
  if last_run and good and last_run - good >= missed and not (latest and latest.condition) then
    report_cron(context, cron, { message = last_success
      and ("no run has succeeded for %s"):format(clock.duration(context:age(last_success)))
      or "no run has ever succeeded", evidence = where, since = good, soft = true })
  end
end

return {
  name = "jobs",
  reads = { "Job", "CronJob", "Pod", "Event" },
  classes = {
    { id = "W05", class = "job-failed", grace = "none: the Job says that it failed" },
    { id = "W06", class = "cronjob", grace = "three schedules" },
  },
  detect = function(context)
    local by_cron = inspect_jobs(context)
    for _, cron in ipairs(context.index:all("CronJob")) do
      if not cron.metadata.deletionTimestamp then inspect_cron(context, cron, by_cron[cron]) end
    end
  end,
}
