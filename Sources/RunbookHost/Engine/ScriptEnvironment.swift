import RunbookLua
import RunbookSpec

/// Builds the globals that a runbook sees.
enum ScriptEnvironment {
    /// Installs the modules, the opaque objects and the prelude in a run's engine.
    ///
    /// All of it is one job of the engine: each way there and back takes two switches between threads.
    static func install(_ run: RunSession, in engine: isolated LuaEngine) async throws {
        let reference = Unowned(run)
        try OpaqueObjects.install(
            in: engine,
            branch: { unknown, site in
                let isGuard = reference.run.decisions.takeGuard(site?.line)
                reference.run.decisions.note(site?.line)
                reference.run.noteBranch(unknown, site, taking: !isGuard)
                return !isGuard
            }, loop: { unknown, site in reference.run.noteLoop(unknown, site) },
            told: { reference.run.plan.note($0) })
        for module in BuiltinModules.all {
            let functions = module.functions.map { ($0.spec.name, host($0, of: module.spec, reference)) }
            if module.spec.isGlobal {
                try engine.setGlobals(functions: functions)
            } else {
                try engine.setModule(module.spec.name, functions: functions)
            }
        }
        try engine.setGlobals(functions: preludeFunctions(reference))
        for text in run.options.dryRun == nil ? [Prelude.text] : [Prelude.text, Prelude.preview] {
            _ = try await engine.call(try engine.load(Array(text.utf8), name: Prelude.name))
        }
        try await setRunGlobals(run, in: engine, secrets: [])
    }

    private static func preludeFunctions(_ run: Unowned) -> [(String, HostFunction)] {
        let loader = LibraryLoader(run: run)
        let gate = ModuleGate()
        return [
            (
                "__rb_chunk",
                .suspending("require") { call in
                    let name = call.arguments.first?.stringValue ?? ""
                    guard try await gate.begin(name, at: run.run.position.key) else { return [.nil] }
                    do {
                        return [.function(try await loader.chunk(name))]
                    } catch {
                        gate.end(name)
                        throw error
                    }
                }
            ),
            (
                "__rb_chunk_ran",
                .immediate("require") { call in
                    gate.end(call.arguments.first?.stringValue ?? "")
                    return []
                }
            ),
            (
                "__rb_modules",
                .suspending("require_all") { call in
                    [.list(try loader.names(in: call.arguments.first?.stringValue ?? "").map { .string($0) })]
                }
            ),
            (
                "__rb_log",
                .immediate("log") { call in
                    let level = call.arguments.first?.stringValue.flatMap(Note.Level.init(rawValue:)) ?? .info
                    let text = call.arguments.count > 1 ? Display.text(call.arguments[1]) : ""
                    run.run.hub.publish(.note(Note(level: level, text: text, step: nil)))
                    return []
                }
            ),
            (
                "__rb_is_unknown",
                .immediate("unknown") { call in [.boolean(UnknownValue.of(call.arguments.first) != nil)] }
            ),
            (
                "__rb_decided",
                .immediate("branch") { call in
                    [.boolean(run.run.decisions.take(call.arguments.first?.integerValue.map { Int($0) }))]
                }
            ),
            (
                "__rb_branch",
                .immediate("branch") { call in
                    guard let unknown = UnknownValue.of(call.arguments.first) else { return [] }
                    let line = call.arguments.count > 1 ? call.arguments[1].integerValue.map { Int($0) } : nil
                    let taking = call.arguments.count < 3 || call.arguments[2].booleanValue != false
                    run.run.noteBranch(
                        unknown, call.site.map { LuaSite(file: $0.file, line: line ?? $0.line) }, taking: taking)
                    return []
                }
            ),
            (
                "__rb_expect_guard",
                .immediate("branch") { call in
                    run.run.decisions.expectGuard(call.arguments.first?.integerValue.map { Int($0) })
                    return []
                }
            ),
        ]
    }

    /// Sets `params`, `secrets` and `run`.
    static func setRunGlobals(
        _ run: RunSession, in engine: isolated LuaEngine, secrets: [(String, LuaValue)]
    ) async throws {
        guard case .function(let strict) = try engine.global("__rb_strict") else { return }
        func names(_ names: [String]) -> LuaValue { .table(LuaTable(names.map { (.string($0), true) })) }
        let about = LuaTable(fields: [
            "id": .string(run.id), "name": .string(run.header.name), "file": .string(run.source.path),
            "folder": .string(run.source.folder), "cwd": .string(run.options.workingDirectory),
            "dry_run": .boolean(run.options.dryRun != nil), "interactive": .boolean(run.options.isInteractive),
            "context": run.options.context.map { .string($0) } ?? .nil,
        ])
        _ = try await engine.call(
            strict,
            [
                .table(LuaTable(run.parameters.map { (.string($0.name), $0.value) })),
                names(run.header.parameters.map(\.name)), .table(LuaTable(secrets.map { (.string($0.0), $0.1) })),
                names(run.header.secrets.map(\.name)), .table(about),
            ])
    }

    private static func host(_ function: ModuleFunction, of module: ModuleSpec, _ run: Unowned) -> HostFunction {
        let name = module.isGlobal ? function.spec.name : "\(module.name).\(function.spec.name)"
        let invocation = Invocation(name: name, module: module, function: function, run: run)
        return .suspending(name) { call in try await invocation.run(call) }
    }
}

/// Refers to a run without keeping it alive: the run owns the engine, and the engine its functions.
struct Unowned: Sendable {
    unowned let run: RunSession
    init(_ run: RunSession) { self.run = run }
}
