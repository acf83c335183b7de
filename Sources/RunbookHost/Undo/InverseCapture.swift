import Crypto
import Foundation
import RunbookSecrets

/// Finds out, before a write, what takes it back.
struct InverseCapture {
    let change: Change
    let world: any World
    let run: RunSession

    /// What was found.
    struct Result: Sendable {
        /// What takes it back, for this run.
        var value: Inverse?
        /// The same for the journal; nil where it may not be kept.
        var text: String?
        /// The line for a person.
        var summary: String?
        /// True when there is a way back that may not be kept.
        var isTransient = false
    }

    func capture() async -> Result {
        guard let inverse = change.inverse else { return Result() }
        let value: Inverse?
        do {
            value = try await inverse(world)
        } catch {
            let reason = (error as? RunbookError)?.message ?? String(describing: error)
            return Result(summary: run.vault.redactor.redact("no way back was found: \(reason)"))
        }
        guard let value else { return Result() }
        let text = Self.text(value)
        let isClean = !value.isTransient && text != nil && isFreeOfSecrets(value)
        return Result(
            value: value, text: isClean ? text : nil, summary: run.vault.redactor.redact(value.summary),
            isTransient: !isClean)
    }

    /// An inverse as text.
    static func text(_ inverse: Inverse) -> String? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(inverse)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// An inverse from text.
    static func inverse(_ text: String) -> Inverse? {
        try? JSONDecoder().decode(Inverse.self, from: Data(text.utf8))
    }

    // What is in a loaded secret must not get into the database by way of the object that a write replaces.
    private func isFreeOfSecrets(_ inverse: Inverse) -> Bool {
        let redactor = run.vault.redactor
        func isClean(_ text: String) -> Bool { redactor.redact(text) == text }
        return isClean(inverse.summary)
            && inverse.commands.allSatisfy { $0.argv.allSatisfy(isClean) && ($0.input.map(isClean) ?? true) }
            && (inverse.moves ?? []).allSatisfy { isClean($0.from) && isClean($0.to) }
            && inverse.files.allSatisfy { file in
                guard let content = file.content.flatMap(Base64Text.decode) else { return true }
                return redactor.redact(content) == content
            }
    }
}

/// What the world looks like right after a write: an undo later compares it.
struct UndoEvidence {
    let world: any World

    struct Result: Sendable {
        /// The inverse with its guards filled in; nil when it has none.
        var inverse: Inverse?
        /// Hashes of the inverse's files, as JSON; nil when it has none.
        var files: String?
    }

    func gather(_ inverse: Inverse) async -> Result {
        var result = Result()
        if inverse.guards.contains(where: { $0.expected == nil }) {
            var filled = inverse
            for index in filled.guards.indices where filled.guards[index].expected == nil {
                filled.guards[index].expected = await Self.output(of: filled.guards[index], world)
            }
            result.inverse = filled
        }
        let watched = inverse.watched
        if !watched.isEmpty {
            var hashes: [String: String] = [:]
            for place in watched { hashes[place.path] = await hash(of: place) }
            result.files = (try? JSONEncoder().encode(hashes)).map { String(decoding: $0, as: UTF8.self) }
        }
        return result
    }

    /// What tells the state of a place: for a whole folder that of all that is in it.
    func hash(of place: WatchedPlace) async -> String {
        place.isWhole ? await tree(place.path) : await hash(of: place.path)
    }

    private func tree(_ path: String) async -> String {
        guard case .names(let names)? = try? await world.perform(.read(.file(.list(path)))) else {
            return await hash(of: path)
        }
        var parts: [String] = []
        for name in names { parts.append("\(name) \(await tree("\(path)/\(name)"))") }
        return Fingerprint.of(Array(parts.joined(separator: "\n").utf8))
    }

    /// What tells the state of a path: its content's hash, `folder`, or `nothing`.
    private func hash(of path: String) async -> String {
        guard let status = try? await world.status(of: path) else { return "nothing" }
        if status.isFolder { return "folder" }
        guard status.size <= 64 << 20, let bytes = try? await world.contents(of: path) else {
            return "\(status.size) \(status.modified)"
        }
        return Fingerprint.of(bytes)
    }

    /// What a guard's command prints; nil when it fails.
    static func output(of guarded: InverseGuard, _ world: any World) async -> String? {
        let command = Command(
            guarded.argv, timeout: .seconds(30), isQuiet: true,
            inherited: ExecModule.inherited(by: guarded.argv))
        guard let result = try? await world.read(command), result.succeeded else { return nil }
        return result.text
    }
}

/// A place that must be as the write left it when the write is taken back.
struct WatchedPlace {
    let path: String
    /// True for a folder of which everything counts.
    let isWhole: Bool
}

extension Inverse {
    /// The places whose state tells whether somebody has changed them since, by path.
    var watched: [WatchedPlace] {
        let files = files.map { WatchedPlace(path: $0.path, isWhole: $0.isWhole == true) }
        let moved = (moves ?? []).flatMap { [$0.from, $0.to] }.map { WatchedPlace(path: $0, isWhole: false) }
        return (files + moved).sorted { $0.path < $1.path }
    }
}

/// Marks the time in which writes are taken back: they are no writes of the run's own.
enum UndoScope {
    @TaskLocal static var isActive = false
    /// What is being taken back.
    @TaskLocal static var target: Target?

    /// What is taken back at once.
    enum Target: Sendable {
        /// All writes of a step, by its own function.
        case step(scope: String)
        /// One write.
        case write(fingerprint: String)
    }
}
