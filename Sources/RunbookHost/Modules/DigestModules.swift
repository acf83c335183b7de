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
            style: .positional,
            parameters: [
                .required("text", .text, "the text"),
                ParameterSpec(
                    "options",
                    .record([
                        ParameterSpec(
                            "url", .boolean, default: "false",
                            "with `-` and `_`, and nothing at the end: for addresses and tokens")
                    ]), "how to write it"),
            ], returns: ReturnSpec(.text),
            examples: [ExampleSpec("assert(base64.encode(\"hello\") == \"aGVsbG8=\")")])
    ) { arguments, call in
        guard let text = arguments.text("text") else { return "" }
        let isForAddresses = arguments.record("options")?.boolean("url") ?? false
        return try DerivedSecret.make(text, call) { bytes in
            let standard = Base64Text.encode(bytes)
            guard isForAddresses else { return Array(standard.utf8) }
            return standard.utf8.compactMap { byte in
                switch byte {
                case UInt8(ascii: "+"): UInt8(ascii: "-")
                case UInt8(ascii: "/"): UInt8(ascii: "_")
                case UInt8(ascii: "="): nil
                default: byte
                }
            }
        }
    }

    private static let decode = ModuleFunction(
        FunctionSpec(
            "decode", summary: "Decode a text; nil when it is no base64",
            details: "Line breaks and the letters for addresses are taken too.", effect: .pure, style: .positional,
            parameters: [.required("text", .string, "the text")], returns: ReturnSpec(.string),
            examples: [ExampleSpec("assert(base64.decode(\"aGVsbG8=\") == \"hello\")")])
    ) { arguments, _ in
        guard let bytes = Base64Text.decode(arguments.string("text")) else { return .nil }
        return TextJoining.make(SensitiveText(bytes: bytes))
    }
}

/// `hash`: digests.
enum HashModule {
    static let module = LuaModule("hash", summary: "Digests of texts and files", [sha256, sha512, hmac, file])

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

    private static let sha512 = ModuleFunction(
        FunctionSpec(
            "sha512", summary: "The SHA-512 of a text in hexadecimal", details: "The digest of a secret is a secret.",
            effect: .pure, style: .positional, parameters: [.required("text", .text, "the text")],
            returns: ReturnSpec(.text),
            examples: [ExampleSpec("assert(#hash.sha512(\"hello\") == 128)")])
    ) { arguments, call in
        guard let text = arguments.text("text") else { return "" }
        return try DerivedSecret.make(text, call) { Array(SHA512.hash(data: $0).hexadecimal.utf8) }
    }

    private static let hmac = ModuleFunction(
        FunctionSpec(
            "hmac_sha256", summary: "The HMAC-SHA-256 of a text in hexadecimal, such as a webhook asks for",
            details: "It can be shown: it tells nothing of the key.",
            effect: .pure, style: .positional,
            parameters: [
                .required("text", .string, "the text"), .required("key", .text, "the key, such as `secrets.HOOK_KEY`"),
            ], returns: ReturnSpec(.string),
            examples: [ExampleSpec("assert(#hash.hmac_sha256(\"body\", \"key\") == 64)")])
    ) { arguments, call in
        let key = SymmetricKey(data: try call.run.vault.reveal(arguments.text("key") ?? SensitiveText()))
        let text = arguments.text("text")?.plainBytes ?? []
        return .string(HMAC<SHA256>.authenticationCode(for: text, using: key).hexadecimal)
    }

    private static let file = ModuleFunction(
        FunctionSpec(
            "file", summary: "The digest of a file in hexadecimal", effect: .read, style: .positional,
            parameters: [
                .required("path", .path, "the file"),
                ParameterSpec("algorithm", .enumeration(["sha256", "sha512"]), default: "\"sha256\"", "which digest"),
            ], returns: ReturnSpec(.string), examples: [ExampleSpec("print(hash.file(\"/etc/hostname\"))")])
    ) { arguments, call in
        let bytes = try await call.world.contents(of: arguments.string("path"))
        return .string(
            arguments.optionalString("algorithm") == "sha512"
                ? SHA512.hash(data: bytes).hexadecimal : SHA256.hash(data: bytes).hexadecimal)
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
