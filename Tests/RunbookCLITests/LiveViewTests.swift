import Foundation
import RunbookTestSupport
import Testing

/// The live view of a run on a terminal, as bytes.
@Suite("live view")
struct LiveViewTests {
    private static let work = """
        runbook { name = "work" }
        step("Prepare", { budget = "1m" }, function()
          exec.run({ "sh", "-c", "printf 'now \\\\033[2Jworking\\\\n'; sleep 0.6" })
        end)
        log.info("told")
        print("printed")
        step("Break", { allow_failure = true }, function() exec.run({ "false" }) end)
        """

    /// The lines that stand on the terminal at the end, for programs that only go up, erase and colour.
    private func settled(_ screen: String) -> [String] {
        var lines = [""]
        var row = 0
        var rest = screen.replacing(/\u{1B}\[[0-9;]*m/, with: "")[...]
        while let next = rest.first {
            if rest.hasPrefix("\u{1B}["), let match = rest.prefixMatch(of: /\u{1B}\[(\d*)([A-Za-z])/) {
                rest = rest[match.range.upperBound...]
                if match.2 == "A" { row = max(0, row - (Int(match.1) ?? 1)) }
                if match.2 == "K" { lines[row] = "" }
                if match.2 == "J" {
                    lines[row] = ""
                    lines.removeSubrange((row + 1)...)
                }
                continue
            }
            rest.removeFirst()
            if next == "\n" || next == "\r\n" {
                row += 1
                if row == lines.count { lines.append("") }
            } else if next != "\r" {
                lines[row].append(next)
            }
        }
        return lines
    }

    @Test("what runs is drawn anew, what has ended stays, and nothing of the view is left")
    func view() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write("work.lua", Self.work)
        let result = try PseudoTerminal.run(bench, ["work.lua"])
        #expect(result.status == 0)
        #expect(result.screen.contains(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/))
        #expect(result.screen.contains("now ^[[2Jworking"))
        let screen = result.screen.replacing("\u{1B}[?25h", with: "")
        let sequences = Set(screen.matches(of: /\u{1B}\[?\d*;?\d*(.)/).map { String($0.1) })
        #expect(sequences.isSubset(of: ["A", "J", "K", "m"]), "\(sequences)")
        #expect(!result.screen.contains("\u{1B}[?25l"))
        let lines = settled(screen)
        #expect(lines.contains { $0.hasPrefix("✓ Prepare ") && $0.hasSuffix(" of 1m") })
        #expect(lines.contains("  told") && lines.contains("printed"))
        #expect(lines.contains { $0.hasPrefix("! Break ") })
        #expect(!lines.contains { $0.contains("working") || $0.contains(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/) })
        let order = ["✓ Prepare", "  told", "printed", "! Break", "ok · "].map { start in
            lines.firstIndex { $0.hasPrefix(start) }
        }
        #expect(order.compactMap { $0 } == order.compactMap { $0 }.sorted() && !order.contains(nil))
    }

    @Test("a question in one branch takes the view away while the other works, and is asked once")
    func question() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write(
            "ask.lua",
            """
            runbook { name = "ask" }
            parallel {
              work = function() for i = 1, 4 do exec.run({ "sleep", "0.2" }) log.info("work " .. i) end end,
              ask = function() time.sleep("300ms") confirm("Go on?") print("went on") end,
            }
            """)
        let result = try PseudoTerminal.run(bench, ["ask.lua"], question: "Go on? [y/N] ", keys: "y\n")
        #expect(result.status == 0, "\(result.screen)")
        #expect(result.screen.matches(of: /Go on\? \[y\/N\]/).count == 1)
        let lines = settled(result.screen.replacing("\u{1B}[?25h", with: ""))
        #expect(lines.contains("went on"))
        #expect((1...4).allSatisfy { lines.contains("  work \($0)") })
    }

    @Test("a secret that a program prints is masked in the view")
    func secret() throws {
        var bench = try Bench()
        defer { bench.remove() }
        bench.environment["TOKEN"] = "sesame-street"
        try bench.write(
            "leak.lua",
            """
            runbook { secrets = { "TOKEN" } }
            step("Print", function()
              exec.run({ "sh", "-c", "echo it is $TOKEN; sleep 0.5" }, { env = { TOKEN = secrets.TOKEN } })
            end)
            """)
        let result = try PseudoTerminal.run(bench, ["leak.lua"])
        #expect(result.status == 0)
        #expect(result.screen.contains("it is ‹secret TOKEN›"))
        #expect(!result.screen.contains("sesame"))
    }

    @Test("a pipe gets the outer step before the steps in it, and each line once")
    func plain() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write(
            "nest.lua",
            "runbook {}\nstep(\"Outer\", function() step(\"Inner\", function() exec.run({ \"true\" }) end) end)\n")
        let result = try bench.run("nest.lua")
        let lines = result.errors.split(separator: "\n").map { $0.prefix(9).trimmingCharacters(in: .whitespaces) }
        #expect(lines.dropFirst().dropLast() == ["▸ Outer", "✓ Inner", "✓ Outer"])
    }
}
