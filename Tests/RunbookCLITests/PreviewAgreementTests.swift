import Foundation
import Testing

/// A preview and the real run after it, on two simulated clusters that begin alike.
@Suite("preview agreement")
struct PreviewAgreementTests {
    @Test(
        "what a preview lists is what a real run then does, in that order",
        arguments: ["deploy-local.lua", "teardown.lua"])
    func agreement(_ runbook: String) throws {
        var bench = try Bench()
        defer { bench.remove() }
        bench.environment["PATH"] = "\(Program.root)/.tools/bin:\(Bench.systemPath)"
        bench.environment["DATABASE_URL"] = "postgresql://todo:sesame-street@db.example.com:5432/todo"
        bench.environment["BETTER_AUTH_SECRET"] = "sesame-street-0123456789abcdef01"
        let preview = try bench.run(runbook, "--sim", "--dry-run", "--output", "json")
        #expect(preview.status == 0, "\(preview.errors)")
        let plan = try preview.json()["plan"].list.map { change in
            Self.plain(change["command"].texts.joined(separator: " "))
        }
        #expect(try bench.files().isEmpty, "a preview leaves nothing behind")
        let real = try bench.run(runbook, "--sim", "--yes", "--output", "json")
        #expect(real.status == 0, "\(real.errors)")
        let id = try #require(try real.json()["run"].text)
        let log = try #require(bench.read("state/runbook/runs/\(id)/events.jsonl"))
        let writes = try log.split(separator: "\n").compactMap { line -> String? in
            let event = JSON(try JSONSerialization.jsonObject(with: Data(line.utf8)))
            guard event["event"].text == "action-started", event["write"].flag == true else { return nil }
            return event["display"].text.map(Self.plain)
        }
        #expect(!plan.isEmpty)
        #expect(Self.settled(plan) == Self.settled(writes))
    }

    private static func plain(_ command: String) -> String { command.replacing("'", with: "") }

    /// The builds of two images are branches, which may overtake each other.
    private static func settled(_ commands: [String]) -> [String] {
        guard let first = commands.firstIndex(where: { $0.contains("docker build ") }),
            let last = commands.lastIndex(where: { $0.contains("docker build ") })
        else { return commands }
        return commands[..<first] + commands[first...last].sorted() + commands[(last + 1)...]
    }
}
