import CLua
import CRunbookLua

/// The state and what the host keeps for it.
///
/// Used on one thread: the engine's.
final class LuaRuntime {
    /// A suspended host call: what the engine is to await.
    struct Request {
        let call: LuaCall
        let body: @Sendable (LuaCall) async throws -> [LuaValue]
    }

    let context: OpaquePointer
    let releases = ReleaseList()
    private var functions: [HostFunction] = []
    private var objects: [UInt64: any Sendable] = [:]
    private var nextObject: UInt64 = 1
    private let box: RuntimeBox

    /// Set by a host call that waits, taken by the engine right after.
    var request: Request?
    /// Set by the engine right before it continues a coroutine.
    var reply: Result<[LuaValue], any Error>?

    init(memoryLimit: Int) throws {
        let box = RuntimeBox()
        let host = Unmanaged.passUnretained(box).toOpaque()
        guard
            let context = rb_create(
                memoryLimit, host,
                { host, state, function in RuntimeBox.runtime(host).call(state, function) },
                { host, state in RuntimeBox.runtime(host).deliver(state) })
        else { throw LuaError(.memory, message: "no memory for a Lua state of \(memoryLimit) bytes") }
        self.context = context
        self.box = box
        box.runtime = self
        defineErrors()
    }

    deinit {
        rb_destroy(context)
    }

    // MARK: Host functions

    func add(_ function: HostFunction) -> Int32 {
        functions.append(function)
        return Int32(functions.count - 1)
    }

    private func call(_ state: LuaState, _ id: Int32) -> Int32 {
        let function = functions[Int(id)]
        do {
            var reader = LuaReader(state: state, runtime: self)
            var arguments: [LuaValue] = []
            for index in 0..<lua_gettop(state) { arguments.append(try reader.read(index + 1)) }
            let call = LuaCall(arguments: arguments, site: site(of: state))
            switch function.body {
            case .immediate(let body): return try push(try body(call), on: state)
            case .suspending(let body):
                guard rb_can_wait(state) else {
                    throw ConversionError(
                        description:
                            "\(function.name) cannot wait here: a sort, gsub, tostring or closing callback called it")
                }
                request = Request(call: call, body: body)
                return Int32(RB_YIELD)
            }
        } catch {
            return raise(error, on: state)
        }
    }

    private func deliver(_ state: LuaState) -> Int32 {
        defer { reply = nil }
        do {
            guard let reply else { throw ConversionError(description: "the host call was given up") }
            return try push(try reply.get(), on: state)
        } catch {
            return raise(error, on: state)
        }
    }

    private func push(_ values: [LuaValue], on state: LuaState) throws -> Int32 {
        let writer = LuaWriter(state: state, runtime: self)
        for value in values { try writer.push(value) }
        return Int32(values.count)
    }

    func site(of state: LuaState) -> LuaSite? {
        var name = [CChar](repeating: 0, count: 256)
        let line = rb_where(state, 1, &name, name.count)
        guard line > 0 else { return nil }
        let length = name.firstIndex(of: 0) ?? name.count
        return LuaSite(
            file: String(decoding: name[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self), line: Int(line))
    }

    // MARK: Objects

    func push(_ object: LuaObject, on state: LuaState) throws {
        if let fields = object.fields { try LuaWriter(state: state, runtime: self).push(.table(fields)) }
        push(object.payload, kind: object.kind, hasFields: object.fields != nil, on: state)
    }

    private func push(_ payload: any Sendable, kind: LuaObjectKind, hasFields: Bool, on state: LuaState) {
        drop()
        let identity = nextObject
        nextObject += 1
        objects[identity] = payload
        rb_push_object(state, kind.rawValue, identity, hasFields)
    }

    func object(on state: LuaState, at index: Int32) -> LuaObject? {
        var kind: Int32 = 0
        var identity: UInt64 = 0
        guard rb_get_object(state, index, &kind, &identity), let payload = objects[identity] else { return nil }
        var object = LuaObject(kind: LuaObjectKind(rawValue: kind), payload: payload)
        guard object.kind == .error else { return object }
        rb_push_fields(state, index)
        defer { rb_pop(state, 1) }
        var reader = LuaReader(state: state, runtime: self)
        object.fields = (try? reader.read(-1))?.tableValue
        return object
    }

    /// Forgets what the collector and the host have let go of.
    func drop() {
        var identity: UInt64 = 0
        while rb_take_dead_object(context, &identity) { objects[identity] = nil }
        for reference in releases.take() { rb_release(context, reference) }
    }

    /// The number of host payloads that live, for leak tests.
    var liveObjects: Int {
        drop()
        return objects.count
    }

    // MARK: Errors

    private func raise(_ error: any Error, on state: LuaState) -> Int32 {
        // The arguments are of no use any more, and the stack may be full of half a result.
        lua_settop(state, 0)
        let luaError = error as? LuaError
        if luaError?.code == .memory { return Int32(RB_MEMORY) }
        // An error that already stands in Lua keeps its value when it passes through a host function.
        if let luaError, !luaError.value.isNil {
            if (try? LuaWriter(state: state, runtime: self).push(luaError.value)) != nil { return Int32(RB_ERROR) }
            lua_settop(state, 0)
        }
        let underlying = luaError?.underlying ?? error
        var fields =
            (underlying as? any LuaConvertibleError)?.luaFields
            ?? LuaTable(fields: ["code": "error", "message": .string(String(describing: underlying))])
        if let site = site(of: state), fields["where"] == nil { fields["where"] = .string(site.description) }
        if (try? LuaWriter(state: state, runtime: self).push(.table(fields))) == nil {
            lua_settop(state, 0)
            lua_createtable(state, 0, 0)
        }
        push(underlying, kind: .error, hasFields: true, on: state)
        return Int32(RB_ERROR)
    }

    private func defineErrors() {
        let main = rb_main(context)
        rb_relax(context, true)
        defer { rb_relax(context, false) }
        let text = add(
            .immediate("tostring") { call in
                guard case .object(let object)? = call.arguments.first else { return ["error"] }
                return [.string(Self.message(of: object.payload))]
            })
        lua_createtable(main, 0, 4)
        let writer = LuaWriter(state: main, runtime: self)
        writer.push("__tostring")
        rb_push_function(main, text)
        lua_rawset(main, -3)
        writer.push("__name")
        writer.push("error")
        lua_rawset(main, -3)
        rb_define_object(main, LuaObjectKind.error.rawValue)
    }

    static func message(of payload: any Sendable) -> String {
        if let error = payload as? any LuaConvertibleError { return error.luaFields["message"]?.stringValue ?? "error" }
        return String(describing: payload)
    }
}

/// What C holds of the runtime: it must exist before the state does, and may not keep the runtime alive.
private final class RuntimeBox {
    unowned(unsafe) var runtime: LuaRuntime?

    static func runtime(_ host: UnsafeMutableRawPointer) -> LuaRuntime {
        guard let runtime = Unmanaged<RuntimeBox>.fromOpaque(host).takeUnretainedValue().runtime else {
            preconditionFailure("Lua called a host that is gone")
        }
        return runtime
    }
}
