import Foundation
import Testing

@testable import RunbookLua

extension LuaTests {
    @Suite struct JSONDecodeTests {
        private func engine(memoryLimit: Int = 256 << 20) async throws -> LuaEngine {
            let decode = HostFunction.immediate("decode") { call in
                switch call.arguments.first {
                case .string(let text): [.json(Array(text.utf8))]
                case .bytes(let bytes): [.json(bytes)]
                default: []
                }
            }
            return try await makeEngine(memoryLimit: memoryLimit, functions: [("decode", decode)])
        }

        /// JSON text, and a Lua condition on its value `v`.
        static let valid: [(String, String)] = [
            ("1", "v == 1 and math.type(v) == 'integer'"),
            ("-0", "v == 0"),
            ("1.0", "v == 1 and math.type(v) == 'float'"),
            ("1e2", "v == 100 and math.type(v) == 'float'"),
            ("-1.5E-2", "v == -0.015"),
            ("9223372036854775807", "v == math.maxinteger"),
            ("-9223372036854775808", "v == math.mininteger"),
            ("9223372036854775808", "v == 2^63 and math.type(v) == 'float'"),
            ("123456789012345678", "v == 123456789012345678"),
            ("1" + String(repeating: "0", count: 100), "v == 1e100"),
            ("0." + String(repeating: "1", count: 300), "v > 0.1111 and v < 0.1112"),
            ("1e-400", "v == 0"),
            (" \t\r\n true \n", "v == true"),
            ("false", "v == false"),
            ("\"\"", "v == ''"),
            ("\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "v == 'a\"\\\\/\\b\\f\\n\\r\\t'"),
            ("\"\\u0041\\u00e9\\u20AC\"", "v == 'Aé€'"),
            ("\"\\ud83d\\ude00\"", "v == '😀'"),
            ("\"\\ud83d\"", "v == '\u{FFFD}'"),
            ("\"\\ude00x\"", "v == '\u{FFFD}x'"),
            ("\"\\ud83d\\u0041\"", "v == '\u{FFFD}A'"),
            ("\"\\u0000\"", "v == '\\0'"),
            ("\"żółw 😀\"", "v == 'żółw 😀'"),
            ("\"\u{7F}\"", "v == '\\x7f'"),
            ("[]", "#v == 0 and next(v) == nil"),
            ("{}", "next(v) == nil"),
            ("[1,[2,[3]]]", "v[2][2][1] == 3"),
            ("[null,1]", "v[1] ~= nil and v[2] == 1 and #v == 2"),
            ("{\"a\":null,\"b\":1}", "v.a == nil and v.b == 1"),
            ("{\"a\":1,\"a\":2}", "v.a == 2"),
            ("{\"a\":1,\"a\":null}", "v.a == nil"),
            ("{\"\":1}", "v[''] == 1"),
            ("{\"a\\u0062\":{\"c\":[{}]}}", "type(v.ab.c[1]) == 'table'"),
            (String(repeating: "[", count: 512) + String(repeating: "]", count: 512), "#v == 1"),
        ]

        @Test(arguments: valid.map(\.0)) func decodes(_ json: String) async throws {
            let condition = try #require(Self.valid.first { $0.0 == json }).1
            let engine = try await engine()
            #expect(
                try await run(engine, "local v = decode(...) return \(condition)", [.string(json)])[0].booleanValue
                    == true)
        }

        static let invalid: [(String, String)] = [
            ("", "JSON: the text is empty"),
            (" ", "JSON, line 1, column 2: the text ends where a value is expected"),
            ("{", "JSON, line 1, column 2: a name in quotes is expected"),
            ("[", "JSON, line 1, column 2: the text ends where a value is expected"),
            ("[1", "JSON, line 1, column 3: ',' or ']' is expected"),
            ("[1,]", "JSON, line 1, column 4: a value is expected"),
            ("[1 2]", "JSON, line 1, column 4: ',' or ']' is expected"),
            ("[,1]", "JSON, line 1, column 2: a value is expected"),
            ("{\"a\"}", "JSON, line 1, column 5: ':' is expected"),
            ("{\"a\":}", "JSON, line 1, column 6: a value is expected"),
            ("{\"a\":1,}", "JSON, line 1, column 8: a name in quotes is expected"),
            ("{a:1}", "JSON, line 1, column 2: a name in quotes is expected"),
            ("{\"a\":1 \"b\":2}", "JSON, line 1, column 8: ',' or '}' is expected"),
            ("{\n  \"a\": 1,\n  \"b\" 2\n}", "JSON, line 3, column 7: ':' is expected"),
            ("1 2", "JSON, line 1, column 3: more text after the value"),
            ("{}x", "JSON, line 1, column 3: more text after the value"),
            ("tru", "JSON, line 1, column 1: a value is expected"),
            ("nul", "JSON, line 1, column 1: a value is expected"),
            ("falsy", "JSON, line 1, column 1: a value is expected"),
            ("True", "JSON, line 1, column 1: a value is expected"),
            ("NaN", "JSON, line 1, column 1: a value is expected"),
            ("-", "JSON, line 1, column 1: a value is expected"),
            ("+1", "JSON, line 1, column 1: a value is expected"),
            (".5", "JSON, line 1, column 1: a value is expected"),
            ("[01]", "JSON, line 1, column 2: a number with a leading zero"),
            ("-012", "JSON, line 1, column 1: a number with a leading zero"),
            ("1.", "JSON, line 1, column 3: a digit is expected after the decimal point"),
            ("1.e1", "JSON, line 1, column 3: a digit is expected after the decimal point"),
            ("1e", "JSON, line 1, column 3: a digit is expected in the exponent"),
            ("1e+", "JSON, line 1, column 4: a digit is expected in the exponent"),
            ("[1e999]", "JSON, line 1, column 2: a number that is too large"),
            ("-" + String(repeating: "9", count: 400), "JSON, line 1, column 1: a number that is too large"),
            ("0x1", "JSON, line 1, column 2: more text after the value"),
            ("\"a", "JSON, line 1, column 1: a string that does not end"),
            ("[\"a\\", "JSON, line 1, column 2: a string that does not end"),
            ("\"a\nb\"", "JSON, line 1, column 3: a control character in a string"),
            ("\"\\x41\"", "JSON, line 1, column 2: an unknown escape in a string"),
            ("\"\\u12\"", "JSON, line 1, column 4: an incomplete \\u escape"),
            ("\"\\u12g4\"", "JSON, line 1, column 6: a \\u escape needs four hexadecimal digits"),
            ("'a'", "JSON, line 1, column 1: a value is expected"),
            ("\u{FEFF}1", "JSON, line 1, column 1: a value is expected"),
            ("// x\n1", "JSON, line 1, column 1: a value is expected"),
            (String(repeating: "[", count: 513), "JSON, line 1, column 513: nested more than 512 deep"),
            (String(repeating: "{\"a\":", count: 513), "JSON, line 1, column 2561: nested more than 512 deep"),
        ]

        @Test(arguments: invalid.map(\.0)) func refuses(_ json: String) async throws {
            let engine = try await engine()
            let error = await failure(engine, "decode(...)", [.string(json)])
            #expect(error?.message == Self.invalid.first { $0.0 == json }?.1)
        }

        @Test func invalidUTF8IsKeptAsBytes() async throws {
            let engine = try await engine()
            #expect(try await run(engine, "return decode('\"\\xff\"') == '\\xff'")[0].booleanValue == true)
        }

        @Test func emptyListsStayLists() async throws {
            let engine = try await engine()
            let value = try await run(engine, "return now(decode('{\"a\":[],\"b\":{}}'))")[0]
            guard case .list = value["a"], case .table = value["b"] else {
                Issue.record("\(value)")
                return
            }
        }

        @Test func theMemoryCapAppliesWhileDecoding() async throws {
            let engine = try await engine(memoryLimit: 2 << 20)
            let json = "[" + String(repeating: "[1,2,3],", count: 50_000) + "0]"
            let argument: LuaValue = .string(json)
            let error = await failure(engine, "decode(...)", [argument])
            #expect(error?.code == .memory)
            let caught = try await run(engine, "return pcall(decode, ...)", [argument])
            #expect(caught[1].stringValue == "not enough memory")
            await engine.collectGarbage()
            #expect(await engine.memoryUsed < 512 << 10)
        }

        @Test func largeTextsAreDecodedInGoodTime() async throws {
            let pod =
                #"{"metadata":{"name":"backend-7d9f","labels":{"app":"todo","tier":"backend"},"uid":"\u00e9"},"ready":true,"restarts":3,"cpu":0.25},"#
            let json = "[" + String(repeating: pod, count: 50_000_000 / pod.utf8.count) + "null]"
            let source = HostFunction.immediate("source") { _ in [.json(Array(json.utf8))] }
            let engine = try await makeEngine(memoryLimit: 1 << 30, functions: [("source", source)])
            let clock = ContinuousClock()
            let start = clock.now
            let count = try await run(engine, "return #source()")[0].integerValue
            let elapsed = clock.now - start
            #expect(count ?? 0 > 350_000)
            // A debug build on a machine that does other things: the figure guards against a quadratic algorithm only.
            #expect(elapsed < .seconds(30), "50 MB in \(elapsed)")
            if ProcessInfo.processInfo.environment["RECORD_LATENCY"] != nil { print("50 MB of JSON: \(elapsed)") }
        }

        @Test func aStopDoesNotWaitForTheEndOfATextThatIsDecoded() async throws {
            let json = "[" + String(repeating: "1,", count: 10_000_000) + "1]"
            let source = HostFunction.immediate("source") { _ in [.json(Array(json.utf8))] }
            let engine = try await makeEngine(memoryLimit: 1 << 30, functions: [("source", source)])
            let (latency, code) = try await stopLatency(engine, "while true do pcall(source) end") { $0.cancel() }
            #expect(code == .stopped)
            #expect(latency < longest)
        }
    }
}
