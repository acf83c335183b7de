import CLua
import CRunbookLua

/// A Lua state that runs scripts whose host functions wait without blocking.
///
/// Everything of the state happens on one thread of its own. Several coroutines can be under way at once: each `call`
/// runs its function in a coroutine, and while one waits for a host function the others go on.
public actor LuaEngine {
    private let executor = LuaExecutor()
    private let runtime: LuaRuntime
    private nonisolated let control: LuaControl

    /// The engine's own thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens a state.
    ///
    /// - Parameter memoryLimit: The cap on what scripts hold, in bytes; a script that needs more gets an error.
    public init(memoryLimit: Int = 512 << 20) throws {
        let runtime = try LuaRuntime(memoryLimit: memoryLimit)
        self.runtime = runtime
        control = LuaControl(runtime.context)
    }

    /// Stops every script, at once and for good: a running one ends with `LuaError.Code.stopped`.
    public nonisolated func stop() {
        rb_stop(control.context)
    }

    /// Lets scripts run again after `stop`, for clean-up.
    public nonisolated func resumeAfterStop() {
        rb_resume_after_stop(control.context)
    }

    /// True while a script or a host function that does not wait holds the engine's thread.
    public nonisolated var isBusy: Bool {
        rb_is_running(control.context)
    }

    /// Bytes that scripts hold.
    public var memoryUsed: Int { rb_memory_used(runtime.context) }

    /// Host payloads that Lua still holds: 0 when nothing leaks.
    public var liveObjects: Int { runtime.liveObjects }

    // MARK: Building the environment

    /// Sets a global table of functions and values.
    public func setModule(_ name: String, functions: [(String, HostFunction)], values: [(String, LuaValue)] = []) throws
    {
        try onMain { main, writer in
            rb_push_globals(main)
            writer.push(name)
            lua_createtable(main, 0, Int32(functions.count + values.count))
            try fill(main, writer, functions, values)
            rb_name_module(main, name)
            lua_rawset(main, -3)
            rb_pop(main, 1)
        }
    }

    /// Sets global functions and values.
    public func setGlobals(functions: [(String, HostFunction)], values: [(String, LuaValue)] = []) throws {
        try onMain { main, writer in
            rb_push_globals(main)
            try fill(main, writer, functions, values)
            rb_pop(main, 1)
        }
    }

    /// Gives a kind of opaque objects its metamethods.
    public func defineObjects(_ kind: LuaObjectKind, name: String, metamethods: [(String, HostFunction)]) throws {
        try onMain { main, writer in
            lua_createtable(main, 0, Int32(metamethods.count + 4))
            try fill(main, writer, metamethods, [("__name", .string(name))])
            rb_define_object(main, kind.rawValue)
        }
    }

    /// Sets what `string.format` and `table.concat` do where an opaque object is among their arguments.
    public func setTextFunctions(format: HostFunction, concat: HostFunction) {
        rb_set_text_functions(runtime.context, runtime.add(format), runtime.add(concat))
    }

    /// The value of a global.
    public func global(_ name: String) throws -> LuaValue {
        try onMain { main, writer in
            rb_push_globals(main)
            writer.push(name)
            lua_rawget(main, -2)
            defer { rb_pop(main, 2) }
            var reader = LuaReader(state: main, runtime: runtime)
            return try reader.read(-1)
        }
    }

    private func fill(
        _ main: LuaState, _ writer: LuaWriter, _ functions: [(String, HostFunction)], _ values: [(String, LuaValue)]
    ) throws {
        for (name, function) in functions {
            writer.push(name)
            rb_push_function(main, runtime.add(function))
            lua_rawset(main, -3)
        }
        for (name, value) in values {
            writer.push(name)
            try writer.push(value)
            lua_rawset(main, -3)
        }
    }

    private func onMain<Result>(_ body: (LuaState, LuaWriter) throws -> Result) throws -> Result {
        let main = rb_main(runtime.context)
        rb_relax(runtime.context, true)
        defer { rb_relax(runtime.context, false) }
        let top = lua_gettop(main)
        do {
            return try body(main, LuaWriter(state: main, runtime: runtime))
        } catch {
            lua_settop(main, top)
            throw error
        }
    }

    // MARK: Running

    /// Compiles a script.
    ///
    /// - Parameter name: The name in messages and tracebacks, such as `deploy-local.lua`.
    /// - Throws: `LuaError` with code `syntax` and the line.
    public func load(_ text: [UInt8], name: String) throws -> LuaFunction {
        try onMain { main, _ in
            // An empty array has no address to point at.
            let status = (text.isEmpty ? [0x20] : text).withUnsafeBufferPointer { buffer in
                buffer.withMemoryRebound(to: CChar.self) { characters in
                    characters.baseAddress.map { rb_load(main, $0, characters.count, "@" + name) } ?? LUA_ERRMEM
                }
            }
            if status == LUA_OK { return LuaFunction(reference: rb_anchor(main), engine: runtime.releases) }
            defer { rb_pop(main, 1) }
            var reader = LuaReader(state: main, runtime: runtime)
            let message = try reader.read(-1).stringValue ?? "the text cannot be compiled"
            throw LuaError(status == LUA_ERRMEM ? .memory : .syntax, message: message)
        }
    }

    /// Runs a function in a coroutine of its own until it returns.
    ///
    /// When the calling task is cancelled the coroutine is stopped: a busy one by the stop hook, a waiting one by the
    /// cancellation of what it waits for; its to-be-closed variables run.
    ///
    /// - Throws: `LuaError`.
    public func call(_ function: LuaFunction, _ arguments: [LuaValue] = []) async throws -> [LuaValue] {
        runtime.drop()
        guard let thread = rb_thread_create(runtime.context) else {
            throw LuaError(.memory, message: "no memory for a coroutine")
        }
        let handle = LuaControl(runtime.context, thread)
        defer { handle.destroy() }
        return try await withTaskCancellationHandler {
            try await drive(thread, function, arguments)
        } onCancel: {
            handle.stop()
        }
    }

    private func drive(
        _ thread: OpaquePointer, _ function: LuaFunction, _ arguments: [LuaValue]
    ) async throws -> [LuaValue] {
        let state = rb_thread_state(thread)
        rb_relax(runtime.context, true)
        do {
            defer { rb_relax(runtime.context, false) }
            rb_push_anchored(state, function.reference)
            let writer = LuaWriter(state: state, runtime: runtime)
            for argument in arguments { try writer.push(argument) }
        }
        var count = Int32(arguments.count)
        while true {
            var results: Int32 = 0
            runtime.request = nil
            let outcome = rb_thread_run(runtime.context, thread, count, &results)
            count = 0
            let request = runtime.request
            runtime.request = nil
            switch Int(outcome) {
            case RB_DONE: return try take(results, from: state)
            case RB_SUSPENDED:
                guard let request else { throw LuaError(.foreignYield, message: "a host call without a request") }
                let reply: Result<[LuaValue], any Error>
                do { reply = .success(try await request.body(request.call)) } catch { reply = .failure(error) }
                if Task.isCancelled { throw LuaError(.stopped, message: "the run was stopped") }
                runtime.reply = reply
            default: throw failure(outcome, thread)
            }
        }
    }

    private func take(_ count: Int32, from state: LuaState) throws -> [LuaValue] {
        rb_relax(runtime.context, true)
        defer { rb_relax(runtime.context, false) }
        var reader = LuaReader(state: state, runtime: runtime)
        let first = lua_gettop(state) - count + 1
        return try (0..<count).map { try reader.read(first + $0) }
    }

    private func failure(_ outcome: Int32, _ thread: OpaquePointer) -> LuaError {
        let state = rb_thread_state(thread)
        rb_relax(runtime.context, true)
        defer { rb_relax(runtime.context, false) }
        var reader = LuaReader(state: state, runtime: runtime)
        switch Int(outcome) {
        case RB_NO_MEMORY: return LuaError(.memory, message: "not enough memory: the script reached its cap")
        case RB_STOPPED: return LuaError(.stopped, message: "the run was stopped")
        case RB_FOREIGN_YIELD:
            return LuaError(.foreignYield, message: "attempt to yield outside a coroutine that the script made")
        default: break
        }
        let value = (try? reader.read(-1)) ?? .nil
        rb_thread_traceback(thread)
        let here = (try? reader.read(-1))?.stringValue
        rb_pop(state, 1)
        guard case .object(let object) = value, object.kind == .error else {
            let message = value.stringValue ?? "error value of type \(value.typeName)"
            return LuaError(.runtime, message: message, traceback: here, value: value)
        }
        return LuaError(
            .runtime, message: LuaRuntime.message(of: object.payload), traceback: here, value: value,
            underlying: object.payload as? any Error)
    }
}

/// Pointers that may be used from any thread: for stops, which C makes safe.
private struct LuaControl: @unchecked Sendable {
    let context: OpaquePointer
    private let thread: OpaquePointer?

    init(_ context: OpaquePointer, _ thread: OpaquePointer? = nil) {
        self.context = context
        self.thread = thread
    }

    func stop() {
        if let thread { rb_thread_stop(context, thread) }
    }

    func destroy() {
        if let thread { rb_thread_destroy(context, thread) }
    }
}
