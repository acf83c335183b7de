import Testing

@testable import RunbookLua

extension LuaTests {
    @Suite struct ConversionTests {
        @Test func scalarsSurviveTheRoundTrip() async throws {
            let engine = try await makeEngine()
            let script = """
                local function same(a) local b = now(a) return a == b and math.type(a) == math.type(b) end
                return same(math.maxinteger), same(math.mininteger), same(1.0), same(1), same(-0.0), same(1/0), same(-1/0),
                  same(2^53), same(true), same(false), same(nil), same(""), same("a\\0b"), same("\\xff\\xfe"), same("żółw"),
                  now(0/0) ~= now(0/0)
                """
            let values = try await run(engine, script)
            #expect(values.count == 16)
            #expect(values.allSatisfy { $0.booleanValue == true })
        }

        @Test func textAndBytesAreToldApart() async throws {
            let engine = try await makeEngine()
            let values = try await run(engine, "return 'żółw', '\\xc3', '\\xed\\xa0\\x80'")
            #expect(values[0].stringValue == "żółw")
            guard case .bytes(let bytes) = values[1], case .bytes = values[2] else {
                Issue.record("invalid UTF-8 is not text")
                return
            }
            #expect(bytes == [0xC3])
        }

        @Test func tablesAreListsOnlyWithoutHoles() async throws {
            let engine = try await makeEngine()
            let values = try await run(
                engine,
                """
                local grown, backwards = {}, {}
                for i = 1, 100 do grown[i] = i end
                for i = 100, 1, -1 do backwards[i] = i end
                return {1, 2, 3}, grown, backwards, {}, {1, nil, 3}, {[0] = 1, 2}, {1, x = 2}, {[1.5] = 1}, {[true] = 1, [2] = 2}
                """)
            #expect(values[0].listValue?.compactMap(\.integerValue) == [1, 2, 3])
            #expect(values[1].listValue?.compactMap(\.integerValue) == Array(1...100))
            #expect(values[2].listValue?.compactMap(\.integerValue) == Array(1...100))
            guard case .table(let empty) = values[3] else {
                Issue.record("an empty table is no list")
                return
            }
            #expect(empty.entries.isEmpty)
            for value in values[4...] {
                guard case .table = value else {
                    Issue.record("\(value) is no list")
                    continue
                }
            }
            #expect(values[4].tableValue?.entries.compactMap(\.key.integerValue) == [1, 3])
            #expect(values[5].tableValue?.entries.compactMap(\.key.integerValue) == [0, 1])
            #expect(values[6]["x"].integerValue == 2)
        }

        /// The border of such a table is any of its powers of two: the length operator says 2^62.
        @Test func aTableWithAnAbsurdLengthIsNoList() async throws {
            let engine = try await makeEngine()
            let values = try await run(engine, "local t = {} for i = 0, 62 do t[1 << i] = i end return t, #now(t)")
            #expect(values[0].tableValue?.entries.count == 63)
        }

        @Test func entriesComeInAFixedOrder() async throws {
            let engine = try await makeEngine()
            let values = try await run(
                engine,
                "return {b = 1, a = 2, [10] = 3, [2] = 4, [2.5] = 5, [true] = 6, [false] = 7, Z = 8, ['\\xff'] = 9}"
            )
            let keys = values[0].tableValue?.entries.map { String(describing: $0.value.integerValue ?? 0) }
            #expect(keys?.joined(separator: " ") == "4 5 3 8 2 1 9 7 6")
        }

        @Test func emptyListsStayLists() async throws {
            let engine = try await makeEngine()
            try await engine.setGlobals(functions: [], values: [("list", .list([]))])
            guard case .list(let items) = try await run(engine, "return now(list)")[0] else {
                Issue.record("the mark is lost")
                return
            }
            #expect(items.isEmpty)
            #expect(try await run(engine, "list[1] = 'x' return list")[0].listValue?.count == 1)
        }

        static let refusals: [(String, String)] = [
            ("local t = {} t.t = t now(t)", "a table that contains itself"),
            ("local t = {} t[1] = {t} now(t)", "a table that contains itself"),
            ("local t = {} for i = 1, 250 do t = {t} end now(t)", "a table nested more than 200 deep"),
            ("now({[{}] = 1})", "a table whose key is no text, number or boolean"),
            ("now(coroutine.create(type))", "a coroutine cannot be passed to the host"),
            ("now({1, {x = coroutine.running()}})", "a coroutine cannot be passed to the host"),
        ]

        @Test(arguments: refusals.map(\.0)) func whatCannotCrossIsAnErrorAtTheCall(_ script: String) async throws {
            let engine = try await makeEngine()
            let error = await failure(engine, script)
            #expect(error?.message == Self.refusals.first { $0.0 == script }?.1)
            #expect(try await run(engine, "return now(1)").first?.integerValue == 1)
        }

        @Test func sharedTablesAreCopied() async throws {
            let engine = try await makeEngine()
            let values = try await run(
                engine, "local s = {1} local t = now({s, s}) return t[1][1] + t[2][1], t[1] == t[2]")
            #expect(values[0].integerValue == 2)
            #expect(values[1].booleanValue == false)
        }

        @Test func theDepthOfHostValuesIsLimitedToo() async throws {
            let deep = HostFunction.immediate("deep") { call in
                var value: LuaValue = 1
                for _ in 0..<(call.arguments[0].integerValue ?? 0) { value = .list([value]) }
                return [value]
            }
            let engine = try await makeEngine(functions: [("deep", deep)])
            #expect(try await run(engine, "return type(deep(200))")[0].stringValue == "table")
            #expect(await failure(engine, "deep(201)")?.message == "a value nested more than 200 deep")
        }

        @Test func keysThatLuaRefusesAreErrorsOfTheHost() async throws {
            let keys: [(LuaValue, String)] = [
                (.number(.nan), "a table key that is not a number (NaN)"), (.nil, "a table key of type nil"),
                (.list([]), "a table key of type table"),
            ]
            for (key, message) in keys {
                let bad = HostFunction.immediate("bad") { _ in [.table(LuaTable([(key, 1)]))] }
                let engine = try await makeEngine(functions: [("bad", bad)])
                let error = await failure(engine, "bad()")
                #expect(error?.message == message)
            }
        }

        @Test func manyElementsAreRefused() async throws {
            let engine = try await makeEngine(memoryLimit: 512 << 20)
            let error = await failure(engine, "local t = {} for i = 1, 8000001 do t[i] = true end now(t)")
            #expect(error?.message == "a value with more than 8000000 elements")
        }

        @Test func functionsCanBeCalledLater() async throws {
            let engine = try await makeEngine()
            guard
                case .function(let function) = try await run(
                    engine, "local n = 1 return function(x) n = n + x return n end")[0]
            else {
                Issue.record("no function")
                return
            }
            await engine.collectGarbage()
            #expect(try await engine.call(function, [2]).first?.integerValue == 3)
            #expect(try await engine.call(function, [2]).first?.integerValue == 5)
        }
    }
}
