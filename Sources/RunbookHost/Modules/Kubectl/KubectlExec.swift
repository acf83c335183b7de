import RunbookLua
import RunbookSpec

/// `kubectl.exec`: run a program in a container.
enum KubectlExec {
    static let functions = [exec]

    private static let exec = ModuleFunction(
        FunctionSpec(
            "exec", summary: "Run a program in a container",
            details: """
                Counts as a write, which a preview only shows, unless `read = true` says that it changes nothing. With
                `check = false` the program's own exit code is in the result; that the program could not be run at all is
                still an error.
                """, effect: .write,
            parameters: [
                ParameterSpec("pod", .string, "the pod"),
                ParameterSpec(
                    "resource", .string, "an object with pods, such as `deployment/backend`: one of its pods"),
                .required("command", .list(.string), "the program and its arguments"), KubectlOptions.container,
                ParameterSpec("stdin", .text, "what the program reads on standard input"),
                ParameterSpec("read", .boolean, default: "false", "true: it changes nothing, so a preview runs it"),
                KubectlOptions.namespace, KubectlOptions.timeout("2m"), KubectlOptions.check, KubectlOptions.args,
            ],
            returns: ReturnSpec(
                .record([
                    .required("status", .integer, "the exit code"), .required("stdout", .string, "what it printed"),
                    .required("stderr", .string, "its errors"),
                ])),
            examples: [
                ExampleSpec(
                    "local r = kubectl.exec { resource = \"deployment/backend\", command = { \"date\" }, read = true }")
            ])
    ) { arguments, call in
        guard arguments.has("pod") != arguments.has("resource") else {
            throw RunbookError(.argument, "`kubectl.exec` needs one of `pod` and `resource`")
        }
        let kubectl = try await Kubectl(arguments, call)
        let option = arguments.has("pod") ? "pod" : "resource"
        let target = try Kubectl.plainName(arguments.string(option), option, of: call)
        let program = arguments.strings("command")
        guard let first = program.first, !first.isEmpty else {
            throw RunbookError(.argument, "`kubectl.exec`: `command` is empty")
        }
        var verb = ["exec", target]
        if let container = arguments.optionalString("container") { verb += ["--container", container] }
        if arguments.has("stdin") { verb.append("--stdin") }
        let command = Kubectl.command(
            kubectl.argv(verb, tail: ["--"] + program), input: arguments.text("stdin"),
            timeout: arguments.duration("timeout") ?? .seconds(120), isQuiet: false)
        let result: ProcessResult
        if arguments.boolean("read") {
            if CallSite.dependency != nil { return call.unknown("kubectl.exec") }
            guard let output = try await call.prepare({ try await call.world.read(command) }) else {
                return call.unknown("output of \(first)")
            }
            result = output
        } else {
            let change = Change(
                .run, "container", "\(kubectl.namespace)/\(target)", summary: Command.display(program),
                capability: "kubectl",
                namespace: kubectl.namespace)
            guard case .process(let made)? = try await call.write(.process(command), change) else {
                return ["status": 0, "stdout": call.unknown("output of \(first)"), "stderr": ""]
            }
            result = made
        }
        // kubectl's own failures have the exit code 1 too; only this line tells that the program ran.
        let hasRun = result.succeeded || result.errorText.contains("command terminated with exit code")
        if !hasRun || (arguments.boolean("check", default: true) && !result.succeeded) {
            throw KubeFailure.error(command, result, redactor: call.run.vault.redactor)
        }
        return [
            "status": .integer(Int64(result.status)), "stdout": .string(String(decoding: result.stdout, as: UTF8.self)),
            "stderr": .string(result.errorText),
        ]
    }
}
