import RunbookLua
import RunbookSpec

/// `kubectl.contexts`, `can_i`, `version`, `api_resources` and `explain`: what can be used and how.
enum KubectlAccess {
    static let functions = [contexts, canI, version, resources, versions, explain]

    private static let contexts = ModuleFunction(
        FunctionSpec(
            "contexts", summary: "List the contexts of the kubeconfig", effect: .read,
            returns: ReturnSpec(
                .record([
                    ParameterSpec("current", .string, "the kubeconfig's current one"),
                    .required("contexts", .list(.any), "each with `name`, `cluster`, `user` and `namespace`"),
                ])), examples: [ExampleSpec("for _, c in ipairs(kubectl.contexts().contexts) do print(c.name) end")])
    ) { _, call in
        let command = Kubectl.command(["kubectl", "config", "view", "--output", "json"], timeout: .seconds(20))
        let config = JSONReading.value(try await call.kubeRead(command).stdout) ?? .nil
        let current = config["current-context"].stringValue ?? ""
        let contexts = (config["contexts"].listValue ?? []).map { item -> LuaValue in
            let context = item["context"]
            return [
                "name": item["name"], "cluster": context["cluster"], "user": context["user"],
                "namespace": context["namespace"],
            ]
        }
        return ["current": current.isEmpty ? .nil : .string(current), "contexts": .list(contexts)]
    }

    private static let canI = ModuleFunction(
        FunctionSpec(
            "can_i", summary: "Ask whether the run may do something in the cluster", effect: .read,
            parameters: [
                .required("verb", .string, "the verb, such as `create`"),
                .required("resource", .string, "the kind, such as `deployments`"),
                ParameterSpec("name", .string, "one object"),
                ParameterSpec("subresource", .string, "a part, such as `log`"),
                KubectlOptions.namespace, KubectlOptions.allNamespaces, KubectlOptions.context,
                KubectlOptions.timeout("20s"),
            ], returns: ReturnSpec(.boolean, "whether it may"),
            examples: [
                ExampleSpec(
                    "if not kubectl.can_i { verb = \"create\", resource = \"deployments\" } then log(\"ask for access\") end"
                )
            ])
    ) { arguments, call in
        let kubectl = try await Kubectl(arguments, call)
        let verb = try Kubectl.plainName(arguments.string("verb"), "verb", of: call)
        var words = ["auth", "can-i", verb] + (try kubectl.target(arguments))
        if let part = arguments.optionalString("subresource") { words += ["--subresource", part] }
        let command = Kubectl.command(
            kubectl.argv(words, allNamespaces: arguments.boolean("all_namespaces")),
            timeout: arguments.duration("timeout") ?? .seconds(20))
        let result = try await call.world.read(command)
        // The exit code is 1 for "no" and for any error; what it printed tells them apart.
        switch result.text.split(whereSeparator: \.isWhitespace).first {
        case "yes": return true
        case "no": return false
        default: throw KubeFailure.error(command, result, redactor: call.run.vault.redactor)
        }
    }

    private static let version = ModuleFunction(
        FunctionSpec(
            "version", summary: "Get the versions of kubectl and of the cluster", effect: .read,
            parameters: [KubectlOptions.context, KubectlOptions.timeout("20s")],
            returns: ReturnSpec(
                .record([
                    .required("client", .string, "kubectl's version"),
                    ParameterSpec("server", .string, "the cluster's version; nil when it does not answer"),
                ])), examples: [ExampleSpec("print(kubectl.version().client)")])
    ) { arguments, call in
        var argv = ["kubectl", "version", "--output", "json", "--request-timeout", "5s"]
        // A machine without a context still has a kubectl with a version.
        var context = arguments.optionalString("context")
        if context == nil { context = try? await call.run.target.context(in: call.world) }
        if let context { argv += ["--context", context] }
        let command = Kubectl.command(argv, timeout: arguments.duration("timeout") ?? .seconds(20))
        // With a cluster that does not answer the exit code is 1, and the client's half is there all the same.
        let result = try await call.world.read(command)
        guard let versions = JSONReading.value(result.stdout), let client = versions.at("clientVersion", "gitVersion")
        else {
            throw KubeFailure.error(command, result, redactor: call.run.vault.redactor)
        }
        return ["client": client, "server": versions.at("serverVersion", "gitVersion") ?? .nil]
    }

    private static let resources = ModuleFunction(
        FunctionSpec(
            "api_resources", summary: "List the kinds that the cluster knows", effect: .read,
            parameters: [
                ParameterSpec("group", .string, "those of one API group"), KubectlOptions.context,
                KubectlOptions.timeout("30s"),
            ], returns: ReturnSpec(.list(.string), "their names, such as `deployments.apps`"),
            examples: [ExampleSpec("local kinds = kubectl.api_resources { group = \"apps\" }")])
    ) { arguments, call in
        let kubectl = try await Kubectl(arguments, call)
        var verb = ["api-resources", "--output", "name"]
        if let group = arguments.optionalString("group") { verb += ["--api-group", group] }
        let command = Kubectl.command(kubectl.argv(verb), timeout: arguments.duration("timeout") ?? .seconds(30))
        let text = try await kubectl.read(command).text
        return .list(text.split(separator: "\n").map { .string(String($0)) })
    }

    private static let versions = ModuleFunction(
        FunctionSpec(
            "api_versions", summary: "List the groups and versions that the cluster's API has", effect: .read,
            parameters: [KubectlOptions.context, KubectlOptions.timeout("30s")],
            returns: ReturnSpec(.list(.string), "such as `apps/v1`"),
            examples: [ExampleSpec("print(#kubectl.api_versions())")])
    ) { arguments, call in
        let kubectl = try await Kubectl(arguments, call)
        let command = Kubectl.command(
            kubectl.argv(["api-versions"]), timeout: arguments.duration("timeout") ?? .seconds(30))
        return .list(try await kubectl.read(command).text.split(separator: "\n").map { .string(String($0)) })
    }

    private static let explain = ModuleFunction(
        FunctionSpec(
            "explain", summary: "Get the description of a kind or field", effect: .read,
            parameters: [
                .required("field", .string, "the kind or field, such as `deployment.spec.strategy`"),
                ParameterSpec("recursive", .boolean, default: "false", "the fields below it too"),
                KubectlOptions.context,
                KubectlOptions.timeout("30s"),
            ], returns: ReturnSpec(.string, "the text"),
            examples: [ExampleSpec("print(kubectl.explain { field = \"deployment.spec.strategy\" })")])
    ) { arguments, call in
        let kubectl = try await Kubectl(arguments, call)
        let verb = ["explain", try Kubectl.plainName(arguments.string("field"), "field", of: call)]
        let command = Kubectl.command(
            kubectl.argv(verb + (arguments.boolean("recursive") ? ["--recursive"] : [])),
            timeout: arguments.duration("timeout") ?? .seconds(30))
        return .string(try await kubectl.read(command).text)
    }
}
