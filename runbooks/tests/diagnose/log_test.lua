local exits = require "diagnose.exits"
local logs = require "diagnose.logs"
local mask = require "diagnose.mask"

describe("decisive lines of a log", function()
  local cases = {
    { "Python", "INFO boot\nTraceback (most recent call last):\n  File \"/app/main.py\", line 3, in <module>\n    x()\nKeyError: 'DATABASE_URL'\n", "KeyError: 'DATABASE_URL'" },
    { "Python, own exception", "Traceback (most recent call last):\n  File \"a\", line 1\nalembic.util.exc.CommandError: Can't locate revision identified by '9f3c'", "alembic.util.exc.CommandError: Can't locate revision identified by '9f3c'" },
    { "Go panic", "starting\npanic: runtime error: invalid memory address\n\ngoroutine 1 [running]:\nmain.main()\n\t/app/main.go:9 +0x1d\nexit status 2", "panic: runtime error: invalid memory address" },
    { "Go fatal", "2026/05/01 12:00:00 listening\n2026/05/01 12:00:01 dial tcp 10.0.0.1:5432: connect: connection refused",
      "2026/05/01 12:00:01 dial tcp 10.0.0.1:5432: connect: connection refused" },
    { "Java", "Exception in thread \"main\" java.lang.IllegalStateException: no\n\tat a.B.c(B.java:1)\nCaused by: java.net.UnknownHostException: db\n\t... 3 more", "Caused by: java.net.UnknownHostException: db" },
    { "Node", "/app/index.js:3\nError: Cannot find module 'express'\n    at Module._resolve (node:1)\n  code: 'MODULE_NOT_FOUND'", "Error: Cannot find module 'express'" },
    { "Rust", "thread 'main' panicked at src/main.rs:4: called `Option::unwrap()` on a `None` value\nnote: run with RUST_BACKTRACE=1", "thread 'main' panicked at src/main.rs:4: called `Option::unwrap()` on a `None` value" },
    { "architecture", "exec /app/serve: exec format error", "exec /app/serve: exec format error" },
    { "permission", "nginx: info\nmkdir: can't create directory '/data': Permission denied",
      "mkdir: can't create directory '/data': Permission denied" },
    { "port", "INFO starting\nOSError: [Errno 98] Address already in use\nINFO bye",
      "OSError: [Errno 98] Address already in use" },
    { "shell", "/bin/sh: serve: not found", "/bin/sh: serve: not found" },
    { "structured", "{\"level\":\"info\",\"msg\":\"boot\"}\n{\"level\":\"fatal\",\"msg\":\"cannot open database\",\"error\":\"no such host\"}\n{\"level\":\"info\",\"msg\":\"bye\"}", "cannot open database: no such host" },
    { "colours", "\27[31mERROR\27[0m database is locked", "ERROR database is locked" },
    { "postgres", "LOG: ready\nFATAL:  password authentication failed for user \"app\"\nLOG: shutting down",
      "FATAL:  password authentication failed for user \"app\"" },
    { "variable", "Error: environment variable SECRET_KEY is not set",
      "Error: environment variable SECRET_KEY is not set" },
  }
  for _, entry in ipairs(cases) do
    it(entry[1], function() expect(logs.decisive(entry[2]).cause).to_equal(entry[3]) end)
  end
  it("takes a line that counts no errors for none", function()
    expect(logs.decisive("compiled with 0 errors\nall done").cause).to_be_nil()
    expect(logs.decisive("compiled with 0 errors\nall done").lines).to_equal({ "compiled with 0 errors", "all done" })
  end)
  it("prefers what ended it to an earlier warning", function()
    expect(logs.decisive("WARN: connection refused, retrying\nValueError: bad config").cause).to_equal("ValueError: bad config")
  end)
  it("knows what stands in place of a log", function()
    expect(logs.decisive("")).to_be_nil()
    expect(logs.decisive(nil)).to_be_nil()
    expect(logs.decisive("unable to retrieve container logs for containerd://1")).to_be_nil()
  end)
end)

describe("exit codes", function()
  local cases = { [0] = "without an error", [1] = "reported an error", [2] = "Go panic", [126] = "cannot be executed",
    [127] = "was not found", [134] = "SIGABRT",
    [137] = "SIGKILL", [139] = "SIGSEGV", [143] = "SIGTERM", [255] = "out of range", [42] = "own code" }
  for code, text in pairs(cases) do
    it("exit " .. code, function() expect(exits.meaning(code)).to_contain(text) end)
  end
  it("takes the signal where the runtime gives one", function()
    expect(exits.describe { exitCode = 1, signal = 9 }).to_equal("exit 1 (SIGKILL)")
  end)
end)

describe("masking", function()
  it("hides credentials and keeps names", function()
    expect(mask.text("dial postgres://app:" .. "s3cr3t@db:5432/x failed")).to_equal("dial postgres://app:***@db:5432/x failed")
    expect(mask.text("password=hunter22 rejected")).to_equal("password=*** rejected")
    expect(mask.text("Authorization: Bearer abc.def-123")).to_equal("Authorization: Bearer ***")
    expect(mask.text("KeyError: DATABASE_PASSWORD")).to_equal("KeyError: DATABASE_PASSWORD")
    expect(mask.text("couldn't find key PASSWORD in Secret shop/db")).to_equal("couldn't find key PASSWORD in Secret shop/db")
    expect(mask.text("token: expired")).to_equal("token: expired")
  end)
end)
