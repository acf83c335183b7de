import RunbookLua
import RunbookSpec

/// `helm.package`, `pull`, `push` and `dependency_…`: packed charts and what they need.
enum HelmPackages {
    static let functions = [package, pull, push, dependencyUpdate, dependencyBuild]

    private static let package = ModuleFunction(
        FunctionSpec(
            "package", summary: "Pack a chart into a file", effect: .write,
            parameters: [
                .required("chart", .path, "the chart's folder"),
                ParameterSpec("destination", .path, default: "\".\"", "the folder for the file"),
                ParameterSpec("version", .string, "the version to give it"),
                ParameterSpec("app_version", .string, "the application's version to give it"),
                ParameterSpec("dependency_update", .boolean, default: "false", "fetch the charts that it needs first"),
                HelmOptions.timeout("2m"), HelmOptions.args,
            ], returns: ReturnSpec(.record([.required("path", .path, "the file")])),
            examples: [ExampleSpec("local file = helm.package { chart = \"chart\", version = \"1.2.0\" }.path")])
    ) { arguments, call in
        var argv = [
            "helm", "package", arguments.string("chart"), "--destination",
            arguments.optionalString("destination") ?? ".",
        ]
        if let version = arguments.optionalString("version") { argv += ["--version", version] }
        if let version = arguments.optionalString("app_version") { argv += ["--app-version", version] }
        if arguments.boolean("dependency_update") { argv.append("--dependency-update") }
        let result = try await write(
            argv, Change(.create, "chart", arguments.string("chart"), isIdempotent: true, capability: "helm"),
            arguments, call)
        guard let result else { return ["path": call.unknown("packed chart")] }
        let mark = "saved it to: "
        let path = result.text.split(separator: "\n").compactMap { line in
            line.firstRange(of: mark).map { String(line[$0.upperBound...]) }
        }.last
        guard let path else {
            throw RunbookError(.command, "helm package did not say where the chart is", details: [result.text])
        }
        return ["path": .string(path)]
    }

    private static let pull = ModuleFunction(
        FunctionSpec(
            "pull", summary: "Fetch a chart into a file or folder",
            details: "A chart of a registry is best fetched first and then used from its file.", effect: .write,
            parameters: [
                .required("chart", .string, "`repository/name` or `oci://…`"), HelmOptions.version,
                HelmOptions.plainHTTP,
                ParameterSpec("destination", .path, default: "\".\"", "the folder for it, which must be there"),
                ParameterSpec("untar", .boolean, default: "false", "unpack it"), HelmOptions.timeout("5m"),
                HelmOptions.args,
            ], returns: ReturnSpec(.record([.required("path", .path, "the file, or the folder with `untar`")])),
            examples: [
                ExampleSpec(
                    "local chart = helm.pull { chart = \"oci://registry.example/charts/todo\", version = \"1.2.0\" }.path"
                )
            ])
    ) { arguments, call in
        let folder = arguments.optionalString("destination") ?? "."
        let chart = try Kubectl.plainName(arguments.string("chart"), "chart", of: call)
        var argv = ["helm", "pull", chart, "--destination", folder]
        if let version = arguments.optionalString("version") { argv += ["--version", version] }
        // The folder to unpack into is taken as one below the destination, and is that itself when it is not named.
        if arguments.boolean("untar") { argv.append("--untar") }
        if arguments.boolean("plain_http") { argv.append("--plain-http") }
        let name = chart.split(separator: "/").last.map(String.init) ?? chart
        let isUnpacked = arguments.boolean("untar")
        let result = try await write(
            argv, Change(.create, "chart", chart, isIdempotent: true, capability: "helm"), arguments, call)
        guard result != nil else { return ["path": call.unknown("fetched chart")] }
        if isUnpacked { return ["path": .string("\(folder)/\(name)")] }
        return [
            "path": .string(
                "\(folder)/\(try await packed(name, in: folder, version: arguments.optionalString("version"), call))")
        ]
    }

    /// The file that a chart was fetched into: named after its version, which the caller may have left open.
    private static func packed(
        _ name: String, in folder: String, version: String?, _ call: CallContext
    ) async throws -> String {
        guard case .names(let names) = try await call.world.perform(.read(.file(.list(folder)))) else { return name }
        let files = names.filter { $0.hasPrefix("\(name)-") && $0.hasSuffix(".tgz") }
        if let version, files.contains("\(name)-\(version).tgz") { return "\(name)-\(version).tgz" }
        var newest: (name: String, time: Double)?
        for file in files {
            guard let status = try await call.world.status(of: "\(folder)/\(file)") else { continue }
            if newest == nil || status.modified > newest?.time ?? 0 { newest = (file, status.modified) }
        }
        guard let newest else {
            throw RunbookError(
                .missing, "`helm.pull`: no file of the chart \(name) is in \(folder) after it was fetched")
        }
        return newest.name
    }

    private static let push = ModuleFunction(
        FunctionSpec(
            "push", summary: "Send a packed chart to a registry", effect: .write,
            parameters: [
                .required("package", .path, "the packed chart"),
                .required("to", .string, "the place, such as `oci://registry.example/charts`"), HelmOptions.plainHTTP,
                HelmOptions.timeout("5m"), HelmOptions.args,
            ],
            examples: [
                ExampleSpec("helm.push { package = \"todo-1.2.0.tgz\", to = \"oci://registry.example/charts\" }")
            ])
    ) { arguments, call in
        let place = arguments.string("to")
        guard place.hasPrefix("oci://") else {
            throw RunbookError(
                .argument, "`helm.push`: `to` is \"\(place)\"", remedy: "write it as \"oci://registry.example/charts\"")
        }
        _ = try await write(
            ["helm", "push", arguments.string("package"), place]
                + (arguments.boolean("plain_http") ? ["--plain-http"] : []),
            Change(.create, "chart", "\(place)/\(arguments.string("package"))", isIdempotent: true, capability: "helm"),
            arguments, call)
        return .nil
    }

    private static let dependencyUpdate = dependency(
        "update", "Fetch the charts that a chart needs, the newest that fit",
        "helm.dependency_update { chart = \"chart\" }")
    private static let dependencyBuild = dependency(
        "build", "Fetch the charts that a chart needs, as its lock file says",
        "helm.dependency_build { chart = \"chart\" }")

    private static func dependency(_ verb: String, _ summary: String, _ example: String) -> ModuleFunction {
        ModuleFunction(
            FunctionSpec(
                "dependency_\(verb)", summary: summary, effect: .write,
                parameters: [
                    .required("chart", .path, "the chart's folder"),
                    ParameterSpec("skip_refresh", .boolean, default: "false", "do not refresh the repositories first"),
                    HelmOptions.timeout("5m"), HelmOptions.args,
                ], examples: [ExampleSpec(example)])
        ) { arguments, call in
            let chart = arguments.string("chart")
            let argv =
                ["helm", "dependency", verb, chart] + (arguments.boolean("skip_refresh") ? ["--skip-refresh"] : [])
            _ = try await write(
                argv,
                Change(.modify, "chart", chart, summary: "its charts/ folder", isIdempotent: true, capability: "helm"),
                arguments, call)
            return .nil
        }
    }

    /// Runs a command of helm that works on files or registries.
    static func write(
        _ argv: [String], _ change: Change, _ arguments: Arguments, _ call: CallContext
    ) async throws -> ProcessResult? {
        let extra = try ExtraArguments.checked(arguments, of: call.function)
        let command = Helm.command(
            argv + extra, timeout: arguments.duration("timeout") ?? .seconds(300), isQuiet: false)
        return try await call.kubeWrite(command, change)
    }
}
