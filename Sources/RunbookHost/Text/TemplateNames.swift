import RunbookLua

/// The names that a Mustache template asks for.
///
/// Mustache fills a name without a value with nothing, and a manifest with a hole in it is worse than none.
enum TemplateNames {
    /// The first variable that has no value, with its line.
    ///
    /// Inside of sections a name depends on what the section is about: nothing is said of those.
    static func missing(in template: String, _ values: LuaValue) -> (line: Int, name: String)? {
        var line = 1
        var open = 0
        var rest = Substring(template)
        while let start = rest.range(of: "{{") {
            line += rest[..<start.lowerBound].utf8.count { $0 == 10 }
            rest = rest[start.upperBound...]
            guard let end = rest.range(of: "}}") else { return nil }
            let tag = rest[..<end.lowerBound]
            rest = rest[end.upperBound...]
            switch tag.first {
            case "#", "^": open += 1
            case "/": open -= 1
            case "!", ">", "%", "$", "<": break
            // Other marks from here on: what stands between these is text.
            case "=": return nil
            default:
                let name = tag.drop { "{& ".contains($0) }.prefix { !" }(".contains($0) }
                if open == 0, !tag.contains("("), name != ".", !isThere(name, values) { return (line, String(name)) }
            }
            line += tag.utf8.count { $0 == 10 }
        }
        return nil
    }

    private static func isThere(_ name: Substring, _ values: LuaValue) -> Bool {
        var value = values
        for part in name.split(separator: ".") {
            value = value[String(part)]
            if value.isNil { return false }
        }
        return true
    }
}
