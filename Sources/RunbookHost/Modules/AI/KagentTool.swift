import Foundation
import RunbookSecrets

/// kagent, asked by `invoke`: every failure of it exits 0, so only a completed task counts.
struct KagentTool: AITool {
    let name = "kagent"
    var limit: Duration?

    private static let inherited = KubeEnvironment.variables + ["KAGENT_*"]

    private struct Version: Decodable {
        var kagent: String?
        var backend: String?
        enum CodingKeys: String, CodingKey {
            case kagent = "kagent_version"
            case backend = "backend_version"
        }
    }

    func probe(_ settings: AISettings, _ call: CallContext) async throws -> AIAvailability {
        guard let told = try await settings.probe(["kagent", "version"], inherited: Self.inherited, call) else {
            return .absent("kagent is not installed")
        }
        // It may print remarks around the one line of JSON.
        let line = told.stdout.split(separator: 10).first { $0.first == UInt8(ascii: "{") }
        guard let line, let version = try? JSONDecoder().decode(Version.self, from: Data(line)) else {
            return .absent("kagent version printed no JSON")
        }
        let isUsable = (version.backend ?? "unknown") != "unknown" && version.backend?.isEmpty == false
        return AIAvailability(
            isPresent: true, isUsable: isUsable, version: version.kagent,
            reason: isUsable ? nil : "kagent's server does not answer")
    }

    func command(_ prompt: AIPrompt, _ settings: AISettings, _ availability: AIAvailability) throws -> Command {
        guard !settings.agent.contains("/") else {
            throw RunbookError(
                .argument, "kagent takes the agent's name without its namespace, not \"\(settings.agent)\"",
                remedy: "give the namespace as `namespace`")
        }
        let text = prompt.text + (prompt.schema.map(AIJSON.request) ?? "")
        return settings.command(
            ["kagent", "invoke", "-a", settings.agent, "-n", settings.namespace, "-f", "-"], input: text,
            inherited: Self.inherited)
    }

    private struct Part: Decodable {
        var kind: String?
        var text: String?
    }
    private struct Message: Decodable {
        var parts: [Part]?
    }
    private struct Status: Decodable {
        var state: String?
        var message: Message?
    }
    private struct Reply: Decodable {
        var kind: String?
        var status: Status?
        var artifacts: [Message]?
        var parts: [Part]?
    }
    /// The form of version 1 of the protocol: without a kind, under its name.
    private struct Envelope: Decodable {
        var task: Reply?
        var message: Reply?
    }

    private static func reply(_ output: [UInt8]) -> (kind: String, reply: Reply)? {
        let data = Data(output)
        if let reply = try? JSONDecoder().decode(Reply.self, from: data) {
            if let kind = reply.kind { return (kind, reply) }
            if reply.status != nil { return ("task", reply) }
        }
        guard let envelope = try? JSONDecoder().decode(Envelope.self, from: data) else { return nil }
        return envelope.task.map { ("task", $0) } ?? envelope.message.map { ("message", $0) }
    }

    /// `TASK_STATE_INPUT_REQUIRED` is `input-required`.
    private static func state(_ text: String?) -> String {
        let state = (text ?? "unknown").lowercased().replacing("_", with: "-")
        return state.hasPrefix("task-state-") ? String(state.dropFirst("task-state-".count)) : state
    }

    func answer(_ result: ProcessResult, _ prompt: AIPrompt) -> AIAnswer {
        let complaint = OutputLines.last(1, of: result.stderr).first
        guard let (kind, reply) = Self.reply(result.stdout) else {
            return .failed(complaint ?? (result.succeeded ? "it printed no task" : "it exited \(result.status)"))
        }
        func text(_ parts: [Part]?) -> String { (parts ?? []).compactMap(\.text).joined(separator: "\n") }
        let said: String
        if kind == "task" {
            let state = Self.state(reply.status?.state)
            guard state == "completed" else {
                let why = text(reply.status?.message?.parts)
                return .failed("its task is \(state)\(why.isEmpty ? "" : ": \(why)")")
            }
            let artifacts = (reply.artifacts ?? []).map { text($0.parts) }.joined(separator: "\n")
            said = artifacts.isEmpty ? text(reply.status?.message?.parts) : artifacts
        } else if kind == "message" {
            said = text(reply.parts)
        } else {
            return .failed("it printed a \(kind), which is no task")
        }
        return prompt.schema == nil ? .said(said) : AIJSON.answer(in: said)
    }
}
