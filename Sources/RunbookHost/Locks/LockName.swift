import RunbookLua

extension RunSession {
    /// The lock's name with parameters in place of `${params.x}`, or nil where the runbook has none.
    ///
    /// - Throws: `RunbookError` with code `usage` for a parameter that is not declared.
    var lockName: String? {
        get throws {
            guard let template = header.lock else { return nil }
            var name = ""
            var rest = Substring(template)
            while let start = rest.firstRange(of: "${") {
                name += rest[..<start.lowerBound]
                rest = rest[start.upperBound...]
                guard let end = rest.firstIndex(of: "}") else {
                    throw RunbookError(.usage, "`lock`: \"\(template)\" has a `${` without its `}`")
                }
                let reference = rest[..<end]
                rest = rest[rest.index(after: end)...]
                let parameter = reference.hasPrefix("params.") ? String(reference.dropFirst(7)) : ""
                guard let value = parameters.first(where: { $0.name == parameter })?.value else {
                    throw RunbookError(
                        .usage, "`lock`: `${\(reference)}` is no declared parameter",
                        remedy: "write `${params.NAME}` with a NAME that stands in `params`")
                }
                name += Display.text(value)
            }
            // The name goes into files, a cluster and messages.
            return vault.redactor.redact(name + rest)
        }
    }
}

/// A lock's name as the name of a file or of a Kubernetes object.
enum LockSpelling {
    /// Readable, at most 63 characters of `a-z0-9-`, and different for different names.
    static func of(_ name: String) -> String {
        var plain = ""
        for character in name.lowercased() {
            let isPlain = character.isASCII && (character.isLetter || character.isNumber)
            if isPlain {
                plain.append(character)
            } else if !plain.hasSuffix("-"), !plain.isEmpty {
                plain.append("-")
            }
        }
        while plain.hasSuffix("-") { plain.removeLast() }
        if plain == name, !plain.isEmpty, plain.count <= 40 { return plain }
        let hash = Fingerprint.of(Array(name.utf8)).prefix(8)
        return (plain.isEmpty ? "lock" : String(plain.prefix(40))) + "-\(hash)"
    }
}
