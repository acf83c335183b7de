/// The texts that stand for spans of time and numbers of bytes.
enum ValueTexts {
    /// Whether a text is a duration such as `90s` or `1h30m`.
    static func isDuration(_ text: String) -> Bool {
        var rest = Substring(text)
        guard !rest.isEmpty else { return false }
        while !rest.isEmpty {
            guard takeNumber(&rest) else { return false }
            let unit = rest.prefix { $0.isLetter || $0 == "µ" }
            guard ["ns", "us", "µs", "ms", "s", "m", "h", "d"].contains(String(unit)) else { return false }
            rest = rest.dropFirst(unit.count)
        }
        return true
    }

    /// Whether a text is a size such as `500MB` or `2GiB`.
    static func isSize(_ text: String) -> Bool {
        var rest = Substring(text)
        guard takeNumber(&rest) else { return false }
        if rest.first == " " { rest.removeFirst() }
        var unit = rest.lowercased()
        if unit.hasSuffix("b") { unit.removeLast() }
        return ["", "k", "m", "g", "t", "p", "ki", "mi", "gi", "ti", "pi"].contains(unit)
    }

    private static func takeNumber(_ text: inout Substring) -> Bool {
        let whole = text.prefix { ("0"..."9").contains($0) }
        guard !whole.isEmpty else { return false }
        text = text.dropFirst(whole.count)
        guard text.first == "." else { return true }
        let fraction = text.dropFirst().prefix { ("0"..."9").contains($0) }
        guard !fraction.isEmpty else { return false }
        text = text.dropFirst(fraction.count + 1)
        return true
    }
}
