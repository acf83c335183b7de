import CLua
import CRunbookLua

// Swift may call these functions of lua.h, which never raise: lua_type, lua_gettop, lua_settop, lua_toboolean,
// lua_tointegerx, lua_tonumberx, lua_rawlen, lua_touserdata, lua_topointer, lua_isyieldable, lua_checkstack, lua_rawgeti,
// lua_next with a key that it returned itself, lua_tolstring on a string, lua_isinteger, lua_pushvalue. Those that
// allocate (lua_createtable, lua_pushlstring, lua_rawset, lua_rawseti) only while the context is relaxed.

typealias LuaState = OpaquePointer

/// Why a value cannot cross the seam.
struct ConversionError: LuaConvertibleError, CustomStringConvertible {
    let description: String
    var luaFields: LuaTable { LuaTable(fields: ["code": "value", "message": .string(description)]) }
}

/// How much one value may hold when it crosses the seam.
enum ConversionLimits {
    static let depth = 200
    static let elements = 8_000_000
}

/// Reads values off a stack.
struct LuaReader {
    let state: LuaState
    unowned let runtime: LuaRuntime
    private var budget = ConversionLimits.elements
    private var open: [UnsafeRawPointer] = []

    init(state: LuaState, runtime: LuaRuntime) {
        self.state = state
        self.runtime = runtime
    }

    mutating func read(_ index: Int32) throws -> LuaValue {
        budget -= 1
        guard budget >= 0 else {
            throw ConversionError(description: "a value with more than \(ConversionLimits.elements) elements")
        }
        // A stop does not wait for the end of a large value.
        if budget & 0xFFF == 0, rb_must_stop(runtime.context) { throw LuaError.stopped }
        switch lua_type(state, index) {
        case LUA_TNIL, LUA_TNONE: return .nil
        case LUA_TBOOLEAN: return .boolean(lua_toboolean(state, index) != 0)
        case LUA_TNUMBER:
            if lua_isinteger(state, index) != 0 { return .integer(lua_tointegerx(state, index, nil)) }
            return .number(lua_tonumberx(state, index, nil))
        case LUA_TSTRING: return string(index)
        case LUA_TTABLE: return try table(lua_absindex(state, index))
        case LUA_TFUNCTION:
            lua_pushvalue(state, index)
            return .function(LuaFunction(reference: rb_anchor(state), engine: runtime.releases))
        case LUA_TUSERDATA:
            guard let object = runtime.object(on: state, at: index) else {
                throw ConversionError(description: "a userdata that is not the host's")
            }
            return .object(object)
        case LUA_TLIGHTUSERDATA where rb_is_null(state, index): return .null
        default: throw ConversionError(description: "a coroutine cannot be passed to the host")
        }
    }

    private func string(_ index: Int32) -> LuaValue {
        var length = 0
        guard let start = lua_tolstring(state, index, &length) else { return .nil }
        let bytes = UnsafeRawBufferPointer(start: start, count: length)
        if let text = String(validating: bytes, as: UTF8.self) { return .string(text) }
        return .bytes(Array(bytes))
    }

    private mutating func table(_ index: Int32) throws -> LuaValue {
        guard let identity = lua_topointer(state, index), !open.contains(identity) else {
            throw ConversionError(description: "a table that contains itself")
        }
        guard open.count < ConversionLimits.depth, lua_checkstack(state, 4) != 0 else {
            throw ConversionError(description: "a table nested more than \(ConversionLimits.depth) deep")
        }
        open.append(identity)
        defer { open.removeLast() }
        // The length operator may answer with any border, also one far beyond the entries: only the entries count.
        var items: [LuaValue] = []
        var others: [(key: LuaValue, value: LuaValue)] = []
        lua_pushnil(state)
        while lua_next(state, index) != 0 {
            do {
                if lua_isinteger(state, -2) != 0, lua_tointegerx(state, -2, nil) == lua_Integer(items.count + 1) {
                    items.append(try read(-1))
                } else {
                    others.append((try key(-2), try read(-1)))
                }
            } catch {
                rb_pop(state, 2)
                throw error
            }
            rb_pop(state, 1)
        }
        others.sort { Self.precedes($0.key, $1.key) }
        // Items that Lua kept outside its array part come in any order.
        let trailing = others.prefix { entry in
            guard case .integer(Int64(items.count + 1)) = entry.key else { return false }
            items.append(entry.value)
            return true
        }
        if trailing.count == others.count, !items.isEmpty || rb_has_list_mark(state, index) { return .list(items) }
        let numbered = items.enumerated().map { (key: LuaValue.integer(Int64($0.offset + 1)), value: $0.element) }
        let entries = numbered + others.dropFirst(trailing.count)
        if numbered.isEmpty, rb_push_order(state, index) {
            defer { rb_pop(state, 1) }
            return .table(LuaTable(ordered(entries), isOrdered: true))
        }
        return .table(LuaTable(numbered.isEmpty ? entries : entries.sorted { Self.precedes($0.key, $1.key) }))
    }

    /// The entries as the list of names on top of the stack has them, and then those that it does not name.
    private func ordered(_ entries: [(key: LuaValue, value: LuaValue)]) -> [(key: LuaValue, value: LuaValue)] {
        var places: [String: Int] = [:]
        for place in 0..<Int(lua_rawlen(state, -1)) {
            lua_rawgeti(state, -1, lua_Integer(place + 1))
            if let name = string(-1).stringValue, places[name] == nil { places[name] = place }
            rb_pop(state, 1)
        }
        return entries.enumerated().sorted { left, right in
            let first = left.element.key.stringValue.flatMap { places[$0] } ?? Int.max
            let second = right.element.key.stringValue.flatMap { places[$0] } ?? Int.max
            return (first, left.offset) < (second, right.offset)
        }.map(\.element)
    }

    private func key(_ index: Int32) throws -> LuaValue {
        switch lua_type(state, index) {
        case LUA_TSTRING: return string(index)
        case LUA_TNUMBER:
            if lua_isinteger(state, index) != 0 { return .integer(lua_tointegerx(state, index, nil)) }
            return .number(lua_tonumberx(state, index, nil))
        case LUA_TBOOLEAN: return .boolean(lua_toboolean(state, index) != 0)
        default: throw ConversionError(description: "a table whose key is no text, number or boolean")
        }
    }

    /// Numbers by value, then texts by their bytes, then the rest: the same table reads the same way in each run.
    private static func precedes(_ left: LuaValue, _ right: LuaValue) -> Bool {
        switch (left, right) {
        case (.integer(let a), .integer(let b)): a < b
        case (.string(let a), .string(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
        case (.bytes(let a), .bytes(let b)): a.lexicographicallyPrecedes(b)
        case (.boolean(let a), .boolean(let b)): !a && b
        default:
            if let a = left.numberValue, let b = right.numberValue { a < b } else { left.keyRank < right.keyRank }
        }
    }
}

extension LuaValue {
    fileprivate var keyRank: Int {
        switch self {
        case .integer, .number: 0
        case .string: 1
        case .bytes: 2
        default: 3
        }
    }
}

/// Pushes values on a stack; the context is relaxed meanwhile.
struct LuaWriter {
    let state: LuaState
    unowned let runtime: LuaRuntime

    func push(_ value: LuaValue, depth: Int = 0) throws {
        guard depth <= ConversionLimits.depth else {
            throw ConversionError(description: "a value nested more than \(ConversionLimits.depth) deep")
        }
        guard lua_checkstack(state, 8) != 0 else { throw ConversionError(description: "more values than Lua can hold") }
        switch value {
        case .nil: lua_pushnil(state)
        case .null: rb_push_null(state)
        case .boolean(let value): lua_pushboolean(state, value ? 1 : 0)
        case .integer(let value): lua_pushinteger(state, value)
        case .number(let value): lua_pushnumber(state, value)
        case .string(let text): push(text)
        case .bytes(let bytes): bytes.withUnsafeBytes { push($0) }
        case .list(let items):
            lua_createtable(state, Int32(clamping: items.count), 0)
            if items.isEmpty { rb_mark_list(state) }
            for (position, item) in items.enumerated() {
                try push(item, depth: depth + 1)
                lua_rawseti(state, -2, lua_Integer(position + 1))
            }
        case .table(let table):
            lua_createtable(state, 0, Int32(clamping: table.entries.count))
            for entry in table.entries where !entry.value.isNil {
                try push(key: entry.key)
                try push(entry.value, depth: depth + 1)
                lua_rawset(state, -3)
            }
            if table.isOrdered { keepOrder(of: table) }
        case .function(let function): rb_push_anchored(state, function.reference)
        case .object(let object): try runtime.push(object, on: state)
        case .json(let text): try push(json: text)
        }
    }

    /// Keeps the order of the names of the table on top of the stack.
    private func keepOrder(of table: LuaTable) {
        let names = table.fields.map(\.name)
        lua_createtable(state, Int32(clamping: names.count), 0)
        for (position, name) in names.enumerated() {
            push(name)
            lua_rawseti(state, -2, lua_Integer(position + 1))
        }
        rb_keep_order(state)
    }

    /// Only keys that Lua takes: it would raise for others, across Swift's frames.
    private func push(key: LuaValue) throws {
        switch key {
        case .number(let value) where value.isNaN:
            throw ConversionError(description: "a table key that is not a number (NaN)")
        case .integer, .number, .boolean, .string, .bytes: try push(key)
        default: throw ConversionError(description: "a table key of type \(key.typeName)")
        }
    }

    private func push(json text: [UInt8]) throws {
        guard !text.isEmpty else { throw ConversionError(description: "JSON: the text is empty") }
        let status = text.withUnsafeBytes { $0.baseAddress.map { rb_json_decode(state, $0, text.count) } ?? LUA_OK }
        guard status != LUA_OK else { return }
        defer { rb_pop(state, 1) }
        if rb_must_stop(runtime.context) { throw LuaError.stopped }
        if status == LUA_ERRMEM { throw LuaError.outOfMemory }
        var reader = LuaReader(state: state, runtime: runtime)
        throw ConversionError(description: try reader.read(-1).stringValue ?? "JSON cannot be read")
    }

    func push(_ text: String) {
        var text = text
        text.withUTF8 { push(UnsafeRawBufferPointer($0)) }
    }

    private func push(_ bytes: UnsafeRawBufferPointer) {
        if let start = bytes.baseAddress {
            lua_pushlstring(state, start.assumingMemoryBound(to: CChar.self), bytes.count)
        } else {
            lua_pushstring(state, "")
        }
    }
}
