/// Escapes of XML and HTML, and doubled quotes.
enum Markup {
    /// Go's `html.EscapeString`.
    static let go = Substitution(["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&#34;", "'": "&#39;"])

    private static let all: [Substitution] = [
        go,
        Substitution(["&": "&amp;", "<": "&lt;", ">": "&gt;"]),
        Substitution(["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;"]),
        Substitution(["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&#39;"]),
        Substitution(["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&apos;"]),
        Substitution(["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&#x27;"]),
        Substitution([
            "&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&#x27;", "/": "&#x2F;", "`": "&#x60;",
            "=": "&#x3D;",
        ]),
        Substitution([
            "&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&#34;", "'": "&#39;", "\t": "&#x9;", "\n": "&#xA;",
            "\r": "&#xD;",
        ]),
        Substitution(["'": "''"]),
        Substitution(["\"": "\"\""]),
    ]

    /// The spellings of a value that differ from the value itself.
    static func forms(_ value: [UInt8]) -> [[UInt8]] {
        if value.allSatisfy(\.isInert) { return [] }
        var seen: Set<[UInt8]> = [value]
        return all.map { $0.apply(value) }.filter { seen.insert($0).inserted }
    }
}
