import RunbookLua
import Yams

/// Makes values of scripts from the nodes of a YAML text.
///
/// An alias is a few bytes and may stand for any number of values: what a text makes is bounded.
struct YAMLReader {
    private var count = 0
    private let most: Int
    private static let deepest = 100

    /// - Parameter size: The size of the text in bytes. Without aliases it holds fewer values than that.
    init(size: Int) {
        most = max(size, 100_000)
    }

    mutating func value(of node: Node, depth: Int) throws -> LuaValue {
        count += 1
        guard count <= most else {
            throw RunbookError(.argument, "YAML: its aliases make more than \(most) values of it")
        }
        guard depth < Self.deepest else {
            throw RunbookError(.argument, "YAML: the text is nested more than \(Self.deepest) deep")
        }
        switch node {
        case .scalar(let scalar): return self.scalar(scalar)
        case .sequence(let items):
            var values: [LuaValue] = []
            for item in items { values.append(try value(of: item, depth: depth + 1)) }
            return .list(values)
        case .mapping(let mapping):
            var entries: [(LuaValue, LuaValue)] = []
            for pair in mapping {
                let key = pair.key.string ?? pair.key.scalar?.string ?? ""
                entries.append((.string(key), try value(of: pair.value, depth: depth + 1)))
            }
            return .table(LuaTable(entries))
        case .alias: return .nil
        }
    }

    // Plain text stays text unless YAML 1.2's core rules make it something else: `yes`, `on` and dates are texts.
    private func scalar(_ scalar: Node.Scalar) -> LuaValue {
        let text = scalar.string
        guard scalar.style == .plain || scalar.style == .any else { return .string(text) }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default: break
        }
        if let number = Int64(text) { return text.hasPrefix("+") ? .string(text) : .integer(number) }
        if text.first.map({ $0.isNumber || $0 == "-" || $0 == "." }) == true,
            text.contains(where: { $0 == "." || $0 == "e" || $0 == "E" }),
            let number = Double(text)
        {
            return .number(number)
        }
        return .string(text)
    }
}
