import RunbookLua
import RunbookSpec

/// A call of a module's function: arguments, permission, the way a preview treats it, the work.
struct Invocation: Sendable {
    let name: String
    let module: ModuleSpec
    let function: ModuleFunction
    let run: Unowned

    func run(_ call: LuaCall) async throws -> [LuaValue] {
        let run = run.run
        let spec = function.spec
        if spec.effect != .pure { try enter(run) }
        let isPreview = run.options.dryRun != nil
        var given = call.arguments
        let unknown = isPreview ? given.lazy.compactMap(UnknownValue.first(in:)).first : nil
        if let unknown, !takesUnknown(spec) {
            if spec.effect != .write { return [.object(LuaObject(kind: .unknown, payload: unknown))] }
            given = given.map(UnknownValue.shown)
        }
        let arguments: Arguments
        do {
            arguments = try ArgumentCheck(name: name, spec: spec).check(given)
        } catch let error as RunbookError where module.isGlobal && function.spec.name == "runbook" {
            throw HeaderError(error, call.site)
        } catch let error as RunbookError {
            // What is not known yet cannot be put into an option that takes no text.
            guard let unknown, error.code == .argument else { throw error }
            _ = try ArgumentCheck(name: name, spec: spec).check(call.arguments)
            return [plan(unknown, run, call.site)]
        }
        let context = CallContext(run: run, function: name, site: call.site)
        return try await CallSite.$current.withValue(call.site) {
            try await CallSite.$dependency.withValue(unknown) {
                do {
                    return try await function.body(arguments, context)
                } catch let error as RunbookError where isPreview && spec.effect == .read && Self.isUnread(error) {
                    run.note(unread: error)
                    return [UnknownValue.make(name, from: 0)]
                } catch let error as RunbookError {
                    // A name that is not known yet is no name.
                    if let unknown, error.code == .argument {
                        let isRead = isReadOnRequest && (arguments.record("options") ?? arguments).boolean("read")
                        return [
                            isRead
                                ? .object(LuaObject(kind: .unknown, payload: unknown)) : plan(unknown, run, call.site)
                        ]
                    }
                    throw error.redacted(by: run.vault.redactor)
                }
            }
        }
    }

    /// Shows a write of which nothing but the name is known.
    private func plan(_ unknown: UnknownValue, _ run: RunSession, _ site: LuaSite?) -> LuaValue {
        let change = PlannedChange(
            number: 0, step: StepScope.current?.number, kind: .run, object: module.name, name: function.spec.name,
            summary: unknown.description, command: [], difference: nil,
            certainty: unknown.change > 0 ? .dependent(on: unknown.change) : .unvalidated(unknown.what), undo: nil,
            site: site?.description, server: nil)
        run.hub.publish(.planned(run.plan.add(change)))
        return .object(LuaObject(kind: .unknown, payload: unknown))
    }

    /// Refuses an effect where none is allowed.
    private func enter(_ run: RunSession) throws {
        if run.phase != .body && !run.hasActed { try HeaderPlace.check(run) }
        if run.phase == .headerOnly { throw HeaderOnly() }
        run.noteActivity()
        if let allow = run.header.allow, Self.guarded.contains(module.name) {
            try allow.check(
                module: module.name, isWrite: function.spec.effect != .read && !isReadOnRequest, namespace: nil)
        }
    }

    /// True when the arguments decide whether it reads or writes; a write is then refused where it is asked for.
    private var isReadOnRequest: Bool {
        function.spec.parameters.contains { parameter in
            if case .record(let fields) = parameter.type { return fields.contains { $0.name == "read" } }
            return parameter.name == "read"
        }
    }

    /// Modules that a header's `allow` speaks of.
    static let guarded: Set<String> = ["docker", "minikube", "helm", "kubectl", "exec", "fs", "http", "ai"]

    // The core functions pass values on; an unknown among them is their business.
    private func takesUnknown(_ spec: FunctionSpec) -> Bool {
        module.isGlobal || spec.parameters.contains { $0.type == .any && spec.effect == .pure }
    }

    private static func isUnread(_ error: RunbookError) -> Bool {
        switch error.code {
        case .missing, .command, .timeout, .io: true
        default: false
        }
    }
}
