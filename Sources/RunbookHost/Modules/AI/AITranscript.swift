import Foundation
import RunbookSecrets

/// The record of one question to an AI tool, kept in the run's folder as `ai/001.json`.
struct AITranscript: Codable, Sendable {
    var tool: String
    var version: String?
    /// The command, without the prompt where that goes by standard input.
    var command: [String]
    var prompt: String
    var answer: String
    var started: String
    var ms: Int
    var exit: Int?
    /// `answered`, `failed`, and for what was generated `accepted` or `refused`.
    var verdict: String
    /// Why it is not of use, or nil.
    var reason: String?

    /// Writes it as the next file; gives the file's path below the run's folder.
    ///
    /// This is the engine's own record, like its log, so it does not go by the world: a preview and a tape have it too.
    ///
    /// - Throws: `RunbookError` with code `io`.
    func save(_ run: RunSession) throws -> String {
        let clean = redacted(run)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let bytes = try Array(encoder.encode(clean)) + [10]
        let folder = "\(run.options.stateFolder)/runs/\(run.id)/ai"
        try run.files.makePrivateFolder(folder)
        var number = try run.files.names(folder).count + 1
        while true {
            let digits = String(number)
            let name = String(repeating: "0", count: max(0, 3 - digits.count)) + digits + ".json"
            if run.files.status("\(folder)/\(name)") == nil {
                do {
                    try run.files.writeNew("\(folder)/\(name)", bytes, mode: 0o600)
                    return "ai/\(name)"
                } catch let error as RunbookError where run.files.status("\(folder)/\(name)") == nil {
                    throw error
                } catch {
                    // A branch beside this one took the number.
                }
            }
            number += 1
        }
    }

    /// The transcripts of a run, in order; `events` is the path of its log, beside which they lie.
    static func all(beside events: String) -> [AITranscript] {
        guard let slash = events.lastIndex(of: "/") else { return [] }
        let files = LiveFiles(folder: ".", vault: SecretVault())
        let folder = events[..<slash] + "/ai"
        let names = (try? files.names(String(folder))) ?? []
        return names.filter { $0.hasSuffix(".json") }.compactMap { name in
            (try? files.read("\(folder)/\(name)")).flatMap {
                try? JSONDecoder().decode(AITranscript.self, from: Data($0))
            }
        }
    }

    private func redacted(_ run: RunSession) -> AITranscript {
        let redactor = run.vault.redactor
        var clean = self
        clean.command = command.map { redactor.redact($0) }
        clean.prompt = redactor.redact(prompt)
        clean.answer = redactor.redact(answer)
        clean.reason = reason.map { redactor.redact($0) }
        return clean
    }
}
