/// A failure to read JSON, worded as Go's decoder words it.
struct JSONError: Error {
    let message: String
}

/// Reads JSON text into values.
///
/// Foundation's parser builds a tree of boxed values that has to be copied once more; this one makes the store's values
/// at once (measured in `docs/decisions/0038-json-of-the-simulator.md`).
struct JSONParser {
    private let input: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var depth = 0

    /// Reads one value.
    ///
    /// - Throws: `JSONError` when the text is not one JSON value.
    static func parse(_ bytes: [UInt8]) throws -> JSON {
        try bytes.withUnsafeBufferPointer { buffer in
            var parser = JSONParser(input: buffer)
            let value = try parser.value()
            parser.skipBlanks()
            if parser.position < buffer.count {
                throw JSONError(message: "invalid character \(parser.quoted()) after top-level value")
            }
            return value
        }
    }

    private init(input: UnsafeBufferPointer<UInt8>) { self.input = input }

    private mutating func skipBlanks() {
        while position < input.count {
            switch input[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private func quoted() -> String {
        "'\(Character(UnicodeScalar(input[position])))'"
    }

    private func fail(_ place: String) -> JSONError {
        guard position < input.count else { return JSONError(message: "unexpected end of JSON input") }
        return JSONError(message: "invalid character \(quoted()) \(place)")
    }

    private mutating func value() throws -> JSON {
        skipBlanks()
        guard position < input.count else { throw fail("") }
        switch input[position] {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try text())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw fail("looking for beginning of value")
        }
    }

    private mutating func word(_ name: StaticString, _ value: JSON) throws -> JSON {
        let length = name.utf8CodeUnitCount
        for offset in 0..<length {
            guard position < input.count, input[position] == name.utf8Start[offset] else {
                throw fail("in literal \(name)")
            }
            position += 1
        }
        return value
    }

    private mutating func nest() throws {
        depth += 1
        if depth > 1000 { throw JSONError(message: "exceeded max depth") }
    }

    private mutating func object() throws -> JSON {
        try nest()
        defer { depth -= 1 }
        position += 1
        var entries: [JSONObject.Entry] = []
        skipBlanks()
        if position < input.count, input[position] == UInt8(ascii: "}") {
            position += 1
            return .object(JSONObject())
        }
        while true {
            skipBlanks()
            guard position < input.count, input[position] == UInt8(ascii: "\"") else {
                throw fail("looking for beginning of object key string")
            }
            let key = try text()
            skipBlanks()
            guard position < input.count, input[position] == UInt8(ascii: ":") else {
                throw fail("after object key")
            }
            position += 1
            entries.append(JSONObject.Entry(key: key, value: try value()))
            skipBlanks()
            guard position < input.count else { throw fail("") }
            switch input[position] {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "}"):
                position += 1
                return .object(JSONObject(unsorted: entries))
            default: throw fail("after object key:value pair")
            }
        }
    }

    private mutating func array() throws -> JSON {
        try nest()
        defer { depth -= 1 }
        position += 1
        var elements: [JSON] = []
        skipBlanks()
        if position < input.count, input[position] == UInt8(ascii: "]") {
            position += 1
            return .array([])
        }
        while true {
            elements.append(try value())
            skipBlanks()
            guard position < input.count else { throw fail("") }
            switch input[position] {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "]"):
                position += 1
                return .array(elements)
            default: throw fail("after array element")
            }
        }
    }

    private mutating func number() throws -> JSON {
        let start = position
        var isInteger = true
        scan: while position < input.count {
            switch input[position] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): break
            case UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): isInteger = false
            default: break scan
            }
            position += 1
        }
        let text = String(decoding: input[start..<position], as: UTF8.self)
        if isInteger, let value = Int(text) { return .int(value) }
        guard let value = Double(text), value.isFinite else {
            throw JSONError(message: "invalid number literal \(text)")
        }
        return .double(value)
    }

    private mutating func text() throws -> String {
        position += 1
        let start = position
        while position < input.count {
            let byte = input[position]
            if byte == UInt8(ascii: "\"") {
                let result = String(decoding: input[start..<position], as: UTF8.self)
                position += 1
                return result
            }
            if byte == UInt8(ascii: "\\") { return try escapedText(from: start) }
            if byte < 0x20 { throw fail("in string literal") }
            position += 1
        }
        throw fail("")
    }

    private mutating func escapedText(from start: Int) throws -> String {
        var bytes = Array(input[start..<position])
        while position < input.count {
            let byte = input[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                position += 1
                try escape(into: &bytes)
            case 0..<0x20: throw fail("in string literal")
            default:
                bytes.append(byte)
                position += 1
            }
        }
        throw fail("")
    }

    private mutating func escape(into bytes: inout [UInt8]) throws {
        guard position < input.count else { throw fail("") }
        let byte = input[position]
        position += 1
        switch byte {
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(byte)
        case UInt8(ascii: "u"):
            var code = try hexUnit()
            if code & 0xFC00 == 0xD800, position + 1 < input.count, input[position] == UInt8(ascii: "\\"),
                input[position + 1] == UInt8(ascii: "u")
            {
                let mark = position
                position += 2
                let low = try hexUnit()
                if low & 0xFC00 == 0xDC00 {
                    code = 0x10000 + (code & 0x3FF) << 10 + (low & 0x3FF)
                } else {
                    position = mark
                }
            }
            let scalar = UnicodeScalar(code) ?? "\u{FFFD}"
            bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default:
            position -= 1
            throw fail("in string escape code")
        }
    }

    private mutating func hexUnit() throws -> UInt32 {
        var result: UInt32 = 0
        for _ in 0..<4 {
            guard position < input.count, let digit = Character(UnicodeScalar(input[position])).hexDigitValue else {
                throw fail("in \\u hexadecimal character escape")
            }
            result = result << 4 | UInt32(digit)
            position += 1
        }
        return result
    }
}
