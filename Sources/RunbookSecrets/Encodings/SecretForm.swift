/// One byte string that betrays a secret.
struct SecretForm: Hashable {
    /// The bytes to find.
    var bytes: [UInt8]
    /// What may follow the bytes and then belongs to the secret as well.
    var tails: [[UInt8]] = []
    /// The base64 digits, as a bit set of their values, that may precede the bytes and then belong to the secret as well.
    var leftEdge: UInt64 = 0
}

/// Lists everything that betrays a secret.
enum SecretForms {
    /// The length from which a value is listed without encodings of encodings, to bound the automaton.
    static let longValue = 4096
    /// The number of base64 digits below which an inner encoding is too weak a sign to be encoded again.
    private static let shortestInner = 4

    /// The forms of a value that is masked everywhere, without its lines.
    static func everywhere(_ value: [UInt8]) -> [SecretForm] {
        var texts = textual(value)
        var forms: [SecretForm] = []
        appendBase64(of: value, to: &forms)
        if value.count < longValue {
            let inner = transports(value) + Base64.forms(of: value).map(\.bytes).filter { $0.count >= shortestInner }
            for text in inner { appendBase64(of: text, to: &forms) }
            texts += Escapes.jsonOfJSON(value)
        }
        return forms + texts.map { SecretForm(bytes: $0) }
    }

    /// The forms of a value that is masked only where it stands alone.
    static func wholeToken(_ value: [UInt8]) -> [SecretForm] {
        var texts = [value, Base64.whole(value, padded: true)]
        if value.count >= 3 {
            texts += [
                Base64.whole(value, padded: false), Hex.encode(value, upper: false), Hex.encode(value, upper: true),
            ]
        }
        texts += Percent.forms(value) + Escapes.forms(value) + Markup.forms(value)
        return texts.map { SecretForm(bytes: $0) }
    }

    /// The lines of a value that are long enough to be masked by themselves; empty for a value of one line.
    static func lines(of value: [UInt8], minimumLength: Int) -> [[UInt8]] {
        let newline = UInt8(ascii: "\n")
        let carriageReturn = UInt8(ascii: "\r")
        guard value.contains(where: { $0 == newline || $0 == carriageReturn }) else { return [] }
        return value.split(whereSeparator: { $0 == newline || $0 == carriageReturn })
            .map { Array(trimmed($0)) }
            .filter { $0.count >= minimumLength && !$0.starts(with: Array("-----".utf8)) }
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let blanks: Set<UInt8> = [0x20, 0x09]
        var line = line.drop { blanks.contains($0) }
        while let last = line.last, blanks.contains(last) { line.removeLast() }
        return line
    }

    private static func textual(_ value: [UInt8]) -> [[UInt8]] {
        [
            value, Hex.encode(value, upper: false), Hex.encode(value, upper: true),
            Hex.separated(value, by: " "), Hex.separated(value, by: " ", upper: true),
            Hex.separated(value, by: ":"), Hex.separated(value, by: ":", upper: true),
        ]
            + Percent.forms(value) + Escapes.forms(value) + Markup.forms(value)
    }

    /// The forms in which a value usually travels inside a document that is then encoded as a whole.
    private static func transports(_ value: [UInt8]) -> [[UInt8]] {
        if value.allSatisfy(\.isInert) { return [] }
        let usual = [
            Escapes.json.apply(value), Escapes.goJSON.apply(value), Escapes.asciiJSON.apply(value),
            Escapes.slashJSON.apply(value), Percent.component.apply(value),
            Escapes.shellSingle.apply(value), Markup.go.apply(value),
        ]
        return Array(Set(usual.filter { $0 != value }))
    }

    private static func appendBase64(of value: [UInt8], to forms: inout [SecretForm]) {
        for form in Base64.forms(of: value) {
            forms.append(form)
            for carried in carriedBase64(form.bytes) {
                forms.append(SecretForm(bytes: carried, leftEdge: form.leftEdge))
            }
        }
    }

    /// Base64 digits as they look in a URL or in JSON that escapes them.
    private static func carriedBase64(_ digits: [UInt8]) -> [[UInt8]] {
        let plus = UInt8(ascii: "+")
        let slash = UInt8(ascii: "/")
        guard digits.contains(where: { $0 == plus || $0 == slash }) else { return [] }
        let spellings: [(plus: String, slash: String)] = [
            ("%2B", "%2F"), ("%2b", "%2f"), ("+", "\\/"), ("\\u002B", "/"), ("\\u002b", "/"),
        ]
        return spellings.map { spelling in
            digits.flatMap { digit -> [UInt8] in
                switch digit {
                case plus: Array(spelling.plus.utf8)
                case slash: Array(spelling.slash.utf8)
                default: [digit]
                }
            }
        }
    }
}
