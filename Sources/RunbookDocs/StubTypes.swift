import RunbookSpec

/// Names the types of one function, and writes a class for each record among them.
struct StubTypes {
    /// The function's full name, with which the names of its classes begin.
    let prefix: String
    /// The lines of the classes, the inner ones first.
    private(set) var classes: [String] = []
    private var defined: Set<String> = []

    init(prefix: String) {
        self.prefix = prefix
    }

    /// The type in LuaCATS; `path` tells which part of the function it belongs to.
    mutating func name(_ type: ValueType, path: String) -> String {
        switch type {
        case .none: return "nil"
        case .any: return "any"
        case .string, .path: return "string"
        case .text: return "string|runbook.Secret"
        case .integer, .bounded: return "integer"
        case .number: return "number"
        case .boolean: return "boolean"
        case .duration: return "runbook.Duration"
        case .size: return "runbook.Size"
        case .enumeration(let words): return words.map(Self.quoted).joined(separator: "|")
        case .list(let element): return grouped(name(element, path: path)) + "[]"
        case .map(let element): return "table<string, \(name(element, path: path))>"
        case .record(let fields): return define(fields, path: path)
        case .function: return "fun(...): any"
        case .either(let types):
            let names = types.enumerated().map { index, type in
                let name = name(type, path: index == 0 ? path : "\(path).\(index + 1)")
                return name.hasPrefix("fun(") ? "(\(name))" : name
            }
            return names.joined(separator: "|")
        // A handle is made by the host only, so that any table that it gives will do.
        case .handle: return "table"
        }
    }

    private mutating func define(_ fields: [ParameterSpec], path: String) -> String {
        let className = "\(prefix).\(path)"
        guard defined.insert(className).inserted else { return className }
        var lines = ["---@class (exact) \(className)"]
        for field in fields {
            let key = Self.isIdentifier(field.name) ? field.name : "[\(Self.quoted(field.name))]"
            let type = name(field.type, path: "\(path).\(field.name)")
            let mark = field.isRequired ? "" : "?"
            let fallback = field.defaultText.map { " (default `\($0)`)" } ?? ""
            lines.append(
                EditorStub.trimmed("---@field \(key)\(mark) \(type) \(EditorStub.oneLine(field.summary))\(fallback)"))
        }
        classes += lines + [""]
        return className
    }

    private func grouped(_ name: String) -> String {
        name.contains("|") || name.hasPrefix("fun(") ? "(\(name))" : name
    }

    private static func quoted(_ word: String) -> String {
        "\"" + word.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    private static func isIdentifier(_ name: String) -> Bool {
        guard let first = name.first, first.isASCII, first.isLetter || first == "_" else { return false }
        return name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
}
