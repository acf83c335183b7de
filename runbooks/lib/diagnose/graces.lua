--- How long a state may last before it is called failing, in seconds (rule R5).
-- Within its grace a state is `settling`. What no waiting can change (a Secret that does not exist,
-- a request larger than every node) needs no grace, nor does what has already recurred.
return {
  autoscaling = 600,      -- a pending pod while a node is being added for it
  unschedulable = 60,
  scheduler_silent = 60,  -- a pod that the default scheduler has not looked at
  gate = 300,
  container_creating = 300,
  sandbox = 60,
  image_pulling = 1800,
  image_failed = 20,
  config = 30,
  first_crash = 60,
  crash_window = 600,     -- the kubelet forgets its back-off after ten minutes of running
  restart_rate = 7200,    -- seconds of a pod's life for each restart: fewer is frequent
  restart_count = 3,
  oom_recovered = 86400,
  init_running = 300,
  init_endless = 300,     -- a script that waits for something
  init_missing = 30,      -- what it waits for does not exist
  probe_extra = 20,       -- on top of what the probe's own settings allow
  evicted_recent = 3600,
  evicted_recurring = 21600,
  evicted_spread = 1800,  -- evictions that recur do so at different times
  evicted_count = 3,
  terminating = 60,       -- after the grace period that the deletion itself allows
  finalizer = 300,
  dependents = 300,       -- a finalizer that waits for what the object owns
  namespace_terminating = 120,
  mount = 90,
  claim_pending = 60,
  rollout = 600,
  pods_missing = 60,
  create_failed = 60,
  service_new = 30,
  load_balancer = 300,
  tls_secret = 600,
  node = 60,
  node_event = 3600,
  hpa = 180,
  hpa_ceiling = 300,
  disruption = 300,
  api_service = 60,
  helm_pending = 600,     -- while something of the release is still on its way
  helm_silent = 60,       -- when nothing of it moves
  cron_missed = 3,        -- schedules without a success

  -- A recording knows its own moment only from below: nothing in it is newer than its latest event or heartbeat. What it
  -- shows as failing gets less time there, and none where nothing that happens later would show that time has passed: a
  -- pod that no node takes, a finalizer, a release that nobody carries on.
  recorded = {
    unschedulable = 0, scheduler_silent = 15, gate = 30, container_creating = 120, sandbox = 15, image_failed = 10,
    config = 10, init_running = 180, init_endless = 0, init_missing = 0, probe_extra = 5, terminating = 30, finalizer = 0, dependents = 60,
    namespace_terminating = 0, mount = 30, claim_pending = 15, rollout = 300, pods_missing = 30, create_failed = 15,
    service_new = 0, load_balancer = 120, node = 10, hpa = 30, hpa_ceiling = 30, disruption = 60, api_service = 10,
    helm_pending = 300, helm_silent = 0,
  },
}
