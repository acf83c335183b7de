import RunbookLua
import Testing

@testable import RunbookHost

/// The AI tools of Kubernetes, kubectl-ai and kagent, by stand-ins that answer, fail and hang as the real ones do.
@Suite("ai of Kubernetes")
struct AIAgentTests {
    // MARK: kubectl-ai

    private func kubectlAI(_ name: String = "") throws -> ModuleRun {
        try ModuleRun.ai(
            ["kubectl-ai"], ["OPENAI_CASE": name, "OPENAI_API_KEY": "sk-key-for-the-tests", "OPENAI_MODEL": "gpt-5"])
    }

    @Test("kubectl-ai is asked quietly, by standard input, with provider and model, and never without permissions")
    func kubectlAIAnswers() async throws {
        let run = try kubectlAI()
        defer { run.remove() }
        let outcome = await run("return ai.ask { prompt = \"how are the pods?\", max_turns = 4 }")
        #expect(outcome.summary.result["text"].stringValue == "\n  All pods run.\n")
        #expect(run.text("prompt") == "how are the pods?")
        #expect(
            run.text("calls").split(separator: "\n").last
                == "--quiet --skip-permissions=false --llm-provider openai --model gpt-5 --max-iterations 4 --ui-type terminal --trace-path /dev/null"
        )
    }

    @Test(
        "kubectl-ai exits 0 for most of its failures",
        arguments: [
            ("iterations", "it reached the limit of its iterations"),
            ("permission", "it wanted to change something, which it may not"),
            ("error", "Error: rpc error: quota exceeded"), ("nothing", "it answered nothing"),
            ("no-key", "it exited 1: creating llm client: GEMINI_API_KEY environment variable not set"),
        ])
    func kubectlAIFails(name: String, reason: String) async throws {
        let run = try kubectlAI(name)
        defer { run.remove() }
        let outcome = await run("return ai.ask { prompt = \"x\", tool = \"kubectl-ai\" }")
        #expect(outcome.summary.status == .ok)
        #expect(outcome.summary.result["ok"].booleanValue == false)
        #expect(outcome.summary.result["reason"].stringValue == "kubectl-ai: \(reason)")
    }

    @Test("kubectl-ai can hang for ever: its limit ends it")
    func kubectlAIHangs() async throws {
        let run = try kubectlAI("hangs")
        defer { run.remove() }
        let outcome = await run("return ai.ask { prompt = \"x\", tool = \"kubectl-ai\", timeout = \"2s\" }")
        #expect(outcome.summary.result["reason"].stringValue?.contains("was over its limit of") == true)
    }

    @Test("a prompt that kubectl-ai would take as its own command is put as a question")
    func kubectlAIWords() async throws {
        let run = try kubectlAI()
        defer { run.remove() }
        _ = await run("ai.ask { prompt = \"Models \" }")
        #expect(run.text("prompt") == "Question: Models ")
    }

    @Test("several files in KUBECONFIG are more than kubectl-ai takes")
    func kubectlAIKubeconfig() async throws {
        var run = try kubectlAI()
        run.environment["KUBECONFIG"] = "/a:/b"
        defer { run.remove() }
        let outcome = await run("return ai.ask { prompt = \"x\", tool = \"kubectl-ai\" }.reason")
        #expect(
            outcome.summary.result.stringValue
                == "kubectl-ai: kubectl-ai takes one file, and KUBECONFIG names several")
    }

    @Test("kubectl-ai's default model is gemini's whatever the provider: another provider needs a model")
    func kubectlAIModel() async throws {
        let run = try ModuleRun.ai(["kubectl-ai"], ["GROK_API_KEY": "k"])
        defer { run.remove() }
        let outcome = await run("return ai.ask { prompt = \"x\", tool = \"kubectl-ai\" }.reason")
        #expect(outcome.summary.result.stringValue == "kubectl-ai: kubectl-ai needs `model` for the provider grok")
    }

    // MARK: kagent

    @Test(
        "kagent exits 0 for every failure: only a completed task or a message counts",
        arguments: [
            ("", true, "Two nodes, both ready."), ("message", true, "hello"),
            ("no-agent", false, "kagent: Error invoking agent: agent not found"),
            ("failed", false, "kagent: its task is failed: no model is set"),
            ("asks", false, "kagent: its task is input-required"),
            ("no-server", false, "kagent: kagent's server does not answer"),
        ])
    func kagent(name: String, ok: Bool, said: String) async throws {
        let run = try ModuleRun.ai(["kagent"], ["KAGENT_CASE": name])
        defer { run.remove() }
        let result = await run("return ai.ask { prompt = \"nodes?\", tool = \"kagent\" }").summary.result
        #expect(result["ok"].booleanValue == ok)
        #expect(result[ok ? "text" : "reason"].stringValue == said)
    }

    @Test(
        "kagent's answer changes its shape with the version of the protocol",
        arguments: [
            ("task-v1", true, "Two nodes, both ready."), ("bare-v1", true, "Two nodes, both ready."),
            ("asks-v1", false, "kagent: its task is input-required"), ("message-v1", true, "hello"),
            ("list", false, "kagent: it printed no task"),
        ])
    func kagentShapes(name: String, ok: Bool, said: String) async throws {
        let run = try ModuleRun.ai(["kagent"], ["KAGENT_CASE": name])
        defer { run.remove() }
        let result = await run("return ai.ask { prompt = \"nodes?\", tool = \"kagent\" }").summary.result
        #expect(result["ok"].booleanValue == ok)
        #expect(result[ok ? "text" : "reason"].stringValue == said)
    }

    @Test("kagent refuses an agent with its namespace: it is told before")
    func kagentAgent() async throws {
        let run = try ModuleRun.ai(["kagent"])
        defer { run.remove() }
        let outcome = await run(
            "return ai.ask { prompt = \"x\", tool = \"kagent\", agent = \"kagent/k8s-agent\" }.reason")
        #expect(
            outcome.summary.result.stringValue
                == "kagent: kagent takes the agent's name without its namespace, not \"kagent/k8s-agent\"")
        #expect(run.text("calls") == "version\n")
    }

    @Test("kagent takes no prompt as its first word: it is invoked, with the prompt by standard input")
    func kagentInvoke() async throws {
        let run = try ModuleRun.ai(["kagent"])
        defer { run.remove() }
        _ = await run("ai.ask { prompt = \"analyze cluster\", agent = \"helm-agent\" }")
        #expect(run.text("calls").split(separator: "\n").last == "invoke -a helm-agent -n kagent -f -")
        #expect(run.text("prompt") == "analyze cluster")
    }
}
