import LuaSyntax
import Testing

/// Positions, names and limits of the tree.
@Suite struct ParserTests {
    @Test(arguments: [
        ("x = ", 1, 5, "unexpected symbol near <eof>"),
        ("if a then\n  f(\n", 3, 1, "unexpected symbol near <eof>"),
        ("if a then\n  f()\n", 3, 1, "'end' expected (to close 'if' at line 1) near <eof>"),
        ("local t = {\n  a = 1\n  b = 2\n}", 3, 3, "'}' expected (to close '{' at line 1) near 'b'"),
        ("f(function()\n  g()\n)", 3, 1, "unexpected symbol near ')'"),
        ("f(function()\n  g()\n", 3, 1, "'end' expected (to close 'function' at line 1) near <eof>"),
        ("local a <const> = 1\na = 2", 2, 1, "attempt to assign to const variable 'a'"),
        ("local x = 'é' @", 1, 15, "unexpected symbol near '@'"),
        ("x = \"abc\ny", 1, 5, "unfinished string near '\"abc'"),
        ("for i = 1, 2 do\n  goto out\nend", 2, 8, "no visible label 'out' for <goto> at line 2"),
        ("\r\n\r\n x = )", 3, 6, "unexpected symbol near ')'"),
    ])
    func placesErrors(text: String, line: Int, column: Int, message: String) throws {
        let error = try #require(throws: LuaSyntaxError.self) { try Chunk(parsing: SourceText(text)) }
        #expect(error.description(file: "f.lua") == "f.lua:\(line):\(column): \(message)")
    }

    @Test func resolvesNamesToTheirDeclarations() throws {
        let chunk = try Chunk(
            parsing: SourceText("local x = x; do local x = x; x = y end; local function f(a) return f, a, x end"))
        let variables = chunk.variables
        #expect(variables.map(\.name) == ["x", "x", "f", "a"])
        #expect(variables.map(\.reads.count) == [2, 0, 1, 1])
        #expect(variables.map(\.writes.count) == [0, 1, 0, 0])
        #expect(variables[1].shadows.map { chunk[$0].range } == 6..<7)
        let globals = chunk.expressions.compactMap { if case .global(let name) = $0.kind { name } else { nil } }
        #expect(globals == ["x", "y"])
    }

    @Test func givesEveryExpressionItsTextAndParent() throws {
        let text = "x = a.b:c(1, {k = 2 + 3})[4]"
        let chunk = try Chunk(parsing: SourceText(text))
        let texts = chunk.expressions.map { chunk.source.text($0.range) }
        #expect(
            texts == [
                "x", "a", "b", "a.b", "c", "1", "k", "2", "3", "2 + 3", "{k = 2 + 3}", "a.b:c(1, {k = 2 + 3})", "4",
                "a.b:c(1, {k = 2 + 3})[4]",
            ])
        for (index, expression) in chunk.expressions.enumerated() {
            guard let parent = expression.parent else { continue }
            #expect(parent.index > index)
            #expect(chunk[parent].range.lowerBound <= expression.range.lowerBound)
            #expect(chunk[parent].range.upperBound >= expression.range.upperBound)
        }
    }

    @Test func keepsCommentsAndSkipsTheInterpreterLine() throws {
        let chunk = try Chunk(parsing: SourceText("#!/usr/bin/env runbook\n-- one\nx = 1 --[[ two\n]] y = 2"))
        #expect(chunk.comments.map(\.line) == [2, 3])
        #expect(chunk.comments.map(\.lastLine) == [2, 4])
        #expect(chunk.comments.map { chunk.source.text($0.range) } == ["-- one", "--[[ two\n]]"])
    }

    @Test func decodesLiterals() throws {
        let text =
            #"return 0x10, 1e2, 9223372036854775808, "a\65\x42\u{43}\z   D\n", [[\n]], 0xffffffffffffffff, 0x.8p1"#
        let chunk = try Chunk(parsing: SourceText(text))
        let values = chunk.expressions.map { "\($0.kind)" }
        #expect(
            values == [
                "integer(16)", "float(100.0)", "float(9.223372036854776e+18)", #"string("aABCD\n")"#,
                #"string("\\n")"#, "integer(-1)", "float(1.0)",
            ])
    }

    @Test func takesTimeInProportionToTheText() throws {
        let unit = "local function f(a) if a.b == nil then return g(a, { x = 'text', y = a.z .. 1 }) end end\n"
        func seconds(_ count: Int) throws -> Duration {
            let source = SourceText(String(repeating: "do \(unit) end ", count: count))
            return try ContinuousClock().measure { _ = try Chunk(parsing: source) }
        }
        _ = try seconds(500)
        let small = try seconds(1_000)
        let large = try seconds(8_000)
        // Eight times the text may take no more than 24 times the time, which a quadratic parser would.
        #expect(large < small * 24)
    }
}
