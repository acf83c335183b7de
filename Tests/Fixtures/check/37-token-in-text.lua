runbook { name = "deploy", lock = "deploy" }

local github = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"
step("Fetch", function() exec.run({ "git", "fetch" }, { env = { GITHUB = github } }) end)
-- expect: secret-in-clear@3:16
