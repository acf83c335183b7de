import RunbookLua
import RunbookSecrets
import RunbookSpec

/// `ai.tools` and `ai.ask`.
enum AIAsk {
    static let tools = ModuleFunction(
        FunctionSpec(
            "tools", summary: "List the AI tools, and whether each is there and can be used",
            details: "No model is asked. A tool that is installed may still lack its key, its login or its server.",
            effect: .read, parameters: [environment],
            returns: ReturnSpec(
                .list(
                    .record([
                        .required("name", .string, "the name for `tool` and `prefer`"),
                        .required("present", .boolean, "it is installed"),
                        .required("usable", .boolean, "it can be asked"),
                        ParameterSpec("version", .string, "its version"),
                        ParameterSpec("reason", .string, "why it cannot be asked"),
                    ])), "in order of preference"),
            examples: [ExampleSpec("for _, tool in ipairs(ai.tools()) do print(tool.name, tool.usable) end")])
    ) { arguments, call in
        let settings = AISettings(arguments)
        let tools = AIToolChoice.all(call.run.options.project)
        let found = try await withThrowingTaskGroup(of: (Int, LuaValue).self) { group in
            for (index, tool) in tools.enumerated() {
                group.addTask {
                    let state = try await tool.probe(settings, call)
                    return (
                        index,
                        [
                            "name": .string(tool.name), "present": .boolean(state.isPresent),
                            "usable": .boolean(state.isUsable), "version": state.version.map { .string($0) } ?? .nil,
                            "reason": state.reason.map { .string($0) } ?? .nil,
                        ]
                    )
                }
            }
            var list = [LuaValue](repeating: .nil, count: tools.count)
            for try await (index, value) in group { list[index] = value }
            return list
        }
        return .list(found)
    }

    static let environment = ParameterSpec(
        "env", .map(.text), "variables for the tools, such as a key from `secrets`")

    static let options: [ParameterSpec] = [
        .required("prompt", .text, "what to ask; secrets in it are masked"),
        ParameterSpec(
            "tool", .string, "this tool only: `claude`, `kubectl-ai`, `kagent`, `docker-ai`, or one of runbook.yaml"),
        ParameterSpec("prefer", .list(.string), "tools in order; those of runbook.yaml when left out"),
        ParameterSpec("timeout", .duration, default: "\"2m\"", "how long all of it may take"),
        ParameterSpec("max_turns", .bounded(1...1000), default: "10", "how many rounds with its own tools it may go"),
        ParameterSpec("max_budget", .number, "dollars that claude may spend"),
        ParameterSpec("model", .string, "the model"),
        ParameterSpec("provider", .string, "kubectl-ai's provider; found by the keys that are set when left out"),
        ParameterSpec("agent", .string, default: "\"k8s-agent\"", "kagent's agent"),
        ParameterSpec("namespace", .string, default: "\"kagent\"", "kagent's namespace"), environment,
        ParameterSpec("fallback", .function, "called with the reason when no tool answers; its result stands in"),
    ]

    static let ask = ModuleFunction(
        FunctionSpec(
            "ask", summary: "Ask an AI tool, and never fail for it",
            details: """
                The first usable tool is asked; when it fails, the next. When none answers, `fallback` is called and its text stands
                in: `ok` is false then, and `reason` says why. The answer is data: nothing in it is run, control characters and
                invisible letters are written out. Prompt, answer and verdict are kept in the run's folder under `ai`.
                """,
            effect: .write,
            parameters: options + [
                ParameterSpec("schema", .any, "the JSON schema of the answer, as a table; `value` holds it")
            ],
            returns: ReturnSpec(
                .record([
                    .required("ok", .boolean, "true when a tool answered"),
                    .required("text", .string, "the answer, or the fallback's"),
                    ParameterSpec("value", .any, "with `schema`: the answer as a table"),
                    ParameterSpec("tool", .string, "the tool that answered"),
                    ParameterSpec("version", .string, "its version"),
                    ParameterSpec("reason", .string, "why no tool answered"),
                    .required("ms", .integer, "how long it took"),
                ])),
            examples: [
                ExampleSpec(
                    "local answer = ai.ask { prompt = \"Why does a pod crash with exit code 137?\", fallback = function() return \"see the runbook\" end }\nlog.info(answer.text)"
                )
            ])
    ) { arguments, call in
        let conversation = try AIConversation(arguments, call)
        let outcome = try await conversation.ask(try AIPrompt(arguments, call))
        if outcome.isPredicted {
            return [
                "ok": true, "text": call.unknown("answer of \(outcome.tool ?? "the tool")"),
                "value": arguments.has("schema") ? call.unknown("answer of \(outcome.tool ?? "the tool")") : .nil,
                "tool": outcome.tool.map { .string($0) } ?? .nil, "ms": 0,
            ]
        }
        var fields: [(String, LuaValue)] = [
            ("ok", .boolean(outcome.answer != nil)), ("text", .string(outcome.answer?.text ?? "")),
            ("ms", .integer(Int64(outcome.milliseconds))),
        ]
        if let tool = outcome.tool { fields.append(("tool", .string(tool))) }
        if let version = outcome.version { fields.append(("version", .string(version))) }
        if let json = outcome.answer?.json { fields.append(("value", .json(Array(json.utf8)))) }
        if let reason = outcome.reason { fields.append(("reason", .string(reason))) }
        guard outcome.answer == nil else { return .table(LuaTable(fields.map { (.string($0.0), $0.1) })) }
        let value = try await conversation.fallback(outcome.reason ?? "")
        fields[1].1 = value.stringValue.map { .string($0) } ?? .string(value.isNil ? "" : Display.text(value))
        if !value.isNil { fields.append(("value", value)) }
        return .table(LuaTable(fields.map { (.string($0.0), $0.1) }))
    }
}

extension AIPrompt {
    /// The prompt of a call, with every secret in it masked.
    init(_ arguments: Arguments, _ call: CallContext, more: String = "") throws {
        let given = arguments.text("prompt")?.description ?? ""
        guard !given.allSatisfy(\.isWhitespace) else {
            throw RunbookError(.argument, "`\(arguments.function)`: `prompt` is empty")
        }
        text = call.run.vault.redactor.redact(given + more)
        schema = arguments.has("schema") ? JSONText.encode(arguments["schema"], pretty: false) : nil
    }
}
