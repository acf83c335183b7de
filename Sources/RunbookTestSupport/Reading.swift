/// One way to read data that may be encoded.
struct Reading: Sendable {
    /// The name of the encoding.
    let name: String
    /// The readings of the data; none where nothing in it is encoded so.
    let decode: @Sendable ([UInt8]) -> [[UInt8]]

    /// All ways to read.
    static let all: [Reading] = [
        Reading(name: "base64") { data in decode(runs(of: data, minimum: 6, isBase64), shifts: 4, decodeBase64) },
        Reading(name: "broken base64") { data in
            guard data.contains(0x0a) else { return [] }
            let folded = data.filter { $0 != 0x0a && $0 != 0x0d && $0 != 0x20 && $0 != 0x09 }
            return decode(runs(of: folded, minimum: 60, isBase64), shifts: 4, decodeBase64)
        },
        Reading(name: "hex") { data in
            decode(runs(of: data, minimum: 8) { hexValue($0) != nil }, shifts: 2, decodeHex)
        },
        Reading(name: "spaced hex") { data in
            let joined = data.filter { $0 != 0x20 && $0 != 0x3a }
            return decode(runs(of: joined, minimum: 8) { hexValue($0) != nil }, shifts: 2, decodeHex)
        },
        Reading(name: "percent") { data in data.contains(0x25) ? [decodePercent(data, plus: false)] : [] },
        Reading(name: "form") { data in data.contains(0x2b) ? [decodePercent(data, plus: true)] : [] },
        Reading(name: "backslash") { data in
            data.contains(0x5c) ? [unescape(data, radix: 8), unescape(data, radix: 10), dropBackslashes(data)] : []
        },
        Reading(name: "entities") { data in data.contains(0x26) ? [decodeEntities(data)] : [] },
        Reading(name: "quotes") { data in
            [#"'\''"#, #"'"'"'"#, "''"].map { replace(Array($0.utf8), by: [0x27], in: data) }
                + [replace(Array("\"\"".utf8), by: [0x22], in: data)]
        },
    ]

    /// What runs of digits stand for, from each digit on with which they may begin: all runs of a text in one reading.
    private static func decode(
        _ runs: [ArraySlice<UInt8>], shifts: Int, _ decode: (ArraySlice<UInt8>) -> [UInt8]
    ) -> [[UInt8]] {
        guard !runs.isEmpty else { return [] }
        return (0..<shifts).map { shift in
            var result: [UInt8] = []
            for run in runs {
                if !result.isEmpty { result.append(0x0a) }
                result += decode(run.dropFirst(shift))
            }
            return result
        }
    }

    private static func runs(
        of data: [UInt8], minimum: Int, _ belongs: (UInt8) -> Bool
    ) -> [ArraySlice<UInt8>] {
        data.split(whereSeparator: { !belongs($0) }).filter { $0.count >= minimum }
    }

    private static func isBase64(_ byte: UInt8) -> Bool { base64Value(byte) != nil }

    private static func base64Value(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x41...0x5a: UInt32(byte - 0x41)
        case 0x61...0x7a: UInt32(byte - 0x61 + 26)
        case 0x30...0x39: UInt32(byte - 0x30 + 52)
        case 0x2b, 0x2d: 62
        case 0x2f, 0x5f: 63
        default: nil
        }
    }

    private static func decodeBase64(_ digits: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var bits: UInt32 = 0
        var count: UInt32 = 0
        for digit in digits {
            bits = bits << 6 | (base64Value(digit) ?? 0)
            count += 6
            if count >= 8 {
                count -= 8
                result.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        return result
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    private static func decodeHex(_ digits: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var index = digits.startIndex
        while index + 1 < digits.endIndex {
            if let high = hexValue(digits[index]), let low = hexValue(digits[index + 1]) {
                result.append(high << 4 | low)
            }
            index += 2
        }
        return result
    }

    private static func decodePercent(_ data: [UInt8], plus: Bool) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < data.count {
            if data[index] == 0x25, index + 2 < data.count, let high = hexValue(data[index + 1]),
                let low = hexValue(data[index + 2])
            {
                result.append(high << 4 | low)
                index += 3
            } else {
                result.append(plus && data[index] == 0x2b ? 0x20 : data[index])
                index += 1
            }
        }
        return result
    }

    private static func dropBackslashes(_ data: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < data.count {
            if data[index] == 0x5c, index + 1 < data.count { index += 1 }
            result.append(data[index])
            index += 1
        }
        return result
    }

    private static func replace(_ pattern: [UInt8], by replacement: [UInt8], in data: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < data.count {
            if data[index...].starts(with: pattern) {
                result += replacement
                index += pattern.count
            } else {
                result.append(data[index])
                index += 1
            }
        }
        return result
    }

    private static let entities: [(text: [UInt8], byte: UInt8)] = [
        (Array("amp;".utf8), 0x26), (Array("lt;".utf8), 0x3c), (Array("gt;".utf8), 0x3e), (Array("quot;".utf8), 0x22),
        (Array("apos;".utf8), 0x27),
    ]

    private static func decodeEntities(_ data: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < data.count {
            defer { index += 1 }
            guard data[index] == 0x26 else {
                result.append(data[index])
                continue
            }
            let rest = data[(index + 1)...]
            if let entity = entities.first(where: { rest.starts(with: $0.text) }) {
                result.append(entity.byte)
                index += entity.text.count
            } else if rest.first == 0x23, let end = rest.prefix(8).firstIndex(of: 0x3b) {
                let digits = String(decoding: rest[(index + 2)..<end], as: UTF8.self)
                let code = digits.lowercased().hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
                if let scalar = code.flatMap(Unicode.Scalar.init) { result += Array(String(Character(scalar)).utf8) }
                index = end
            } else {
                result.append(data[index])
            }
        }
        return result
    }

    /// Reads the escapes of JSON, C, YAML, Lua, Swift and Python at once; three digits are octal or decimal.
    private static func unescape(_ data: [UInt8], radix: Int) -> [UInt8] {
        let short: [UInt8: UInt8] = [
            0x6e: 0x0a, 0x72: 0x0d, 0x74: 0x09, 0x62: 0x08, 0x66: 0x0c, 0x61: 0x07, 0x76: 0x0b, 0x65: 0x1b, 0x45: 0x1b,
        ]
        var result: [UInt8] = []
        var units: [UInt16] = []
        var index = 0
        func hex(_ range: Range<Int>) -> UInt32? {
            range.upperBound <= data.count ? UInt32(String(decoding: data[range], as: UTF8.self), radix: 16) : nil
        }
        func flush() {
            result += Array(String(decoding: units, as: UTF16.self).utf8)
            units.removeAll()
        }
        while index < data.count {
            guard data[index] == 0x5c, index + 1 < data.count else {
                flush()
                result.append(data[index])
                index += 1
                continue
            }
            let letter = data[index + 1]
            if letter == 0x75, let unit = hex(index + 2..<index + 6) {
                units.append(UInt16(unit))
                index += 6
                continue
            }
            flush()
            if letter == 0x75, index + 2 < data.count, data[index + 2] == 0x7b,
                let end = data[index...].prefix(12).firstIndex(of: 0x7d), let code = hex(index + 3..<end),
                let scalar = Unicode.Scalar(code)
            {
                result += Array(String(Character(scalar)).utf8)
                index = end + 1
            } else if letter == 0x78, let byte = hex(index + 2..<index + 4) {
                // A byte in most languages; a character in YAML, which a second reading of the data does not need.
                result.append(UInt8(byte))
                index += 4
            } else if letter == 0x55, let code = hex(index + 2..<index + 10), let scalar = Unicode.Scalar(code) {
                result += Array(String(Character(scalar)).utf8)
                index += 10
            } else if (0x30...0x39).contains(letter) {
                let digits = data[(index + 1)...].prefix(3).prefix { (0x30...0x39).contains($0) }
                let value = Int(String(decoding: digits, as: UTF8.self), radix: radix) ?? 0
                result.append(UInt8(truncatingIfNeeded: value))
                index += 1 + digits.count
            } else {
                result.append(short[letter] ?? letter)
                index += 2
            }
        }
        flush()
        return result
    }
}
