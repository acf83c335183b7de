import Foundation
import LuaSyntax
import Testing

/// The rewritten text keeps the meaning of programs and shows each decision to the helpers.
@Suite struct InstrumenterTests {
    @Test(arguments: [
        (
            "if a then b() elseif c then end",
            #"if __rb_test(a, 1, "if") then b() elseif __rb_test(c, 1, "if") then end"#
        ),
        ("while f() do end", #"while __rb_test(f(), 1, "while") do end"#),
        ("repeat\nuntil x", "repeat\nuntil __rb_test(x, 2, \"until\")"),
        ("x = a and b or c", #"x = __rb_test(a, 1, "and") and __rb_test(b, 1, "or") or c"#),
        ("x = a or b or c", #"x = __rb_test(a, 1, "or") or __rb_test(b, 1, "or") or c"#),
        (
            "if a and b or not c then end",
            #"if __rb_test(a, 1, "if") and __rb_test(b, 1, "if") or not __rb_test(c, 1, "if") then end"#
        ),
        (
            "if a and not b then log(1) fail(2) end",
            #"if __rb_test(a, 1, "guard") and not __rb_test(b, 1, "holds") then log(1) fail(2) end"#
        ),
        ("if a.b < 2 then error(a) end", "if __rb_guard(a.b, 1) < 2 then error(a) end"),
        ("if a then fail(1) return end", #"if __rb_test(a, 1, "if") then fail(1) return end"#),
        ("x = not a", "x = __rb_not( a, 1)"),
        ("x = not f()", "x = __rb_not( f(), 1)"),
        ("return not a", "return (__rb_not( a, 1))"),
        ("x = a == b", "x = __rb_eq(a , b, 1)"),
        ("x = a ~= ...", "x = __rb_ne(a , ..., 1)"),
        ("return a == b", "return (__rb_eq(a , b, 1))"),
        ("if a --[[==]] == --\n b then end", "if __rb_test(__rb_eq(a --[[==]] , --\n b, 1), 1, \"if\") then end"),
        ("if\"x\"==y then end", "if __rb_test(__rb_eq(\"x\",y, 1), 1, \"if\") then end"),
        ("if not a == b then end", #"if __rb_test(__rb_eq(__rb_not( a, 1) , b, 1), 1, "if") then end"#),
        ("for i = 1, #t, n do end", "for i = 1, __rb_bound(#t, 1), __rb_bound(n, 1) do end"),
        ("for i = 10, 1, -1 do end", "for i = 10, 1, -1 do end"),
        ("while true do if a < b then break end end", "while true do if a < b then break end end"),
        ("x = 1 == 2", "x = 1 == 2"),
        ("if (a) then end", #"if (__rb_test(a, 1, "if")) then end"#),
        ("#!/x\nif a then end", "#!/x\nif __rb_test(a, 2, \"if\") then end"),
        ("local _ENV = e; if a then end", "local _ENV = e; if a then end"),
    ])
    func rewrites(source: String, expected: String) throws {
        #expect(try BranchInstrumenter.instrument(source) == expected)
    }

    @Test func refusesTheHelpersNames() throws {
        let error = try #require(throws: LuaSyntaxError.self) {
            try BranchInstrumenter.instrument("x = 1\nlocal __rb_test = 1")
        }
        #expect(
            error.description(file: "f.lua")
                == "f.lua:2:7: name '__rb_test' is reserved for dry runs; choose another")
    }

    @Test func leavesTextAloneWhereTheCallsWouldPassTheNestingLimit() throws {
        let source = "x = a" + String(repeating: " == a", count: 300)
        #expect(try BranchInstrumenter.instrument(source) == source)
        let flat = "x = a" + String(repeating: " and a", count: 300)
        let message = try ReferenceCompiler.messages(for: [try BranchInstrumenter.instrument(flat)])
        #expect(message == [nil])
    }

    @Test func keepsTheCorpusValidAndItsLinesInPlace() throws {
        let sources = Corpus.valid + [Corpus.program] + BehaviourCorpus.programs
        let rewritten = try sources.map { try BranchInstrumenter.instrument($0) }
        for (source, result) in zip(sources, rewritten) {
            #expect(SourceText(source).lineStarts.count == SourceText(result).lineStarts.count)
        }
        #expect(try ReferenceCompiler.messages(for: rewritten) == Array(repeating: nil, count: sources.count))
    }

    @Test func programsBehaveAsBefore() throws {
        let before = try BehaviourCorpus.outputs(of: BehaviourCorpus.programs)
        let after = try BehaviourCorpus.outputs(
            of: BehaviourCorpus.programs.map { try BranchInstrumenter.instrument($0) })
        for (program, (old, new)) in zip(BehaviourCorpus.programs, zip(before, after)) {
            #expect(!old.isEmpty)
            #expect(old == new, "for: \(program)")
        }
    }

    @Test func aBranchOnAnUnknownValueIsNoticedWithItsLine() throws {
        let program = """
            local u = unknown
            if u.ready == 3 then print("ready") end
            if not u.gone then print("here") else print("gone") end
            local n = u.count or 7
            while u.busy do print("once") end
            for i = 1, u.size do print("loop", i) end
            print(type(n), known and "yes" or "no", not known, u ~= u)
            """
        let output = try BehaviourCorpus.outputs(of: [try BranchInstrumenter.instrument(program)])
        #expect(
            output == [
                """
                branch 2 if
                ready
                branch 3 if
                gone
                branch 4 or
                branch 5 while
                once
                branch 5 while
                branch 6 bound
                loop\t1
                table\tyes\tfalse\tunknown

                """
            ])
    }
}
