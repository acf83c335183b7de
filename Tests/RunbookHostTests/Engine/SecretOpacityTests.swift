import RunbookTestSupport
import Testing

@testable import RunbookHost

/// No operation of Lua yields the text of a secret.
@Suite("secrets in Lua")
struct SecretOpacityTests {
    private static let value = "sesame-Street-4711"

    /// Lua expressions that try to get at `s`, the secret.
    static let attempts = [
        // joining and formatting
        "s .. ''", "'' .. s", "s .. s", "s .. 1", "('%s'):format(s)", "string.format('%s', s)", "('%q'):format(s)",
        "('%5s'):format(s)", "('%.3s'):format(s)", "('%x'):format(s)", "('%d'):format(s)", "string.format(s)",
        "string.format(s, 'x')", "('a' .. s):format()", "table.concat({ s })", "table.concat({ 'a', s }, ',')",
        "table.concat({ 'a', 'b' }, s)", "tostring(s)", "tostring(s .. 'x')", "tostring('x' .. s):sub(2)",
        // measuring and comparing
        "#s", "#(s .. 'x')", "s == 'sesame-Street-4711'", "s < 'z'", "s <= s", "'a' < s", "s > 1", "rawlen(s)",
        "rawequal(s, 'sesame-Street-4711')", "math.max(s, s)", "table.sort({ s, 'a' })", "table.sort({ s, s, s })",
        // arithmetic
        "s + 1", "1 + s", "-s", "s // 1", "s & 1", "~s", "s % 2", "s ^ 2", "s << 1", "tonumber(s)", "tonumber(s, 36)",
        "math.floor(s)", "math.tointeger(s)", "math.abs(s)", "math.type(s)", "math.random(s)", "math.ult(s, 1)",
        // fields and text methods
        "s.x", "s[1]", "s:sub(1)", "s:upper()", "s:rep(2)", "s:byte(1, -1)", "string.sub(s, 1)",
        "string.byte(s, 1, -1)",
        "string.rep(s, 2)", "string.rep('a', 2, s)", "string.reverse(s)", "string.upper(s)", "string.lower(s)",
        "string.len(s)", "string.find(s, 'e')", "string.find('sesame', s)", "string.match(s, '.*')",
        "string.match('sesame-Street-4711', s)", "string.gmatch(s, '.')()", "string.gsub(s, '.', '%0')",
        "string.gsub('x', 'x', s)", "string.gsub('x', 'x', function() return s end)",
        "string.gsub('x', 'x', { x = s })", "string.gsub('x', s, 'y')", "string.pack('s', s)", "string.packsize(s)",
        "string.unpack('s', s)", "string.char(s)", "string.dump(s)", "utf8.len(s)", "utf8.codepoint(s, 1, -1)",
        "utf8.char(s)", "utf8.codes(s)", "utf8.offset(s, 1)", "pairs(s)", "ipairs(s)", "next(s)", "(ipairs(s))(s, 0)",
        "select('#', s)", "select(s, 1)", "table.unpack(s)", "table.unpack({ s })", "table.insert({}, s, 1)",
        "table.pack(s)", "table.move({ s }, 1, 1, 1, {})[1]", "table.remove({ s })",
        // raw access and metatables
        "rawget(s, 1)", "rawget({ s }, 1)", "rawset(s, 1, 1)", "getmetatable(s)", "setmetatable(s, {})",
        "setmetatable({}, getmetatable(s))", "getmetatable(s).__tostring(s)", "getmetatable(s).__concat(s, '')",
        "setmetatable({}, { __index = s }).x", "setmetatable({}, { __index = s })[1]",
        "setmetatable({}, { __call = s })()", "tostring(setmetatable({}, { __tostring = function() return s end }))",
        "setmetatable({}, { __name = s })", "tostring(setmetatable({}, { __name = s }))",
        "setmetatable({}, { __concat = function(_, b) return b end }) .. s",
        "setmetatable({}, { __len = function() return s end })",
        "#setmetatable({}, { __len = function() return s end })",
        "(function() local t = setmetatable({}, { __mode = s }) return t end)()", "s.x == nil", "({ [s] = 1 })",
        "next({ [s] = 1 })", "(function() for k in pairs({ [s] = 1 }) do return k end end)()",
        // chunks
        "load(s)", "load('return ' .. s)", "load(function() return s end)", "load('return 1', s)", "load('x', s)",
        "load('error()', 'a' .. s)", "require(s)", "require_all(s)", "assert(false, s)", "assert(nil, 'a' .. s)",
        "error(s)", "error('a' .. s)", "error({ message = s })",
        "error(setmetatable({}, { __tostring = function() return s end }))",
        "select(2, pcall(error, s))", "select(2, pcall(error, { s }))", "tostring(select(2, pcall(error, s)))",
        "select(2, xpcall(error, function(m) return m end, s))", "select(2, xpcall(error, tostring, s))",
        "tostring(select(2, pcall(function() return s.x.y end)))",
        "tostring(select(2, pcall(function() return #s end)))",
        "tostring(select(2, pcall(function() return s < 1 end)))",
        "tostring(select(2, pcall(function() return s + 1 end)))",
        "tostring(select(2, pcall(string.rep, s, -1)))", "warn(s)", "collectgarbage(s)", "print(s)", "type(s)",
        // coroutines
        "coroutine.wrap(function() coroutine.yield(s) end)()", "coroutine.wrap(function(x) return x end)(s)",
        "select(2, coroutine.resume(coroutine.create(function() error(s) end)))", "coroutine.wrap(s)",
        "coroutine.wrap(function() error('a' .. s) end)()", "coroutine.status(s)", "coroutine.close(s)",
        // the API
        "json.encode(s)", "json.encode({ a = s, [1] = 'x' .. s })", "json.encode({ [tostring(s)] = s })",
        "json.decode(s)", "json.decode('\"' .. s .. '\"')", "yaml.encode({ a = s })", "yaml.decode(s)",
        "yaml.decode('a: ' .. s)", "base64.decode(base64.encode(s))", "base64.encode(s)", "base64.encode('xy' .. s)",
        "base64.decode(s)", "hash.sha256(s)", "text.table({ { s } })", "text.diff(s, 'a')", "text.diff('a', s)",
        "text.size(s)", "time.parse(s)", "time.seconds(s)", "time.format(s)", "env.get('TOKEN')", "env.get(s)",
        "log.info(s)", "log.warn('a' .. s)", "log({ s })", "fail(s)", "fail('a' .. s)", "fail { message = s }",
        "fail { message = 'x', remedy = 'y' .. s }", "fail { message = 'x', result = s }", "step(s, function() end)",
        "step('a' .. s, function() end)", "step('a', { timeout = s }, function() end)",
        "step('a', { confirm = s }, function() end)", "confirm(s)", "confirm('a' .. s)",
        "step('a', { allow_failure = true }, function() error(s) end)", "parallel { function() return s end }[1]",
        "parallel { [tostring(s)] = function() return s end }", "exec.run({ 'echo', s })",
        "exec.run({ 'echo', 'a' .. s })", "exec.run({ s })", "exec.run(s)", "exec.run({ 'pwd' }, { cwd = s })",
        "exec.run({ 'true' }, { title = s })", "exec.run({ 'true' }, { env = { [tostring(s)] = 'x' } })",
        "exec.run({ 'cat' }, { stdin = s }).stdout", "exec.run({ 'rev' }, { stdin = 'a' .. s, check = false }).status",
        "exec.run({ 'sh', '-c', 'echo $T' }, { env = { T = s } }).stdout",
        "exec.run({ 'sh', '-c', 'echo $T >&2; exit 1' }, { env = { T = s } })",
        "exec.run({ 'sh', '-c', 'printf %s $T | base64' }, { env = { T = s } }).stdout",
        "exec.run({ 'sh', '-c', 'printf %s $T | od -An -v -tx1' }, { env = { T = s } }).stdout",
        "(function() fs.write { path = 'f', text = s } return fs.read('f') end)()", "fs.write { path = s, text = '' }",
        "fs.read(s)", "fs.read('a' .. s)", "fs.exists(s)", "fs.list(s)", "fs.stat(s)",
        "http.get { url = s }", "http.get { url = 'http://127.0.0.1:1/' .. s }",
        "secret.random { name = s, length = 20 }", "secrets[s]", "params[s]",
    ]

    @Test("none of the ways gives it", arguments: attempts)
    func attempt(_ expression: String) async throws {
        var run = try ModuleRun()
        defer { run.remove() }
        run.environment["TOKEN"] = Self.value
        let finder = LeakFinder(secrets: ["TOKEN": Array(Self.value.utf8)])
        for body in [
            // What a script can see of it: its own redacted output is not enough, it is taken apart first.
            """
            local values = table.pack(pcall(function() return \(expression) end))
            local function spell(value)
              if type(value) ~= "string" then return end
              local bytes = {}
              for i = 1, #value do bytes[i] = string.format("%02x", value:byte(i)) end
              print("seen " .. table.concat(bytes, "."))
            end
            for i = 1, values.n do
              local value = values[i]
              spell(value) spell(tostring(value))
              if type(value) == "table" then for k, v in pairs(value) do spell(k) spell(v) spell(tostring(v)) end end
            end
            """,
            // What the run shows of it when nothing catches it.
            "return \(expression)",
        ] {
            let outcome = await run("runbook { secrets = { \"TOKEN\" } }\nlocal s = secrets.TOKEN\n\(body)")
            let shown =
                outcome.events.map { String(describing: $0) }.joined(separator: "\n")
                + String(describing: outcome.summary)
            #expect(finder.leaks(in: shown).isEmpty)
            for line in outcome.notes(.print) where line.hasPrefix("seen ") {
                let bytes = line.dropFirst(5).split(separator: ".").compactMap { UInt8($0, radix: 16) }
                #expect(finder.leaks(in: bytes).isEmpty, "Lua saw \(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }

    @Test("what can be done with it")
    func uses() async throws {
        var run = try ModuleRun()
        defer { run.remove() }
        run.environment["TOKEN"] = Self.value
        let outcome = await run(
            """
            runbook { secrets = { "TOKEN", NONE = { optional = true } } }
            local s = secrets.TOKEN
            local joined = "Bearer " .. s .. "!"
            print(s, joined, ("%s-%s"):format("a", s), table.concat({ "a", s }, "/"), secrets.NONE)
            assert(exec.run({ "sh", "-c", "test \\"$T\\" = 'Bearer \(Self.value)!'" }, { env = { T = joined }, check = false }).status == 0)
            fs.write { path = "f", text = "x=" .. s }
            local ok, problem = pcall(function() return secrets.OTHER end)
            print(problem)
            """)
        #expect(outcome.message == "")
        #expect(
            outcome.notes(.print).first
                == "‹secret TOKEN›\t‹secret TOKEN›\t‹secret TOKEN›\t‹secret TOKEN›\tnil")
        #expect(
            outcome.notes(.print).last?.contains("secret `OTHER` is not declared: add it to `secrets` in the header")
                == true)
        let mode = try #require(LiveFiles(folder: run.folder, vault: .init()).status(run.folder + "/f")?.mode)
        #expect(mode == 0o600)
    }

    @Test("a secret in an argument list is refused, with the safe ways")
    func argv() async throws {
        var run = try ModuleRun()
        defer { run.remove() }
        run.environment["TOKEN"] = Self.value
        let outcome = await run(
            "runbook { secrets = { \"TOKEN\" } }\nexec.run({ \"curl\", \"-H\", \"Authorization: \" .. secrets.TOKEN })")
        #expect(
            outcome.message
                == "`exec.run`: argument 1, `argv[3]` would put Authorization: ‹secret TOKEN› where everyone on the machine can read it"
        )
        #expect(outcome.remedy == "pass it in `env`, `stdin` or an option that takes a secret")
        #expect(outcome.commands.isEmpty)
    }
}
