import RunbookHost

/// Makes texts from outside safe for a terminal: nothing in them moves the cursor, and nothing hides.
package enum ScreenText {
    /// One line: colours go, tabs become blanks, other control characters are written out as `cat -v` does.
    package static func line(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        return shown(text, keepsColours: false) { scalar in
            switch scalar {
            case "\t": "  "
            case "\n": " "
            default: nil
            }
        }
    }

    /// Lines: as `line`, each by itself.
    package static func lines(_ text: String) -> [String] {
        text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map { line(String($0)) }
    }

    /// What a script prints: its colours, tabs and line feeds stay.
    package static func product(_ text: String) -> String {
        let result = shown(text, keepsColours: true) { $0 == "\t" || $0 == "\n" ? String($0) : nil }
        return result.contains("\u{1B}") ? result + "\u{1B}[0m" : result
    }

    private static func shown(
        _ text: String, keepsColours: Bool, _ replacement: (Unicode.Scalar) -> String?
    ) -> String {
        var result = String.UnicodeScalarView()
        var rest = Substring(text).unicodeScalars
        while let scalar = rest.popFirst() {
            if scalar == "\r", rest.first == "\n" { continue }
            if scalar == "\u{1B}", let (sequence, after) = harmless(rest) {
                if keepsColours { result.append(contentsOf: "\u{1B}\(sequence)".unicodeScalars) }
                rest = after
            } else if let replacement = replacement(scalar) {
                result.append(contentsOf: replacement.unicodeScalars)
            } else if scalar.value < 0x20 || scalar.value == 0x7F {
                result.append("^")
                result.append(Unicode.Scalar(UInt8(scalar.value ^ 0x40)))
            } else if joinsEmoji(scalar) {
                result.append(scalar)
            } else if let name = VisibleText.name(of: scalar) {
                result.append(contentsOf: name.unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    // A colour (`ESC [ 1 ; 32 m`); an attribute that hides text is not harmless.
    private static func harmless(_ rest: Substring.UnicodeScalarView) -> (String, Substring.UnicodeScalarView)? {
        guard rest.first == "[" else { return nil }
        let parameters = rest.dropFirst().prefix { ("0"..."9").contains($0) || $0 == ";" || $0 == ":" }
        guard parameters.endIndex < rest.endIndex, rest[parameters.endIndex] == "m", parameters.count < 40,
            !String(Substring(parameters)).split(separator: ";").contains("8")
        else { return nil }
        let end = rest.index(after: parameters.endIndex)
        return (String(Substring(rest[rest.startIndex..<end])), rest[end...])
    }

    private static func joinsEmoji(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value == 0x200D || scalar.value == 0xFE0F
    }
}
