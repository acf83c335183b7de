import Testing

@testable import RunbookLua

extension LuaTests {
    @Suite struct SandboxTests {
        /// What a script finds, name by name: a new name is a decision, not an accident.
        static let names: [(String, String)] = [
            (
                "_G",
                "_G _VERSION assert collectgarbage coroutine error fail getmetatable ipairs load math next now os pairs pcall rawequal rawget rawlen rawset select setmetatable sleep string table tonumber tostring type utf8 xpcall"
            ),
            ("os", "clock date difftime time"),
            ("coroutine", "close create isyieldable resume running status wrap yield"),
            ("string", "byte char find format gmatch gsub len lower match pack packsize rep reverse sub unpack upper"),
            ("table", "concat insert move pack remove sort unpack"),
            ("utf8", "char charpattern codepoint codes len offset"),
        ]

        @Test(arguments: names.map(\.0)) func onlyTheseNamesExist(_ table: String) async throws {
            let engine = try await makeEngine()
            let script =
                "local t = {} for k in pairs(\(table)) do t[#t + 1] = k end table.sort(t) return table.concat(t, ' ')"
            #expect(try await text(engine, script) == Self.names.first { $0.0 == table }?.1)
        }

        static let refusals: [(String, String)] = [
            ("setmetatable({}, {__gc = function() end})", "test.lua:1: __gc is not available; use a <close> variable"),
            ("setmetatable({}, {__gc = false})", "test.lua:1: __gc is not available; use a <close> variable"),
            ("setmetatable('x', {})", "test.lua:1: bad argument #1 to 'setmetatable' (table expected, got string)"),
            ("setmetatable({})", "test.lua:1: bad argument #2 to 'setmetatable' (nil or table expected, got no value)"),
            ("collectgarbage('stop')", "test.lua:1: collectgarbage: only \"count\" is available"),
            ("collectgarbage('generational')", "test.lua:1: collectgarbage: only \"count\" is available"),
            ("string.dump(type)", "test.lua:1: attempt to call a nil value (field 'dump')"),
            ("os.execute('true')", "test.lua:1: attempt to call a nil value (field 'execute')"),
            ("io.open('/etc/passwd')", "test.lua:1: attempt to index a nil value (global 'io')"),
            ("debug.sethook()", "test.lua:1: attempt to index a nil value (global 'debug')"),
            ("package.loadlib('x', '*')", "test.lua:1: attempt to index a nil value (global 'package')"),
            ("getmetatable('').__index = nil", "test.lua:1: attempt to index a boolean value"),
            ("assert(load('\\27Lua', 'x', 'b'))", "test.lua:1: attempt to load a binary chunk (mode is '')"),
            ("assert(load('\\27Lua'))", "test.lua:1: attempt to load a binary chunk (mode is 't')"),
            ("assert(load('\\27Lua', 'x', 'bt'))", "test.lua:1: attempt to load a binary chunk (mode is 't')"),
            (
                "assert(load(function() return '\\27Lua' end, 'x', 'b'))",
                "test.lua:1: attempt to load a binary chunk (mode is '')"
            ),
            ("assert(load('return 1', 'x', 'b'))", "test.lua:1: attempt to load a text chunk (mode is '')"),
            ("load('return x.y', '=c', 't', nil)()", "c:1: attempt to index a nil value (upvalue '_ENV')"),
            ("string.format('%d', 'x')", "test.lua:1: bad argument #2 to 'format' (number expected, got string)"),
            ("('x'):rep(1e10)", "test.lua:1: resulting string too large"),
            ("string.rep()", "test.lua:1: bad argument #1 to 'rep' (string expected, got no value)"),
            ("table.concat({1, {}})", "test.lua:1: invalid value (table) at index 2 in table for 'concat'"),
            (
                "table.concat({}, '', 1, math.maxinteger)",
                "test.lua:1: invalid value (nil) at index 1 in table for 'concat'"
            ),
            (
                "table.concat({}, '', math.mininteger, math.maxinteger)",
                "test.lua:1: invalid value (nil) at index -9223372036854775808 in table for 'concat'"
            ),
            ("table.concat(1)", "test.lua:1: bad argument #1 to 'concat' (table expected, got number)"),
            ("ipairs()", "test.lua:1: bad argument #1 to 'ipairs' (value expected)"),
            ("xpcall(error)", "test.lua:1: bad argument #2 to 'xpcall' (function expected, got no value)"),
        ]

        @Test(arguments: refusals.map(\.0)) func refuses(_ script: String) async throws {
            let engine = try await makeEngine()
            let error = await failure(engine, script)
            let expected = try #require(Self.refusals.first { $0.0 == script }).1
            #expect(error?.message == expected)
            #expect(error?.code == .runtime)
        }

        static let kept: [String] = [
            "return load('return ...')(1) == 1",
            "return load('return x', 'c', 't', {x = 1})() == 1",
            "local t = {'return', ' 1'} local i = 0 return load(function() i = i + 1 return t[i] end)() == 1",
            "return select('#', xpcall(function(...) return ... end, print or type, 1, nil, nil)) == 4",
            "local ok, e = xpcall(error, function(m) return m .. '!' end, 'x') return not ok and e == 'x!'",
            "return select('#', pcall(xpcall, error, error)) >= 2",
            "return string.rep('', 1e15) == '' and ('ab'):rep(2, ',') == 'ab,ab' and ('x'):rep(0) == ''",
            "return string.format('%s %d %q', {} ~= nil, 3, 'x') == 'true 3 \"x\"'",
            "return table.concat({1, 'x', 2.5}, ',', 1, 3) == '1,x,2.5' and table.concat({}) == ''",
            "local n = 0 for i, v in ipairs({1, 2, nil, 4}) do n = n + v end return n == 3",
            "return type(collectgarbage('count')) == 'number' and collectgarbage() > 0",
            "local t = setmetatable({}, {__metatable = 'locked'}) return getmetatable(t) == 'locked' and not pcall(setmetatable, t, {})",
            "return getmetatable('') == false",
            "return coroutine.isyieldable() ~= nil and coroutine.status(coroutine.create(type)) == 'suspended'",
        ]

        @Test(arguments: kept) func keeps(_ script: String) async throws {
            let engine = try await makeEngine()
            #expect(try await run(engine, script).first?.booleanValue == true)
        }

        /// A script may replace what it sees: only its own state is hurt.
        @Test func tamperingStaysInTheState() async throws {
            let engine = try await makeEngine()
            let script = """
                string.format = function() return "mine" end
                tostring, pcall, error, setmetatable = nil, nil, nil, nil
                for k in pairs(coroutine) do coroutine[k] = nil end
                _ENV = setmetatable and {} or {now = now}
                return now("still here")
                """
            #expect(try await text(engine, script) == "still here")
            let error = await failure(engine, "fail('x')")
            #expect(error?.message == "x")
            #expect(try await text(try await makeEngine(), "return string.format('%s', 'x')") == "x")
        }

        @Test func listMarkCannotCarryAFinalizer() async throws {
            let engine = try await makeEngine()
            try await engine.setGlobals(functions: [], values: [("list", .list([]))])
            #expect(try await run(engine, "return getmetatable(list)").first?.booleanValue == false)
            let error = await failure(engine, "setmetatable(list, {})")
            #expect(error?.message == "test.lua:1: cannot change a protected metatable")
        }

        @Test func opaqueObjectsShowNothing() async throws {
            let kind = LuaObjectKind(rawValue: 3)
            let engine = try await makeEngine()
            try await engine.defineObjects(kind, name: "secret", metamethods: [])
            try await engine.setGlobals(
                functions: [], values: [("secret", .object(LuaObject(kind: kind, payload: "hidden")))])
            #expect(try await run(engine, "return getmetatable(secret)").first?.booleanValue == false)
            #expect(try await run(engine, "return secret.anything").first?.isNil == true)
            let tampering = [
                "secret.x = 1", "setmetatable(secret, {})", "rawset(secret, 1, 2)", "return #secret",
                "return secret .. 'x'",
                "for k in pairs(secret) do end", "return string.rep(secret, 2)", "return table.concat({secret})",
            ]
            for script in tampering {
                let error = await failure(engine, script)
                #expect(error?.code == .runtime)
                #expect(error?.message.contains("hidden") == false)
            }
            let shown = try await text(engine, "return string.format('%s', secret) .. tostring(secret)")
            #expect(shown?.contains("hidden") == false)
        }

        @Test func textFunctionsSeeObjects() async throws {
            let kind = LuaObjectKind(rawValue: 3)
            let engine = try await makeEngine()
            try await engine.defineObjects(kind, name: "secret", metamethods: [])
            try await engine.setGlobals(
                functions: [], values: [("secret", .object(LuaObject(kind: kind, payload: "hidden")))])
            await engine.setTextFunctions(
                format: .immediate("string.format") { _ in ["formatted"] },
                concat: .immediate("table.concat") { _ in ["joined"] })
            #expect(try await text(engine, "return string.format('%s', secret)") == "formatted")
            #expect(try await text(engine, "return ('%s'):format(secret)") == "formatted")
            #expect(try await text(engine, "return table.concat({'a', secret})") == "joined")
            #expect(try await text(engine, "return table.concat({'a', 'b'}, secret)") == "joined")
            #expect(try await text(engine, "return table.concat({'a', 'b'})") == "ab")
        }
    }
}
