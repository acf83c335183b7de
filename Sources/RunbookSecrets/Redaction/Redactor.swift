/// Masks the secrets that were loaded when it was made, in every encoding that it knows.
///
/// Immutable and safe to share. Made by ``SecretVault/redactor``. Time is linear in the input, whatever the number of
/// secrets; the mask of a secret is `‹secret NAME›`, that of a credential shape `‹credential SHAPE›`.
public final class Redactor: Sendable {
    /// The length from which a string is found by skipping; shorter ones are looked for at every byte.
    private static let longString = 8

    let names: [MaskName]
    let literalMatchers: [LiteralMatcher]
    let foldedMatchers: [FoldedMatcher]
    let shapeMatcher: ShapeMatcher?
    /// How many of the names are those of secrets; the shapes follow.
    private let secretCount: Int

    /// A redactor that masks no secrets, only the shapes that the options name.
    public convenience init(options: RedactorOptions = RedactorOptions()) {
        self.init(values: [], options: options)
    }

    init(values: [MaskedValue], options: RedactorOptions) {
        var names: [MaskName] = []
        var indexes: [String: Int32] = [:]
        var long = TrieBuilder()
        var short = TrieBuilder()
        for value in values {
            let index = indexes[value.name] ?? Int32(names.count)
            if indexes.updateValue(index, forKey: value.name) == nil { names.append(MaskName(secret: value.name)) }
            for var form in Self.forms(of: value, options: options) {
                let wholeToken = value.masking == .wholeToken
                if !wholeToken, form.bytes.count >= Self.longString {
                    long.add(form, name: index, wholeToken: false)
                } else {
                    short.add(form, name: index, wholeToken: wholeToken)
                }
                wipe(&form.bytes)
            }
        }
        var matchers: [LiteralMatcher] = []
        var folded: [FoldedMatcher] = []
        for trie in [long, short] where trie.shortest < .max {
            let automaton = Automaton(trie)
            let filter: any SkipFilter =
                trie.shortest >= Self.longString ? GramFilter(automaton) : PairFilter(automaton)
            matchers.append(LiteralMatcher(automaton: automaton, filter: filter))
            folded.append(FoldedMatcher(automaton: automaton, filter: filter))
        }
        long.wipeLabels()
        short.wipeLabels()
        literalMatchers = matchers
        foldedMatchers = folded
        secretCount = names.count
        let shapes = options.shapes
        shapeMatcher = shapes.isEmpty ? nil : ShapeMatcher(shapes: shapes, firstName: Int32(names.count))
        self.names = names + CredentialShape.allCases.filter(shapes.contains).map { MaskName(shape: $0) }
    }

    private static func forms(of value: MaskedValue, options: RedactorOptions) -> [SecretForm] {
        var bytes = value.bytes.withBytes { Array($0) }
        defer { wipe(&bytes) }
        switch value.masking {
        case .never: return []
        case .wholeToken: return SecretForms.wholeToken(bytes)
        case .everywhere:
            let lines = SecretForms.lines(of: bytes, minimumLength: options.minimumLineLength)
            return SecretForms.everywhere(bytes) + lines.flatMap(SecretForms.everywhere)
        }
    }

    /// Whether there is nothing to look for, so that everything passes unchanged.
    public var isEmpty: Bool { literalMatchers.isEmpty && shapeMatcher == nil }

    /// The text with every secret masked.
    public func redact(_ text: String) -> String {
        String(decoding: redact(Array(text.utf8)), as: UTF8.self)
    }

    /// The bytes with every secret masked; what is no secret stays as it is, also where it is not UTF-8.
    public func redact(_ bytes: [UInt8]) -> [UInt8] {
        var stream = RedactorStream(self)
        var result = stream.write(bytes)
        result += stream.finish()
        return result
    }

    /// The text with every secret masked, and the masks counted under a place.
    public func redact(_ text: String, place: String, counting summary: inout RedactionSummary) -> String {
        var stream = RedactorStream(self, place: place)
        var result = stream.write(Array(text.utf8))
        result += stream.finish()
        summary.merge(stream.summary)
        return String(decoding: result, as: UTF8.self)
    }
}

extension Redactor: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// How many names it masks.
    public var description: String { "Redactor(\(secretCount) secrets)" }
    /// The same as ``description``.
    public var debugDescription: String { description }
    /// Shows nothing of the contents.
    public var customMirror: Mirror { .opaque(self) }
}

/// What a mask says.
struct MaskName: Sendable {
    /// The name as the summary counts it.
    let name: String
    /// The bytes that stand in place of the secret.
    let mask: [UInt8]

    init(secret name: String) {
        self.name = name
        mask = Array("‹secret \(name)›".utf8)
    }

    init(shape: CredentialShape) {
        name = shape.rawValue
        mask = Array("‹credential \(shape.rawValue)›".utf8)
    }
}
