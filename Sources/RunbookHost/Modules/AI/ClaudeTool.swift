import Foundation
import RunbookSecrets

/// Claude Code, asked with `-p`: it reads nothing and runs nothing, it only answers.
struct ClaudeTool: AITool {
    let name = "claude"
    var limit: Duration?

    private static let inherited =
        Command.commonVariables + ["ANTHROPIC_*", "CLAUDE_*", "AWS_*", "GOOGLE_*", "CLOUD_ML_REGION"]

    func probe(_ settings: AISettings, _ call: CallContext) async throws -> AIAvailability {
        guard let told = try await settings.probe(["claude", "--version"], inherited: Self.inherited, call) else {
            return .absent("claude is not installed")
        }
        guard told.succeeded else {
            return .absent(
                "claude --version exited \(told.status): \(OutputLines.last(1, of: told.stderr).first ?? "")")
        }
        let version = told.text.split(separator: " ").first.map(String.init)
        // With --bare only the key counts; without it, the login.
        if try await settings.has("ANTHROPIC_API_KEY", call) {
            return AIAvailability(isPresent: true, isUsable: true, version: version, mode: "bare")
        }
        let login = try await settings.probe(["claude", "auth", "status"], inherited: Self.inherited, call)
        let isLoggedIn = login?.succeeded ?? false
        return AIAvailability(
            isPresent: true, isUsable: isLoggedIn, version: version,
            reason: isLoggedIn ? nil : "claude has no login, and ANTHROPIC_API_KEY is not set")
    }

    func command(_ prompt: AIPrompt, _ settings: AISettings, _ availability: AIAvailability) throws -> Command {
        guard prompt.text.utf8.count < 10_000_000 else {
            throw RunbookError(.argument, "claude takes prompts of up to 10 MB")
        }
        let isBare = availability.mode == "bare"
        // One turn is over its limit with a plain answer in some versions.
        let turns = String(max(2, settings.maxTurns))
        var argv = ["claude"] + (isBare ? ["--bare"] : [])
        argv += ["-p", "--output-format", "json", "--max-turns", turns, "--permission-mode", "dontAsk"]
        // Allowed tools only add approvals; these restrict: no files, no shell, no servers.
        argv += ["--tools", "", "--disallowedTools", "mcp__*", "--strict-mcp-config", "--no-session-persistence"]
        if let schema = prompt.schema { argv += ["--json-schema", schema] }
        if let model = settings.model { argv += ["--model", model] }
        if let budget = settings.budget { argv += ["--max-budget-usd", String(budget)] }
        // Without --bare the hooks and servers of the folder's project would run: a folder that is none.
        return settings.command(argv, input: prompt.text, inherited: Self.inherited, directory: "/")
    }

    private struct Result: Decodable {
        var type: String?
        var subtype: String?
        var isError: Bool?
        var result: String?
        var errors: [String]?
        var terminalReason: String?
        enum CodingKeys: String, CodingKey {
            case type, subtype, result, errors
            case isError = "is_error"
            case terminalReason = "terminal_reason"
        }
    }

    func answer(_ result: ProcessResult, _ prompt: AIPrompt) -> AIAnswer {
        let data = Data(result.stdout)
        guard let told = try? JSONDecoder().decode(Result.self, from: data), told.type == "result" else {
            let said = OutputLines.last(1, of: result.stderr).first ?? OutputLines.last(1, of: result.stdout).first
            return .failed(
                result.succeeded
                    ? "it printed no result" : "it exited \(result.status)\(said.map { ": \($0)" } ?? "")")
        }
        // An API failure can come with exit code 0 and subtype success: all three must hold.
        guard result.succeeded, told.isError == false, told.subtype == "success" else {
            let said = told.result.flatMap { $0.isEmpty ? nil : CommandFailure.short($0) }
            let why = told.errors?.first ?? said ?? told.terminalReason ?? told.subtype ?? "it failed"
            let kind = told.subtype.flatMap { $0 == "success" ? nil : $0 }
            return .failed(
                [kind, why == kind ? nil : why].compactMap { $0 }.joined(separator: ": "), text: told.result ?? "")
        }
        guard prompt.schema != nil else { return .said(told.result ?? "") }
        guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
            let value = object["structured_output"], !(value is NSNull),
            let json = try? JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .fragmentsAllowed])
        else { return AIJSON.answer(in: told.result ?? "") }
        let text = String(decoding: json, as: UTF8.self)
        return AIAnswer(text: VisibleText.of(text), json: text)
    }
}

/// JSON in the answers of tools that know no schema.
enum AIJSON {
    /// The words that ask a tool for JSON.
    static func request(_ schema: String) -> String {
        "\n\nAnswer with one JSON document only, without any other text. It must fit this JSON schema:\n\(schema)\n"
    }

    /// The document in a text, fenced or not.
    static func answer(in text: String) -> AIAnswer {
        let body = CodeBlocks.main(of: text)
        guard let value = try? JSONSerialization.jsonObject(with: Data(body.utf8), options: [.fragmentsAllowed]),
            let json = try? JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .fragmentsAllowed])
        else { return .failed("its answer is no JSON", text: text) }
        return AIAnswer(text: VisibleText.of(text), json: String(decoding: json, as: UTF8.self))
    }
}
