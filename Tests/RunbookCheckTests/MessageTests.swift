import RunbookCheck
import Testing

/// The exact words of findings, and what they leave alone.
@Suite struct MessageTests {
    private static let header = "runbook { name = \"t\", lock = \"t\", params = {}, secrets = { \"TOKEN\" } }\n"

    private func lines(_ source: String) -> [String] {
        TestAPI.checker.check(source: source, file: "t").map { "\($0.line):\($0.column) \($0.rule): \($0.text)" }
    }

    /// The findings in the body of a step.
    private func inStep(_ body: String) -> [String] {
        lines(Self.header + "step(\"S\", function()\n\(body)\nend)")
    }

    @Test(arguments: [
        ("helm.upgrad {}", "3:6 unknown-api: `helm` has no function `upgrad`; did you mean `upgrade`?"),
        (
            "helm.zzz {}",
            "3:6 unknown-api: `helm` has no function `zzz`; it has `upgrade`, `lint`, `uninstall`, `rollback`"
        ),
        (
            "helm.install {}",
            "3:6 unknown-api: `helm` has no function `install`; use `helm.upgrade`, which installs what is not there"
        ),
        ("log.inform('x')", "3:5 unknown-api: `log` has no function `inform`; did you mean `info`?"),
        ("log.zzz('x')", "3:5 unknown-api: `log` has no function `zzz`; it has `info`, `warn`"),
        (
            "kubectl.scale { deployment = 'a', replicas = -1 }",
            "3:46 wrong-option-type: `kubectl.scale`: `replicas` takes an integer from 0, not the number -1"
        ),
        ("os.execute('ls')", "3:4 unknown-api: `os` has no function `execute`; use `exec.run`"),
        ("dofile('x')", "3:1 unknown-global: unknown global `dofile`; use `require`"),
        ("helm:lint {}", "3:6 unknown-api: `helm:lint` passes the module itself as an argument; write `helm.lint`"),
        (
            "helm.lint { chrat = 'c' }",
            "3:13 unknown-option: `helm.lint`: unknown option `chrat`; did you mean `chart`?"
        ),
        ("helm.lint { chart = 'c', x = 1 }", "3:26 unknown-option: `helm.lint`: unknown option `x`; it takes `chart`"),
        ("helm.lint {}", "3:11 missing-option: `helm.lint`: needs the option `chart` (path)"),
        ("helm.lint()", "3:1 missing-option: `helm.lint`: needs the option `chart` (path)"),
        ("helm.lint { chart = nil }", "3:11 missing-option: `helm.lint`: needs the option `chart` (path)"),
        (
            "helm.lint 'c'",
            "3:11 wrong-option-type: `helm.lint`: takes a table of options, not the string \"c\"; write `helm.lint { chart = … }`"
        ),
        (
            "helm.lint { 'c' }",
            "3:13 wrong-option-type: `helm.lint`: takes named options; item 1 has no name; write `chart = …`"
        ),
        ("helm.lint { chart = true }", "3:21 wrong-option-type: `helm.lint`: `chart` takes a path, not a boolean"),
        ("fs.read()", "3:1 missing-option: `fs.read`: needs the argument `path` (path)"),
        ("fs.read('a', 'b')", "3:14 too-many-arguments: `fs.read`: takes 1 argument, not 2"),
        ("fs.write('a', secrets.TOKEN, 1)", "3:30 too-many-arguments: `fs.write`: takes 2 arguments, not 3"),
        (
            "exec.run({ 'a' }, { timeout = '5 m' })",
            "3:31 wrong-option-type: `exec.run`: `options.timeout` takes a duration, not the string \"5 m\"; write seconds as a number, or \"90s\", \"2m\", \"1h30m\""
        ),
        ("exec.run({ 'a', {} })", "3:17 wrong-option-type: `exec.run`: `argv[2]` takes a string, not a table"),
        (
            "exec.run({ 'a', name = 'b' })",
            "3:17 wrong-option-type: `exec.run`: option `argv` takes a list, which has no name `name`"
        ),
        (
            "exec.run({ 'a', secrets.TOKEN })",
            "3:17 secret-in-argv: `exec.run`: `argv[2]` would show a secret in the arguments of a process; hand it over by `stdin`, `env` or a file"
        ),
        (
            "exec.run({ 'a' }, { env = { 'B' } })",
            "3:29 wrong-option-type: `exec.run`: option `options.env` takes names with values; this item has no name; write `name = value`"
        ),
        (
            "docker.build { context = '.', tag = 't', pull = 'nver' }",
            "3:49 wrong-option-type: `docker.build`: `pull` takes \"always\" | \"missing\" | \"never\", not the string \"nver\"; did you mean `never`?"
        ),
        (
            "kubectl.scale { deployment = 'd', replicas = 1.5 }",
            "3:46 wrong-option-type: `kubectl.scale`: `replicas` takes an integer from 0, not the number 1.5"
        ),
        (
            "helm.upgrade { release = 'r', chart = 'c', values = { 1 == 1 } }",
            "3:55 wrong-option-type: `helm.upgrade`: `values[1]` takes a path, not a boolean"
        ),
        (
            "helm.upgrade { release = 'r', chart = 'c', wait = 'soon' }",
            "3:51 wrong-option-type: `helm.upgrade`: `wait` takes a duration or a boolean, not the string \"soon\""
        ),
        ("log(params.x)", "3:12 unknown-param: the header declares no parameter `x`; add it to `params` in the header"),
        (
            "params.x = 1",
            "3:1 api-write: `params` belongs to the host and cannot be changed; keep the value in a local"
        ),
        ("log('%d'):format(1)", ""),
        (
            "print(('%d %s'):format(1))",
            "3:8 format-arguments: the format asks for 2 values and is given 1; add what is missing"
        ),
        (
            "print(('%d'):format(1, 2))",
            "3:8 format-arguments: the format asks for 1 values and is given 2; remove what is not shown"
        ),
        (
            "local a = 1\nprint(a)\nlocal a = 2\nprint(a)",
            "5:7 shadowed-local: local `a` hides the one of line 3; give it another name, or assign without `local`"
        ),
        ("local a\na = 1", "3:7 unused-local: local `a` is set but never read; remove it, or begin its name with `_`"),
        ("local function f() return f end", "3:16 unused-local: local function `f` is never called; remove it"),
        (
            "while true do\n  break\n  log(1)\nend",
            "5:3 unreachable-code: this never runs, since line 4 always leaves; remove it, or move it up"
        ),
        (
            "local k = 'glpat-12345678901234567890'\nlog(k)",
            "3:11 secret-in-clear: a GitLab token stands in the text; declare it in the header's `secrets` and use `secrets.NAME`; change it, since it is known now"
        ),
        (
            "log { api_key = 'abcdef' }",
            "3:17 secret-in-clear: the value of `api_key` stands in the text; declare it in the header's `secrets` and use `secrets.NAME`; change it, since it is known now"
        ),
        ("log(1) -- runbook: ignore", "3:8 unknown-ignore: the comment names no rule; write `-- runbook: ignore RULE`"),
        (
            "log(1) -- runbook: ignore unused-lcal",
            "3:27 unknown-ignore: there is no rule `unused-lcal`; did you mean `unused-local`?"
        ),
    ])
    func says(body: String, expected: String) {
        #expect(inStep(body) == (expected.isEmpty ? [] : [expected]))
    }

    @Test(arguments: [
        // A value that is not literal, or may be unknown, is taken.
        "local o = kubectl.get { kind = 'pods' }\nhelm.upgrade(o)",
        "local n = kubectl.get { kind = 'x' }\nhelm.upgrade { release = n, chart = n, wait = n, set = n, values = n }",
        "helm.upgrade { release = 'r', chart = 'c', [kubectl.context()] = 1 }",
        "exec.run(kubectl.get { kind = 'x' })",
        "exec.run({ 'a', 1, 2.5, 'b' .. kubectl.context() }, { timeout = 60, read = false })",
        "exec.run({ 'a', table.unpack({ 'b' }) }, { timeout = '90' })",
        "docker.build { context = '.', tag = 't', max_size = '1.5 GiB' }",
        "kubectl.ensure_secret { name = 's', from = { a = secrets.TOKEN, b = 'x' .. secrets.TOKEN } }",
        "kubectl.ensure_secret { name = 's', from = secrets }",
        // Names of Secrets, variables and files are not their values.
        "log { password = 'DB_PASSWORD', token = '${TOKEN}', auth_token = '/run/token', url = 'postgres://u:${PW}@h/d' }",
        "log { url = 'https://user@example.org', mail = 'a:b@c', secret = 'todo-secrets', key = 'sk-' }",
        // Narrowing, throw-away names and lists of which one is used.
        "local function f(x) local x = x or 1; return x end\nlog(f())",
        "local ok, why = pcall(kubectl.context)\nif not ok then fail('no') end",
        "for _, p in ipairs({}) do for _, q in ipairs(p) do log(q) end end",
        "local _unused = 1",
        "local lock <close> = kubectl.context()",
        // Code after a label is reached by goto.
        "for i = 1, 2 do if i == 1 then goto skip end log(i) ::skip:: end",
        "if kubectl.context() then return end\nlog(1)",
        "if kubectl.context() then fail('x') elseif true then fail('y') end\nlog(1)",
        "exec.run { 'sh', '-c', 'cat \"$1\"', 'sh', kubectl.context() }",
        "local dir = 'x'\nexec.run { 'sh', '-c', 'ls ' .. dir .. ' | wc -l' }",
        "print(('%5.2f%% %-10s'):format(1.0, 'x'), ('%s'):rep(2), ('%d %d'):format(table.unpack({ 1, 2 })))",
        "if not (kubectl.context() == 'x') == true then log(1) end",
        "local ok = pcall(function() helm.uninstall { release = 'r' } end)\nlog(ok)",
        "step('inner', { unless = function() return true end }, function() log(1) end)",
        "local t = { a = 1, [1] = 'a', [2] = 'b', b = { a = 1 } }\nlog(t)",
        "local _ENV = { log = log }\nlog(undefined_name)",
    ])
    func leavesGoodCodeAlone(body: String) {
        #expect(inStep(body) == [])
    }

    @Test func writesAreJudgedByWhereTheirFunctionRuns() {
        let write = "helm.uninstall { release = 'r' }"
        let message = "write-outside-step: `helm.uninstall` changes things outside a step"
        let fix = "wrap it in `step(\"…\", function() … end)`"
        func outside(_ body: String) -> [String] {
            lines(Self.header + body).filter { $0.contains("write-outside-step") }
        }
        #expect(outside(write) == ["2:1 \(message); \(fix)"])
        #expect(outside("if run then \(write) end") == ["2:13 \(message); \(fix)"])
        #expect(outside("pcall(function() \(write) end)") == ["2:18 \(message) (its function runs at line 2); \(fix)"])
        #expect(outside(";(function() \(write) end)()") == ["2:14 \(message) (its function runs at line 2); \(fix)"])
        #expect(
            outside("local function f() \(write) end\nlocal function g() f() end\ng()")
                == ["2:20 \(message) (its function runs at line 3); \(fix)"])
        #expect(outside("local f = function() \(write) end\nstep('a', f)\nf()").count == 1)
        #expect(outside("local function f() \(write) end\nstep('a', function() f() end)") == [])
        #expect(outside("local function f() \(write) end\nstep('a', { undo = f }, function() f() end)") == [])
        #expect(outside("parallel { function() \(write) end, b = function() \(write) end }") == [])
        #expect(outside("local t = {}\nfunction t.f() \(write) end\nt.f()") == [])
        #expect(outside("local function each(f) step('a', f) end\neach(function() \(write) end)") == [])
        #expect(lines("return { f = function() \(write) end }") == [])
    }

    @Test func commentsIgnoreRulesOnTheirLineAndTheNext() {
        #expect(lines("x = 1 -- runbook: ignore global-write") == [])
        #expect(lines("-- runbook: ignore global-write\nx = 1") == [])
        #expect(lines("-- runbook: ignore unused-local, global-write because the host reads it\nx = 1") == [])
        #expect(lines("--[[ runbook: ignore global-write ]]\nx = 1") == [])
        #expect(lines("print(1) -- runbook: ignore global-write\nx = 1").count == 1)
        #expect(lines("-- runbook: ignore unused-local\nx = 1").count == 1)
        #expect(lines("-- runbook: ignore global-write\n\nx = 1").count == 1)
    }

    @Test func filesOfTestsHaveTheWordsOfTests() {
        let source = "describe('a', function() it('b', function() expect(1) end) end)"
        #expect(TestAPI.checker.check(source: source, file: "a_test.lua") == [])
        #expect(
            TestAPI.checker.check(source: source, file: "a.lua").map(\.rule)
                == Array(repeating: "unknown-global", count: 3))
    }

    @Test func aSyntaxErrorIsTheOnlyFinding() {
        #expect(
            lines("x = 1\nif x then\n\n")
                == ["4:1 syntax: 'end' expected (to close 'if' at line 2) near <eof>"])
    }

    @Test func timeGrowsWithTheText() {
        let unit = """
            do local function f(a) return helm.lint { chart = a } end
            local r = f("x") .. string.format("%s", params)
            if r == "a" then log(r) else fail("x") end end

            """
        func seconds(_ count: Int) -> Duration {
            let source = String(repeating: unit, count: count)
            return ContinuousClock().measure { #expect(TestAPI.checker.check(source: source, file: "t").isEmpty) }
        }
        _ = seconds(50)
        #expect(seconds(1_600) < seconds(200) * 24)
    }
}
