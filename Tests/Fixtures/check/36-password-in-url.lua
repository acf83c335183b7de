runbook { name = "deploy", lock = "deploy" }

step("Migrate", function()
  exec.run({ "alembic", "upgrade", "head" }, { env = { DATABASE_URL = "postgresql://todo:hunter2@db/todo" } })
end)
-- expect: secret-in-clear@4:71
