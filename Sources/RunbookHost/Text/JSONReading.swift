import RunbookLua

/// Reads JSON into values, for the small documents that the host itself looks into.
///
/// What a script gets whole is better handed over as `LuaValue.json`, which becomes a table without values in between.
public enum JSONReading {
    /// The value of a JSON text; nil when it is none.
    ///
    /// A field that is `null` is absent, a `null` in a list keeps its place.
    public static func value(_ bytes: [UInt8]) -> LuaValue? {
        bytes.withUnsafeBufferPointer { buffer in
            var parser = Parser(bytes: buffer)
            guard let value = parser.value(depth: 0) else { return nil }
            parser.skipBlanks()
            guard parser.position == buffer.count else { return nil }
            return value
        }
    }

    private struct Parser {
        let bytes: UnsafeBufferPointer<UInt8>
        var position = 0
        private static let deepest = 200

        init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

        private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

        mutating func skipBlanks() {
            while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
        }

        private mutating func take(_ byte: UInt8) -> Bool {
            guard current == byte else { return false }
            position += 1
            return true
        }

        private mutating func take(_ word: StaticString) -> Bool {
            let count = word.utf8CodeUnitCount
            guard position + count <= bytes.count else { return false }
            for index in 0..<count where bytes[position + index] != word.utf8Start[index] { return false }
            position += count
            return true
        }

        mutating func value(depth: Int) -> LuaValue? {
            skipBlanks()
            guard depth < Self.deepest, let byte = current else { return nil }
            switch byte {
            case UInt8(ascii: "{"): return object(depth)
            case UInt8(ascii: "["): return list(depth)
            case UInt8(ascii: "\""): return string().map { .string($0) }
            case UInt8(ascii: "t"): return take("true") ? .some(true) : .none
            case UInt8(ascii: "f"): return take("false") ? .some(false) : .none
            case UInt8(ascii: "n"): return take("null") ? .some(.null) : .none
            default: return number()
            }
        }

        private mutating func object(_ depth: Int) -> LuaValue? {
            position += 1
            var entries: [(key: LuaValue, value: LuaValue)] = []
            skipBlanks()
            if take(UInt8(ascii: "}")) { return .table(LuaTable()) }
            while true {
                skipBlanks()
                guard current == UInt8(ascii: "\""), let name = string() else { return nil }
                skipBlanks()
                guard take(UInt8(ascii: ":")), let value = value(depth: depth + 1) else { return nil }
                if case .null = value {} else { entries.append((.string(name), value)) }
                skipBlanks()
                if take(UInt8(ascii: "}")) { return .table(LuaTable(entries)) }
                guard take(UInt8(ascii: ",")) else { return nil }
            }
        }

        private mutating func list(_ depth: Int) -> LuaValue? {
            position += 1
            var items: [LuaValue] = []
            skipBlanks()
            if take(UInt8(ascii: "]")) { return .list(items) }
            while true {
                guard let value = value(depth: depth + 1) else { return nil }
                items.append(value)
                skipBlanks()
                if take(UInt8(ascii: "]")) { return .list(items) }
                guard take(UInt8(ascii: ",")) else { return nil }
            }
        }

        private mutating func number() -> LuaValue? {
            let start = position
            var isWhole = true
            while let byte = current {
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): break
                case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"): isWhole = false
                default:
                    return number(from: start, isWhole)
                }
                position += 1
            }
            return number(from: start, isWhole)
        }

        private func number(from start: Int, _ isWhole: Bool) -> LuaValue? {
            let text = String(decoding: bytes[start..<position], as: UTF8.self)
            if isWhole, let value = Int64(text) { return .integer(value) }
            return Double(text).map { .number($0) }
        }

        private mutating func string() -> String? {
            position += 1
            let start = position
            while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
            if take(UInt8(ascii: "\"")) { return String(decoding: bytes[start..<position - 1], as: UTF8.self) }
            var result = Array(bytes[start..<position])
            while let byte = current {
                position += 1
                if byte == UInt8(ascii: "\"") { return String(decoding: result, as: UTF8.self) }
                if byte == UInt8(ascii: "\\") {
                    guard let scalar = escape() else { return nil }
                    result += String(scalar).utf8
                } else {
                    result.append(byte)
                }
            }
            return nil
        }

        private mutating func escape() -> Unicode.Scalar? {
            guard let byte = current else { return nil }
            position += 1
            switch byte {
            case UInt8(ascii: "n"): return "\n"
            case UInt8(ascii: "r"): return "\r"
            case UInt8(ascii: "t"): return "\t"
            case UInt8(ascii: "b"): return "\u{8}"
            case UInt8(ascii: "f"): return "\u{C}"
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
            case UInt8(ascii: "u"):
                guard let unit = hexadecimal() else { return nil }
                guard (0xD800..<0xDC00).contains(unit) else { return Unicode.Scalar(unit) ?? "\u{FFFD}" }
                let before = position
                guard take("\\u"), let low = hexadecimal(), (0xDC00..<0xE000).contains(low) else {
                    position = before
                    return "\u{FFFD}"
                }
                return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
            default: return nil
            }
        }

        private mutating func hexadecimal() -> UInt32? {
            guard position + 4 <= bytes.count else { return nil }
            defer { position += 4 }
            return UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        }
    }
}

extension LuaValue {
    /// The value at a path of field names; nil where one is absent.
    func at(_ path: String...) -> LuaValue? {
        var value = self
        for name in path {
            guard let next = value.tableValue?[name] else { return nil }
            value = next
        }
        return value
    }

    /// The value with one field set, or taken out for nil.
    func setting(_ name: String, _ value: LuaValue?) -> LuaValue {
        var table = tableValue ?? LuaTable()
        table[name] = value
        return .table(table)
    }
}

extension JSONReading {
    /// The bytes of one field of the outermost object, found without reading the rest; nil when there is none.
    static func slice(of field: String, in bytes: [UInt8]) -> ArraySlice<UInt8>? {
        let wanted = Array("\"\(field)\"".utf8)
        var depth = 0
        var position = 0
        var isName = false
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                isName = depth == 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ","): isName = depth == 1
            case UInt8(ascii: "\""):
                let end = stringEnd(bytes, position)
                if isName, bytes[position..<end].elementsEqual(wanted) { return value(bytes, after: end) }
                isName = false
                position = end
                continue
            default: break
            }
            position += 1
        }
        return nil
    }

    private static func stringEnd(_ bytes: [UInt8], _ start: Int) -> Int {
        var position = start + 1
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\\"): position += 2
            case UInt8(ascii: "\""): return position + 1
            default: position += 1
            }
        }
        return bytes.count
    }

    private static func value(_ bytes: [UInt8], after name: Int) -> ArraySlice<UInt8>? {
        guard var position = bytes[name...].firstIndex(of: UInt8(ascii: ":")) else { return nil }
        position += 1
        while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
        let start = position
        var depth = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return bytes[start..<position] }
                depth -= 1
                if depth == 0 { return bytes[start...position] }
            case UInt8(ascii: ",") where depth == 0: return bytes[start..<position]
            case UInt8(ascii: "\""):
                position = stringEnd(bytes, position)
                if depth == 0 { return bytes[start..<min(position, bytes.count)] }
                continue
            default: break
            }
            position += 1
        }
        return nil
    }
}
