import RunbookLua
import RunbookSecrets

/// Keeps what a step returned in the journal, exactly: whole numbers stay whole, secrets are kept by name only.
enum ResultCoding {
    /// Why a result cannot be kept.
    struct Unkept: Error {
        let reason: String
    }

    /// Larger results are not kept.
    static let limit = 1 << 20

    /// The bytes of a result.
    ///
    /// - Throws: `Unkept`.
    static func encode(_ values: [LuaValue], _ vault: SecretVault) throws -> [UInt8] {
        var writer = Writer(vault: vault, redactor: vault.redactor)
        writer.bytes.append(1)
        try writer.write(.list(values))
        return writer.bytes
    }

    /// The result; nil for bytes of another version, or a secret that is not loaded.
    static func decode(_ bytes: [UInt8], _ vault: SecretVault) -> [LuaValue]? {
        guard bytes.first == 1 else { return nil }
        var reader = Reader(rest: bytes[1...], vault: vault)
        guard case .list(let values)? = reader.read(), reader.rest.isEmpty else { return nil }
        return values
    }

    private enum Tag: UInt8 {
        case `nil`, `true`, `false`, integer, number, string, bytes, list, table, null, secret
    }

    private struct Writer {
        let vault: SecretVault
        let redactor: Redactor
        var bytes: [UInt8] = []

        mutating func write(_ value: LuaValue) throws {
            switch value {
            case .nil: tag(.nil)
            case .null: tag(.null)
            case .boolean(let flag): tag(flag ? .true : .false)
            case .integer(let number):
                tag(.integer)
                add(UInt64(bitPattern: number))
            case .number(let number):
                tag(.number)
                add(number.bitPattern)
            case .string(let text):
                guard redactor.redact(text) == text else { throw Unkept(reason: "it holds the value of a secret") }
                tag(.string)
                try add(Array(text.utf8))
            case .bytes(let raw):
                guard redactor.redact(raw) == raw else { throw Unkept(reason: "it holds the value of a secret") }
                tag(.bytes)
                try add(raw)
            case .json(let text):
                throw Unkept(reason: "it holds \(SizeText.of(text.count)) of unread JSON")
            case .list(let items):
                tag(.list)
                add(UInt64(items.count))
                for item in items { try write(item) }
            case .table(let table):
                tag(.table)
                add(UInt64(table.entries.count))
                for entry in table.entries {
                    try write(entry.key)
                    try write(entry.value)
                }
            case .object(let object):
                guard let name = Self.secretName(object) else { throw Unkept(reason: "it holds an object of the host") }
                tag(.secret)
                try add(Array(name.utf8))
            case .function: throw Unkept(reason: "it holds a function")
            }
        }

        // A secret as it was loaded can be read again; one joined with other text cannot.
        private static func secretName(_ object: LuaObject) -> String? {
            guard let text = object.payload as? SensitiveText, let only = text.secrets.first,
                text == SensitiveText(only)
            else { return nil }
            return only.name
        }

        private mutating func tag(_ tag: Tag) { bytes.append(tag.rawValue) }

        private mutating func add(_ number: UInt64) {
            var number = number
            while number >= 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: number) | 0x80)
                number >>= 7
            }
            bytes.append(UInt8(number))
        }

        private mutating func add(_ raw: [UInt8]) throws {
            guard bytes.count + raw.count <= ResultCoding.limit else {
                throw Unkept(reason: "it has more than \(SizeText.of(ResultCoding.limit))")
            }
            add(UInt64(raw.count))
            bytes.append(contentsOf: raw)
        }
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>
        let vault: SecretVault

        mutating func read() -> LuaValue? {
            guard let tag = rest.popFirst().flatMap(Tag.init(rawValue:)) else { return nil }
            switch tag {
            case .nil: return .nil
            case .null: return .null
            case .true: return true
            case .false: return false
            case .integer: return number().map { .integer(Int64(bitPattern: $0)) }
            case .number: return number().map { .number(Double(bitPattern: $0)) }
            case .string: return raw().map { .string(String(decoding: $0, as: UTF8.self)) }
            case .bytes: return raw().map { .bytes($0) }
            case .secret:
                guard let name = raw(), let secret = vault.reference(to: String(decoding: name, as: UTF8.self))
                else { return nil }
                return .object(LuaObject(kind: .secret, payload: SensitiveText(secret)))
            case .list:
                guard let count = number(), count <= rest.count else { return nil }
                var items: [LuaValue] = []
                for _ in 0..<count {
                    guard let item = read() else { return nil }
                    items.append(item)
                }
                return .list(items)
            case .table:
                guard let count = number(), count <= rest.count else { return nil }
                var entries: [(key: LuaValue, value: LuaValue)] = []
                for _ in 0..<count {
                    guard let key = read(), let value = read() else { return nil }
                    entries.append((key, value))
                }
                return .table(LuaTable(entries))
            }
        }

        private mutating func number() -> UInt64? {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            while let byte = rest.popFirst(), shift < 64 {
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return value }
                shift += 7
            }
            return nil
        }

        private mutating func raw() -> [UInt8]? {
            guard let count = number(), count <= rest.count else { return nil }
            let bytes = Array(rest.prefix(Int(count)))
            rest = rest.dropFirst(Int(count))
            return bytes
        }
    }
}

/// Keeps what a write gave, so that a resumed step gets it again without the write.
struct StoredResponse: Codable, Sendable {
    var kind: String
    var status: Int?
    var stdout: String?
    var stderr: String?
    var ms: Int?
    var headers: [[String]]?

    /// The form to keep; nil for what is too large or has no form.
    init?(_ response: Response) {
        switch response {
        case .process(let result):
            guard result.stdout.count + result.stderr.count <= ResultCoding.limit else { return nil }
            kind = "process"
            status = result.status
            stdout = Base64Text.encode(result.stdout)
            stderr = Base64Text.encode(result.stderr)
            ms = result.milliseconds
        case .http(let answer):
            guard answer.body.count <= ResultCoding.limit else { return nil }
            kind = "http"
            status = answer.status
            stdout = Base64Text.encode(answer.body)
            headers = answer.headers.map { [$0.name, $0.value] }
            ms = Int(answer.milliseconds)
        case .done: kind = "done"
        default: return nil
        }
    }

    /// The response again.
    var response: Response? {
        let body = stdout.flatMap(Base64Text.decode) ?? []
        switch kind {
        case "process":
            return .process(
                ProcessResult(
                    status: status ?? 0, stdout: body, stderr: stderr.flatMap(Base64Text.decode) ?? [],
                    milliseconds: ms ?? 0))
        case "http":
            return .http(
                HTTPAnswer(
                    status: status ?? 0, headers: (headers ?? []).compactMap { $0.count == 2 ? ($0[0], $0[1]) : nil },
                    body: body, milliseconds: Double(ms ?? 0)))
        case "done": return .done
        default: return nil
        }
    }
}
