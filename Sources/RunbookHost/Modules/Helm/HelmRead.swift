import RunbookLua
import RunbookSpec

/// `helm.history`, `status`, `list` and `version`: what is installed.
enum HelmRead {
    static let functions = [history, status, list, version]

    private static let history = ModuleFunction(
        FunctionSpec(
            "history", summary: "List the revisions of a release, the oldest first", effect: .read,
            parameters: [
                HelmOptions.release, ParameterSpec("max", .positive, default: "256", "only so many of the newest"),
                HelmOptions.missingOK, HelmOptions.namespace, HelmOptions.context,
            ], returns: ReturnSpec(.list(.record(HelmRevision.fields)), "the revisions"),
            examples: [
                ExampleSpec(
                    "local revisions = helm.history { release = \"todo\", namespace = \"shop\", missing_ok = true }")
            ])
    ) { arguments, call in
        let helm = try await Helm(arguments, call)
        let release = try await HelmRelease.read(
            try Helm.release(arguments, call), helm, in: call.world, limit: arguments.integer("max") ?? 256)
        if release.revisions.isEmpty {
            if let planned = planned(release.name, helm) { return planned }
            guard arguments.boolean("missing_ok") else { throw missing(release.name, helm) }
            return .nil
        }
        return .list(release.revisions.map(\.value))
    }

    private static let status = ModuleFunction(
        FunctionSpec(
            "status", summary: "Get how a release stands",
            details: "A release that failed is no error: look at `status`. Values and manifest are not part of it.",
            effect: .read,
            parameters: [
                HelmOptions.release, HelmOptions.revision, HelmOptions.missingOK, HelmOptions.namespace,
                HelmOptions.context,
                HelmOptions.timeout("60s"),
            ],
            returns: ReturnSpec(
                .record([
                    .required("release", .string, "the release"), .required("namespace", .string, "its namespace"),
                    .required("revision", .integer, "the revision"),
                    .required("status", .string, "deployed, failed, pending-upgrade, …"),
                    .required("description", .string, "what helm wrote about it"),
                    .required("chart", .string, "the chart and its version"),
                    .required("app_version", .string, "the application's version"),
                    .required("notes", .string, "what the chart has to say"),
                    ParameterSpec("first_deployed", .string, "when it was first installed"),
                    ParameterSpec("last_deployed", .string, "when this revision was made"),
                ])),
            examples: [
                ExampleSpec("local s = helm.status { release = \"todo\", namespace = \"shop\", missing_ok = true }")
            ])
    ) { arguments, call in
        let helm = try await Helm(arguments, call)
        let name = try Helm.release(arguments, call)
        let which = arguments.integer("revision").map { ["--revision", String($0)] } ?? []
        let command = Helm.command(
            helm.argv(["status", name] + which + ["--output", "json"]),
            timeout: arguments.duration("timeout") ?? .seconds(60))
        let result = try await call.world.read(command)
        guard result.succeeded, let answer = Helm.document(result.stdout) else {
            guard KubeFailure.of(result.errorText) == .releaseMissing else {
                throw KubeFailure.error(command, result, redactor: call.run.vault.redactor)
            }
            if let planned = planned(name, helm) { return planned }
            if arguments.boolean("missing_ok") { return .nil }
            throw missing(name, helm)
        }
        let number = answer["version"].integerValue.map { Int($0) }
        let revision = try await HelmRelease.read(name, helm, in: call.world).revisions.last { $0.number == number }
        let info = answer["info"]
        return [
            "release": .string(name), "namespace": answer["namespace"], "revision": answer["version"],
            "status": info["status"],
            "description": info["description"], "chart": .string(revision?.chart ?? ""),
            "app_version": .string(revision?.appVersion ?? ""), "notes": info["notes"].isNil ? "" : info["notes"],
            "first_deployed": info["first_deployed"], "last_deployed": info["last_deployed"],
        ]
    }

    /// In a preview, the unknown that stands for a release that it would have installed first.
    private static func planned(_ name: String, _ helm: Helm) -> LuaValue? {
        let call = helm.call
        guard call.isPreview, let number = call.run.plan.maker(of: "release", name, in: helm.namespace) else {
            return nil
        }
        return UnknownValue.make(call.function, from: number)
    }

    static func missing(_ name: String, _ helm: Helm) -> RunbookError {
        RunbookError(
            .command, "release \(name) is not installed in the namespace \(helm.namespace)",
            remedy: KubeFailure.releaseMissing.remedy)
    }

    private static let list = ModuleFunction(
        FunctionSpec(
            "list", summary: "List releases, in whatever status they are", effect: .read,
            parameters: [
                HelmOptions.namespace, KubectlOptions.allNamespaces,
                ParameterSpec("filter", .string, "a pattern for their names"),
                ParameterSpec("selector", .string, "labels that they must have"),
                ParameterSpec("pending", .boolean, default: "false", "only those that an operation holds"),
                ParameterSpec("failed", .boolean, default: "false", "only those that failed"), HelmOptions.context,
                HelmOptions.timeout("60s"), HelmOptions.args,
            ],
            returns: ReturnSpec(
                .list(
                    .record(
                        [.required("name", .string, "the release"), .required("namespace", .string, "its namespace")]
                            + HelmRevision.fields))),
            examples: [
                ExampleSpec("for _, r in ipairs(helm.list { all_namespaces = true }) do print(r.name, r.status) end")
            ])
    ) { arguments, call in
        let helm = try await Helm(arguments, call)
        var verb = ["list", "--max", "0"]
        if arguments.boolean("pending") { verb.append("--pending") }
        if arguments.boolean("failed") { verb.append("--failed") }
        // helm 3 hides a release that is pending; helm 4 shows all and no longer knows the option.
        let isNarrowed = arguments.boolean("pending") || arguments.boolean("failed")
        if !isNarrowed, try await Helm.major(call) < 4 { verb.append("--all") }
        if let filter = arguments.optionalString("filter") { verb += ["--filter", filter] }
        if let selector = arguments.optionalString("selector") { verb += ["--selector", selector] }
        let command = Helm.command(
            helm.argv(verb + ["--output", "json"], allNamespaces: arguments.boolean("all_namespaces")),
            timeout: arguments.duration("timeout") ?? .seconds(60))
        let items = Helm.document(try await call.kubeRead(command).stdout)?.listValue ?? []
        return .list(
            items.compactMap { item in
                HelmRevision(item)?.value.setting("name", item["name"]).setting("namespace", item["namespace"])
            })
    }

    private static let version = ModuleFunction(
        FunctionSpec(
            "version", summary: "Get helm's version", effect: .read,
            returns: ReturnSpec(
                .record([.required("version", .string, "such as 4.3.1"), .required("major", .integer, "such as 4")])),
            examples: [ExampleSpec("print(helm.version().version)")])
    ) { _, call in
        let version = try await call.run.tools.version(of: "helm", in: call.world)
        return ["version": .string(version.description), "major": .integer(Int64(version.major))]
    }
}
