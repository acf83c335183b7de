import RunbookLua
import RunbookSecrets

/// Writes values as JSON.
public enum JSONText {
    /// The JSON text of a value; object keys in the order of the table, which is ascending for tables of scripts.
    public static func encode(_ value: LuaValue, pretty: Bool) -> String {
        var writer = Writer(pretty: pretty)
        writer.write(value, depth: 0)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private struct Writer {
        let pretty: Bool
        var bytes: [UInt8] = []

        mutating func write(_ value: LuaValue, depth: Int) {
            switch value {
            case .nil, .null: add("null")
            case .boolean(let flag): add(flag ? "true" : "false")
            case .integer(let number): add(String(number))
            case .number(let number): add(number.isFinite ? String(number) : "null")
            case .string(let text): write(text)
            case .bytes(let raw): write(String(decoding: raw, as: UTF8.self))
            case .json(let text): bytes += text
            case .function: write("function")
            case .object: write(Display.text(value))
            case .list(let items):
                list(items, open: "[", close: "]", depth) { $0.write($1, depth: depth + 1) }
            case .table(let table):
                list(table.entries, open: "{", close: "}", depth) { writer, entry in
                    writer.write(Arguments.plain(entry.key) ?? "")
                    writer.add(writer.pretty ? ": " : ":")
                    writer.write(entry.value, depth: depth + 1)
                }
            }
        }

        private mutating func list<Items: Collection>(
            _ items: Items, open: String, close: String, _ depth: Int, _ item: (inout Writer, Items.Element) -> Void
        ) {
            add(open)
            for (index, element) in items.enumerated() {
                if index > 0 { add(",") }
                if pretty { add("\n" + String(repeating: "  ", count: depth + 1)) }
                item(&self, element)
            }
            if pretty && !items.isEmpty { add("\n" + String(repeating: "  ", count: depth)) }
            add(close)
        }

        private mutating func add(_ text: String) { bytes += text.utf8 }

        private mutating func write(_ text: String) {
            bytes.append(UInt8(ascii: "\""))
            for byte in text.utf8 {
                switch byte {
                case UInt8(ascii: "\""): add("\\\"")
                case UInt8(ascii: "\\"): add("\\\\")
                case 0x0A: add("\\n")
                case 0x0D: add("\\r")
                case 0x09: add("\\t")
                case 0..<0x20, 0x7F:
                    let digits = String(byte, radix: 16)
                    add("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
                default: bytes.append(byte)
                }
            }
            bytes.append(UInt8(ascii: "\""))
        }
    }
}
