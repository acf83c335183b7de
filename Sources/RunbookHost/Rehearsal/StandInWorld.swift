import RunbookSecrets
import Synchronization

/// Stands in for what no simulator answers: writes by other programs and over HTTP are noted and not made, and waits are
/// short.
struct StandInWorld: World {
    let base: any World
    let effects: StandInEffects
    /// How many times shorter waits are.
    let speed: Double

    /// Programs that the simulator answers, or that work on nothing else.
    private static let simulated: Set<String> = ["kubectl", "helm", "docker", "minikube"]

    func perform(_ request: Request) async throws -> Response {
        if case .sleep(let duration) = request.action {
            return try await base.perform(.read(.sleep(duration / speed)))
        }
        guard let change = request.change else { return try await base.perform(request) }
        switch request.action {
        case .process(let command), .terminal(let command):
            let program = command.argv.first?.split(separator: "/").last.map(String.init) ?? ""
            // What helm sends to a registry of charts no simulator takes in.
            let isSent = program == "helm" && command.argv.dropFirst().first == "push"
            if Self.simulated.contains(program), !isSent { return try await base.perform(request) }
            effects.note(request.action, change)
            return .process(ProcessResult(status: 0))
        case .http:
            effects.note(request.action, change)
            return .http(HTTPAnswer(status: 200))
        default: return try await base.perform(request)
        }
    }
}

/// What programs that are not simulated would have done: each is taken to do its work and to print nothing.
final class StandInEffects: Sendable {
    private struct Effect {
        let display: String
        let scope: String
        let fingerprint: String
        let isIdempotent: Bool
    }
    private let effects = Mutex<[Effect]>([])
    private let everything = Mutex<Set<String>>([])

    /// Notes a write; one that takes another back removes it.
    func note(_ action: Action, _ change: Change) {
        let display = ObservedWorld.display(action) ?? change.object
        if UndoScope.isActive { return takeBack() }
        _ = everything.withLock { $0.insert(display) }
        let effect = Effect(
            display: display, scope: Position.current?.key ?? "", fingerprint: Fingerprint.of(action),
            isIdempotent: change.isIdempotent || Position.current?.isIdempotent == true)
        effects.withLock { effects in
            if effect.isIdempotent, effects.contains(where: { $0.fingerprint == effect.fingerprint }) { return }
            effects.append(effect)
        }
    }

    private func takeBack() {
        effects.withLock { effects in
            switch UndoScope.target {
            case .write(let fingerprint)?:
                if let index = effects.lastIndex(where: { $0.fingerprint == fingerprint }) { effects.remove(at: index) }
            case .step(let scope)?:
                effects.removeAll { $0.scope == scope || $0.scope.hasPrefix(scope + "/") }
            case nil: break
            }
        }
    }

    /// The commands that were not made, each once.
    var displays: [String] { everything.withLock { $0.sorted() } }

    /// What is in effect, with how many times.
    var state: [String: [String: String]] {
        var counts: [String: Int] = [:]
        for effect in effects.withLock({ $0 }) { counts[effect.display, default: 0] += 1 }
        return counts.reduce(into: [:]) { $0["done: \($1.key)"] = ["times": String($1.value)] }
    }
}
