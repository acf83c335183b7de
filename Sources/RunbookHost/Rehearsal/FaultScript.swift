import RunbookSecrets
import Synchronization

/// Says which write of a run is to go wrong, and notes the writes that it sees.
final class FaultScript: Sendable {
    /// The write that goes wrong, and how; nil: none.
    let target: (key: RehearsedWrite.Key, fault: WriteFault)?
    private let root = Position()
    private let state = Mutex(State())

    private struct State {
        var writes: [RehearsedWrite] = []
        var underWay = 0
        var isClosing = false
        var wasStruck = false
        var hasNoLimit = false
        var die: (@Sendable () -> Void)?
        var passLimit: (@Sendable () -> Void)?
    }

    init(_ target: (key: RehearsedWrite.Key, fault: WriteFault)? = nil) {
        self.target = target
    }

    /// The writes that were asked for, in their order.
    var writes: [RehearsedWrite] { state.withLock { $0.writes } }
    /// True once the target was reached.
    var wasStruck: Bool { state.withLock { $0.wasStruck } }
    /// True when the target hung, and nothing but the limit of the whole run could end it.
    var hasNoLimit: Bool { state.withLock { $0.hasNoLimit } }
    /// True from the moment on at which the engine is dead: nothing more is done for it.
    var isClosing: Bool { state.withLock { $0.isClosing } }

    /// Sets what is called when the engine is to be killed.
    func onDeath(_ die: @escaping @Sendable () -> Void) { state.withLock { $0.die = die } }

    /// Takes a write in; the fault that befalls it, or nil.
    func note(_ request: Request, _ change: Change, _ redactor: Redactor) -> WriteFault? {
        let site = CallSite.current?.description ?? ""
        let position = Position.current ?? root
        let key = RehearsedWrite.Key(scope: position.key, site: site, count: position.next("rehearsed " + site))
        let display = redactor.redact(
            ObservedWorld.display(request.action) ?? "\(change.object) \(change.name)")
        let place = change.namespace.map { " in \($0)" } ?? ""
        let write = RehearsedWrite(
            key: key,
            title: change.object == "command" ? display : redactor.redact("\(change.object) \(change.name)\(place)"),
            display: display, steps: StepScope.current?.path ?? [])
        return state.withLock { state in
            state.writes.append(write)
            guard let target, target.key == key else { return nil }
            state.wasStruck = true
            return target.fault
        }
    }

    /// Counts a write as under way while it is made.
    func making<Value>(_ work: () async throws -> Value) async rethrows -> Value {
        state.withLock { $0.underWay += 1 }
        defer { state.withLock { $0.underWay -= 1 } }
        return try await work()
    }

    /// Sets what lets the limit of the whole run pass.
    func onRunLimit(_ pass: @escaping @Sendable () -> Void) { state.withLock { $0.passLimit = pass } }

    /// Lets the limit of the whole run pass: nothing nearer ends what hangs.
    func passRunLimit() {
        let pass = state.withLock { state in
            state.hasNoLimit = true
            return state.passLimit
        }
        pass?()
    }

    /// Kills the engine: what other branches have under way ends and is noted, then nothing more happens.
    func kill() async {
        let others = state.withLock { state in
            state.isClosing = true
            return state.underWay
        }
        while state.withLock({ $0.underWay }) > 0 { try? await Task.sleep(for: .milliseconds(10)) }
        // The journal still has to hear of them: a resume that doubted them would be told of the wrong write.
        if others > 0 { try? await Task.sleep(for: .milliseconds(300)) }
        state.withLock { $0.die }?()
    }
}
