import RunbookLua
import RunbookSpec

/// `helm.env`, `search`, `dependency_list`, `verify`, `create` and `repo_index`: charts and settings on this machine.
enum HelmOffline {
    static let functions = [environment, search, dependencies, verify, create, index]

    private static let environment = ModuleFunction(
        FunctionSpec(
            "env", summary: "Get helm's settings", effect: .read, parameters: [HelmOptions.timeout("20s")],
            returns: ReturnSpec(.map(.string), "by name, such as `HELM_CACHE_HOME`"),
            examples: [ExampleSpec("print(helm.env().HELM_CACHE_HOME)")])
    ) { arguments, call in
        let command = Helm.command(["helm", "env"], timeout: arguments.duration("timeout") ?? .seconds(20))
        let lines = try await call.kubeRead(command).text.split(separator: "\n")
        return .table(
            LuaTable(
                lines.compactMap { line in
                    let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                    guard parts.count == 2 else { return nil }
                    var value = parts[1]
                    if value.count > 1, value.first == "\"", value.last == "\"" { value = value.dropFirst().dropLast() }
                    // A token is among helm's settings.
                    let shown = parts[0].contains("TOKEN") && !value.isEmpty ? "‹masked›" : String(value)
                    return (.string(String(parts[0])), .string(shown))
                }))
    }

    private static let search = ModuleFunction(
        FunctionSpec(
            "search", summary: "Look for charts in the repositories that were added", effect: .read,
            parameters: [
                ParameterSpec("keyword", .string, "a word of the name or description; all charts when left out"),
                HelmOptions.version,
                ParameterSpec("versions", .boolean, default: "false", "every version, not only the newest"),
                HelmOptions.timeout("60s"), HelmOptions.args,
            ],
            returns: ReturnSpec(
                .list(
                    .record([
                        .required("name", .string, "`repository/chart`"), .required("version", .string, "its version"),
                        .required("app_version", .string, "the application's version"),
                        .required("description", .string, "what it is"),
                    ])), "empty when no chart fits"),
            examples: [ExampleSpec("for _, c in ipairs(helm.search { keyword = \"postgresql\" }) do print(c.name) end")]
        )
    ) { arguments, call in
        var argv = ["helm", "search", "repo", "--output", "json"]
        if let word = arguments.optionalString("keyword") {
            argv.append(try Kubectl.plainName(word, "keyword", of: call))
        }
        if let version = arguments.optionalString("version") { argv += ["--version", version] }
        if arguments.boolean("versions") { argv.append("--versions") }
        argv += try ExtraArguments.checked(arguments, of: call.function)
        let command = Helm.command(argv, timeout: arguments.duration("timeout") ?? .seconds(60))
        let found = Helm.document(try await call.kubeRead(command).stdout)?.listValue ?? []
        return .list(
            found.map { chart in
                [
                    "name": chart["name"], "version": chart["version"], "app_version": chart["app_version"],
                    "description": chart["description"],
                ]
            })
    }

    private static let dependencies = ModuleFunction(
        FunctionSpec(
            "dependency_list", summary: "List the charts that a chart needs, and whether they are there",
            effect: .read,
            parameters: [
                .required("chart", .path, "the chart's folder"), HelmOptions.timeout("60s"), HelmOptions.args,
            ],
            returns: ReturnSpec(
                .list(
                    .record([
                        .required("name", .string, "the chart"), .required("version", .string, "the version wanted"),
                        .required("repository", .string, "where it comes from"),
                        .required("status", .string, "`ok`, `missing`, `unpacked`, `wrong version`, …"),
                    ])), "empty when it needs none"),
            examples: [
                ExampleSpec("for _, d in ipairs(helm.dependency_list { chart = \"chart\" }) do print(d.name) end")
            ])
    ) { arguments, call in
        // The width is the only way to have no column cut off.
        let argv = ["helm", "dependency", "list", arguments.string("chart"), "--max-col-width", "0"]
        let command = Helm.command(
            argv + (try ExtraArguments.checked(arguments, of: call.function)),
            timeout: arguments.duration("timeout") ?? .seconds(60))
        let lines = try await call.kubeRead(command).text.split(separator: "\n")
        return .list(
            lines.dropFirst().compactMap { line in
                // There is no JSON of it; the columns have a tab between them.
                let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map {
                    String(DockerfileReader.trim($0))
                }
                guard cells.count >= 4, !cells[0].isEmpty else { return nil }
                return [
                    "name": .string(cells[0]), "version": .string(cells[1]), "repository": .string(cells[2]),
                    "status": .string(cells[3]),
                ]
            })
    }

    private static let verify = ModuleFunction(
        FunctionSpec(
            "verify", summary: "Check the signature of a packed chart",
            details: "The signature stands beside the chart, in a file that ends with `.prov`.", effect: .read,
            parameters: [
                .required("package", .path, "the packed chart"),
                ParameterSpec("keyring", .path, "the file with the public keys; the user's own when left out"),
                KubectlOptions.check, HelmOptions.timeout("60s"), HelmOptions.args,
            ], returns: ReturnSpec(.boolean, "whether it holds; false only with `check = false`"),
            examples: [
                ExampleSpec("helm.verify { package = \"todo-1.2.0.tgz\", keyring = \"keys.gpg\", check = false }")
            ])
    ) { arguments, call in
        var argv = ["helm", "verify", arguments.string("package")]
        if let keyring = arguments.optionalString("keyring") { argv += ["--keyring", keyring] }
        argv += try ExtraArguments.checked(arguments, of: call.function)
        let command = Helm.command(argv, timeout: arguments.duration("timeout") ?? .seconds(60))
        let result = try await call.world.read(command)
        if !result.succeeded, arguments.boolean("check", default: true) {
            throw KubeFailure.error(command, result, redactor: call.run.vault.redactor)
        }
        return .boolean(result.succeeded)
    }

    private static let create = ModuleFunction(
        FunctionSpec(
            "create", summary: "Make a new chart to start from", details: "A folder that is there already is refused.",
            effect: .write,
            parameters: [
                .required("chart", .path, "the chart's folder, whose last part is its name"),
                HelmOptions.timeout("60s"),
                HelmOptions.args,
            ], examples: [ExampleSpec("helm.create { chart = \"charts/todo\" }")])
    ) { arguments, call in
        let chart = arguments.string("chart")
        // helm would overwrite what is there, with no more than a warning.
        if try await call.world.status(of: chart) != nil {
            throw RunbookError(.argument, "`helm.create`: \(chart) is there already")
        }
        let change = Change(
            .create, "chart", chart, capability: "helm",
            inverse: { _ in
                Inverse("remove \(chart)", files: [InverseFile(path: chart, content: nil, mode: 0o755, isWhole: true)])
            })
        _ = try await HelmPackages.write(["helm", "create", chart], change, arguments, call)
        return .nil
    }

    private static let index = ModuleFunction(
        FunctionSpec(
            "repo_index", summary: "Write the index of a folder of packed charts", effect: .write,
            parameters: [
                .required("folder", .path, "the folder"),
                ParameterSpec("url", .string, "where the charts will be found"),
                ParameterSpec("merge", .path, "an index that is taken over"), HelmOptions.timeout("2m"),
                HelmOptions.args,
            ],
            examples: [ExampleSpec("helm.repo_index { folder = \"packages\", url = \"https://charts.example.com\" }")])
    ) { arguments, call in
        let folder = arguments.string("folder")
        var argv = ["helm", "repo", "index", folder]
        if let url = arguments.optionalString("url") { argv += ["--url", url] }
        if let merge = arguments.optionalString("merge") { argv += ["--merge", merge] }
        let change = Change(
            .modify, "file", "\(folder)/index.yaml", isIdempotent: true, capability: "helm",
            inverse: { try await FileInverse.of("\(folder)/index.yaml", $0) })
        _ = try await HelmPackages.write(argv, change, arguments, call)
        return .nil
    }
}
