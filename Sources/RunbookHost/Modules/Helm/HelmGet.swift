import RunbookLua
import RunbookSpec

/// `helm.get_values`, `get_manifest`, `get_notes`, `get_hooks` and `get_metadata`: what a release is made of.
enum HelmGet {
    static let functions = [values, manifest, notes, hooks, metadata]

    private static let common = [
        HelmOptions.release, HelmOptions.revision, HelmOptions.namespace, HelmOptions.context,
        HelmOptions.timeout("60s"),
    ]

    private static let values = ModuleFunction(
        FunctionSpec(
            "get_values", summary: "Get the values that a release was made with",
            details: "Values that hold loaded secrets come masked.", effect: .read,
            parameters: common + [
                ParameterSpec("all", .boolean, default: "false", "with those that the chart gives itself")
            ], returns: ReturnSpec(.map(.any), "the values; empty when none were given"),
            examples: [ExampleSpec("local values = helm.get_values { release = \"todo\", namespace = \"shop\" }")])
    ) { arguments, call in
        let flags = (arguments.boolean("all") ? ["--all"] : []) + ["--output", "json"]
        let result = try await read("values", flags, arguments, call)
        // helm prints null when nothing was set.
        guard let document = Helm.document(result.stdout), document.tableValue != nil else { return .table(LuaTable()) }
        return document
    }

    private static let manifest = ModuleFunction(
        FunctionSpec(
            "get_manifest", summary: "Get the objects of a release as text",
            details: "The values of Secrets are masked.",
            effect: .read,
            parameters: common + [
                ParameterSpec("objects", .boolean, default: "false", "as a list of tables instead")
            ], returns: ReturnSpec(.any, "the text, or the objects"),
            examples: [ExampleSpec("print(helm.get_manifest { release = \"todo\", namespace = \"shop\" })")])
    ) { arguments, call in
        let text = ManifestMask.mask(try await read("manifest", [], arguments, call).text)
        guard arguments.boolean("objects") else { return .string(text) }
        return .list(try YAMLText.documents(text, of: "the release's manifest"))
    }

    private static let hooks = ModuleFunction(
        FunctionSpec(
            "get_hooks", summary: "Get the hooks of a release as text", details: "The values of Secrets are masked.",
            effect: .read, parameters: common, returns: ReturnSpec(.string, "the text"),
            examples: [ExampleSpec("print(helm.get_hooks { release = \"todo\", namespace = \"shop\" })")])
    ) { arguments, call in
        .string(ManifestMask.mask(try await read("hooks", [], arguments, call).text))
    }

    private static let notes = ModuleFunction(
        FunctionSpec(
            "get_notes", summary: "Get what the chart of a release has to say", effect: .read, parameters: common,
            returns: ReturnSpec(.string, "the text"),
            examples: [ExampleSpec("print(helm.get_notes { release = \"todo\", namespace = \"shop\" })")])
    ) { arguments, call in
        .string(try await read("notes", [], arguments, call).text)
    }

    private static let metadata = ModuleFunction(
        FunctionSpec(
            "get_metadata", summary: "Get the chart, versions and status of a release", effect: .read,
            parameters: common,
            returns: ReturnSpec(
                .record([
                    .required("name", .string, "the release"), .required("chart", .string, "the chart's name"),
                    .required("version", .string, "the chart's version"),
                    .required("appVersion", .string, "the application's version"),
                    .required("namespace", .string, "its namespace"), .required("revision", .integer, "the revision"),
                    .required("status", .string, "its status"), .required("deployedAt", .string, "when"),
                ])),
            examples: [ExampleSpec("print(helm.get_metadata { release = \"todo\", namespace = \"shop\" }.version)")])
    ) { arguments, call in
        let version = try await call.run.tools.version(of: "helm", in: call.world)
        if let needed = VersionConstraint(">=3.13"), !needed.holds(for: version) {
            throw RunbookError(
                .missing, "`helm.get_metadata` needs helm 3.13, and this is helm \(version)",
                remedy: "helm.status gives the same of a release, but for its labels")
        }
        return Helm.document(try await read("metadata", ["--output", "json"], arguments, call).stdout) ?? .nil
    }

    private static func read(
        _ what: String, _ flags: [String], _ arguments: Arguments, _ call: CallContext
    ) async throws -> ProcessResult {
        let helm = try await Helm(arguments, call)
        let name = try Helm.release(arguments, call)
        let which = arguments.integer("revision").map { ["--revision", String($0)] } ?? []
        let command = Helm.command(
            helm.argv(["get", what, name] + which + flags), timeout: arguments.duration("timeout") ?? .seconds(60))
        let result = try await call.world.read(command)
        if !result.succeeded, KubeFailure.of(result.errorText) == .releaseMissing { throw HelmRead.missing(name, helm) }
        guard result.succeeded else { throw KubeFailure.error(command, result, redactor: call.run.vault.redactor) }
        return result
    }
}

/// Takes the values of Secrets out of a manifest's text and leaves its keys.
enum ManifestMask {
    static func mask(_ text: String) -> String {
        var documents: [String] = []
        var lines: [Substring] = []
        func finish() {
            guard !lines.isEmpty else { return }
            let isSecret = lines.contains {
                $0.trimmingPrefix("kind:").drop { $0 == " " || $0 == "\"" }.hasPrefix("Secret") && $0.hasPrefix("kind:")
            }
            documents.append((isSecret ? masked(lines) : lines.map(String.init)).joined(separator: "\n"))
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("---") {
                finish()
                lines = []
            }
            lines.append(line)
        }
        finish()
        return documents.joined(separator: "\n")
    }

    private static func masked(_ lines: [Substring]) -> [String] {
        var result: [String] = []
        var indent: Int?
        var isData = false
        for line in lines {
            let depth = line.prefix { $0 == " " }.count
            if depth == 0, !line.isEmpty {
                isData = line.hasPrefix("data:") || line.hasPrefix("stringData:")
                indent = nil
                let isInline = isData && line.contains("{")
                result.append(isInline ? line.prefix { $0 != ":" } + ": {}  # ‹masked›" : String(line))
                if isInline { isData = false }
            } else if isData {
                indent = indent ?? (line.isEmpty ? nil : depth)
                // What is deeper belongs to a value of several lines.
                guard depth == indent, let colon = line.firstIndex(of: ":") else { continue }
                result.append(line[...colon] + " ‹masked›")
            } else {
                result.append(String(line))
            }
        }
        return result
    }
}
