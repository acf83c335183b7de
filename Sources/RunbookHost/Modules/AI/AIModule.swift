/// `ai`: AI tools as helpers that may be missing.
enum AIModule {
    static let module = LuaModule(
        "ai", summary: "Ask AI tools, which may be missing, wrong or slow, without depending on them",
        details: """
            Known are Claude Code (`claude`), `kubectl-ai`, `kagent` and Docker's Gordon (`docker-ai`, on a terminal only); commands of
            your own stand under `ai` in `runbook.yaml`. A tool that is missing, hangs, is over its limit or fails never fails a run.
            Prompts have every secret masked and go by standard input. What a tool answers is data: nothing in it is run.
            """,
        [AIAsk.tools, AIAsk.ask, AIGenerate.generate])
}
