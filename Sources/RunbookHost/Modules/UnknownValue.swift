import RunbookLua

/// A value that a preview cannot know, since the write or the read that gives it was not made.
struct UnknownValue: Sendable, CustomStringConvertible {
    /// What it would be: `digest of todo-backend:v1.0.0`.
    let what: String
    /// The planned change that it comes from, by number; 0 when it comes from a read.
    let change: Int

    var description: String { "‹unknown: \(what)›" }

    static func make(_ what: String, from change: Int) -> LuaValue {
        .object(LuaObject(kind: .unknown, payload: UnknownValue(what: what, change: change)))
    }

    static func of(_ value: LuaValue?) -> UnknownValue? {
        guard case .object(let object)? = value, object.kind == .unknown else { return nil }
        return object.payload as? UnknownValue
    }

    /// The first unknown anywhere in a value.
    static func first(in value: LuaValue) -> UnknownValue? {
        switch value {
        case .object: return of(value)
        case .list(let items):
            for item in items { if let found = first(in: item) { return found } }
            return nil
        case .table(let table):
            for entry in table.entries { if let found = first(in: entry.value) { return found } }
            return nil
        default: return nil
        }
    }

    /// The value with each unknown in it replaced by its description.
    static func shown(_ value: LuaValue) -> LuaValue {
        switch value {
        case .object: of(value).map { .string($0.description) } ?? value
        case .list(let items): .list(items.map(shown))
        case .table(let table): .table(LuaTable(table.entries.map { ($0.key, shown($0.value)) }))
        default: value
        }
    }

    /// What Lua does with an unknown: everything gives another unknown, and a comparison is a branch that is told.
    ///
    /// `branch` answers with the way that is taken. `nothing` is a function without results: the iterator of a loop over an
    /// unknown, which is not entered, as `loop` is told. `told` is called when one becomes text, which Lua itself then no longer
    /// tells from other text.
    static func metamethods(
        nothing: LuaFunction, branch: @escaping @Sendable (UnknownValue, LuaSite?) -> Bool,
        loop: @escaping @Sendable (UnknownValue, LuaSite?) -> Void, told: @escaping @Sendable (UnknownValue) -> Void
    ) -> [(String, HostFunction)] {
        @Sendable func operand(_ call: LuaCall) -> UnknownValue {
            call.arguments.lazy.compactMap { of($0) }.first ?? UnknownValue(what: "a value", change: 0)
        }
        func passing(_ name: String) -> (String, HostFunction) {
            (name, .immediate(name) { call in [.object(LuaObject(kind: .unknown, payload: operand(call)))] })
        }
        func deciding(_ name: String) -> (String, HostFunction) {
            (
                name,
                .immediate(name) { call in
                    [.boolean(branch(operand(call), call.site))]
                }
            )
        }
        let arithmetic = [
            "__add", "__sub", "__mul", "__div", "__mod", "__pow", "__unm", "__idiv", "__band", "__bor", "__bxor",
            "__bnot", "__shl", "__shr", "__concat", "__len",
        ]
        return arithmetic.map(passing) + [deciding("__lt"), deciding("__le")] + [
            (
                "__index",
                .immediate("index") { call in
                    let source = operand(call)
                    guard let field = call.arguments.last?.stringValue else {
                        return [.object(LuaObject(kind: .unknown, payload: source))]
                    }
                    return [make("\(source.what).\(field)", from: source.change)]
                }
            ),
            ("__newindex", .immediate("index") { _ in [] }),
            (
                "__call",
                .immediate("call") { call in
                    // A loop asks its iterator so, such as that of `u:gmatch(…)`: it would never come to an end.
                    if call.arguments.count == 3, call.arguments[1].isNil, call.arguments[2].isNil {
                        loop(operand(call), call.site)
                        return []
                    }
                    return [.object(LuaObject(kind: .unknown, payload: operand(call)))]
                }
            ),
            (
                "__tostring",
                .immediate("tostring") { call in
                    told(operand(call))
                    return [.string(operand(call).description)]
                }
            ),
            (
                "__pairs",
                .immediate("pairs") { call in
                    loop(operand(call), call.site)
                    return [.function(nothing)]
                }
            ),
        ]
    }
}
