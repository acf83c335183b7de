import Synchronization

/// Holds the secrets of one run, opens them on request, and knows what the redactor must mask.
///
/// Safe to share between threads. Values never appear in its description, mirror or dump.
public final class SecretVault: Sendable {
    private struct State {
        /// All values of each name, oldest first; a rotated value is still masked.
        var versions: [String: [SecretBytes]] = [:]
        var masked: [MaskedValue] = []
        var warnings: [SecretWarning] = []
        var redactor: Redactor?
        var summary = RedactionSummary()
    }

    #if DEBUG
        /// True while a test shows what would leak without the redactor.
        ///
        /// A release build has no such switch.
        public static let masksNothing = Atomic<Bool>(false)
    #endif

    private let state = Mutex(State())
    private let options: RedactorOptions

    /// An empty vault.
    public init(options: RedactorOptions = RedactorOptions()) {
        self.options = options
    }

    /// Loads a value under a name and returns the reference that stands for it.
    ///
    /// Loading the value that the name already has changes nothing; another value becomes the next version, and
    /// the earlier ones stay masked and can still be revealed by their references.
    /// - Parameter masking: How the value is masked; `nil` decides by length and by whether it is a common word,
    ///   and adds to ``warnings``.
    @discardableResult
    public func load(
        name: String, value: some Collection<UInt8>, masking: SecretMasking? = nil
    ) -> SecretReference {
        let bytes = SecretBytes(value)
        return state.withLock { state in
            let versions = state.versions[name] ?? []
            if let last = versions.last, last.equals(bytes) {
                return SecretReference(name: name, version: versions.count)
            }
            state.versions[name] = versions + [bytes]
            add(bytes, name: name, masking: masking, to: &state)
            return SecretReference(name: name, version: versions.count + 1)
        }
    }

    /// Loads a text under a name; see ``load(name:value:masking:)``.
    @discardableResult
    public func load(name: String, text: String, masking: SecretMasking? = nil) -> SecretReference {
        load(name: name, value: Array(text.utf8), masking: masking)
    }

    /// Makes the redactor mask a value that was computed from a secret, such as a hash or an encoding of its own.
    ///
    /// The encodings that ``Redactor`` knows need not be noted.
    public func noteDerived(_ value: some Collection<UInt8>, from name: String) {
        let bytes = SecretBytes(value)
        state.withLock { add(bytes, name: name, masking: nil, to: &$0) }
    }

    private func add(_ bytes: SecretBytes, name: String, masking: SecretMasking?, to state: inout State) {
        let decided =
            masking.map { ($0, nil) }
            ?? bytes.withBytes { MaskingPolicy.decide(name: name, value: $0, minimumLength: options.minimumLength) }
        if let warning = decided.1, !state.warnings.contains(warning) { state.warnings.append(warning) }
        guard decided.0 != .never, bytes.count > 0 else { return }
        let value = MaskedValue(name: name, bytes: bytes, masking: decided.0)
        guard !state.masked.contains(where: { $0.isSame(as: value) }) else { return }
        state.masked.append(value)
        state.redactor = nil
    }

    /// The bytes of a text, with its secrets opened.
    ///
    /// For the moment at which a child or a file needs them. The result is an ordinary array; keep it short-lived.
    /// - Throws: ``SecretError/notLoaded(name:)`` for a reference that is not this vault's.
    public func reveal(_ text: SensitiveText) throws(SecretError) -> [UInt8] {
        var result: [UInt8] = []
        for piece in text.pieces {
            switch piece {
            case .plain(let bytes):
                result.append(contentsOf: bytes)
            case .secret(let reference):
                guard let bytes = value(of: reference) else { throw .notLoaded(name: reference.name) }
                bytes.withBytes { result.append(contentsOf: $0) }
            case .encoded(let text, let encoding):
                guard let bytes = encoding.encode(try reveal(text)) else {
                    throw .notText(name: text.secrets.first?.name ?? "a value")
                }
                result.append(contentsOf: bytes)
            }
        }
        return result
    }

    /// Calls a closure with the opened bytes of a text, and overwrites them afterwards.
    /// - Throws: ``SecretError`` as ``reveal(_:)`` does, and what the closure throws.
    public func withRevealed<Result>(
        _ text: SensitiveText, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        var bytes = try reveal(text)
        defer { wipe(&bytes) }
        return try bytes.withUnsafeBytes(body)
    }

    private func value(of reference: SecretReference) -> SecretBytes? {
        state.withLock { state in
            guard let versions = state.versions[reference.name], versions.indices.contains(reference.version - 1)
            else { return nil }
            return versions[reference.version - 1]
        }
    }

    /// The reference to the newest value of a name; `nil` where none is loaded.
    public func reference(to name: String) -> SecretReference? {
        state.withLock { state in
            state.versions[name].map { SecretReference(name: name, version: $0.count) }
        }
    }

    /// The names that are loaded, sorted.
    public var names: [String] {
        state.withLock { $0.versions.keys.sorted() }
    }

    /// What a person should know about the loaded values, in order of loading.
    public var warnings: [SecretWarning] {
        state.withLock { $0.warnings }
    }

    /// A redactor that knows everything loaded so far.
    ///
    /// Built on the first request after a load, and the same object until the next one.
    public var redactor: Redactor {
        #if DEBUG
            if Self.masksNothing.load(ordering: .relaxed) { return Redactor() }
        #endif
        return state.withLock { state in
            if let redactor = state.redactor { return redactor }
            let redactor = Redactor(values: state.masked, options: options)
            state.redactor = redactor
            return redactor
        }
    }

    /// The name of a secret whose value stands in a text, in any encoding; `nil` where none does.
    ///
    /// Counts only values that no ordinary text has: of 8 bytes or more, with upper case, lower case and digits, or with
    /// the form of a credential.
    public func credential(in text: String) -> String? {
        var found = RedactionSummary()
        _ = redactor.redact(text, place: "", counting: &found)
        guard !found.isEmpty else { return nil }
        return state.withLock { state in
            state.masked.first { found.count(of: $0.name) > 0 && $0.isUnmistakable }?.name
        }
    }

    /// Adds what a stream masked to the counts of the run.
    public func record(_ summary: RedactionSummary) {
        state.withLock { $0.summary.merge(summary) }
    }

    /// What was masked in the run so far, as recorded by ``record(_:)``.
    public var summary: RedactionSummary {
        state.withLock { $0.summary }
    }
}

extension SecretVault: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The names that are loaded.
    public var description: String { "SecretVault(\(names.joined(separator: ", ")))" }
    /// The same as ``description``.
    public var debugDescription: String { description }
    /// Shows nothing of the contents.
    public var customMirror: Mirror { .opaque(self) }
}

/// A value that the redactor masks.
struct MaskedValue: Sendable {
    let name: String
    let bytes: SecretBytes
    let masking: SecretMasking

    /// Whether nobody would write the value without meaning the secret.
    var isUnmistakable: Bool {
        guard masking == .everywhere, bytes.count >= 8 else { return false }
        return bytes.withBytes { bytes in
            let isMixed =
                bytes.contains { (0x30...0x39).contains($0) } && bytes.contains { (0x41...0x5a).contains($0) }
                && bytes.contains { (0x61...0x7a).contains($0) }
            return isMixed || CredentialHeuristics.looksLikeCredential(name: "", value: Array(bytes))
        }
    }

    func isSame(as other: MaskedValue) -> Bool {
        name == other.name && masking == other.masking && bytes.equals(other.bytes)
    }
}
