import RunbookLua
import Synchronization

/// What a test says of a run that it wants: `runbook.run("FILE", { … })`.
public struct TestRunRequest: Sendable {
    /// The runbook, by name or path.
    public var file: String
    /// Parameters.
    public var parameters: [(name: String, value: String)]
    /// Variables of the environment, secrets among them.
    public var environment: [String: String]
    /// True for a preview.
    public var isDryRun: Bool
    /// False when confirmations are to be refused.
    public var assumesYes: Bool
    /// A simulated cluster: `""` for an empty one, else a snapshot's folder; nil for none.
    public var simulator: String?
    /// Faults of the simulated cluster.
    public var faults: [String]
    /// A tape to answer from.
    public var tape: String?

    static let fields = ["params", "env", "dry_run", "yes", "sim", "faults", "tape"]

    init(_ file: String, _ options: LuaTable) throws {
        for field in options.fields where !Self.fields.contains(field.name) {
            throw RunbookError(
                .argument,
                "`runbook.run`: unknown option `\(field.name)`; it takes \(Self.fields.joined(separator: ", "))")
        }
        func texts(_ value: LuaValue?) -> [(name: String, value: String)] {
            (value?.tableValue?.fields ?? []).compactMap { field in
                if let list = field.value.listValue, !list.isEmpty {
                    return (field.name, list.compactMap(Arguments.plain).joined(separator: ","))
                }
                return Arguments.plain(field.value).map { (field.name, $0) }
            }
        }
        self.file = file
        parameters = texts(options["params"])
        environment = Dictionary(texts(options["env"]).map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        isDryRun = options["dry_run"]?.isTruthy ?? false
        assumesYes = options["yes"]?.booleanValue ?? true
        simulator = options["sim"].flatMap { $0.stringValue ?? ($0.isTruthy ? "" : nil) }
        faults = (options["faults"]?.listValue ?? []).compactMap(\.stringValue)
        tape = options["tape"]?.stringValue
    }
}

/// Notes what a run did and what a person saw of it.
final class TestObserver: EventListener {
    private struct State {
        var printed: [String] = []
        var notes: [String] = []
        var writes: [String] = []
        var commands: [String] = []
    }
    private let state = Mutex(State())

    func receive(_ event: RunEvent) {
        state.withLock { state in
            switch event {
            case .note(let note):
                if note.level == .print { state.printed.append(note.text) } else { state.notes.append(note.text) }
            case .actionStarted(let action):
                state.commands.append(action.display)
                if action.isWrite { state.writes.append(action.display) }
            case .planned(let change):
                state.writes.append(
                    change.command.isEmpty ? "\(change.object) \(change.name)" : Command.display(change.command))
            default: break
            }
        }
    }

    /// What the test sees of the run.
    func value(_ summary: RunSummary) -> LuaValue {
        let seen = state.withLock { $0 }
        func list(_ texts: [String]) -> LuaValue { .list(texts.map { .string($0) }) }
        return .table(
            LuaTable(fields: [
                "status": .string(summary.status.rawValue), "exit": .integer(Int64(summary.exitCode)),
                "result": summary.result,
                "printed": .string(seen.printed.joined(separator: "\n")), "notes": list(seen.notes),
                "writes": list(seen.writes),
                "commands": list(seen.commands), "missing": list(summary.missing),
                "steps": .list(
                    summary.steps.map { ["name": .string($0.name), "status": .string($0.status.rawValue)] }),
                "error": summary.failure.map { failure in
                    .table(
                        LuaTable(fields: [
                            "message": .string(failure.message), "step": failure.step.map { .string($0) } ?? .nil,
                            "remedy": failure.remedy.map { .string($0) } ?? .nil,
                            "where": failure.site.map { .string($0) } ?? .nil, "causes": list(failure.causes),
                        ]))
                } ?? .nil,
            ]))
    }
}
