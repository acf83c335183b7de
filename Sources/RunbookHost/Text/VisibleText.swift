/// Makes what a tool answered safe to show and to keep: data that no terminal obeys, and that hides nothing.
public enum VisibleText {
    /// The text with control characters and invisible Unicode written out: an escape becomes `⟨U+001B⟩`.
    ///
    /// Line feeds and tabs stay; a carriage return before a line feed goes.
    public static func of(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar == "\r", rest.first == "\n" { continue }
            if let name = name(of: scalar) {
                result.append(contentsOf: name.unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    /// How a scalar is written out that a terminal would obey or not show; nil for one that can be shown.
    public static func name(of scalar: Unicode.Scalar) -> String? {
        guard !isVisible(scalar) else { return nil }
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "⟨U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "⟩"
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: true
        case 0..<0x20, 0x7F..<0xA0: false
        // What changes the direction of text, joins or separates without a glyph, or carries hidden letters.
        case 0xAD, 0x34F, 0x61C, 0x115F...0x1160, 0x17B4...0x17B5, 0x180B...0x180F, 0x200B...0x200F, 0x2028...0x202E,
            0x2060...0x206F, 0x3164, 0xFE00...0xFE0F, 0xFEFF, 0xFFA0, 0xFFF0...0xFFFB, 0x1D173...0x1D17A,
            0xE0000...0xE0FFF:
            false
        default: true
        }
    }

    /// The text without the sequences by which terminals colour and move; for tools that print such for a person.
    public static func withoutColours(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "\u{1B}", rest.first == "[" else {
                result.append(scalar)
                continue
            }
            let body = rest.dropFirst().drop { (0x20...0x3F).contains($0.value) }
            rest = body.dropFirst()
        }
        return String(result)
    }
}
