import RunbookLua
import RunbookSecrets

/// A Secret or ConfigMap that is made to hold certain keys: what differs, and what is sent.
struct KeyedObject: Sendable {
    /// What becomes of a key.
    enum Fate: String, Sendable {
        /// It was not there.
        case set
        /// It has another value.
        case differs
        /// It is as it should be.
        case unchanged
        /// It goes.
        case removed
    }

    let kind: String
    let name: String
    let wanted: [(key: String, value: SensitiveText)]
    let type: String?
    let labels: [(name: String, value: String)]
    let keepsOthers: Bool
    /// The object as it is; nil when there is none.
    let live: LuaValue?
    let vault: SecretVault

    private var isSecret: Bool { kind == "Secret" }

    /// The value of a key in the cluster.
    private func liveValue(_ key: String) -> [UInt8]? {
        if isSecret { return live?.at("data", key)?.stringValue.flatMap(Base64Text.decode) }
        if let text = live?.at("data", key)?.stringValue { return Array(text.utf8) }
        return live?.at("binaryData", key)?.stringValue.flatMap(Base64Text.decode)
    }

    /// The keys in the cluster that are not among the wanted ones.
    private var others: [String] {
        guard let live else { return [] }
        let names = (live["data"].tableValue?.fields ?? []) + (live["binaryData"].tableValue?.fields ?? [])
        return names.map(\.name).filter { name in !wanted.contains { $0.key == name } }.sorted()
    }

    /// Whether a key has a value; nil when it is not there.
    private func isUnchanged(_ key: String, _ wanted: [UInt8]) -> Bool? {
        // A replayed object has masks in place of values.
        if isSecret, let mask = live?.at("data", key)?.stringValue, mask.hasPrefix("‹") {
            return vault.redactor.redact(Base64Text.encode(wanted)) == mask
        }
        return liveValue(key).map { $0 == wanted }
    }

    /// What becomes of each key, the wanted ones first.
    func fates() throws -> [(key: String, fate: Fate)] {
        var fates = try wanted.map { key, value in
            (key, try isUnchanged(key, vault.reveal(value)).map { $0 ? Fate.unchanged : .differs } ?? .set)
        }
        if !keepsOthers { fates += others.map { ($0, .removed) } }
        return fates
    }

    /// Whether the object carries a copy of its values that a client-side apply made.
    var carriesCopy: Bool {
        isSecret && live?.at("metadata", "annotations", SavedObject.lastApplied) != nil
    }

    /// The object as it is to be sent; the server merges it unless others' keys have to go.
    func manifest(replacing: Bool) throws -> SensitiveText {
        var metadata: LuaValue = ["name": .string(name)]
        if replacing, let live {
            metadata = SavedObject.cleaned(live)["metadata"]
            if let annotations = metadata["annotations"].tableValue {
                var annotations = annotations
                annotations[SavedObject.lastApplied] = nil
                metadata = metadata.setting("annotations", .table(annotations))
            }
        }
        if !labels.isEmpty {
            var all = metadata["labels"]
            for label in labels { all = all.setting(label.name, .string(label.value)) }
            metadata = metadata.setting("labels", all)
        }
        var head: LuaValue = ["apiVersion": "v1", "kind": .string(kind), "metadata": metadata]
        if isSecret { head = head.setting("type", .string(type ?? live?["type"].stringValue ?? "Opaque")) }
        var text = try SensitiveJSON.encode(head)
        // The object is closed after its data, which only the world opens.
        text = SensitiveText(String(text.description.dropLast())) + ",\"data\":{"
        text += try pairs().joined(separator: ",") + "}}"
        return text
    }

    private func pairs() throws -> [SensitiveText] {
        var values = wanted
        if keepsOthers {
            // A merge by the server takes away what the same manager set before and leaves out now.
            for key in others {
                guard let bytes = liveValue(key) else { continue }
                let reference =
                    isSecret
                    ? SensitiveText(vault.load(name: "\(name)/\(key)", value: bytes)) : SensitiveText(bytes: bytes)
                values.append((key, reference))
            }
        }
        return values.map { key, value in
            SensitiveText(JSONText.encode(.string(key), pretty: false) + ":\"")
                + value.encoded(as: isSecret ? .base64 : .jsonString) + "\""
        }
    }

    /// What a preview shows of the keys; no value of a Secret is in it.
    func difference() throws -> Difference {
        let fates = try fates()
        let width = fates.map(\.key.count).max() ?? 0
        let lines = try fates.map { key, fate in
            key.padding(to: width) + "   " + (try text(key, fate))
        }
        let changed = fates.filter { $0.fate != .unchanged }
        return Difference(
            isEmpty: changed.isEmpty && !carriesCopy && live != nil, summary: Self.summary(fates), lines: lines)
    }

    private func text(_ key: String, _ fate: Fate) throws -> String {
        if isSecret { return fate == .differs ? "differs (masked)" : fate.rawValue }
        guard fate == .differs || fate == .set, let value = wanted.first(where: { $0.key == key })?.value else {
            return fate.rawValue
        }
        let new = FieldText.short(.string(value.description))
        guard let old = liveValue(key) else { return "set to \(new)" }
        return "\(FieldText.short(.string(String(decoding: old, as: UTF8.self)))) → \(new)"
    }

    /// `DATABASE_URL differs (masked)`, `3 keys set`, `2 differ (masked), 1 removed`.
    static func summary(_ fates: [(key: String, fate: Fate)]) -> String {
        let changed = fates.filter { $0.fate != .unchanged }
        if changed.isEmpty { return "\(fates.count) \(fates.count == 1 ? "key" : "keys") unchanged" }
        if changed.count == 1 {
            return "\(changed[0].key) " + (changed[0].fate == .differs ? "differs (masked)" : changed[0].fate.rawValue)
        }
        var parts: [String] = []
        func add(_ fate: Fate, _ words: String) {
            let count = fates.count { $0.fate == fate }
            if count > 0 { parts.append("\(count) \(parts.isEmpty ? (count == 1 ? "key " : "keys ") : "")\(words)") }
        }
        add(.set, "set")
        add(.differs, "changed (masked)")
        add(.removed, "removed")
        return parts.joined(separator: ", ")
    }
}

extension String {
    /// The text with blanks up to a width in characters.
    func padding(to width: Int) -> String {
        count >= width ? self : self + String(repeating: " ", count: width - count)
    }
}
