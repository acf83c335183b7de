import RunbookLua
import RunbookSecrets
import RunbookSpec

/// `env`: settings.
enum EnvironmentModule {
    static let module = LuaModule("env", summary: "Settings of the environment and the .env files", [get])

    private static let get = ModuleFunction(
        FunctionSpec(
            "get", summary: "The value of a setting, or a default",
            details:
                "Looks in the .env files for a value that is classed as config, then in the environment. What is classed as a secret, or looks like a credential, is had by `secrets.NAME` only.",
            effect: .read, style: .positional,
            parameters: [
                .required("name", .string, "the name"), ParameterSpec("default", .any, "the value when it is not set"),
            ],
            returns: ReturnSpec(.string), examples: [ExampleSpec("local home = env.get(\"HOME\", \"/\")")])
    ) { arguments, call in
        let name = arguments.string("name")
        let isDeclared = call.run.header.secrets.contains { $0.name == name }
        if try isDeclared || call.run.secrets.isSecret(name) {
            throw RunbookError(
                .refused, "`env.get`: \(name) is a secret",
                remedy: "declare it in `secrets` and use secrets.\(name)")
        }
        let value = try call.run.secrets.setting(name).map { call.run.vault.redactor.redact($0) }
        return value.map { .string($0) } ?? arguments["default"]
    }
}

/// `secret`: make secrets.
enum SecretModule {
    static let module = LuaModule(
        "secret", summary: "Make secrets", details: "The values of declared secrets are in the table `secrets`.",
        [random, prompt])

    private static let random = ModuleFunction(
        FunctionSpec(
            "random", summary: "A new random secret",
            effect: .read,
            parameters: [
                .required("name", .string, "the name that its mask shows"),
                ParameterSpec("length", .bounded(8...1024), default: "32", "how many characters"),
                ParameterSpec("alphabet", .string, "the characters; letters and digits when left out"),
            ], returns: ReturnSpec(.text, "the secret"),
            examples: [ExampleSpec("local password = secret.random { name = \"DB_PASSWORD\" }")])
    ) { arguments, call in
        let length = arguments.integer("length") ?? 32
        let alphabet = Array(
            arguments.optionalString("alphabet") ?? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        guard Set(alphabet).count >= 10 else {
            throw RunbookError(.argument, "`secret.random`: `alphabet` needs at least 10 different characters")
        }
        var generator = SystemRandomNumberGenerator()
        let value = String((0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] })
        let reference = call.run.vault.load(name: arguments.string("name"), text: value)
        return .object(LuaObject(kind: .secret, payload: SensitiveText(reference)))
    }

    private static let prompt = ModuleFunction(
        FunctionSpec(
            "prompt", summary: "Ask for a secret without showing it", effect: .read,
            parameters: [
                .required("name", .string, "the name that its mask shows"),
                ParameterSpec("question", .string, "what to ask"),
            ], returns: ReturnSpec(.text, "the secret"),
            examples: [
                ExampleSpec(
                    "if run.interactive then local token = secret.prompt { name = \"TOKEN\", question = \"Token of the registry:\" } end"
                )
            ])
    ) { arguments, call in
        let name = arguments.string("name")
        let question = arguments.optionalString("question") ?? "\(name):"
        guard case .answer(let value) = try await call.world.perform(.read(.prompt(Prompt(question, .hidden)))),
            !value.isEmpty
        else {
            if call.run.options.dryRun != nil { return call.unknown("secret \(name)") }
            throw RunbookError(.declined, "no value was given for \(name)")
        }
        return .object(LuaObject(kind: .secret, payload: SensitiveText(call.run.vault.load(name: name, text: value))))
    }
}

/// `text`: tables and differences for people.
enum TextModule {
    static let module = LuaModule("text", summary: "Tables and differences for people", [table, diff, size])

    private static let table = ModuleFunction(
        FunctionSpec(
            "table", summary: "Lay rows out in columns", effect: .pure, style: .positional,
            parameters: [
                .required("rows", .list(.list(.any)), "the rows"),
                ParameterSpec(
                    "options",
                    .record([
                        ParameterSpec("header", .list(.string), "titles of the columns"),
                        ParameterSpec("right", .list(.positive), "the columns that are set to the right, by number"),
                    ]), "options"),
            ], returns: ReturnSpec(.string),
            examples: [ExampleSpec("print(text.table({ { \"a\", 1 }, { \"bb\", 22 } }))")])
    ) { arguments, _ in
        // A cell is one line: a break in it would tear the table.
        var rows = (arguments["rows"].listValue ?? []).map { row in
            (row.listValue ?? []).map { Display.text($0).replacing("\r\n", with: " ").replacing("\n", with: " ") }
        }
        if let header = arguments.record("options")?.strings("header"), !header.isEmpty { rows.insert(header, at: 0) }
        let right = Set((arguments.record("options")?["right"].listValue ?? []).compactMap { $0.integerValue })
        return .string(TextColumns.laidOut(rows, right: Set(right.map { Int($0) - 1 })))
    }

    private static let diff = ModuleFunction(
        FunctionSpec(
            "diff", summary: "The unified difference of two texts; empty when they are the same", effect: .pure,
            style: .positional,
            parameters: [.required("old", .string, "the old text"), .required("new", .string, "the new one")],
            returns: ReturnSpec(.string), examples: [ExampleSpec("assert(text.diff(\"a\", \"a\") == \"\")")])
    ) { arguments, _ in
        .string(UnifiedDiff.lines(from: arguments.string("old"), to: arguments.string("new")).joined(separator: "\n"))
    }

    private static let size = ModuleFunction(
        FunctionSpec(
            "size", summary: "Write a number of bytes for people", effect: .pure, style: .positional,
            parameters: [.required("bytes", .size, "the bytes")], returns: ReturnSpec(.string),
            examples: [ExampleSpec("assert(text.size(142000000) == \"142 MB\")")])
    ) { arguments, _ in .string(SizeText.of(arguments.size("bytes") ?? 0)) }
}
