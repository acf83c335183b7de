import RunbookSecrets

/// A program that answers prompts: how it is found, asked and understood.
protocol AITool: Sendable {
    /// The name that runbooks know it by.
    var name: String { get }
    /// How long it may take, where the project says so.
    var limit: Duration? { get }
    /// Finds out, without asking a model, whether it is there and can be used.
    func probe(_ settings: AISettings, _ call: CallContext) async throws -> AIAvailability
    /// The command that asks it.
    ///
    /// - Throws: `RunbookError` with code `argument` for a prompt that it cannot take.
    func command(_ prompt: AIPrompt, _ settings: AISettings, _ availability: AIAvailability) throws -> Command
    /// What its output means: an exit code of 0 is no answer yet.
    func answer(_ result: ProcessResult, _ prompt: AIPrompt) -> AIAnswer
}

extension AITool {
    var limit: Duration? { nil }
}

/// What is known of a tool before it is asked.
struct AIAvailability: Sendable {
    var isPresent: Bool
    var isUsable: Bool
    var version: String?
    /// Why it is not usable, or what to know of it.
    var reason: String?
    /// How it is to be called, in a word of the tool's own.
    var mode = ""

    static func absent(_ reason: String) -> AIAvailability {
        AIAvailability(isPresent: false, isUsable: false, reason: reason)
    }
}

/// What is asked.
struct AIPrompt: Sendable {
    /// The whole text, redacted.
    var text: String
    /// The JSON schema of the answer, or nil for text.
    var schema: String?
}

/// What an answer is worth.
struct AIAnswer: Sendable, Equatable {
    /// The text, safe to show; empty when there is none.
    var text = ""
    /// JSON, where a schema asked for it.
    var json: String?
    /// Why it is no answer; nil for a good one.
    var failure: String?

    static func failed(_ reason: String, text: String = "") -> AIAnswer {
        AIAnswer(text: VisibleText.of(text), failure: VisibleText.of(reason))
    }

    /// A text, or a failure where it is empty.
    static func said(_ text: String) -> AIAnswer {
        let shown = VisibleText.of(text)
        if shown.allSatisfy(\.isWhitespace) { return failed("it answered nothing") }
        return AIAnswer(text: shown)
    }
}

/// The options of a call that concern the tools.
struct AISettings: Sendable {
    var timeout: Duration
    var maxTurns: Int
    var model: String?
    var provider: String?
    var agent: String
    var namespace: String
    var budget: Double?
    var environment: [String: SensitiveText]

    init(_ arguments: Arguments) {
        timeout = arguments.duration("timeout") ?? .seconds(120)
        maxTurns = arguments.integer("max_turns") ?? 10
        model = arguments.optionalString("model")
        provider = arguments.optionalString("provider")
        agent = arguments.optionalString("agent") ?? "k8s-agent"
        namespace = arguments.optionalString("namespace") ?? "kagent"
        budget = arguments.number("max_budget")
        environment = Dictionary(arguments.texts("env").map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }

    /// True when the tool will see the variable.
    func has(_ name: String, _ call: CallContext) async throws -> Bool {
        if environment[name] != nil { return true }
        return try await !(call.world.environment(name) ?? "").isEmpty
    }

    /// A command of an AI tool: nothing on a terminal, bounded output.
    func command(
        _ argv: [String], input: String? = nil, inherited: [String], privateFiles: [String: SensitiveText] = [:],
        directory: String? = nil, variables: [String: SensitiveText] = [:]
    ) -> Command {
        var all: [String: SensitiveText] = ["NO_COLOR": "1", "TERM": "dumb"]
        for (name, value) in variables { all[name] = value }
        for (name, value) in environment { all[name] = value }
        return Command(
            argv, input: input.map { SensitiveText($0) }, environment: all, directory: directory, timeout: timeout,
            isQuiet: true, privateFiles: privateFiles, outputLimit: 8 << 20, inherited: inherited)
    }

    /// Asks a tool for its version, or something else that no model is needed for; nil when it is not installed.
    func probe(_ argv: [String], inherited: [String] = Command.commonVariables, _ call: CallContext) async throws
        -> ProcessResult?
    {
        var command = command(argv, inherited: inherited)
        command.timeout = .seconds(20)
        do {
            return try await call.world.read(command)
        } catch let error as RunbookError where error.code == .missing {
            return nil
        } catch let error as RunbookError where error.code == .timeout || error.code == .io {
            return ProcessResult(status: 124, stderr: Array(error.message.utf8))
        }
    }
}

/// The tools that a call may ask, in order of preference.
enum AIToolChoice {
    /// The order where neither the call nor the project says one.
    private static let usual = ["claude", "kubectl-ai", "kagent"]
    static let known = usual + ["docker-ai"]

    static func tools(_ arguments: Arguments, _ project: ProjectSettings) throws -> [any AITool] {
        var names = arguments.optionalString("tool").map { [$0] } ?? arguments.strings("prefer")
        if names.isEmpty { names = project.aiTools.map(\.name) }
        if names.isEmpty { names = usual }
        return try names.map { name in
            guard let tool = tool(name, project) else {
                let all = known + project.aiTools.map(\.name)
                throw RunbookError(
                    .argument,
                    "`\(arguments.function)`: there is no AI tool `\(name)`"
                        + (NearestName.of(name, among: all).map { "; did you mean `\($0)`?" } ?? ""),
                    remedy: "known are \(all.joined(separator: ", ")); others stand under `ai` in runbook.yaml")
            }
            return tool
        }
    }

    /// Every tool that is known here.
    static func all(_ project: ProjectSettings) -> [any AITool] {
        var names = project.aiTools.map(\.name)
        names += known.filter { !names.contains($0) }
        return names.compactMap { tool($0, project) }
    }

    private static func tool(_ name: String, _ project: ProjectSettings) -> (any AITool)? {
        let setting = project.aiTools.first { $0.name == name }
        if let setting, let command = setting.command, !command.isEmpty {
            return CommandTool(name: name, argv: command, limit: setting.timeout)
        }
        switch name {
        case "claude": return ClaudeTool(limit: setting?.timeout)
        case "kubectl-ai": return KubectlAITool(limit: setting?.timeout)
        case "kagent": return KagentTool(limit: setting?.timeout)
        case "docker-ai", "gordon": return GordonTool()
        default: return nil
        }
    }
}
