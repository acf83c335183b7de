/// The backslash and quote escapes of the languages whose output a run can meet.
enum Escapes {
    private static let quoteAndBackslash = "\"\"\\\\"
    private static let newlines = "\nn\rr\tt"
    private static let jsonShort = quoteAndBackslash + newlines + "\u{8}b\u{c}f"

    /// JSON as RFC 8259 needs it and no more.
    static let json = EscapeStyle(short: jsonShort, control: .utf16(upper: false))
    /// JSON as Go's `encoding/json` writes it by default, safe inside HTML.
    static let goJSON = EscapeStyle(
        short: jsonShort, control: .utf16(upper: false), invalid: .utf16(upper: false), numbered: "<>&")
    /// JSON as Python writes it by default.
    static let asciiJSON = EscapeStyle(
        short: jsonShort, control: .utf16(upper: false), wide: .utf16(upper: false), escapesDelete: true)
    /// JSON as Swift's Foundation writes it by default.
    static let slashJSON = EscapeStyle(short: jsonShort + "//", control: .utf16(upper: false))
    /// JSON as PHP writes it by default.
    private static let slashASCIIJSON = EscapeStyle(
        short: jsonShort + "//", control: .utf16(upper: false), wide: .utf16(upper: false))
    /// Inside `'…'` of a POSIX shell.
    static let shellSingle = Substitution(["'": #"'\''"#])

    private static let styles: [EscapeStyle] = [
        json,
        goJSON,
        EscapeStyle(short: jsonShort, control: .utf16(upper: true)),
        EscapeStyle(short: quoteAndBackslash + newlines, control: .utf16(upper: false)),  // Go before 1.22
        EscapeStyle(short: quoteAndBackslash + newlines, control: .utf16(upper: false), numbered: "<>&"),
        EscapeStyle(short: jsonShort, control: .utf16(upper: false), escapesDelete: true),  // jq
        asciiJSON,
        EscapeStyle(short: jsonShort, control: .utf16(upper: true), wide: .utf16(upper: true)),
        EscapeStyle(short: jsonShort, control: .utf16(upper: false), wide: .utf16(upper: false)),
        slashJSON,
        slashASCIIJSON,
        EscapeStyle(  // .NET
            short: "\\\\" + newlines + "\u{8}b\u{c}f", control: .utf16(upper: true), wide: .utf16(upper: true),
            numbered: "\"'<>&+`", escapesDelete: true),
        EscapeStyle(  // YAML, double quoted
            short: jsonShort + "\u{7}a\u{b}v\u{1b}e\u{0}0", control: .widening(upper: true), escapesDelete: true),
        EscapeStyle(
            short: jsonShort + "\u{7}a\u{b}v\u{1b}e\u{0}0", control: .widening(upper: true),
            wide: .widening(upper: true), escapesDelete: true),
        EscapeStyle(short: quoteAndBackslash + "\n\n", control: .decimal, escapesDelete: true),  // Lua %q
        EscapeStyle(  // Swift
            short: quoteAndBackslash + "''" + newlines + "\u{0}0", control: .braced(upper: true, width: 2),
            escapesDelete: true),
        EscapeStyle(
            short: quoteAndBackslash + newlines + "\u{0}0", control: .braced(upper: true, width: 2),
            wide: .braced(upper: true, width: 1), escapesDelete: true),
        EscapeStyle(  // Rust
            short: quoteAndBackslash + newlines + "\u{0}0", control: .braced(upper: false, width: 1),
            escapesDelete: true),
    ]

    private static let moreStyles: [EscapeStyle] = [
        EscapeStyle(short: "\\\\" + newlines, control: .hexByte(upper: false), escapesDelete: true),  // Python repr
        EscapeStyle(short: "\\\\''" + newlines, control: .hexByte(upper: false), escapesDelete: true),
        EscapeStyle(
            short: "\\\\" + newlines, control: .hexByte(upper: false), wide: .hexByte(upper: false),
            invalid: .hexByte(upper: false), escapesDelete: true),
        EscapeStyle(
            short: "\\\\''" + newlines, control: .hexByte(upper: false), wide: .hexByte(upper: false),
            invalid: .hexByte(upper: false), escapesDelete: true),
        EscapeStyle(  // Go's strconv.Quote
            short: jsonShort + "\u{7}a\u{b}v", control: .hexByte(upper: false), invalid: .hexByte(upper: false),
            escapesDelete: true),
        EscapeStyle(  // Node's util.inspect
            short: "\\\\''" + newlines + "\u{8}b\u{b}v\u{c}f", control: .hexByte(upper: true), escapesDelete: true),
        EscapeStyle(  // git, C
            short: jsonShort + "\u{7}a\u{b}v", control: .octalByte, wide: .octalByte, invalid: .octalByte,
            escapesDelete: true),
        EscapeStyle(  // $'…' of bash
            short: "\\\\''" + newlines + "\u{7}a\u{8}b\u{b}v\u{c}f\u{1b}E", control: .octalByte, escapesDelete: true),
        EscapeStyle(
            short: "\\\\''" + newlines + "\u{7}a\u{8}b\u{b}v\u{c}f\u{1b}E", control: .octalByte, wide: .octalByte,
            invalid: .octalByte, escapesDelete: true),
    ]

    private static let substitutions: [Substitution] = [
        shellSingle,
        Substitution(["'": #"'"'"'"#]),
        Substitution(escaping: "\"$`\\"),
        Substitution(escaping: "\"$`\\!"),
        Substitution(escaping: " \t'\"\\|&;()<>!{}*[]?^$`~#"),
        Substitution(escaping: " \t'\"\\|&;()<>!{}*[]?^$`~#,"),
        Substitution(escaping: " \t'\"\\|&;()<>!{}*[]?^$`,"),
        Substitution(escaping: "'"),
        Substitution(escaping: "\""),
    ]

    /// The spellings of a value that differ from the value itself.
    static func forms(_ value: [UInt8]) -> [[UInt8]] {
        if value.allSatisfy(\.isInert) { return [] }
        var seen: Set<[UInt8]> = [value]
        let all = (styles + moreStyles).map { $0.apply(value) } + substitutions.map { $0.apply(value) }
        var forms = all.filter { seen.insert($0).inserted }
        let repaired = Array(String(decoding: value, as: UTF8.self).utf8)
        if repaired != value, value.count(where: { $0 < 0x80 }) >= 8, seen.insert(repaired).inserted {
            forms.append(repaired)
        }
        return forms
    }

    /// JSON inside a JSON string, as a Kubernetes annotation holds a manifest.
    static func jsonOfJSON(_ value: [UInt8]) -> [[UInt8]] {
        if value.allSatisfy(\.isInert) { return [] }
        return [json, goJSON, slashJSON, asciiJSON, slashASCIIJSON].flatMap { style in
            let once = style.apply(value)
            return once == value ? [] : [style.apply(once), json.apply(once)]
        }
    }
}

/// An escape that replaces single bytes by fixed texts.
struct Substitution {
    /// What each byte becomes.
    private let replacements: [[UInt8]]

    /// Replaces each character by a text.
    init(_ replacements: [Character: String]) {
        var bytes = (UInt8.min...UInt8.max).map { [$0] }
        for (character, text) in replacements {
            if let byte = character.asciiValue { bytes[Int(byte)] = Array(text.utf8) }
        }
        self.replacements = bytes
    }

    /// Puts a backslash before each of the characters.
    init(escaping characters: String) {
        var bytes = (UInt8.min...UInt8.max).map { [$0] }
        for byte in characters.utf8 { bytes[Int(byte)] = [UInt8(ascii: "\\"), byte] }
        replacements = bytes
    }

    /// The spelling of a value.
    func apply(_ value: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(value.count + 8)
        for byte in value { result.append(contentsOf: replacements[Int(byte)]) }
        return result
    }
}
