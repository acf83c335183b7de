import RunbookLua
import RunbookSpec

/// `docker.login` and `docker.logout`.
enum DockerLogin {
    static let login = ModuleFunction(
        FunctionSpec(
            "login", summary: "Log in to a registry",
            details: "The password goes by standard input, never as an argument.", effect: .write,
            parameters: [
                .required("username", .string, "the user"),
                .required("password", .text, "the password or token: a secret"),
                ParameterSpec("registry", .string, "the registry; Docker Hub when left out"),
            ] + DockerCommand.common(timeout: "60s"),
            examples: [
                ExampleSpec(
                    "docker.login { registry = \"registry.example.com\", username = \"ci\", password = \"from secrets.NAME\" }"
                )
            ])
    ) { arguments, call in
        guard let password = arguments.text("password") else {
            throw RunbookError(.argument, "`docker.login` needs `password`")
        }
        var line = ToolLine(["login", "--username", arguments.string("username"), "--password-stdin"])
        let registry = arguments.optionalString("registry")
        try line.operands(registry.map { [$0] } ?? [], of: arguments)
        let change = Change(
            .modify, "login", registry ?? "docker.io", summary: "as \(arguments.string("username"))",
            isIdempotent: true, capability: "docker")
        _ = try await call.write(
            DockerCommand.make(line, arguments, timeout: .seconds(60), input: password), change)
        return .nil
    }

    static let logout = ModuleFunction(
        FunctionSpec(
            "logout", summary: "Forget the login of a registry", effect: .write,
            parameters: [
                ParameterSpec("registry", .string, "the registry; Docker Hub when left out")
            ] + DockerCommand.common(timeout: "30s"),
            examples: [ExampleSpec("docker.logout { registry = \"registry.example.com\" }")])
    ) { arguments, call in
        var line = ToolLine(["logout"])
        let registry = arguments.optionalString("registry")
        try line.operands(registry.map { [$0] } ?? [], of: arguments)
        let change = Change(
            .delete, "login", registry ?? "docker.io", isIdempotent: true, capability: "docker")
        _ = try await call.write(DockerCommand.make(line, arguments, timeout: .seconds(30)), change)
        return .nil
    }
}
