import Foundation
import Testing

/// Scripts that do not want to end, through the whole program: the time limit ends each, with its exit code.
@Suite("hostile scripts", .serialized)
struct HostileScriptTests {
    static let endless: [(name: String, body: String)] = [
        ("plain loop", "while true do end"),
        ("goto", "::again:: goto again"),
        ("pcall loop", "while true do pcall(function() while true do end end) end"),
        ("xpcall handler", "while true do xpcall(error, function() while true do end end) end"),
        ("coroutines", "while true do coroutine.wrap(function() while true do end end)() end"),
        (
            "close",
            "local x <close> = setmetatable({}, { __close = function() while true do end end }) while true do end"
        ),
        (
            "close of a coroutine",
            "local c = coroutine.create(function() local x <close> = setmetatable({}, { __close = function() while true do end end }) coroutine.yield() end) coroutine.resume(c) coroutine.close(c)"
        ),
        ("table.concat", "local t = {} for i = 1, 1e6 do t[i] = 'x' end while true do table.concat(t) end"),
        ("sort", "local t = {} for i = 1, 1000 do t[i] = i end table.sort(t, function() while true do end end)"),
        ("gsub", "string.gsub('x', '.', function() while true do end end)"),
        ("tostring", "tostring(setmetatable({}, { __tostring = function() while true do end end }))"),
        ("tail calls", "local function f() return f() end f()"),
        ("load", "while true do load('return 1')() end"),
        ("no globals", "_ENV = {} while true do end"),
        ("replaced functions", "string.find = function() while true do end end pcall(('x').find, 'x')"),
        ("retries", "while true do pcall(step, 'again', function() error('no') end) end"),
        ("sleeps", "while true do pcall(time.sleep, '100s') end"),
        ("branches", "parallel { function() while true do end end, function() exec.run { 'sleep', '61.5' } end }"),
        ("programs", "while true do pcall(exec.run, { 'sleep', '61.5' }) end"),
        ("a library", "require 'endless'"),
        ("a pattern", "local s = ('a'):rep(40):find(('a*'):rep(40) .. 'b')"),
        (
            "a step with a pattern",
            "step('Match', { timeout = '100ms' }, function() ('a'):rep(40):find(('a*'):rep(40) .. 'b') end)"
        ),
    ]

    @Test("ended by --timeout", arguments: endless.map(\.name))
    func timeout(_ name: String) throws {
        let bench = try Bench()
        defer { bench.remove() }
        let body = try #require(Self.endless.first { $0.name == name }).body
        try bench.write("lib/endless.lua", "while true do end")
        try bench.write("endless.lua", "runbook { name = \"endless\" }\n\(body)\n")
        let result = try bench.run("endless.lua", "--timeout", "300ms", "--output", "json")
        #expect(result.status == 124, "\(result.errors)")
        #expect(result.seconds < 30)
        let document = try result.json()
        #expect(document["status"].text == "timeout")
        #expect(document["runbook"].text == "endless")
        #expect(document["error"]["message"].text == "the run was over its limit of 0.3s")
        #expect(try result.json()["run"].text?.count == 6)
    }

    @Test("ended by the header's time limit, even where Lua cannot be interrupted")
    func headerTimeout() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write(
            "match.lua",
            """
            runbook { name = "match", timeout = "300ms" }
            local text = ("a"):rep(40)
            text:find(("a*"):rep(40) .. "b")
            """)
        let result = try bench.run("match.lua", "--output", "json")
        #expect(result.status == 124)
        #expect(try result.json()["status"].text == "timeout")
        #expect(result.errors.contains("the run was over its limit of 0.3s; the script could not be interrupted"))
    }

    @Test("a step's own limit ends the run where nothing else can")
    func stuckStep() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write(
            "stuck.lua",
            """
            runbook { name = "stuck" }
            step("Match", { timeout = "100ms", allow_failure = true }, function()
              ("a"):rep(40):find(("a*"):rep(40) .. "b")
            end)
            """)
        let result = try bench.run("stuck.lua", "--output", "json")
        #expect(result.status == 124, "\(result.errors)")
        #expect(try result.json()["error"]["message"].text == "the step \"Match\" was over its limit of 0.1s")
        #expect(result.errors.contains("the script could not be interrupted"))
    }

    static let refused: [(body: String, message: String)] = [
        ("setmetatable({}, { __gc = function() end })", "__gc is not available; use a <close> variable"),
        ("return ('x'):rep(1e10)", "resulting string too large"),
        (
            "local t = {} while true do t[#t + 1] = ('x'):rep(1e6) .. #t end",
            "not enough memory: the script reached its cap"
        ),
        ("local function f(n) return 1 + f(n + 1) end f(1)", "stack overflow"),
        ("assert(load(string.char(27) .. 'Lua'))", "attempt to load a binary chunk (mode is 't')"),
        ("getmetatable('').__index = nil", "attempt to index a boolean value"),
        ("os.exit(0)", "attempt to call a nil value (field 'exit')"),
        ("os.execute('true')", "attempt to call a nil value (field 'execute')"),
        ("io.open('x')", "attempt to index a nil value (global 'io')"),
        ("debug.getinfo(1)", "attempt to index a nil value (global 'debug')"),
        ("package.path = 'x'", "attempt to index a nil value (global 'package')"),
        ("dofile('x')", "attempt to call a nil value (global 'dofile')"),
        ("error({ code = 42, message = 'as a field' })", "as a field"),
        (
            "local s, p = 'a: &a [1,1,1,1,1,1,1,1,1,1]\\n', 'a' for c in ('bcdefghi'):gmatch('.') do s = s .. c .. ': &' .. c .. ' [' .. ('*' .. p .. ','):rep(9) .. '*' .. p .. ']\\n' p = c end yaml.decode(s)",
            "YAML: line 1, column 20: its aliases stand for more than 100000 values"
        ),
        ("yaml.decode(('['):rep(200) .. (']'):rep(200))", "YAML: line 1, column 181: nested more than 180 deep"),
        ("exec.run { 'echo', 'a\\0b' }", "argument 1 of echo holds a NUL byte, which no argument can"),
    ]

    @Test("refused", arguments: refused.map(\.body))
    func isRefused(_ body: String) throws {
        let bench = try Bench()
        defer { bench.remove() }
        let expected = try #require(Self.refused.first { $0.body == body }).message
        try bench.write("refused.lua", "runbook { name = \"refused\" }\n\(body)\n")
        let result = try bench.run("refused.lua", "--timeout", "60s", "--output", "json")
        #expect(result.status == 1, "\(result.errors)")
        let message = try #require(try result.json()["error"]["message"].text)
        #expect(message.hasPrefix(expected), "\(message)")
    }

    @Test("a message of ten megabytes is cut")
    func longMessage() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write("long.lua", "runbook { name = \"long\" }\nerror((\"x\"):rep(1e7), 0)\n")
        let result = try bench.run("long.lua", "--output", "json")
        #expect(result.status == 1)
        #expect(result.errors.utf8.count < 20_000)
        #expect(try result.json()["error"]["message"].text?.hasSuffix("x… (9995904 bytes more)") == true)
    }

    @Test("a million coroutines end at the cap or are done, and the program goes on")
    func coroutines() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write(
            "many.lua",
            """
            runbook { name = "many" }
            local ok, problem = pcall(function()
              local t = {}
              for i = 1, 1e6 do t[i] = coroutine.create(function() coroutine.yield() end) coroutine.resume(t[i]) end
            end)
            return { ok = ok, problem = problem, after = 1 + 1 }
            """)
        let result = try bench.run("many.lua", "--output", "json")
        #expect(result.status == 0, "\(result.errors)")
        let document = try result.json()["result"]
        #expect(document["ok"].flag == true || document["problem"].text == "not enough memory")
        #expect(document["after"].number == 2)
    }
}
