import RunbookLua
import RunbookSecrets

/// A chart with its values, rendered without asking a cluster.
struct HelmRendering: Sendable {
    let chart: String
    /// The flags that say which chart: its version, what it needs.
    let chartFlags: [String]
    let values: HelmValues
    private let namespace: String
    private let call: CallContext

    init(_ arguments: Arguments, _ call: CallContext, namespace: String) throws {
        chart = try Kubectl.plainName(arguments.string("chart"), "chart", of: call)
        var flags: [String] = []
        if let version = arguments.optionalString("version") { flags += ["--version", version] }
        if arguments.boolean("dependency_update") { flags.append("--dependency-update") }
        if arguments.boolean("skip_crds") { flags.append("--skip-crds") }
        if arguments.boolean("plain_http") { flags.append("--plain-http") }
        chartFlags = flags
        values = try HelmValues(arguments, call)
        self.namespace = namespace
        self.call = call
    }

    /// The command that renders: it needs no cluster, unlike a dry run of an upgrade.
    func command(
        _ release: String, isUpgrade: Bool, extra: [String] = [], timeout: Duration = .seconds(60)
    ) -> Command {
        // Fetching what a chart needs writes into its folder.
        let flags = chartFlags.filter { $0 != "--dependency-update" }
        let verb = ["template", release, chart] + (isUpgrade ? ["--is-upgrade"] : []) + flags + values.arguments
        return Helm.command(
            ["helm"] + verb + extra + ["--namespace", namespace], input: values.input, timeout: timeout)
    }

    /// The objects that the release would have, without hooks.
    ///
    /// - Parameter reusing: where to read the release's own values from, when they are the start.
    /// - Throws: `RunbookError` when the chart cannot be rendered.
    func objects(
        _ release: String, isUpgrade: Bool, reusing helm: Helm?, in world: any World
    ) async throws -> [HelmObject] {
        var command = command(release, isUpgrade: isUpgrade)
        if let helm {
            let read = Helm.command(helm.argv(["get", "values", release, "--output", "json"], extra: []))
            let earlier = try await call.kubeRead(read).stdout
            command.argv.insert(contentsOf: ["--values", "{{values}}"], at: 4)
            command.privateFiles["values"] = SensitiveText(bytes: earlier)
        }
        let result = try await world.read(command)
        guard result.succeeded else {
            throw KubeFailure.error(command, result, redactor: call.run.vault.redactor)
        }
        return try HelmObject.all(in: Helm.withoutProgress(result.text), of: "the rendered chart").filter { !$0.isHook }
    }
}

/// What a release has made.
enum HelmManifest {
    /// The objects of a revision; the newest one for nil.
    static func read(
        _ release: String, revision: Int?, _ helm: Helm, in world: any World
    ) async throws -> [HelmObject] {
        try HelmObject.all(
            in: try await text(release, revision: revision, helm, in: world), of: "the release's manifest")
    }

    /// The same as text.
    static func text(_ release: String, revision: Int?, _ helm: Helm, in world: any World) async throws -> String {
        let which = revision.map { ["--revision", String($0)] } ?? []
        let command = Helm.command(helm.argv(["get", "manifest", release] + which, extra: []))
        let result = try await world.read(command)
        guard result.succeeded else {
            throw KubeFailure.error(command, result, redactor: helm.call.run.vault.redactor)
        }
        return result.text
    }
}

/// One object of a chart or a release.
struct HelmObject: Sendable {
    let name: ManifestObject
    let value: LuaValue

    var display: String { name.display }

    /// Whether helm runs it at a point in time instead of keeping it.
    var isHook: Bool { value.at("metadata", "annotations", "helm.sh/hook") != nil }

    /// The objects of a text, those of lists one by one.
    static func all(in text: String, of what: String) throws -> [HelmObject] {
        try YAMLText.documents(text, of: what).flatMap { document -> [LuaValue] in
            document["kind"].stringValue == "List" ? document["items"].listValue ?? [] : [document]
        }.compactMap { value in
            ManifestObject(value).map { HelmObject(name: $0, value: value) }
        }
    }
}

/// What differs between two states of a release, object by object.
enum ReleaseDifference {
    /// One line a field, after the object's name.
    ///
    /// An object that comes or goes is one line. Values of Secrets are masked.
    static func lines(from old: [HelmObject], to new: [HelmObject], namespace: String) -> [String] {
        func key(_ object: HelmObject) -> String {
            "\(object.name.kind)/\(object.name.namespace ?? namespace)/\(object.name.name)"
        }
        let present = Dictionary(old.map { (key($0), $0) }, uniquingKeysWith: { $1 })
        let wanted = Set(new.map(key))
        var rows: [(object: String, fields: [String])] = []
        var lines: [String] = []
        for object in new {
            guard let before = present[key(object)] else {
                lines.append("+ \(object.display)")
                continue
            }
            let fields = fields(before, object)
            if !fields.isEmpty { rows.append((object.display, fields)) }
        }
        for object in old where !wanted.contains(key(object)) {
            let isKept = object.value.at("metadata", "annotations", "helm.sh/resource-policy")?.stringValue == "keep"
            lines.append("- \(object.display)" + (isKept ? "  (kept by its resource policy)" : ""))
        }
        let width = rows.map(\.object.count).max() ?? 0
        return rows.flatMap { row in
            row.fields.enumerated().map { index, field in
                (index == 0 ? row.object : "").padding(to: width) + "   " + field
            }
        } + lines
    }

    private static func fields(_ old: HelmObject, _ new: HelmObject) -> [String] {
        guard new.name.isSecret else { return FieldDifference.lines(from: old.value, to: new.value) }
        var lines = FieldDifference.lines(from: withoutData(old.value), to: withoutData(new.value))
        for field in ["data", "stringData"] {
            let before = old.value[field].tableValue?.fields ?? []
            let after = new.value[field].tableValue?.fields ?? []
            for (name, value) in after {
                guard let earlier = before.first(where: { $0.name == name }) else {
                    lines.append("\(name) set")
                    continue
                }
                if earlier.value.stringValue != value.stringValue { lines.append("\(name) differs (masked)") }
            }
            for (name, _) in before where !after.contains(where: { $0.name == name }) {
                lines.append("\(name) removed")
            }
        }
        return lines
    }

    private static func withoutData(_ value: LuaValue) -> LuaValue {
        value.setting("data", nil).setting("stringData", nil)
    }
}
