import Foundation
import RunbookLua
import Testing

@testable import RunbookHost

/// What AI tools generate is checked, shown and confirmed before it is used.
@Suite("ai.generate")
struct AIGenerateTests {
    private func run(_ name: String, _ tools: [String] = []) throws -> ModuleRun {
        var run = try ModuleRun()
        let folders = (["claude"] + tools).map(RepositoryFiles.standIns)
        run.environment["PATH"] = (folders + ["/usr/bin", "/bin"]).joined(separator: ":")
        run.environment["CLAUDE_CASE"] = name
        run.environment["ANTHROPIC_API_KEY"] = "sk-key-for-the-tests"
        return run
    }

    private func text(_ run: ModuleRun, _ file: String) -> String? {
        try? String(contentsOfFile: "\(run.folder)/\(file)", encoding: .utf8)
    }

    private func verdicts(_ run: ModuleRun, _ outcome: ModuleRun.Outcome) throws -> [String] {
        let folder = "\(run.folder)/state/runs/\(outcome.summary.id)/ai"
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().compactMap { name in
            let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
            return (try JSONSerialization.jsonObject(with: data) as? [String: Any])?["verdict"] as? String
        }
    }

    @Test("a manifest without a cluster: its structure is checked, the file written after the difference was shown")
    func manifest() async throws {
        let run = try run("manifest", ["kubectl-ai"])
        defer { run.remove() }
        let outcome = await run(
            "return ai.generate { prompt = \"a map\", kind = \"manifest\", tool = \"claude\", file = \"out/map.yaml\" }"
        )
        #expect(outcome.message == "")
        #expect(outcome.summary.result["ok"].booleanValue == true)
        #expect(outcome.summary.result["checked_by"].stringValue == "structure")
        #expect(
            outcome.summary.result["warnings"].listValue?.first?.stringValue
                == "no cluster answers: only the structure was checked")
        #expect(text(run, "out/map.yaml") == "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: made\n")
        #expect(
            outcome.notes(.info).contains { $0.hasPrefix("new: out/map.yaml\n") && $0.contains("+kind: ConfigMap") })
        #expect(try verdicts(run, outcome) == ["answered", "accepted"])
    }

    @Test("a manifest that lacks what every object has is refused, and the fallback is used")
    func badManifest() async throws {
        let run = try run("bad-manifest", ["kubectl-ai"])
        defer { run.remove() }
        let outcome = await run(
            """
            return ai.generate { prompt = "a map", kind = "manifest", tool = "claude", attempts = 1, file = "map.yaml",
              fallback = function(reason) return "kind: FromTheFallback\\n" end }
            """)
        #expect(outcome.summary.status == .ok)
        #expect(outcome.summary.result["ok"].booleanValue == false)
        #expect(
            outcome.summary.result["reason"].stringValue
                == "claude: what it wrote was refused: document 1: `apiVersion` is missing")
        #expect(text(run, "map.yaml") == "kind: FromTheFallback\n")
        #expect(try verdicts(run, outcome) == ["answered", "refused"])
    }

    @Test("a refused text is given back with the reason, and the next one is taken")
    func secondAttempt() async throws {
        let run = try run("bad-then-good")
        defer { run.remove() }
        let outcome = await run("return ai.generate { prompt = \"x\", kind = \"dockerfile\", file = \"Dockerfile\" }")
        #expect(outcome.summary.result["ok"].booleanValue == true)
        #expect(text(run, "Dockerfile") == "FROM python:3.12-slim\n")
        #expect(
            text(run, "prompt")?.contains(
                "Your last answer was refused: line 1: unknown instruction: FROMM (did you mean FROM?)") == true)
    }

    @Test("a check of the runbook's own refuses by its answer, or by an error")
    func ownCheck() async throws {
        let run = try run("dockerfile")
        defer { run.remove() }
        let refused = await run(
            """
            return ai.generate { prompt = "x", kind = "dockerfile", tool = "claude", attempts = 1, file = "Dockerfile",
              validate = function(text) return text:find("USER") ~= nil, "it runs as root" end }
            """)
        #expect(refused.summary.result["reason"].stringValue == "claude: what it wrote was refused: it runs as root")
        #expect(text(run, "Dockerfile") == nil)
        let broken = await run(
            "return ai.generate { prompt = \"x\", kind = \"dockerfile\", tool = \"claude\", attempts = 1, validate = function(text) fail(\"no\") end }"
        )
        #expect(broken.summary.result["reason"].stringValue == "claude: what it wrote was refused: no")
        let accepted = await run(
            "return ai.generate { prompt = \"x\", kind = \"dockerfile\", validate = function(text) return true end }")
        #expect(accepted.summary.result["checked_by"].stringValue == "dockerfile, function")
        #expect(accepted.summary.result["text"].stringValue == "FROM python:3.12-slim\nCMD [\"python\"]\n")
    }

    @Test("with nobody to confirm it is not used, and the run goes on with the fallback")
    func unconfirmed() async throws {
        let run = try run("dockerfile")
        defer { run.remove() }
        let outcome = await run(
            "return ai.generate { prompt = \"x\", kind = \"dockerfile\", file = \"Dockerfile\" }", yes: false)
        #expect(outcome.summary.status == .ok)
        #expect(outcome.summary.result["ok"].booleanValue == false)
        #expect(
            outcome.summary.result["reason"].stringValue
                == "it was not confirmed: \"Use what claude wrote for Dockerfile?\" needs a person to confirm it")
        #expect(text(run, "Dockerfile") == nil)
        #expect(try verdicts(run, outcome) == ["answered", "refused"])
    }

    @Test("a chart is linted before its files are written")
    func chart() async throws {
        let run = try run("chart", ["helm-lint"])
        defer { run.remove() }
        let outcome = await run("return ai.generate { prompt = \"x\", kind = \"chart\", file = \"chart\" }")
        #expect(outcome.message == "")
        #expect(outcome.summary.result["checked_by"].stringValue == "helm")
        #expect(text(run, "chart/Chart.yaml") == "apiVersion: v2\nname: made\nversion: 0.1.0\n")
        #expect(text(run, "chart/templates/map.yaml") == "kind: ConfigMap\n")
        let left = try FileManager.default.contentsOfDirectory(
            atPath: "\(run.folder)/state/runs/\(outcome.summary.id)/ai")
        #expect(!left.contains { $0.hasPrefix("chart-") })
    }

    @Test("a chart that would write outside of its folder is refused")
    func chartEscape() async throws {
        let run = try run("chart-escape", ["helm-lint"])
        defer { run.remove() }
        let outcome = await run(
            "return ai.generate { prompt = \"x\", kind = \"chart\", file = \"chart\", tool = \"claude\", attempts = 1 }"
        )
        #expect(
            outcome.summary.result["reason"].stringValue
                == "claude: what it wrote was refused: ../../evil.sh is no path inside a chart")
        #expect(!FileManager.default.fileExists(atPath: "\(run.folder)/chart"))
    }

    @Test("a chart that cannot be linted is not used")
    func chartWithoutHelm() async throws {
        let run = try run("chart")
        defer { run.remove() }
        let outcome = await run(
            "return ai.generate { prompt = \"x\", kind = \"chart\", file = \"chart\", tool = \"claude\", attempts = 1 }"
        )
        #expect(
            outcome.summary.result["reason"].stringValue
                == "claude: what it wrote was refused: it cannot be checked: helm: command not found")
    }

    @Test("a preview shows the prompt with what is added to it, and the file that nobody knows yet")
    func preview() async throws {
        let run = try run("dockerfile")
        defer { run.remove() }
        let outcome = await run(
            "return ai.generate { prompt = \"for FastAPI\", kind = \"dockerfile\", file = \"Dockerfile\" }.ok",
            dryRun: .preview)
        #expect(outcome.message == "")
        #expect(outcome.summary.plan.map(\.object) == ["prompt", "file"])
        #expect(
            outcome.summary.plan.first?.difference?.lines == [
                "for FastAPI", "", "Answer with the Dockerfile in one fenced block of code and nothing else.", "",
            ])
        #expect(
            outcome.summary.plan.last?.difference?.unknown
                == "what claude would write; it is checked and confirmed first")
        #expect(text(run, "Dockerfile") == nil)
    }

    @Test("with a cluster the API server's dry run decides, and nothing is kept there")
    func server() async throws {
        for (name, reason) in [
            ("", nil),
            (
                "refuses",
                "claude: what it wrote was refused: Error from server (Forbidden): exceeded quota: small"
            ),
        ] {
            var run = try run("manifest", ["api-server"])
            run.environment["KUBERNETES_CASE"] = name
            defer { run.remove() }
            let outcome = await run(
                "return ai.generate { prompt = \"x\", kind = \"manifest\", tool = \"claude\", attempts = 1, file = \"map.yaml\", target_namespace = \"shop\" }"
            )
            #expect(outcome.summary.result["reason"].stringValue == reason)
            #expect(outcome.summary.result["checked_by"].stringValue == (reason == nil ? "server" : nil))
            #expect((text(run, "map.yaml") != nil) == (reason == nil))
            #expect(
                text(run, "calls")?.contains("kubectl --context minikube --namespace shop apply --dry-run=server -f -")
                    == true)
        }
    }
}
