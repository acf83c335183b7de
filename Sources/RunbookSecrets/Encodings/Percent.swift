/// Percent-encodings, which differ in what they leave alone.
struct Percent {
    /// The bytes beside letters and digits that stay as they are.
    let kept: [UInt8]
    /// Whether a space becomes `+`.
    var plusForSpace = false
    /// Whether the hex digits are upper-case.
    var upper = true
    /// Whether bytes from 0x80 on stay as they are.
    var keepsNonASCII = false
    /// Whether letters and digits are encoded too.
    var encodesAll = false

    /// JavaScript's `encodeURIComponent`.
    static let component = Percent(kept: Array("-_.!~*'()".utf8))

    /// The usual encoders, by the bytes that they keep.
    private static let encoders: [Percent] = [
        component,
        Percent(kept: Array("-_.~".utf8)),  // RFC 3986, Python's quote with safe=""
        Percent(kept: Array("-_.~".utf8), plusForSpace: true),  // Go's QueryEscape, Python's quote_plus
        Percent(kept: Array("*-._".utf8), plusForSpace: true),  // HTML forms
        Percent(kept: Array("-_.~/".utf8)),  // Python's quote
        Percent(kept: Array("-_.~$&+=:@".utf8)),  // Go's PathEscape
        Percent(kept: Array("-_.~$&+,;=".utf8)),  // Go's user information
        Percent(kept: Array("-_.!~*'();/?:@&=+$,#".utf8)),  // JavaScript's encodeURI
        Percent(kept: Array("-_.!~*'()".utf8), keepsNonASCII: true),
        Percent(kept: [], keepsNonASCII: true),
        Percent(kept: []),
        Percent(kept: [], encodesAll: true),
    ]

    /// The spellings of a value that differ from the value itself.
    static func forms(_ value: [UInt8]) -> [[UInt8]] {
        var seen: Set<[UInt8]> = [value]
        let needed = value.allSatisfy(\.isInert) ? encoders.filter(\.kept.isEmpty) : encoders
        return needed.flatMap { encoder in
            [true, false].compactMap { upper in
                var encoder = encoder
                encoder.upper = upper
                let text = encoder.apply(value)
                return seen.insert(text).inserted ? text : nil
            }
        }
    }

    /// The spelling of a value.
    func apply(_ value: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(value.count * 3)
        for byte in value {
            if plusForSpace, byte == UInt8(ascii: " ") {
                result.append(UInt8(ascii: "+"))
            } else if !encodesAll, byte.isASCIILetterOrDigit || kept.contains(byte) || (keepsNonASCII && byte >= 0x80) {
                result.append(byte)
            } else {
                result.append(UInt8(ascii: "%"))
                Hex.append(byte, upper: upper, to: &result)
            }
        }
        return result
    }
}

extension UInt8 {
    /// Whether no escape of text changes the byte, except percent-encodings that change punctuation or everything.
    var isInert: Bool {
        isASCIILetterOrDigit || self == UInt8(ascii: "_") || self == UInt8(ascii: "-") || self == UInt8(ascii: ".")
    }

    var isASCIILetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
