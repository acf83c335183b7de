import Foundation
import RunbookTestSupport
import Testing

/// What goes to which stream, and when colours are used.
@Suite("output")
struct OutputTests {
    private static let talkative = """
        runbook { name = "talk", secrets = { "TOKEN" } }
        step("Say", function()
          log.info("told")
          log.warn("careful")
          exec.run({ "sh", "-c", "echo from-the-child; echo child-error >&2" })
          print("a", 1, true, nil, { x = 1 }, secrets.TOKEN)
        end)
        return { list = { 1, 2 }, token = secrets.TOKEN, text = "Bearer " .. secrets.TOKEN }
        """

    private func bench() throws -> Bench {
        var bench = try Bench()
        bench.environment["TOKEN"] = "sesame-street"
        try bench.write("talk.lua", Self.talkative)
        return bench
    }

    @Test("in text, what a script prints is on standard output and all else on standard error")
    func text() throws {
        let bench = try bench()
        defer { bench.remove() }
        let result = try bench.run("talk.lua")
        #expect(result.status == 0)
        #expect(result.out == "a\t1\ttrue\tnil\t{\"x\":1}\t‹secret TOKEN›\n")
        #expect(result.errors.contains("  told\n"))
        #expect(result.errors.contains("  warning: careful\n"))
        #expect(result.errors.contains("✓ Say"))
        #expect(!result.errors.contains("sesame"))
    }

    @Test("--output json prints one document on standard output and all else on standard error")
    func json() throws {
        let bench = try bench()
        defer { bench.remove() }
        let result = try bench.run("talk.lua", "--output", "json")
        let document = try result.json()
        #expect(
            document.keys.isSuperset(of: ["run", "runbook", "status", "dry_run", "steps", "result", "error"]))
        #expect(document["runbook"].text == "talk")
        #expect(document["status"].text == "ok")
        #expect(document["dry_run"].flag == false)
        #expect(document["error"].isNull)
        #expect(document["steps"][0]["name"].text == "Say")
        #expect(document["steps"][0]["ms"].number != nil)
        #expect(document["result"]["list"].list.compactMap(\.number) == [1, 2])
        #expect(document["result"]["token"].text == "‹secret TOKEN›")
        #expect(document["result"]["text"].text?.contains("sesame") == false)
        #expect(result.errors.contains("a\t1\ttrue\tnil"))
        #expect(!result.errors.contains("sesame") && !result.out.contains("sesame"))
    }

    @Test("one JSON document however the run ends", arguments: ["nope.lua", "syntax.lua", "fails.lua", "empty.lua"])
    func documents(_ file: String) throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write("syntax.lua", "runbook {")
        try bench.write("fails.lua", "runbook {}\nprint(\"x\")\nerror(\"no\\nmore\")\n")
        try bench.write("empty.lua", "")
        let result = try bench.run(file, "--output", "json")
        let document = try result.json()
        #expect(document["exit"].number == Int(result.status))
        #expect(document["status"].text == (file == "empty.lua" ? "ok" : "failed"))
    }

    @Test("a pipe gets no escape sequences")
    func pipe() throws {
        let bench = try bench()
        defer { bench.remove() }
        for arguments in [["talk.lua"], ["talk.lua", "--dry-run"], ["nope.lua"], ["list"], ["show", "talk.lua"]] {
            let result = try bench.run(list: arguments)
            #expect(!result.out.contains("\u{1B}") && !result.errors.contains("\u{1B}"))
        }
    }

    @Test("a terminal gets colours")
    func colours() throws {
        let bench = try bench()
        defer { bench.remove() }
        let result = try PseudoTerminal.run(bench, ["talk.lua"])
        #expect(result.status == 0)
        #expect(result.screen.contains("\u{1B}["), "\(result.screen)")
    }

    @Test(
        "a terminal gets no escape sequences when it cannot or shall not",
        arguments: [("NO_COLOR", "1"), ("CI", "true"), ("TERM", "dumb")])
    func plain(_ name: String, _ value: String) throws {
        var bench = try bench()
        defer { bench.remove() }
        bench.environment[name] = value
        let result = try PseudoTerminal.run(bench, ["talk.lua"])
        #expect(result.status == 0)
        #expect(result.screen.contains("Say"))
        let escapes = result.screen.replacing("\u{1B}[?25l", with: "").replacing("\u{1B}[?25h", with: "")
        let colours = escapes.matches(of: /\u{1B}\[[0-9;]*m/)
        #expect(colours.isEmpty)
        if name != "NO_COLOR" { #expect(!result.screen.contains("\u{1B}")) }
    }

    @Test("an empty NO_COLOR is none")
    func emptyNoColor() throws {
        var bench = try bench()
        defer { bench.remove() }
        bench.environment["NO_COLOR"] = ""
        #expect(try PseudoTerminal.run(bench, ["talk.lua"]).screen.contains("\u{1B}["))
    }

    @Test("help and version")
    func help() throws {
        let bench = try Bench()
        defer { bench.remove() }
        let help = try bench.run("--help")
        #expect(help.status == 0)
        for verb in ["run", "list", "show", "check", "test", "sim", "doctor", "new", "editor"] {
            #expect(help.out.contains("\n  \(verb) "))
        }
        #expect(try bench.run("--version").status == 0)
    }
}
