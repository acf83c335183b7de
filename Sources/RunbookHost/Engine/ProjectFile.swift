import RunbookLua
import RunbookSecrets

/// Reads `runbook.yaml`, the settings of a project.
public enum ProjectFile {
    /// The file's name.
    public static let name = "runbook.yaml"

    /// The settings of the nearest file, from a folder upwards; those of a project without a file when there is none.
    ///
    /// - Throws: `RunbookError` with code `usage` that names the file and the setting.
    public static func find(from folder: String) throws -> ProjectSettings {
        let files = LiveFiles(folder: folder, vault: SecretVault())
        var current = folder
        while true {
            let path = current == "/" ? "/" + name : current + "/" + name
            if files.status(path)?.isFolder == false { return try read(try files.read(path), path: path) }
            guard current != "/", let slash = current.lastIndex(of: "/") else { return ProjectSettings() }
            current = slash == current.startIndex ? "/" : String(current[..<slash])
        }
    }

    static func read(_ bytes: [UInt8], path: String) throws -> ProjectSettings {
        let reader = Reader(path: path, folder: path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "")
        let documents: [LuaValue]
        do {
            documents = try YAMLText.decodeAll(String(decoding: bytes, as: UTF8.self))
        } catch let error as RunbookError {
            throw RunbookError(.usage, "\(path): \(error.message)")
        }
        var settings = try reader.settings(documents.first ?? .nil)
        settings.path = path
        return settings
    }
}

/// Turns the file's values into settings.
private struct Reader {
    let path: String
    let folder: String

    func settings(_ value: LuaValue) throws -> ProjectSettings {
        var settings = ProjectSettings()
        for (name, value) in try fields(value, "", ["contexts", "runbooks", "secrets", "ai"]) {
            switch name {
            case "contexts": settings.allowedContexts = try strings(value, name)
            case "runbooks": settings.runbookFolders = try strings(value, name).map(absolute)
            case "secrets": try readSecrets(value, &settings)
            default: settings.aiTools = try tools(value)
            }
        }
        return settings
    }

    private func readSecrets(_ value: LuaValue, _ settings: inout ProjectSettings) throws {
        for (name, value) in try fields(value, "secrets", ["providers", "unmasked", "mask_shapes"]) {
            switch name {
            case "unmasked": settings.unmasked = try strings(value, "secrets.unmasked")
            case "mask_shapes":
                guard let flag = value.booleanValue else { throw wrong("secrets.mask_shapes", "true or false") }
                settings.masksShapes = flag
            default:
                guard let list = value.listValue else { throw wrong("secrets.providers", "a list") }
                settings.providers = try list.enumerated().map { try provider($1, "secrets.providers[\($0 + 1)]") }
            }
        }
    }

    private func provider(_ value: LuaValue, _ place: String) throws -> SecretProvider {
        let kinds = ["env", "dotenv", "file", "folder", "kubernetes", "command"]
        let entries = try fields(value, place, kinds + ["names", "format", "timeout", "inherit"])
        let given = entries.filter { kinds.contains($0.name) }
        guard given.count == 1, let (kind, setting) = given.first else {
            throw wrong(place, "one of \(kinds.joined(separator: ", "))")
        }
        let names = try entries.first { $0.name == "names" }.map { try strings($0.value, "\(place).names") } ?? []
        let what = "\(place).\(kind)"
        switch kind {
        case "env":
            return SecretProvider(kind: .environment(prefix: try option("prefix", setting, what) ?? ""), names: names)
        case "dotenv": return SecretProvider(kind: .dotenv(path: absolute(try text(setting, what))), names: names)
        case "folder": return SecretProvider(kind: .folder(path: absolute(try text(setting, what))), names: names)
        case "file":
            guard names.count == 1 else { throw wrong("\(place).names", "the one name that the file is the value of") }
            return SecretProvider(kind: .file(path: absolute(try text(setting, what))), names: names)
        case "kubernetes":
            guard let name = try option("name", setting, what) else { throw wrong("\(what).name", "the Secret's name") }
            let namespace = try option("namespace", setting, what) ?? "default"
            return SecretProvider(kind: .kubernetes(name: name, namespace: namespace), names: names)
        default:
            let argv = try strings(setting, what)
            guard !argv.isEmpty else { throw wrong(what, "a program and its arguments as a list") }
            let word =
                try entries.first { $0.name == "format" }.map { try text($0.value, "\(place).format") } ?? "value"
            guard let format = SecretProvider.OutputFormat(rawValue: word) else {
                throw wrong("\(place).format", "value, dotenv or json")
            }
            let limit = try entries.first { $0.name == "timeout" }.map { try duration($0.value, "\(place).timeout") }
            let inherited = try entries.first { $0.name == "inherit" }.map { try strings($0.value, "\(place).inherit") }
            return SecretProvider(
                kind: .command(
                    CommandProvider(
                        argv: argv, format: format, timeout: limit ?? .seconds(30), inherited: inherited ?? [])),
                names: names)
        }
    }

    private func tools(_ value: LuaValue) throws -> [AIToolSetting] {
        guard let list = value.listValue else { throw wrong("ai", "a list of tools in order of preference") }
        return try list.enumerated().map { index, item in
            if let name = item.stringValue { return AIToolSetting(name: name) }
            let place = "ai[\(index + 1)]"
            let entries = try fields(item, place, ["name", "command", "timeout"])
            guard
                let name = try entries.first(where: { $0.name == "name" }).map({ try text($0.value, "\(place).name") })
            else {
                throw wrong("\(place).name", "a name")
            }
            return AIToolSetting(
                name: name,
                command: try entries.first { $0.name == "command" }.map { try strings($0.value, "\(place).command") },
                timeout: try entries.first { $0.name == "timeout" }.map { try duration($0.value, "\(place).timeout") })
        }
    }

    // MARK: Values

    private func fields(_ value: LuaValue, _ place: String, _ known: [String]) throws -> [(
        name: String, value: LuaValue
    )] {
        if case .null = value { return [] }
        if value.isNil { return [] }
        guard let table = value.tableValue else {
            throw wrong(place.isEmpty ? "the file" : place, "a table of settings")
        }
        for field in table.fields where !known.contains(field.name) {
            let near = NearestName.of(field.name, among: known).map { "; did you mean `\($0)`?" } ?? ""
            let full = place.isEmpty ? field.name : "\(place).\(field.name)"
            throw RunbookError(
                .usage, "\(path): unknown setting `\(full)`\(near)", remedy: "it takes \(known.joined(separator: ", "))"
            )
        }
        return table.fields
    }

    private func option(_ name: String, _ value: LuaValue, _ place: String) throws -> String? {
        let all = place.hasSuffix("kubernetes") ? ["name", "namespace"] : ["prefix"]
        return try fields(value, place, all).first { $0.name == name }.map { try text($0.value, "\(place).\(name)") }
    }

    private func strings(_ value: LuaValue, _ place: String) throws -> [String] {
        guard let list = value.listValue else { throw wrong(place, "a list of texts") }
        return try list.map { try text($0, place) }
    }

    private func text(_ value: LuaValue, _ place: String) throws -> String {
        guard let text = Arguments.plain(value) else { throw wrong(place, "a text") }
        return text
    }

    private func duration(_ value: LuaValue, _ place: String) throws -> Duration {
        guard let duration = Arguments.duration(value) else { throw wrong(place, "a duration such as 20s") }
        return duration
    }

    private func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : folder + "/" + path }

    private func wrong(_ place: String, _ wanted: String) -> RunbookError {
        RunbookError(.usage, "\(path): `\(place)` must be \(wanted)")
    }
}
