/// The texts that stand for spans of time and numbers of bytes.
enum ValueTexts {
    /// Whether a text is a duration such as `90s` or `1h30m`, or a number of seconds.
    static func isDuration(_ text: String) -> Bool {
        var rest = Substring(text)
        guard takeNumber(&rest) else { return false }
        if rest.isEmpty { return true }
        rest = Substring(text)
        while !rest.isEmpty {
            guard takeNumber(&rest) else { return false }
            let unit = rest.prefix { $0.isLetter }
            guard ["ms", "s", "m", "h", "d"].contains(String(unit)) else { return false }
            rest = rest.dropFirst(unit.count)
        }
        return true
    }

    /// Whether a text is a size such as `500MB` or `2GiB`.
    static func isSize(_ text: String) -> Bool {
        var rest = Substring(text)
        guard takeNumber(&rest) else { return false }
        return sizeUnits.contains(String(rest.drop { $0 == " " }))
    }

    private static let sizeUnits: Set<String> = [
        "", "B", "k", "kB", "KB", "M", "MB", "G", "GB", "T", "TB", "Ki", "KiB", "Mi", "MiB", "Gi", "GiB", "Ti", "TiB",
    ]

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
