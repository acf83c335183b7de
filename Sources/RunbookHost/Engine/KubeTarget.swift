import RunbookSecrets
import Synchronization

/// The cluster that a run works on: fixed when it is first needed, and passed to every call.
final class KubeTarget: Sendable {
    private let options: RunOptions
    private let resolved = Mutex<Task<String, any Error>?>(nil)
    private let namespaces = Mutex<Task<String, any Error>?>(nil)
    private let confirmation = Mutex<Task<Void, any Error>?>(nil)
    private let confirmed = Mutex(false)
    private let unread = Mutex<(@Sendable (any Error) -> Void)?>(nil)

    init(options: RunOptions) {
        self.options = options
    }

    /// Sets who is told when a preview finds no context.
    func noteMissing(_ note: @escaping @Sendable (any Error) -> Void) {
        unread.withLock { $0 = note }
    }

    /// What stands for the context in the commands of a preview that has none.
    static let unset = "‹kube context›"

    /// The context, when it is already known.
    var known: String? { options.context }

    /// The context of this run.
    ///
    /// A preview without one goes on, with words in the context's place.
    ///
    /// - Throws: `RunbookError` with code `missing` when none is set.
    func context(in world: any World) async throws -> String {
        do {
            return try await resolve(in: world)
        } catch let error as RunbookError where options.dryRun != nil {
            unread.withLock { $0 }?(error)
            return Self.unset
        }
    }

    private func resolve(in world: any World) async throws -> String {
        if let given = options.context { return given }
        let task = resolved.withLock { resolved in
            if let task = resolved { return task }
            let task = Task { try await Self.current(in: world) }
            resolved = task
            return task
        }
        return try await task.value
    }

    private static func current(in world: any World) async throws -> String {
        let result = try await world.read(
            Command(
                ["kubectl", "config", "current-context"], environment: ["KUBERC": "off"], timeout: .seconds(20),
                isQuiet: true,
                inherited: KubeEnvironment.variables(for: ["kubectl", "config"])))
        let name = result.text
        guard result.succeeded, !name.isEmpty else {
            throw RunbookError(
                .missing, "no kube context is set",
                remedy: "start a cluster (`minikube start`), or give --context, or try --sim")
        }
        return name
    }

    /// The namespace of this run's context, where a call names none: the one that the kubeconfig gives it, or `default`.
    ///
    /// - Throws: `RunbookError` with code `missing` when no context is set.
    func namespace(in world: any World) async throws -> String {
        let context = try await context(in: world)
        let task = namespaces.withLock { namespaces in
            if let task = namespaces { return task }
            let task = Task { try await Self.namespace(of: context, in: world) }
            namespaces = task
            return task
        }
        do {
            return try await task.value
        } catch let error as RunbookError where options.dryRun != nil {
            unread.withLock { $0 }?(error)
            return "default"
        }
    }

    private static func namespace(of context: String, in world: any World) async throws -> String {
        let result = try await world.read(
            Command(
                [
                    "kubectl", "config", "view", "--minify", "--output", "jsonpath={..namespace}", "--context", context,
                ], environment: ["KUBERC": "off"], timeout: .seconds(20), isQuiet: true,
                inherited: KubeEnvironment.variables(for: ["kubectl", "config"])))
        // A context that the kubeconfig does not have is told by the call that then fails.
        return result.succeeded && !result.text.isEmpty ? result.text : "default"
    }

    /// True when a person has confirmed that changes in this context are meant.
    var isConfirmed: Bool { confirmed.withLock { $0 } }

    /// Asks, once a run, for the context's name; `--yes` does not answer it.
    func confirm(_ context: String, _ run: RunSession) async throws {
        let task = confirmation.withLock { confirmation in
            if let task = confirmation { return task }
            let task = Task {
                let question = "\(context) is not a local cluster. Type its name to go on:"
                let answer: Response
                do {
                    answer = try await run.world.perform(.read(.prompt(Prompt(question, .type(context)))))
                } catch var error as RunbookError where error.code == .declined {
                    error.remedy =
                        "type it on a terminal (--yes does not answer this), or add \(context) to `contexts` in runbook.yaml"
                    throw error
                }
                guard case .answer(context) = answer else {
                    throw RunbookError(.declined, "changes in the context \(context) were not confirmed")
                }
                confirmed.withLock { $0 = true }
            }
            confirmation = task
            return task
        }
        try await task.value
    }

    /// True when the project allows changes in a context without asking.
    func isAllowed(_ context: String) -> Bool {
        ProjectSettings.matches(context, options.project.allowedContexts)
    }
}
