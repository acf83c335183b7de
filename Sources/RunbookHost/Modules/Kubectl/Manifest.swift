import RunbookLua
import RunbookSecrets
import RunbookSpec

/// One object of a manifest, by what it is called.
struct ManifestObject: Sendable, Equatable {
    let apiVersion: String
    let kind: String
    let name: String
    let namespace: String?

    init?(_ value: LuaValue) {
        guard let kind = value["kind"].stringValue, let name = value.at("metadata", "name")?.stringValue else {
            return nil
        }
        apiVersion = value["apiVersion"].stringValue ?? "v1"
        self.kind = kind
        self.name = name
        namespace = value.at("metadata", "namespace")?.stringValue
    }

    /// `deployment/backend`.
    var display: String { "\(kind.lowercased())/\(name)" }

    /// The object as an argument of kubectl, with its group where kubectl would not know the kind by itself.
    var argument: String {
        let parts = apiVersion.split(separator: "/")
        guard parts.count == 2, !Self.builtin.contains(String(parts[0])) else { return display }
        return "\(kind).\(parts[1]).\(parts[0])/\(name)"
    }

    private static let builtin: Set<String> = [
        "apps", "batch", "autoscaling", "policy", "networking.k8s.io", "rbac.authorization.k8s.io", "storage.k8s.io",
        "apiextensions.k8s.io", "scheduling.k8s.io",
    ]

    /// Whether the object holds data that is not to be seen.
    var isSecret: Bool { kind == "Secret" }
}

/// What `text`, `file` or `manifest` of a call holds.
struct Manifest: Sendable {
    /// The arguments that name it.
    let arguments: [String]
    /// What goes to standard input.
    let input: SensitiveText?
    /// Its objects, in order.
    let objects: [ManifestObject]
    /// The documents, with the masks of secrets in place of them.
    let documents: [LuaValue]

    static let parameters = [
        ParameterSpec("text", .text, "the manifest as text: YAML or JSON, one document or more"),
        ParameterSpec("file", .either([.path, .list(.path)]), "files or folders with manifests"),
        ParameterSpec("manifest", .any, "the manifest as a table, or a list of them"),
    ]

    /// Reads the manifest of a call.
    ///
    /// - Throws: `RunbookError` with code `argument` when there is none or it is no manifest, `io` for a file.
    static func read(_ arguments: Arguments, _ call: CallContext) async throws -> Manifest {
        let given = ["text", "file", "manifest"].filter { arguments.has($0) }
        guard given.count == 1 else {
            throw RunbookError(.argument, "`\(call.function)` needs one of `text`, `file` and `manifest`")
        }
        if arguments.has("file") { return try await read(files: arguments.strings("file"), call) }
        let text: SensitiveText
        let documents: [LuaValue]
        if let given = arguments.text("text") {
            text = given
            documents = try YAMLText.documents(given.description, of: "`\(call.function)`: `text`")
        } else {
            let value = arguments["manifest"]
            documents = value.listValue ?? [value]
            guard documents.allSatisfy({ $0.tableValue != nil }) else {
                throw RunbookError(.argument, "`\(call.function)`: `manifest` must be a table or a list of tables")
            }
            text = try stream(documents)
        }
        return Manifest(
            arguments: ["--filename", "-"], input: text, objects: try objects(documents, call), documents: documents)
    }

    private static func read(files: [String], _ call: CallContext) async throws -> Manifest {
        var documents: [LuaValue] = []
        for file in files {
            for path in try await manifests(at: file, call) {
                let bytes = try await call.world.contents(of: path)
                documents += try YAMLText.documents(String(decoding: bytes, as: UTF8.self), of: path)
            }
        }
        return Manifest(
            arguments: files.flatMap { ["--filename", $0] }, input: nil, objects: try objects(documents, call),
            documents: documents)
    }

    private static func manifests(at path: String, _ call: CallContext) async throws -> [String] {
        if path.hasPrefix("http://") || path.hasPrefix("https://") { return [] }
        guard let status = try await call.world.status(of: path) else {
            throw RunbookError(.missing, "`\(call.function)`: `file`: \(path) does not exist")
        }
        guard status.isFolder, case .names(let names) = try await call.world.perform(.read(.file(.list(path)))) else {
            return [path]
        }
        return names.filter { name in [".yaml", ".yml", ".json"].contains(where: name.hasSuffix) }.map {
            "\(path)/\($0)"
        }
    }

    /// The documents as one stream.
    static func stream(_ documents: [LuaValue]) throws -> SensitiveText {
        try documents.map(SensitiveJSON.encode).joined(separator: "\n---\n") + "\n"
    }

    private static func objects(_ documents: [LuaValue], _ call: CallContext) throws -> [ManifestObject] {
        try documents.flatMap { document -> [ManifestObject] in
            if document["kind"].stringValue?.hasSuffix("List") == true, let items = document["items"].listValue {
                return items.compactMap(ManifestObject.init)
            }
            guard let object = ManifestObject(document) else {
                throw RunbookError(
                    .argument, "`\(call.function)`: a document of the manifest has no `kind` or no `metadata.name`")
            }
            return [object]
        }
    }

    /// The namespaces that the objects name, each once.
    var namespaces: [String] {
        var seen: Set<String> = []
        return objects.compactMap(\.namespace).filter { seen.insert($0).inserted }
    }

    /// Whether one of the objects is a Secret.
    var holdsSecret: Bool { objects.contains(where: \.isSecret) }

    /// The word for what is changed: the kind of the only object, or `manifest`.
    var objectWord: String { objects.count == 1 ? objects[0].kind.lowercased() : "manifest" }

    /// What is changed: the name of the only object, or how many there are.
    func title(in namespace: String) -> String {
        guard objects.count == 1 else {
            return input == nil
                ? arguments.filter { $0 != "--filename" }.joined(separator: ", ") : "\(objects.count) objects"
        }
        return "\(objects[0].namespace ?? namespace)/\(objects[0].name)"
    }
}
