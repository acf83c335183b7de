import Crypto
import RunbookLua
import RunbookSecrets
import RunbookSpec

/// `base64`: encode and decode.
enum Base64Module {
    static let module = LuaModule("base64", summary: "Base64", [encode, decode])

    private static let encode = ModuleFunction(
        FunctionSpec(
            "encode", summary: "Encode a text", details: "The encoding of a secret is a secret.", effect: .pure,
            style: .positional, parameters: [.required("text", .text, "the text")], returns: ReturnSpec(.text),
            examples: [ExampleSpec("assert(base64.encode(\"hello\") == \"aGVsbG8=\")")])
    ) { arguments, call in
        guard let text = arguments.text("text") else { return "" }
        return try DerivedSecret.make(text, call) { Array(Base64Text.encode($0).utf8) }
    }

    private static let decode = ModuleFunction(
        FunctionSpec(
            "decode", summary: "Decode a text; nil when it is no base64", effect: .pure, style: .positional,
            parameters: [.required("text", .string, "the text")], returns: ReturnSpec(.string),
            examples: [ExampleSpec("assert(base64.decode(\"aGVsbG8=\") == \"hello\")")])
    ) { arguments, _ in
        guard let bytes = Base64Text.decode(arguments.string("text")) else { return .nil }
        return TextJoining.make(SensitiveText(bytes: bytes))
    }
}

/// `hash`: digests.
enum HashModule {
    static let module = LuaModule("hash", summary: "Digests of texts", [sha256])

    private static let sha256 = ModuleFunction(
        FunctionSpec(
            "sha256", summary: "The SHA-256 of a text in hexadecimal", details: "The digest of a secret is a secret.",
            effect: .pure, style: .positional, parameters: [.required("text", .text, "the text")],
            returns: ReturnSpec(.text),
            examples: [ExampleSpec("assert(#hash.sha256(\"hello\") == 64)")])
    ) { arguments, call in
        guard let text = arguments.text("text") else { return "" }
        return try DerivedSecret.make(text, call) { Array(SHA256.hash(data: $0).hexadecimal.utf8) }
    }
}

extension Sequence<UInt8> {
    /// Two lower-case digits a byte.
    var hexadecimal: String {
        map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}

/// Values computed from secrets.
enum DerivedSecret {
    /// Computes a value; from a secret it becomes a secret of its own, which the redactor knows.
    static func make(
        _ text: SensitiveText, _ call: CallContext, _ compute: ([UInt8]) -> [UInt8]
    ) throws -> LuaValue {
        if let plain = text.plainBytes { return TextJoining.make(SensitiveText(bytes: compute(plain))) }
        let value = compute(try call.run.vault.reveal(text))
        let name = text.secrets.first?.name ?? "derived"
        let reference = call.run.vault.load(name: "\(name) (\(call.function))", value: value)
        return .object(LuaObject(kind: .secret, payload: SensitiveText(reference)))
    }
}

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
                ParameterSpec("length", .integer, default: "32", "how many characters: 8 to 1024"),
                ParameterSpec("alphabet", .string, "the characters; letters and digits when left out"),
            ], returns: ReturnSpec(.text, "the secret"),
            examples: [ExampleSpec("local password = secret.random { name = \"DB_PASSWORD\" }")])
    ) { arguments, call in
        let length = arguments.integer("length") ?? 32
        guard (8...1024).contains(length) else {
            throw RunbookError(.argument, "`secret.random`: `length` is \(length); it takes 8 to 1024")
        }
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
            ], returns: ReturnSpec(.text, "the secret"))
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
                    "options", .record([ParameterSpec("header", .list(.string), "titles of the columns")]), "options"),
            ], returns: ReturnSpec(.string),
            examples: [ExampleSpec("print(text.table({ { \"a\", 1 }, { \"bb\", 22 } }))")])
    ) { arguments, _ in
        var rows = (arguments["rows"].listValue ?? []).map { ($0.listValue ?? []).map(Display.text) }
        if let header = arguments.record("options")?.strings("header"), !header.isEmpty { rows.insert(header, at: 0) }
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        let lines = rows.map { row in
            row.enumerated().map { index, cell in
                index == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[index] - cell.count)
            }.joined(separator: "  ")
        }
        return .string(lines.joined(separator: "\n"))
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
