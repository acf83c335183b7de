import CLua
import CRunbookLua

/// A Lua state that runs scripts whose host functions wait without blocking.
///
/// Everything of the state happens on one thread of its own. Several coroutines can be under way at once: each `call`
/// runs its function in a coroutine, and while one waits for a host function the others go on.
public actor LuaEngine {
    private nonisolated let executor = LuaExecutor()
    private let runtime: LuaRuntime
    private nonisolated let control: StopHandle
    private nonisolated let calls = CallList()

    /// The engine's own thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// What the engine's thread holds while it runs, for tests.
    nonisolated var threadQueue: AnyObject { executor.threadQueue }

    /// Opens a state.
    ///
    /// - Parameter memoryLimit: The cap on what scripts hold, in bytes; a script that needs more gets an error.
    public init(memoryLimit: Int = 512 << 20) throws {
        let runtime = try LuaRuntime(memoryLimit: memoryLimit)
        self.runtime = runtime
        control = StopHandle(context: runtime.context)
    }

    /// Stops every script, at once and for good, and cancels the host functions that they wait for.
    ///
    /// Each call that is under way, and each that is made until `resumeAfterStop`, ends with `LuaError.Code.stopped`.
    public nonisolated func stop() {
        rb_stop(control.context)
        calls.stop()
    }

    /// Lets new calls run after `stop`, for clean-up; those that were under way stay stopped.
    public nonisolated func resumeAfterStop() {
        rb_resume_after_stop(control.context)
    }

    /// True while a script or a host function that does not wait holds the engine's thread.
    public nonisolated var isBusy: Bool {
        rb_is_running(control.context)
    }

    /// Bytes that scripts hold.
    public var memoryUsed: Int { rb_memory_used(runtime.context) }

    /// Frees what scripts no longer hold, at once instead of step by step.
    public func collectGarbage() {
        rb_collect(runtime.context)
        runtime.drop()
    }

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
    /// As Lua's own interpreter does with files, it passes over a byte order mark and a first line that begins with `#`.
    ///
    /// - Parameter name: The name in messages and tracebacks, such as `deploy-local.lua`.
    /// - Throws: `LuaError` with code `syntax` and the line.
    public func load(_ text: [UInt8], name: String) throws -> LuaFunction {
        try onMain { main, _ in
            let program = Self.program(text)
            // An empty array has no address to point at.
            let status = (program.isEmpty ? [0x20] : program).withUnsafeBufferPointer { buffer in
                buffer.withMemoryRebound(to: CChar.self) { characters in
                    characters.baseAddress.map { rb_load(main, $0, characters.count, "@" + name) } ?? LUA_ERRMEM
                }
            }
            if status == LUA_OK { return LuaFunction(reference: rb_anchor(main), engine: runtime.releases) }
            defer { rb_pop(main, 1) }
            var reader = LuaReader(state: main, runtime: runtime)
            if status == LUA_ERRMEM { throw LuaError.outOfMemory }
            throw LuaError(.syntax, message: try reader.read(-1).stringValue ?? "the text cannot be compiled")
        }
    }

    /// What of a file is the program; the line end of a first line that is not stays, so that line numbers do.
    private static func program(_ text: [UInt8]) -> ArraySlice<UInt8> {
        let rest = text.starts(with: [0xEF, 0xBB, 0xBF]) ? text.dropFirst(3) : text[...]
        guard rest.first == UInt8(ascii: "#") else { return rest }
        return rest.drop { $0 != 0x0A && $0 != 0x0D }
    }

    /// Runs a function in a coroutine of its own until it returns.
    ///
    /// When the calling task is cancelled the coroutine is stopped: a busy one by the stop hook, a waiting one by the
    /// cancellation of what it waits for. Its to-be-closed variables run for 20 ms at most, and cannot wait.
    ///
    /// - Throws: `LuaError`.
    public func call(_ function: LuaFunction, _ arguments: [LuaValue] = []) async throws -> [LuaValue] {
        runtime.drop()
        guard let thread = rb_thread_create(runtime.context) else {
            throw LuaError(.memory, message: "no memory for a coroutine")
        }
        let handle = CallHandle(context: runtime.context, thread: thread)
        let task = Task { try await drive(handle, function, arguments) }
        let number = calls.add(handle, task)
        defer {
            calls.remove(number)
            rb_thread_destroy(runtime.context, thread)
        }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            calls.stop(number)
        }
    }

    private func drive(
        _ handle: CallHandle, _ function: LuaFunction, _ arguments: [LuaValue]
    ) async throws -> [LuaValue] {
        let thread = handle.thread
        let state = rb_thread_state(thread)
        try push(function, arguments, on: state)
        while true {
            var results: Int32 = 0
            let outcome = rb_thread_run(runtime.context, thread, Int32(arguments.count), &results)
            let request = runtime.request
            runtime.request = nil
            runtime.reply = nil
            switch Int(outcome) {
            case RB_DONE: return try take(results, from: state)
            case RB_SUSPENDED:
                guard let request else { preconditionFailure("a coroutine waits for nothing") }
                runtime.reply = try await answer(request)
            case RB_NO_MEMORY: throw LuaError.outOfMemory
            case RB_STOPPED: throw LuaError.stopped
            default: throw failure(on: state)
            }
        }
    }

    private func push(_ function: LuaFunction, _ arguments: [LuaValue], on state: LuaState) throws {
        rb_relax(runtime.context, true)
        defer { rb_relax(runtime.context, false) }
        rb_push_anchored(state, function.reference)
        let writer = LuaWriter(state: state, runtime: runtime)
        for argument in arguments { try writer.push(argument) }
    }

    private func answer(_ request: LuaRuntime.Request) async throws -> Result<[LuaValue], any Error> {
        let reply: Result<[LuaValue], any Error>
        do { reply = .success(try await request.body(request.call)) } catch { reply = .failure(error) }
        if Task.isCancelled { throw LuaError.stopped }
        return reply
    }

    private func take(_ count: Int32, from state: LuaState) throws -> [LuaValue] {
        rb_relax(runtime.context, true)
        defer { rb_relax(runtime.context, false) }
        guard lua_checkstack(state, 8) != 0 else { throw LuaError.outOfMemory }
        var reader = LuaReader(state: state, runtime: runtime)
        let first = lua_gettop(state) - count + 1
        return try (0..<count).map { try reader.read(first + $0) }
    }

    /// The error value and its traceback are on top of the stack.
    private func failure(on state: LuaState) -> LuaError {
        rb_relax(runtime.context, true)
        defer { rb_relax(runtime.context, false) }
        guard lua_checkstack(state, 8) != 0 else { return .outOfMemory }
        var reader = LuaReader(state: state, runtime: runtime)
        let traceback = (try? reader.read(-1))?.stringValue
        let value = (try? reader.read(-2)) ?? .nil
        guard case .object(let object) = value, object.kind == .error else {
            let message =
                value.stringValue ?? value.tableValue?["message"]?.stringValue
                ?? "error value of type \(value.typeName)"
            return LuaError(.runtime, message: message, traceback: traceback, value: value)
        }
        return LuaError(
            .runtime, message: LuaRuntime.message(of: object.payload),
            traceback: object.fields?["traceback"]?.stringValue ?? traceback, value: value,
            underlying: object.payload as? any Error)
    }
}
