import Testing

@testable import RunbookHost

/// What a preview cannot know goes through a script to its end.
@Suite("unknown values")
struct UnknownTests {
    /// Lua expressions on `u`, the output of a command that a preview does not run.
    static let expressions: [(String, String)] = [
        ("u", "‹unknown: output of make›"), ("u.a.b", "‹unknown: output of make.a.b›"),
        ("u[1]", "‹unknown: output of make›"),
        ("u .. 'x'", "‹unknown: output of make›"), ("'x' .. u", "‹unknown: output of make›"),
        ("1 .. u", "‹unknown: output of make›"), ("u + 1", "‹unknown: output of make›"),
        ("2 * u", "‹unknown: output of make›"), ("-u", "‹unknown: output of make›"),
        ("u // 2 % 3", "‹unknown: output of make›"), ("u & 1", "‹unknown: output of make›"),
        ("#u", "‹unknown: output of make›"), ("u()", "‹unknown: output of make›"),
        ("u:gsub('a', 'b')", "‹unknown: output of make.gsub›"), ("u:match('x').y", "‹unknown: output of make"),
        ("tostring(u)", "‹unknown: output of make›"), ("('%s-%d'):format(u, 1)", "‹unknown: output of make›"),
        ("table.concat({ 'a', u }, ',')", "‹unknown: output of make›"), ("json.decode(u).x", "‹unknown: "),
        ("json.encode({ a = u })", "{\"a\":\"‹unknown: output of make›\"}"), ("base64.encode(u)", "‹unknown: "),
        ("not u", "‹unknown: "),
        ("u == 'a'", "‹unknown: "), ("u ~= 'a'", "‹unknown: "),
        ("exec.run({ 'cat', u }, { read = true })", "‹unknown: "),
        ("(u or ''):match('x')", "‹unknown: "), ("u and u.x or 1", "‹unknown: "), ("fs.read(u)", "‹unknown: "),
        ("text.size(u)", "‹unknown: "), ("time.parse(u)", "‹unknown: "),
    ]

    @Test("indexing, arithmetic, joining and calls give unknowns", arguments: expressions)
    func expression(_ text: String, _ shown: String) async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        let outcome = await run(
            "local u = exec.run({ \"make\" }).stdout\nprint(\(text))\nreturn \(text)", dryRun: .preview)
        #expect(outcome.message == "")
        #expect(outcome.summary.status == .ok)
        #expect(outcome.notes(.print).first?.hasPrefix(shown) == true, "\(outcome.notes(.print))")
    }

    @Test("branches on an unknown are taken, and told with their lines")
    func branches() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        let outcome = await run(
            """
            local u = exec.run({ "make" }).stdout
            local seen = {}
            if u == "a" then seen[#seen + 1] = "if" else seen[#seen + 1] = "else" end
            while u < 3 do
              seen[#seen + 1] = "while"
            end
            for i = 1, u do seen[#seen + 1] = "for" .. i end
            for key, value in pairs(u) do seen[#seen + 1] = "pairs" end
            for _, item in ipairs(u.items) do seen[#seen + 1] = "ipairs" end
            repeat seen[#seen + 1] = "repeat" until u
            local v = u and "and" or "or"
            seen[#seen + 1] = tostring(v)
            step("When", { when = function() return u end }, function() seen[#seen + 1] = "when" end)
            step("Unless", { unless = function() return u end }, function() seen[#seen + 1] = "unless" end)
            return seen
            """, dryRun: .preview)
        #expect(outcome.message == "")
        let lines = outcome.summary.branches.compactMap { text in
            text.split(separator: " ").first { $0.hasPrefix("test.lua:") }.flatMap { Int($0.dropFirst(9)) }
        }
        #expect(lines.starts(with: [3, 4, 7]), "\(outcome.summary.branches)")
        #expect(lines.contains(10) && lines.contains(13) && lines.contains(14))
        #expect(outcome.result.hasPrefix(#"["if","while","for1""#), "\(outcome.result)")
        #expect(outcome.result.contains(#""when""#) && outcome.result.contains(#""unless""#))
        #expect(Set(outcome.notes(.branch)) == Set(outcome.summary.branches))
    }

    @Test("Lua's own functions carry an unknown on, and a loop over its parts ends")
    func libraries() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        let outcome = await run(
            """
            local u = exec.run({ "make" }).stdout
            local known = {}
            for line in u:gmatch("[^\\n]+") do known[#known + 1] = line end
            for word in string.gmatch(u, "%w+") do known[#known + 1] = word end
            table.insert(known, u)
            local size = math.max(tonumber(u:match("%d+")) + 1, 3)
            exec.run({ "echo", string.upper(u), ("x"):rep(size), #known, string.sub("abc", 2), math.floor(2.5) })
            exec.run({ "echo", table.unpack(known) })
            return { string.format("%s", u) == u, tonumber("7"), math.max(1, 2), ("abc"):find("c") }
            """, dryRun: .preview)
        #expect(outcome.message == "")
        let loops = outcome.summary.branches.filter { $0.hasPrefix("loop at ") && $0.contains("leaves it out") }
        #expect(loops.count == 2, "\(outcome.summary.branches)")
        #expect(outcome.summary.plan.last?.certainty == .dependent(on: 1))
        #expect(outcome.result.hasSuffix(",7,2,3,3]"), "\(outcome.result)")
    }

    @Test("what a branch guards against is not taken for granted: the preview goes on")
    func guards() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        let outcome = await run(
            """
            local u = exec.run({ "make" }).stdout
            if u.size < 3 then fail("too small") end
            if u.a ~= u.b then log("x") error("they differ") end
            if not (u.ready and u.fine) or not u then fail("not ready") end
            if not u.ready then print("not taken") end
            if u.other >= 1 then print("taken") end
            return "to the end"
            """, dryRun: .preview)
        #expect(outcome.message == "")
        #expect(outcome.summary.result.stringValue == "to the end")
        #expect(outcome.notes(.print) == ["taken"])
        let ways = outcome.summary.branches.map { $0.split(separator: " ").last.map(String.init) }
        #expect(ways == ["false", "false"] + Array(repeating: "true", count: 5), "\(outcome.summary.branches)")
        let real = await run("local u = { size = 2 } if u.size < 3 then fail(\"too small\") end")
        #expect(real.message == "too small")
    }

    @Test("a write that depends on an earlier one says so; a chain names the change that it comes from")
    func dependent() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        let outcome = await run(
            """
            local first = exec.run({ "one" })
            local second = exec.run({ "two", first.stdout .. "x" })
            exec.run({ "three" }, { stdin = second.stdout })
            fs.write { path = "f", text = first.stdout }
            exec.run({ "four" })
            exec.run({ "five", tostring(first.stdout), ("%s!"):format(second.stdout) })
            """, dryRun: .preview)
        #expect(outcome.message == "")
        #expect(
            outcome.summary.plan.map(\.certainty) == [
                .certain, .dependent(on: 1), .dependent(on: 2), .dependent(on: 1), .certain, .dependent(on: 2),
            ])
        #expect(outcome.summary.plan[1].command == ["two", "‹unknown: output of one›"])
        #expect(outcome.summary.plan.map(\.site) == (1...6).map { "test.lua:\($0)" })
    }

    @Test("a read that cannot be made is unknown, with the reason, and is told once")
    func unread() async throws {
        var run = try ModuleRun()
        defer { run.remove() }
        run.environment["PATH"] = "/nonexistent"
        let text = """
            local version = exec.run({ "no-such-tool", "version" }, { read = true })
            local again = exec.run({ "no-such-tool", "version" }, { read = true })
            print(version.stdout, fs.read("missing.txt"))
            exec.run({ "touch", version.stdout })
            """
        let preview = await run(text, dryRun: .preview)
        #expect(preview.message == "")
        #expect(
            preview.summary.missing == [
                "no-such-tool: command not found",
                "cannot read \(run.folder)/missing.txt: no such file or directory",
            ])
        #expect(preview.notes(.unread) == preview.summary.missing)
        #expect(preview.summary.plan.map(\.certainty) == [.unvalidated("exec.run.stdout")])
        let real = await run(text)
        #expect(real.message == "no-such-tool: command not found")
        #expect(real.summary.exitCode == 3)
    }

    @Test("a mistake in the script stays one in a preview")
    func mistakes() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        let outcome = await run(
            "local u = exec.run({ \"make\" }).stdout\nlocal t\nreturn t.x .. u", dryRun: .preview)
        #expect(outcome.message == "attempt to index a nil value (local 't')")
        #expect(outcome.summary.failure?.site == "test.lua:3")
    }

    @Test("nothing is changed by any kind of write")
    func nothing() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        try run.write("there.txt", "old")
        let outcome = await run(
            """
            fs.write { path = "new.txt", text = "x" }
            fs.write { path = "there.txt", text = "new" }
            fs.mkdir("folder")
            fs.copy { from = "there.txt", to = "copy.txt" }
            fs.remove("there.txt")
            exec.run({ "touch", "ran" })
            http.request { method = "POST", url = "http://127.0.0.1:1/x", body = "{}" }
            """, dryRun: .preview)
        #expect(outcome.message == "")
        #expect(outcome.summary.plan.count == 7)
        let files = LiveFiles(folder: run.folder, vault: .init())
        #expect(try files.names(run.folder).filter { $0 != "state" } == ["there.txt"])
        #expect(try files.read(run.folder + "/there.txt") == Array("old".utf8))
    }
}
