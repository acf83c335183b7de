--- How long a state may last before it is called failing, in seconds (rule R5).
-- Within its grace a state is `settling`. What no waiting can change (a Secret that does not exist,
-- a request larger than every node) needs no grace, nor does what has already recurred.
return {
  autoscaling = 600,      -- a pending pod while a node is being added for it
  unschedulable = 60,
  container_creating = 300,
  sandbox = 60,
  image_pulling = 1800,
  image_failed = 20,
  config = 30,
  first_crash = 60,
  crash_window = 600,     -- the kubelet forgets its back-off after ten minutes of running
  restart_count = 3,
  oom_recovered = 86400,
  init_running = 300,
  probe_extra = 20,       -- on top of what the probe's own settings allow
  evicted_recent = 3600,
  evicted_recurring = 86400,
  evicted_count = 3,
  terminating = 60,       -- after the grace period that the deletion itself allows
  finalizer = 300,
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
  helm_pending = 600,
  cron_missed = 3,        -- schedules without a success
}
