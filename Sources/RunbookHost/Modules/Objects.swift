import RunbookLua
import RunbookSecrets

extension LuaObjectKind {
    /// A text that holds a secret.
    static let secret = LuaObjectKind(rawValue: 1)
    /// A value that a preview cannot know.
    static let unknown = LuaObjectKind(rawValue: 2)
    /// Something that the host keeps open, such as a forwarded port.
    static let handle = LuaObjectKind(rawValue: 3)
}

/// The metamethods of the opaque objects, installed in every run's state.
enum OpaqueObjects {
    static func install(
        in engine: isolated LuaEngine, branch: @escaping @Sendable (UnknownValue, LuaSite?) -> Bool,
        loop: @escaping @Sendable (UnknownValue, LuaSite?) -> Void, told: @escaping @Sendable (UnknownValue) -> Void
    ) throws {
        try engine.defineObjects(.secret, name: "secret", metamethods: secretMetamethods)
        let nothing = try engine.load(Array("return".utf8), name: "=nothing")
        try engine.defineObjects(
            .unknown, name: "unknown",
            metamethods: UnknownValue.metamethods(nothing: nothing, branch: branch, loop: loop, told: told))
        try engine.defineObjects(.handle, name: "handle", metamethods: [])
        engine.setTextFunctions(
            format: .immediate("string.format") { [try TextJoining.format($0.arguments)] },
            concat: .immediate("table.concat") { [try TextJoining.concat($0.arguments)] })
    }

    private static var secretMetamethods: [(String, HostFunction)] {
        [
            ("__tostring", .immediate("tostring") { [.string(description(of: $0.arguments.first))] }),
            ("__concat", .immediate("..") { [try TextJoining.join($0.arguments)] }),
            ("__len", refusal("#", "the length of a secret would tell something of it")),
            ("__index", refusal("index", "a secret has no fields and no text methods")),
            ("__newindex", refusal("index", "a secret has no fields")),
            ("__lt", refusal("<", "secrets cannot be compared")),
            ("__le", refusal("<=", "secrets cannot be compared")),
            ("__call", refusal("call", "a secret is no function")),
            ("__pairs", refusal("pairs", "a secret has no fields")),
        ]
    }

    private static func refusal(_ name: String, _ reason: String) -> HostFunction {
        .immediate(name) { call in
            let secrets = call.arguments.filter {
                if case .object(let object) = $0 { object.kind == .secret } else { false }
            }
            throw RunbookError(.refused, "\(description(of: secrets.first)): \(reason)")
        }
    }

    static func description(of value: LuaValue?) -> String {
        guard case .object(let object)? = value else { return "‹secret›" }
        if let text = object.payload as? SensitiveText { return text.secrets.first?.description ?? "‹secret›" }
        if let unknown = object.payload as? UnknownValue { return unknown.description }
        return "‹\(object.kind.rawValue)›"
    }
}

/// Joins texts some of which are secrets or unknown.
enum TextJoining {
    /// One text of all the values: unknown when one is, a secret when one is, plain otherwise.
    static func join(_ values: [LuaValue]) throws -> LuaValue {
        var result = SensitiveText()
        for value in values {
            if case .object(let object) = value, object.kind == .unknown { return value }
            guard let text = Arguments.sensitive(value) else {
                throw RunbookError(.argument, "attempt to concatenate a \(value.typeName) value")
            }
            result.append(text)
        }
        return make(result)
    }

    static func concat(_ arguments: [LuaValue]) throws -> LuaValue {
        let separator = arguments.count > 1 && !arguments[1].isNil ? arguments[1] : ""
        let first = arguments.count > 2 ? Int(arguments[2].integerValue ?? 1) : 1
        guard let items = arguments.first?.listValue else {
            throw RunbookError(.argument, "table.concat takes a list")
        }
        let last = arguments.count > 3 ? Int(arguments[3].integerValue ?? 0) : items.count
        guard first <= last else { return "" }
        guard first >= 1, last <= items.count else {
            throw RunbookError(.argument, "table.concat: invalid value (at index \(last)) in table")
        }
        var parts: [LuaValue] = []
        for (index, item) in items[(first - 1)..<last].enumerated() {
            if index > 0 { parts.append(separator) }
            parts.append(item)
        }
        return try join(parts)
    }

    /// `string.format` for the directives that take a text; a secret cannot be measured, so widths are refused for it.
    static func format(_ arguments: [LuaValue]) throws -> LuaValue {
        if let unknown = arguments.first(where: { UnknownValue.of($0) != nil }) { return unknown }
        guard let pattern = arguments.first?.stringValue else {
            throw RunbookError(.refused, "string.format: a secret cannot be the format")
        }
        var result = SensitiveText()
        var values = arguments.dropFirst()
        var rest = Substring(pattern)
        while let percent = rest.firstIndex(of: "%") {
            result.append(String(rest[..<percent]))
            rest = rest[rest.index(after: percent)...]
            if rest.first == "%" {
                result.append("%")
                rest = rest.dropFirst()
                continue
            }
            let directive = rest.prefix { !$0.isLetter }
            rest = rest.dropFirst(directive.count)
            let letter = rest.first
            rest = rest.dropFirst()
            guard let value = values.popFirst() else {
                throw RunbookError(
                    .argument, "string.format: no value for %\(directive)\(letter.map(String.init) ?? "")")
            }
            guard let text = Arguments.sensitive(value), letter == "s" || letter == "d" || letter == "i",
                directive.isEmpty
            else {
                throw RunbookError(
                    .refused, "string.format: with a secret among the values only %s and %d without a width can be used"
                )
            }
            result.append(text)
        }
        result.append(String(rest))
        return make(result)
    }

    static func make(_ text: SensitiveText) -> LuaValue {
        if text.containsSecret { return .object(LuaObject(kind: .secret, payload: text)) }
        let bytes = text.plainBytes ?? []
        return String(validating: bytes, as: UTF8.self).map { .string($0) } ?? .bytes(bytes)
    }
}
