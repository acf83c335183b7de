import RunbookLua
import RunbookSecrets
import RunbookSpec

/// `helm.lint`, `template`, `diff` and `show`: look at a chart.
enum HelmChart {
    static let functions = [lint, template, diff, show]

    private static let lint = ModuleFunction(
        FunctionSpec(
            "lint", summary: "Check a chart for mistakes", effect: .read,
            parameters: [HelmOptions.chart] + HelmValues.parameters + [
                ParameterSpec("strict", .boolean, default: "false", "warnings fail too"),
                ParameterSpec("namespace", .string, "the namespace to check it for"), KubectlOptions.check,
                HelmOptions.timeout("60s"), HelmOptions.args,
            ],
            returns: ReturnSpec(
                .record([
                    .required("passed", .boolean, "whether it has no mistakes"),
                    .required("errors", .list(.string), "mistakes"),
                    .required("warnings", .list(.string), "doubts"), .required("infos", .list(.string), "advice"),
                ])), examples: [ExampleSpec("helm.lint { chart = \"chart\" }")])
    ) { arguments, call in
        let values = try HelmValues(arguments, call)
        let chart = try Kubectl.plainName(arguments.string("chart"), "chart", of: call)
        var verb = ["helm", "lint", chart] + values.arguments
        if arguments.boolean("strict") { verb.append("--strict") }
        if let namespace = arguments.optionalString("namespace") { verb += ["--namespace", namespace] }
        verb += try ExtraArguments.checked(arguments, of: call.function)
        let command = Helm.command(
            verb, input: values.input, timeout: arguments.duration("timeout") ?? .seconds(60), isQuiet: false)
        let result = try await call.world.read(command)
        let lines = (result.text + "\n" + result.errorText).split(separator: "\n").map(String.init)
        func findings(_ mark: String) -> [String] {
            lines.filter { $0.hasPrefix("[\(mark)] ") }.map { String($0.dropFirst(mark.count + 3)) }
        }
        let errors = findings("ERROR")
        if !result.succeeded && arguments.boolean("check", default: true) {
            var error = KubeFailure.error(command, result, redactor: call.run.vault.redactor)
            let found = errors.isEmpty ? findings("WARNING") : errors
            if let first = found.first {
                let more = found.count > 1 ? " (and \(found.count - 1) more)" : ""
                error.message = "helm lint: \(chart): \(CommandFailure.short(first))\(more)"
                error.details = found
            }
            throw error
        }
        func list(_ findings: [String]) -> LuaValue { .list(findings.map { .string($0) }) }
        return [
            "passed": .boolean(result.succeeded), "errors": list(errors), "warnings": list(findings("WARNING")),
            "infos": list(findings("INFO")),
        ]
    }

    private static let rendering =
        [
            ParameterSpec("release", .string, default: "\"release\"", "the release's name"), HelmOptions.chart,
            HelmOptions.version, HelmOptions.plainHTTP,
        ]
        + HelmValues.parameters

    private static let template = ModuleFunction(
        FunctionSpec(
            "template", summary: "Render a chart without a cluster", effect: .read,
            parameters: rendering + [
                ParameterSpec("namespace", .string, default: "\"default\"", "the namespace"),
                ParameterSpec("is_upgrade", .boolean, default: "false", "render it as an upgrade"),
                ParameterSpec("show_only", .list(.string), "only these templates"),
                ParameterSpec("include_crds", .boolean, default: "false", "with the chart's definitions of kinds"),
                ParameterSpec("kube_version", .string, "the version of Kubernetes to render for"),
                ParameterSpec("objects", .boolean, default: "false", "as a list of tables instead of text"),
                HelmOptions.timeout("60s"), HelmOptions.args,
            ], returns: ReturnSpec(.any, "the text, or the objects"),
            examples: [ExampleSpec("local text = helm.template { chart = \"chart\", release = \"todo\" }")])
    ) { arguments, call in
        let rendering = try HelmRendering(
            arguments, call, namespace: arguments.optionalString("namespace") ?? "default")
        var extra = arguments.strings("show_only").flatMap { ["--show-only", $0] }
        if arguments.boolean("include_crds") { extra.append("--include-crds") }
        if let version = arguments.optionalString("kube_version") { extra += ["--kube-version", version] }
        extra += try ExtraArguments.checked(arguments, of: call.function)
        let command = rendering.command(
            arguments.optionalString("release") ?? "release", isUpgrade: arguments.boolean("is_upgrade"), extra: extra,
            timeout: arguments.duration("timeout") ?? .seconds(60))
        let text = Helm.withoutProgress(try await call.kubeRead(command).text)
        guard arguments.boolean("objects") else { return .string(text) }
        return .list(try YAMLText.documents(text, of: "the rendered chart"))
    }

    private static let diff = ModuleFunction(
        FunctionSpec(
            "diff", summary: "Compare a chart, as it would be rendered, with what is installed",
            details: "Needs no plugin. Values of Secrets are masked, hooks are left out.", effect: .read,
            parameters: [HelmOptions.release, HelmOptions.chart, HelmOptions.version, HelmOptions.plainHTTP]
                + HelmValues.parameters + [
                    ParameterSpec("reuse_values", .boolean, default: "false", "start from the release's own values"),
                    HelmOptions.namespace, HelmOptions.context, HelmOptions.args,
                ],
            returns: ReturnSpec(
                .record([
                    .required("installed", .boolean, "whether there is such a release"),
                    .required("changed", .boolean, "whether an object would change"),
                    .required("lines", .list(.string), "the difference, object by object"),
                ])),
            examples: [
                ExampleSpec("print(#helm.diff { release = \"todo\", chart = \"chart\", namespace = \"shop\" }.lines)")
            ])
    ) { arguments, call in
        let helm = try await Helm(arguments, call)
        let name = try Helm.release(arguments, call)
        let isInstalled = !(try await HelmRelease.read(name, helm, in: call.world, limit: 1)).revisions.isEmpty
        let rendered = try await HelmRendering(arguments, call, namespace: helm.namespace).objects(
            name, isUpgrade: isInstalled, reusing: isInstalled && arguments.boolean("reuse_values") ? helm : nil,
            in: call.world)
        let live = isInstalled ? try await HelmManifest.read(name, revision: nil, helm, in: call.world) : []
        let lines = ReleaseDifference.lines(from: live, to: rendered, namespace: helm.namespace)
        return [
            "installed": .boolean(isInstalled), "changed": .boolean(!lines.isEmpty),
            "lines": .list(lines.map { .string($0) }),
        ]
    }

    private static let show = ModuleFunction(
        FunctionSpec(
            "show", summary: "Get a chart's description, values, readme or definitions of kinds", effect: .read,
            parameters: [
                HelmOptions.chart, HelmOptions.version, HelmOptions.plainHTTP,
                ParameterSpec(
                    "what", .enumeration(["chart", "values", "readme", "crds"]), default: "\"chart\"", "which part"),
                HelmOptions.timeout("60s"), HelmOptions.args,
            ], returns: ReturnSpec(.any, "`chart` and `values`: a table; the others: text"),
            examples: [ExampleSpec("print(helm.show { chart = \"chart\" }.version)")])
    ) { arguments, call in
        let what = arguments.optionalString("what") ?? "chart"
        var version = arguments.optionalString("version").map { ["--version", $0] } ?? []
        if arguments.boolean("plain_http") { version.append("--plain-http") }
        let argv =
            ["helm", "show", what, try Kubectl.plainName(arguments.string("chart"), "chart", of: call)] + version
            + (try ExtraArguments.checked(arguments, of: call.function))
        let result = try await call.kubeRead(
            Helm.command(argv, timeout: arguments.duration("timeout") ?? .seconds(60)))
        let text = Helm.withoutProgress(result.text)
        guard what == "chart" || what == "values" else { return .string(text) }
        return try YAMLText.documents(text, of: "what helm shows").first ?? .table(LuaTable())
    }
}
