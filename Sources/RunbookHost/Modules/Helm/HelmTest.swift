import RunbookLua
import RunbookSpec

/// `helm.test`: run the tests of a release.
enum HelmTest {
    static let functions = [test]

    private static let test = ModuleFunction(
        FunctionSpec(
            "test", summary: "Run the tests that a release's chart brings", details: "They make pods in the cluster.",
            effect: .write,
            parameters: [
                HelmOptions.release, HelmOptions.namespace,
                ParameterSpec("filter", .list(.string), "only tests of these names"),
                ParameterSpec("logs", .boolean, default: "true", "with what the tests printed"), KubectlOptions.check,
                HelmOptions.timeout("5m"), HelmOptions.args,
            ],
            returns: ReturnSpec(
                .record([
                    .required("passed", .boolean, "whether all passed"),
                    .required("output", .string, "what helm printed"),
                ])), examples: [ExampleSpec("helm.test { release = \"todo\", namespace = \"shop\" }")])
    ) { arguments, call in
        let helm = try await Helm(arguments, call)
        let release = try Helm.release(arguments, call)
        let limit = arguments.duration("timeout") ?? .seconds(300)
        var verb = ["test", release, "--timeout", Helm.seconds(limit)]
        for name in arguments.strings("filter") { verb += ["--filter", "name=\(name)"] }
        if arguments.boolean("logs", default: true) { verb.append("--logs") }
        var command = Helm.longCommand(helm.argv(verb), limit: limit)
        command.isQuiet = false
        let change = Change(
            .run, "tests", release, summary: "in pods of their own", isIdempotent: true, capability: "helm",
            namespace: helm.namespace)
        guard case .process(let result)? = try await call.write(.process(command), change) else {
            return ["passed": true, "output": call.unknown("output of the tests of \(release)")]
        }
        // The status of the tests comes before the error.
        if !result.succeeded, arguments.boolean("check", default: true) || !result.text.contains("Phase:") {
            throw KubeFailure.error(command, result, redactor: call.run.vault.redactor)
        }
        return ["passed": .boolean(result.succeeded), "output": .string(result.text)]
    }
}
