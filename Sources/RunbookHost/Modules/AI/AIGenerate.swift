import RunbookLua
import RunbookSecrets
import RunbookSpec

/// `ai.generate`: a text of a known kind, which is checked and confirmed before it is used.
enum AIGenerate {
    static let generate = ModuleFunction(
        FunctionSpec(
            "generate", summary: "Have an AI tool write a manifest, Dockerfile, chart or text, and check it",
            details: """
                What is generated is never used unchecked. Manifests are sent to the API server's dry run, and where none answers they
                are compared with the schemas of Kubernetes' own kinds; Dockerfiles are read as docker reads them; charts are linted by helm; `validate` is a check of the
                runbook's own. A refused text is given back to the tool with the reason, `attempts` times. Then the difference
                to `file` is shown, and a person confirms it, or `--yes`. In every other case `fallback` is called, and its text is
                used: `ok` is false then, and `reason` says why.
                """,
            effect: .write,
            parameters: AIAsk.options + [
                ParameterSpec(
                    "kind", .enumeration(["manifest", "dockerfile", "chart", "text"]), default: "\"text\"",
                    "what it is to be"),
                ParameterSpec(
                    "validate", .function, "called with the text; false and a reason, or an error, refuse it"),
                ParameterSpec("attempts", .bounded(1...10), default: "2", "how often a refused text is written anew"),
                ParameterSpec("file", .path, "where it is written once it is accepted; for a chart, the folder"),
                ParameterSpec("context", .path, "for a Dockerfile: the folder whose files it may copy"),
                ParameterSpec("target_namespace", .string, "for a manifest: the namespace of the check"),
            ],
            returns: ReturnSpec(
                .record([
                    .required("ok", .boolean, "true when a tool's text was accepted"),
                    .required("text", .string, "the text, or the fallback's"),
                    ParameterSpec("file", .string, "where it was written"),
                    ParameterSpec("checked_by", .string, "what checked it"),
                    .required("warnings", .list(.string), "remarks of the check"),
                    ParameterSpec("tool", .string, "the tool that wrote it"),
                    ParameterSpec("version", .string, "its version"),
                    ParameterSpec("reason", .string, "why no tool's text was accepted"),
                    .required("ms", .integer, "how long it took"),
                ])),
            examples: [
                ExampleSpec(
                    """
                    local made = ai.generate {
                      prompt = "A Dockerfile for a FastAPI service", kind = "dockerfile", file = "Dockerfile",
                      fallback = function(reason) return "FROM python:3.12-slim\\n" end,
                    }
                    """)
            ])
    ) { arguments, call in
        try await AIGeneration(arguments, call).run()
    }
}

/// One call of `ai.generate`.
struct AIGeneration: Sendable {
    let arguments: Arguments
    let call: CallContext
    let kind: String
    private let conversation: AIConversation
    private let validation: AIValidation

    init(_ arguments: Arguments, _ call: CallContext) throws {
        self.arguments = arguments
        self.call = call
        kind = arguments.optionalString("kind") ?? "text"
        conversation = try AIConversation(arguments, call)
        validation = AIValidation(kind: kind, arguments: arguments, call: call)
        if kind == "chart", arguments.function("fallback") == nil, arguments.has("file") == false {
            throw RunbookError(.argument, "`ai.generate` of a chart needs `file`: the folder for it")
        }
    }

    func run() async throws -> LuaValue {
        var reasons: [String] = []
        var total = 0
        var more = instruction
        for _ in 0..<max(1, arguments.integer("attempts") ?? 2) {
            let outcome = try await conversation.ask(try AIPrompt(arguments, call, more: more))
            total += outcome.milliseconds
            if outcome.isPredicted { return try await predicted(outcome) }
            guard let answer = outcome.answer else {
                reasons.append(outcome.reason ?? "no answer")
                break
            }
            let text = kind == "chart" || kind == "text" ? answer.text : CodeBlocks.main(of: answer.text)
            let verdict = try await validation.check(text)
            if let failure = verdict.failure {
                record(outcome, "refused", failure)
                let reason = "\(outcome.tool ?? "the tool"): what it wrote was refused: \(failure)"
                if reasons.last != reason { reasons.append(reason) }
                more = "\(instruction)\n\nYour last answer was refused: \(failure)\nIt was:\n\(text)"
                continue
            }
            if let refusal = try await confirm(text, outcome.tool ?? "") {
                record(outcome, "refused", refusal)
                reasons.append(refusal)
                break
            }
            record(outcome, "accepted", nil)
            try await use(text)
            return value(text, outcome, verdict, total)
        }
        return try await fall(back: reasons.joined(separator: "; "), total)
    }

    private var instruction: String {
        switch kind {
        case "manifest": "\n\nAnswer with Kubernetes YAML in one fenced block of code and nothing else.\n"
        case "dockerfile": "\n\nAnswer with the Dockerfile in one fenced block of code and nothing else.\n"
        case "chart": "\n" + AIChart.request
        default: ""
        }
    }

    private func record(_ outcome: AIConversation.Outcome, _ verdict: String, _ reason: String?) {
        guard var transcript = outcome.transcript else { return }
        transcript.verdict = verdict
        transcript.reason = reason
        conversation.keep(transcript)
    }

    /// Shows the difference and asks; why it is not to be used, or nil.
    private func confirm(_ text: String, _ tool: String) async throws -> String? {
        let target = arguments.optionalString("file")
        for file in try files(of: text) {
            let before = try await content(of: file.path)
            let lines = UnifiedDiff.lines(from: before ?? "", to: file.text)
            call.note(.info, ([before == nil ? "new: \(file.path)" : file.path] + lines).joined(separator: "\n"))
        }
        if target == nil { call.note(.info, text) }
        do {
            try await Confirmation.ask("Use what \(tool) wrote\(target.map { " for \($0)" } ?? "")?", call.run)
            return nil
        } catch let error as RunbookError where error.code == .declined {
            return "it was not confirmed: \(error.message)"
        }
    }

    /// The files that the text becomes.
    private func files(of text: String) throws -> [AIChart.File] {
        guard let target = arguments.optionalString("file") else { return [] }
        guard kind == "chart" else { return [AIChart.File(path: target, text: text)] }
        return try AIChart.files(in: text).get().map { AIChart.File(path: "\(target)/\($0.path)", text: $0.text) }
    }

    private func use(_ text: String) async throws {
        var folders: Set<String> = []
        for file in try files(of: text) {
            if let slash = file.path.lastIndex(of: "/"), slash != file.path.startIndex {
                let folder = String(file.path[..<slash])
                if folders.insert(folder).inserted, try await call.world.status(of: folder) == nil {
                    let change = Change(.create, "folder", folder, isIdempotent: true, capability: "ai")
                    _ = try await call.write(.file(.makeFolder(folder)), change)
                }
            }
            let before = try await content(of: file.path)
            let content = SensitiveText(file.text)
            let change = Change(
                before == nil ? .create : .modify, "file", file.path, isIdempotent: true, capability: "ai",
                inverse: { try await FileInverse.of(file.path, $0) },
                difference: { _ in FileDifference.of(before.map { Array($0.utf8) }, content) })
            _ = try await call.write(.file(.write(file.path, content, mode: 0o644)), change)
        }
    }

    private func content(of path: String) async throws -> String? {
        guard let status = try await call.world.status(of: path), !status.isFolder else { return nil }
        return String(decoding: try await call.world.contents(of: path), as: UTF8.self)
    }

    private func value(
        _ text: String, _ outcome: AIConversation.Outcome, _ verdict: AIValidation.Verdict, _ milliseconds: Int
    ) -> LuaValue {
        [
            "ok": true, "text": .string(text), "file": arguments["file"], "checked_by": .string(verdict.by),
            "warnings": .list(verdict.warnings.map { .string($0) }), "tool": .string(outcome.tool ?? ""),
            "version": outcome.version.map { .string($0) } ?? .nil, "ms": .integer(Int64(milliseconds)),
        ]
    }

    private func fall(back reason: String, _ milliseconds: Int) async throws -> LuaValue {
        let standIn = try await conversation.fallback(reason)
        let text = standIn.stringValue ?? ""
        if !text.isEmpty { try await use(text) }
        return [
            "ok": false, "text": .string(text), "file": text.isEmpty ? .nil : arguments["file"], "warnings": .list([]),
            "reason": .string(reason), "ms": .integer(Int64(milliseconds)),
        ]
    }

    /// A preview asks nobody: it shows that a file would be written, and that nobody knows what.
    private func predicted(_ outcome: AIConversation.Outcome) async throws -> LuaValue {
        let tool = outcome.tool ?? "the tool"
        if let file = arguments.optionalString("file") {
            let change = Change(
                .modify, kind == "chart" ? "folder" : "file", file, isIdempotent: true, capability: "ai",
                inverse: { kind == "chart" ? nil : try await FileInverse.of(file, $0) },
                difference: { _ in Difference(unknown: "what \(tool) would write; it is checked and confirmed first") })
            _ = try await call.write(.file(.write(file, SensitiveText(), mode: 0o644)), change)
        }
        return [
            "ok": true, "text": call.unknown("what \(tool) would write"), "file": arguments["file"],
            "checked_by": .string(kind), "warnings": .list([]), "tool": .string(tool), "ms": 0,
        ]
    }
}
