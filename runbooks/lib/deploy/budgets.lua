--- Whether a deployment keeps to what it may take: time, processor, memory.
local preview = require "deploy.preview"
local quantity = require "quantity"
local requests = require "deploy.requests"

local budgets = {}

--- Measures what the namespace's pods request and how long the run has taken, and warns about what is over.
---
--- Returns what it measured, or nil in a preview.
--- `options`: namespace, began (seconds since 1970), limits = { cpu, memory }, run = a span of time.
function budgets.report(options)
  local pods = kubectl.list { resource = "pods", namespace = options.namespace }
  -- Before a first deployment there is nothing to measure.
  if run.dry_run or not preview.knows(pods) then return nil end
  local total = requests.of_pods(pods)
  local seconds = time.now() - options.began
  log.info(("requested  %s of %s, %s of %s, by %d pods"):format(
    quantity.show_cpu(total.cpu), quantity.show_cpu(options.limits.cpu),
    quantity.show_memory(total.memory), quantity.show_memory(options.limits.memory), total.pods))
  log.info(("time       %s of %s"):format(time.span(seconds), options.run))
  if total.cpu > options.limits.cpu or total.memory > options.limits.memory then
    log.warn("the pods request more than the budget allows")
  end
  if seconds > time.seconds(options.run) then log.warn("the run took longer than its budget") end
  return { cpu = total.cpu, memory = total.memory, pods = total.pods, seconds = seconds }
end

return budgets
