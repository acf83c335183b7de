import RunbookLua
import RunbookSpec

/// `helm.repo_…` and `registry_…`: where charts come from.
enum HelmRepositories {
    static let functions = [add, update, list, remove, login, logout]

    private static let password = ParameterSpec("password", .text, "the password, which helm reads on standard input")

    private static let add = ModuleFunction(
        FunctionSpec(
            "repo_add", summary: "Add a repository of charts",
            details:
                "Undo removes it, or gives its name back to the address that had it, unless that holds a password.",
            effect: .write,
            parameters: [
                .required("name", .string, "what to call it"), .required("url", .string, "its address"),
                ParameterSpec("username", .string, "who asks"), password,
                ParameterSpec("force", .boolean, default: "false", "replace one of the same name"),
                HelmOptions.timeout("60s"),
                HelmOptions.args,
            ], examples: [ExampleSpec("helm.repo_add { name = \"example\", url = \"https://charts.example\" }")])
    ) { arguments, call in
        let name = try Kubectl.plainName(arguments.string("name"), "name", of: call)
        let url = try Kubectl.plainName(arguments.string("url"), "url", of: call)
        var argv = ["helm", "repo", "add", name, url]
        if arguments.boolean("force") { argv.append("--force-update") }
        try await credentials(
            argv, arguments, call,
            Change(
                .create, "repository", name, summary: url, isIdempotent: arguments.boolean("force"), capability: "helm",
                inverse: { try await inverse(ofAdding: name, in: $0) }))
        return .nil
    }

    private static let update = ModuleFunction(
        FunctionSpec(
            "repo_update", summary: "Read again what repositories offer", effect: .write,
            parameters: [
                ParameterSpec("names", .list(.string), "which; all when left out"), HelmOptions.timeout("2m"),
                HelmOptions.args,
            ], examples: [ExampleSpec("helm.repo_update {}")])
    ) { arguments, call in
        let names = try arguments.strings("names").map { try Kubectl.plainName($0, "names", of: call) }
        _ = try await HelmPackages.write(
            ["helm", "repo", "update"] + names,
            Change(
                .modify, "repository", names.isEmpty ? "all" : names.joined(separator: ", "), summary: "its index",
                isIdempotent: true, capability: "helm"), arguments, call)
        return .nil
    }

    /// The addresses of the repositories by their names.
    private static func addresses(in world: any World) async throws -> [String: String] {
        let result = try await world.read(
            Helm.command(["helm", "repo", "list", "--output", "json"], timeout: .seconds(20)))
        // helm fails when there is none.
        let list = result.succeeded ? Helm.document(result.stdout)?.listValue ?? [] : []
        return Dictionary(
            list.compactMap { entry in
                entry["name"].stringValue.flatMap { name in entry["url"].stringValue.map { (name, $0) } }
            },
            uniquingKeysWith: { $1 })
    }

    // helm's output is redacted: an address with a password in it comes as a mask, which is no address.
    private static func isWhole(_ address: String) -> Bool { !address.contains("‹") }

    private static func inverse(ofAdding name: String, in world: any World) async throws -> Inverse? {
        guard let old = try await addresses(in: world)[name] else {
            return Inverse(
                "helm repo remove \(name)",
                commands: [
                    InverseCommand(
                        ["helm", "repo", "remove", name], timeout: 60,
                        doneWhen: "no repo named|no repositories")
                ])
        }
        guard isWhole(old) else { return nil }
        return Inverse(
            "helm repo add \(name) \(old)",
            commands: [InverseCommand(["helm", "repo", "add", name, old, "--force-update"], timeout: 60)])
    }

    private static func inverse(ofRemoving names: [String], in world: any World) async throws -> Inverse? {
        let known = try await addresses(in: world)
        guard names.allSatisfy({ known[$0].map(isWhole) ?? true }) else { return nil }
        let commands = names.compactMap { name in
            known[name].map {
                InverseCommand(["helm", "repo", "add", name, $0, "--force-update"], timeout: 60)
            }
        }
        guard !commands.isEmpty else { return nil }
        return Inverse("helm repo add \(names.joined(separator: " ")) again", commands: commands)
    }

    private static let list = ModuleFunction(
        FunctionSpec(
            "repo_list", summary: "List the repositories of charts", effect: .read,
            returns: ReturnSpec(
                .list(.record([.required("name", .string, "its name"), .required("url", .string, "its address")]))),
            examples: [ExampleSpec("for _, r in ipairs(helm.repo_list()) do print(r.name, r.url) end")])
    ) { _, call in
        let command = Helm.command(["helm", "repo", "list", "--output", "json"], timeout: .seconds(20))
        let result = try await call.world.read(command)
        // helm fails when there is none.
        if !result.succeeded, result.errorText.contains("no repositories") { return .list([]) }
        guard result.succeeded else { throw KubeFailure.error(command, result, redactor: call.run.vault.redactor) }
        return Helm.document(result.stdout) ?? .list([])
    }

    private static let remove = ModuleFunction(
        FunctionSpec(
            "repo_remove", summary: "Remove repositories of charts",
            details: "Undo adds them again by their addresses; a password is not kept, nor an address that holds one.",
            effect: .write,
            parameters: [.required("names", .list(.string), "which"), HelmOptions.timeout("30s")],
            examples: [ExampleSpec("helm.repo_remove { names = { \"example\" } }")])
    ) { arguments, call in
        let names = try arguments.strings("names").map { try Kubectl.plainName($0, "names", of: call) }
        guard !names.isEmpty else { throw RunbookError(.argument, "`helm.repo_remove`: `names` is empty") }
        _ = try await HelmPackages.write(
            ["helm", "repo", "remove"] + names,
            Change(
                .delete, "repository", names.joined(separator: ", "), capability: "helm",
                inverse: { try await inverse(ofRemoving: names, in: $0) }), arguments, call)
        return .nil
    }

    private static let login = ModuleFunction(
        FunctionSpec(
            "registry_login", summary: "Log in to a registry of charts",
            details: "The password goes to helm on standard input.", effect: .write,
            parameters: [
                .required("host", .string, "the registry, without a path"),
                .required("username", .string, "who logs in"),
                .required("password", .text, "the password"), HelmOptions.plainHTTP, HelmOptions.timeout("60s"),
                HelmOptions.args,
            ],
            examples: [
                ExampleSpec(
                    "helm.registry_login { host = \"registry.example\", username = \"ops\", password = \"from a secret\" }"
                )
            ])
    ) { arguments, call in
        let host = try registry(arguments, call)
        try await credentials(
            ["helm", "registry", "login", host] + (arguments.boolean("plain_http") ? ["--plain-http"] : []), arguments,
            call,
            Change(
                .modify, "registry", host, summary: "log in as \(arguments.string("username"))", isIdempotent: true,
                capability: "helm",
                inverse: { _ in
                    Inverse(
                        "helm registry logout \(host)",
                        commands: [InverseCommand(["helm", "registry", "logout", host], mayFail: true, timeout: 60)])
                }))
        return .nil
    }

    private static let logout = ModuleFunction(
        FunctionSpec(
            "registry_logout", summary: "Log out of a registry of charts", effect: .write,
            parameters: [.required("host", .string, "the registry, without a path"), HelmOptions.timeout("60s")],
            examples: [ExampleSpec("helm.registry_logout { host = \"registry.example\" }")])
    ) { arguments, call in
        let host = try registry(arguments, call)
        _ = try await HelmPackages.write(
            ["helm", "registry", "logout", host],
            Change(.modify, "registry", host, summary: "log out", isIdempotent: true, capability: "helm"), arguments,
            call)
        return .nil
    }

    // helm 4 takes the host only.
    private static func registry(_ arguments: Arguments, _ call: CallContext) throws -> String {
        let host = try Kubectl.plainName(arguments.string("host"), "host", of: call)
        if host.contains("/") {
            let bare = host.split(separator: "/").first { !$0.hasSuffix(":") }.map(String.init) ?? host
            throw RunbookError(
                .argument, "`\(call.function)`: `host` is \"\(host)\", and helm takes the host only",
                remedy: "write \"\(bare)\"")
        }
        return host
    }

    private static func credentials(
        _ argv: [String], _ arguments: Arguments, _ call: CallContext, _ change: Change
    ) async throws {
        var argv = argv
        let password = arguments.text("password")
        if let user = arguments.optionalString("username") {
            guard password != nil else {
                throw RunbookError(.argument, "`\(call.function)`: `username` needs `password`")
            }
            argv += ["--username", user, "--password-stdin"]
        } else if password != nil {
            throw RunbookError(.argument, "`\(call.function)`: `password` needs `username`")
        }
        let extra = try ExtraArguments.checked(arguments, of: call.function)
        let command = Helm.command(
            argv + extra, input: password, timeout: arguments.duration("timeout") ?? .seconds(60), isQuiet: false)
        _ = try await call.kubeWrite(command, change)
    }
}
