import RunbookTestSupport
import Testing

@testable import RunbookHost

/// Whatever a script does with the text of a secret that it has from elsewhere, nothing that the run tells shows it.
@Suite("redaction")
struct RedactionTests {
    private static let secrets = ["TOKEN": "sesame-Street/4711+x", "PASSWORD": "p\"w$ %41\\ ü\nsecond line of it"]

    static let bodies = [
        "print(v.TOKEN, v.PASSWORD)", "log.info(v.TOKEN) log.warn(v.PASSWORD)", "print({ v.TOKEN, x = v.PASSWORD })",
        "print(base64.encode(v.TOKEN), base64.encode('ab' .. v.PASSWORD))", "print(json.encode(v))",
        "print(yaml.encode(v))", "print(('%q'):format(v.PASSWORD))", "error(v.TOKEN)",
        "error({ message = v.PASSWORD })",
        "fail(v.TOKEN)", "fail { message = v.TOKEN, remedy = v.PASSWORD, result = v }", "return v",
        "return { [v.TOKEN] = { v.PASSWORD } }", "step(v.TOKEN, function() end)",
        "step(v.TOKEN, function() fail(v.PASSWORD) end)",
        "step('a', { allow_failure = true }, function() error(v.PASSWORD) end)",
        "step('a', { confirm = v.TOKEN }, function() end)", "parallel { [v.TOKEN] = function() end }",
        "exec.run({ 'echo', v.TOKEN, v.PASSWORD })",
        "exec.run({ 'sh', '-c', 'echo \"$1\" >&2; exit 1', 'sh', v.PASSWORD })",
        "exec.run({ v.TOKEN })", "exec.run({ 'true' }, { title = v.TOKEN, undo = { 'echo', v.PASSWORD } })",
        "exec.run({ 'cat' }, { stdin = v.PASSWORD })", "exec.run({ 'base64' }, { stdin = v.TOKEN })",
        "exec.run({ 'dd', 'bs=1', 'status=none' }, { stdin = v.PASSWORD })",
        "exec.run({ 'env' }, { env = { A = v.TOKEN } })", "exec.run({ 'pwd' }, { cwd = v.TOKEN })",
        "fs.write { path = 'out', text = v.PASSWORD } return fs.read('out')",
        "fs.write { path = v.TOKEN .. '/x', text = '' }",
        "fs.read(v.TOKEN)", "fs.remove(v.TOKEN)", "http.get { url = 'http://127.0.0.1:1/' .. v.TOKEN }",
        "require(v.TOKEN)",
        "local u = exec.run({ 'echo', v.TOKEN }).stdout if u == v.TOKEN then print(u) end return u",
        "json.decode('{' .. v.TOKEN)", "yaml.decode(': : ' .. v.PASSWORD)", "time.seconds(v.TOKEN)",
        "local t = {} t[v.TOKEN].x = 1", "v.TOKEN()", "exec.run({ 'true' }, { [v.TOKEN] = 1 })",
    ]

    @Test("events and summary", arguments: bodies)
    func events(_ body: String) async throws {
        var run = try ModuleRun()
        defer { run.remove() }
        run.environment.merge(Self.secrets) { $1 }
        let finder = LeakFinder(secrets: Self.secrets.mapValues { Array($0.utf8) })
        let text = """
            runbook { secrets = { "TOKEN", "PASSWORD" } }
            local v = { TOKEN = "sesame-Street/4711+x", PASSWORD = "p\\"w$ %41\\\\ ü\\nsecond line of it" }
            \(body)
            """
        for dryRun in [nil, RunOptions.DryRun.preview] {
            let outcome = await run(text, dryRun: dryRun)
            let shown = outcome.events.map { String(describing: $0) }.joined(separator: "\n")
            #expect(finder.leaks(in: shown, place: "events").isEmpty, "\(body): \(shown)")
            #expect(finder.leaks(in: String(describing: outcome.summary), place: "summary").isEmpty, "\(body)")
        }
    }

    @Test("the summary counts what was masked, by name")
    func counts() async throws {
        var run = try ModuleRun()
        defer { run.remove() }
        run.environment["TOKEN"] = "sesame-street"
        let outcome = await run(
            "runbook { secrets = { \"TOKEN\" } }\nexec.run({ \"sh\", \"-c\", \"echo $T $T\" }, { env = { T = secrets.TOKEN } })"
        )
        #expect(outcome.lines == ["‹secret TOKEN› ‹secret TOKEN›"])
        #expect(outcome.summary.masked.map { "\($0.name) \($0.count)" } == ["TOKEN 2"])
    }
}
