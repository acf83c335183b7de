import LuaSyntax
import RunbookSpec

/// What a call of the API gives, or a field of that.
struct ResultType {
    var type: ValueType
    /// The call that it comes from, or nil for a part of its result.
    var call: String?
}

/// Tells the types of results, through locals that are never changed and through fields.
struct ResultTypes {
    private(set) var types: [ResultType?]

    init(_ chunk: Chunk, _ references: [Reference?]) {
        types = Array(repeating: nil, count: chunk.expressions.count)
        let silent = Self.silentFunctions(chunk)
        // Parts come before wholes and declarations before uses.
        for id in chunk.expressionIDs {
            switch chunk[id].kind {
            case .parenthesized(let content): types[id.index] = types[content.index]
            case .local(let variable):
                let declaration = chunk[variable]
                guard declaration.writes.isEmpty, let value = declaration.initialValue else { continue }
                types[id.index] = types[value.index].map { ResultType(type: $0.type, call: $0.call) }
            case .call(let callee, _):
                if case .function(let name, _, let function) = references[callee.index] {
                    types[id.index] = ResultType(type: function.returns.type, call: name)
                } else if case .local(let variable) = chunk[callee].kind, silent.contains(variable) {
                    types[id.index] = ResultType(type: .none, call: chunk[variable].name)
                }
            case .index(let object, let key, _):
                guard let owner = types[object.index]?.type, let type = Self.part(of: owner, chunk.string(key)) else {
                    continue
                }
                types[id.index] = ResultType(type: type, call: nil)
            default: break
            }
        }
    }

    /// The type of a field or an item, or nil where it cannot be told.
    private static func part(of type: ValueType, _ key: String?) -> ValueType? {
        switch (type, key) {
        case (.record(let fields), let key?): fields.first { $0.name == key }?.type
        case (.map(let element), _), (.list(let element), nil): element
        default: nil
        }
    }

    /// The local functions that return nothing, however they end.
    private static func silentFunctions(_ chunk: Chunk) -> Set<VariableID> {
        var speaking: Set<FunctionID> = []
        for statement in chunk.statements {
            guard case .returnValues(let values) = statement.kind, !values.isEmpty else { continue }
            speaking.insert(chunk[statement.block].function)
        }
        var silent: Set<VariableID> = []
        for id in chunk.functionIDs where !speaking.contains(id) {
            if let variable = chunk[id].variable, chunk[variable].writes.isEmpty { silent.insert(variable) }
        }
        for variable in chunk.variableIDs {
            let declaration = chunk[variable]
            guard declaration.writes.isEmpty, let value = declaration.initialValue,
                case .function(let function) = chunk[value].kind, !speaking.contains(function)
            else { continue }
            silent.insert(variable)
        }
        return silent
    }
}

/// Lua's own types, as far as a value's can be told.
enum BasicType: String {
    case none = "nil"
    case boolean, number, string, function, table, secret

    /// The type that every value of an API type has, or nil where there are several.
    init?(_ type: ValueType) {
        switch type {
        case .none: self = .none
        case .boolean: self = .boolean
        case .integer, .bounded, .number: self = .number
        case .string, .path, .enumeration: self = .string
        case .list, .map, .record: self = .table
        case .function: self = .function
        case .text, .duration, .size, .any, .either, .handle: return nil
        }
    }

    /// The type of a shape, or nil where it cannot be told.
    init?(_ shape: Shape) {
        switch shape {
        case .unknown: return nil
        case .nilValue: self = .none
        case .boolean: self = .boolean
        case .integer, .number, .someNumber: self = .number
        case .string, .someText: self = .string
        case .function: self = .function
        case .table: self = .table
        case .secret: self = .secret
        case .result(let result): self.init(result.type)
        }
    }

    /// The type with its article.
    var display: String { self == .none ? "nil" : "a \(rawValue)" }
}
