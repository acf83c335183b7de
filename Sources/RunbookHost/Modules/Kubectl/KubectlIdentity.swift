import RunbookLua
import RunbookSecrets
import RunbookSpec

/// `kubectl.whoami`, `create_token`, `certificate_approve` and `certificate_deny`: who may do something in the cluster.
enum KubectlIdentity {
    static let functions = [whoami, token, approve, deny]

    private static let whoami = ModuleFunction(
        FunctionSpec(
            "whoami", summary: "Ask the cluster who the run is there", effect: .read,
            parameters: [KubectlOptions.context, KubectlOptions.timeout("20s")],
            returns: ReturnSpec(
                .record([
                    .required("user", .string, "the name"), .required("groups", .list(.string), "its groups"),
                ])), examples: [ExampleSpec("print(kubectl.whoami().user)")])
    ) { arguments, call in
        let kubectl = try await Kubectl(arguments, call)
        let command = Kubectl.command(
            ["kubectl", "auth", "whoami", "--output", "json", "--context", kubectl.context],
            timeout: arguments.duration("timeout") ?? .seconds(20))
        let info = JSONReading.value(try await kubectl.read(command).stdout)?.at("status", "userInfo") ?? .nil
        return ["user": info["username"], "groups": .list(info["groups"].listValue ?? [])]
    }

    private static let token = ModuleFunction(
        FunctionSpec(
            "create_token", summary: "Have the cluster make a token for a service account",
            details:
                "It is a secret from the start, and stands in no output. It ends by itself, and cannot be taken back.",
            effect: .write,
            parameters: [
                .required("service_account", .string, "the service account"),
                ParameterSpec("duration", .duration, "how long it is good; the cluster decides when left out"),
                ParameterSpec("audience", .string, "for whom it is"), KubectlOptions.namespace,
                KubectlOptions.timeout("30s"), KubectlOptions.args,
            ], returns: ReturnSpec(.text, "the token"),
            examples: [
                ExampleSpec("local token = kubectl.create_token { service_account = \"ci\", duration = \"10m\" }")
            ])
    ) { arguments, call in
        let kubectl = try await Kubectl(arguments, call)
        let account = try Kubectl.plainName(arguments.string("service_account"), "service_account", of: call)
        var verb = ["create", "token", account]
        if let duration = arguments.duration("duration") { verb += ["--duration", "\(duration.milliseconds / 1000)s"] }
        if let audience = arguments.optionalString("audience") { verb += ["--audience", audience] }
        var command = Kubectl.command(
            kubectl.argv(verb), timeout: arguments.duration("timeout") ?? .seconds(30),
            secretOutput: "token of \(account)")
        command.isQuiet = true
        let change = Change(
            .create, "token", "\(kubectl.namespace)/\(account)", capability: "kubectl", namespace: kubectl.namespace)
        guard let result = try await kubectl.write(command, change) else { return call.unknown("token of \(account)") }
        var bytes = try result.secretOutput.map(call.run.vault.reveal) ?? result.stdout
        while bytes.last == 10 || bytes.last == 13 { bytes.removeLast() }
        let reference = call.run.vault.load(name: "token of \(account)", value: bytes)
        return .object(LuaObject(kind: .secret, payload: SensitiveText(reference)))
    }

    private static let approve = certificate("approve", "Grant a request for a certificate")
    private static let deny = certificate("deny", "Refuse a request for a certificate")

    private static func certificate(_ verb: String, _ summary: String) -> ModuleFunction {
        ModuleFunction(
            FunctionSpec(
                "certificate_\(verb)", summary: summary, details: "It cannot be undone.", effect: .write,
                parameters: [
                    .required("name", .string, "the request"), KubectlOptions.timeout("30s"), KubectlOptions.args,
                ], examples: [ExampleSpec("kubectl.certificate_\(verb) { name = \"node-7\" }")])
        ) { arguments, call in
            let kubectl = try await Kubectl(arguments, call)
            let name = try Kubectl.plainName(arguments.string("name"), "name", of: call)
            let command = Kubectl.command(
                kubectl.argv(["certificate", verb, name]), timeout: arguments.duration("timeout") ?? .seconds(30),
                isQuiet: false)
            let change = Change(
                .modify, "certificatesigningrequest", name, summary: verb, isIdempotent: true, capability: "kubectl")
            _ = try await kubectl.write(command, change)
            return .nil
        }
    }
}
