import RunbookLua
import RunbookSecrets

/// Secrets of a cluster as values that a script can pass on and not see.
enum SecretObjects {
    /// The name under which the vault holds what kubectl printed.
    static let vaultName = "output of kubectl"

    /// Whether a resource argument asks for Secrets, maybe among others.
    static func areNamed(by resource: String) -> Bool {
        let kinds = (resource.split(separator: "/").first ?? "").split(separator: ",")
        return kinds.contains { kind in
            let kind = kind.lowercased()
            return kind == "secret" || kind == "secrets" || kind.hasPrefix("secrets.") || kind.hasPrefix("secret.")
        }
    }

    /// The document that a command printed with its output kept secret; nil when there is none.
    ///
    /// A replayed one was printed with masks in place of the values.
    static func document(_ result: ProcessResult, _ vault: SecretVault) throws -> LuaValue? {
        JSONReading.value(try result.secretOutput.map(vault.reveal) ?? result.stdout)
    }

    /// The objects that an output holds, with the values of Secrets loaded into the vault and opaque.
    static func opaque(_ result: ProcessResult, _ vault: SecretVault) throws -> LuaValue {
        try document(result, vault).map { opaque($0, vault) } ?? .nil
    }

    /// What may be written down of an output that is kept secret: of a Kubernetes object, values that a loaded secret
    /// explains by its mask and the others by no more than that they are there; of anything else, nothing.
    static func masked(_ output: [UInt8], _ redactor: Redactor) -> [UInt8] {
        guard let value = JSONReading.value(output), !value["kind"].isNil else { return [] }
        return redactor.redact(Array(JSONText.encode(masked(value, redactor), pretty: false).utf8))
    }

    private static func masked(_ value: LuaValue, _ redactor: Redactor) -> LuaValue {
        if let items = value["items"].listValue, !value["items"].isNil {
            return value.setting("items", .list(items.map { masked($0, redactor) }))
        }
        guard value["kind"].stringValue == "Secret" else { return value }
        let data = (value["data"].tableValue?.fields ?? []).map { key, encoded -> (key: LuaValue, value: LuaValue) in
            let text = encoded.stringValue ?? ""
            let shown = redactor.redact(text)
            return (.string(key), .string(shown == text ? "‹masked›" : shown))
        }
        let annotations = value.at("metadata", "annotations")?.setting(SavedObject.lastApplied, nil)
        return value.setting("data", .table(LuaTable(data)))
            .setting("metadata", value["metadata"].setting("annotations", annotations))
    }

    private static func opaque(_ value: LuaValue, _ vault: SecretVault) -> LuaValue {
        if let items = value["items"].listValue, !value["items"].isNil {
            return value.setting("items", .list(items.map { opaque($0, vault) }))
        }
        guard value["kind"].stringValue == "Secret" else { return value }
        let name = value.at("metadata", "name")?.stringValue ?? "secret"
        var data = LuaTable()
        for (key, encoded) in value["data"].tableValue?.fields ?? [] {
            guard let text = encoded.stringValue else { continue }
            let bytes = Base64Text.decode(text) ?? Array(text.utf8)
            let reference = vault.load(name: "\(name)/\(key)", value: bytes)
            data[key] = .object(LuaObject(kind: .secret, payload: SensitiveText(reference)))
        }
        // The annotation of a client-side apply repeats the values.
        let annotations = value.at("metadata", "annotations")?.setting(SavedObject.lastApplied, nil)
        let metadata = value["metadata"].setting("annotations", annotations)
        return value.setting("data", .table(data)).setting("metadata", metadata)
    }
}
