import RunbookSecrets

/// What must hold for the redactor, whatever bytes describe the secrets, the text and the cuts.
public enum RedactorProperty {
    /// A description of what does not hold; `nil` where all does.
    ///
    /// The bytes are read as: a count of secrets, each with its length; a count of cuts, each as a distance; the text,
    /// in which the byte 0xFD and a number stand for a secret, 0xFC for its base64 after one more byte.
    public static func violation(_ input: [UInt8]) -> String? {
        var reader = Reader(input)
        let secrets = (0..<Int(reader.next() % 4)).map { _ in reader.take(Int(reader.next() % 40)) }
        let hasShapes = reader.next() & 1 == 1
        let distances = (0..<Int(reader.next() % 8)).map { _ in Int(reader.next()) }
        let text = expand(reader.rest, secrets)

        let vault = SecretVault(options: RedactorOptions(shapes: hasShapes ? Set(CredentialShape.allCases) : []))
        for (index, secret) in secrets.enumerated() { vault.load(name: "S\(index)", value: secret) }
        let redactor = vault.redactor
        var stream = RedactorStream(redactor)
        let whole = stream.write(text) + stream.finish()

        if stream.summary.isEmpty, whole != text { return "nothing was masked, but the text changed" }
        var cuts: [Int] = []
        for distance in distances { cuts.append(min(text.count, (cuts.last ?? 0) + distance)) }
        if chunked(text, at: cuts, redactor) != whole { return "the output depends on the cuts \(cuts)" }
        if chunked(text, at: Array(0..<text.count), redactor) != whole { return "the output differs byte by byte" }

        let warned = Set(vault.warnings.map(\.name))
        for (index, secret) in secrets.enumerated() where !warned.contains("S\(index)") {
            if stretches(whole).contains(where: { $0.contains(secret) }) { return "secret \(index) is in the output" }
        }
        return nil
    }

    private static func chunked(_ text: [UInt8], at cuts: [Int], _ redactor: Redactor) -> [UInt8] {
        var stream = RedactorStream(redactor)
        var output: [UInt8] = []
        var start = 0
        for cut in cuts + [text.count] {
            output += stream.write(text[start..<cut])
            start = cut
        }
        return output + stream.finish()
    }

    private static func expand(_ template: ArraySlice<UInt8>, _ secrets: [[UInt8]]) -> [UInt8] {
        var text: [UInt8] = []
        var reader = Reader(Array(template))
        while !reader.isAtEnd {
            let byte = reader.next()
            guard byte == 0xfd || byte == 0xfc, !secrets.isEmpty else {
                text.append(byte)
                continue
            }
            let secret = secrets[Int(reader.next()) % secrets.count]
            text += byte == 0xfd ? secret : base64([reader.next()] + secret)
        }
        return text
    }

    /// The text between masks.
    private static func stretches(_ output: [UInt8]) -> [ArraySlice<UInt8>] {
        let opening = Array("‹".utf8)
        let closing = Array("›".utf8)
        var result: [ArraySlice<UInt8>] = []
        var rest = output[...]
        while let range = rest.firstRange(of: opening) {
            result.append(rest[..<range.lowerBound])
            guard let end = rest[range.upperBound...].firstRange(of: closing) else { return result }
            rest = rest[end.upperBound...]
        }
        return result + [rest]
    }

    private static func base64(_ bytes: [UInt8]) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var bits: UInt32 = 0
        var count = 0
        var result: [UInt8] = []
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                result.append(alphabet[Int(bits >> UInt32(count) & 63)])
            }
        }
        return result
    }
}

/// Reads a fuzzer's input from front to back; zeros follow the end.
struct Reader {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { index >= bytes.count }

    var rest: ArraySlice<UInt8> { bytes[min(index, bytes.count)...] }

    mutating func next() -> UInt8 {
        defer { index += 1 }
        return isAtEnd ? 0 : bytes[index]
    }

    mutating func take(_ count: Int) -> [UInt8] {
        let result = Array(rest.prefix(count))
        index += count
        return result
    }
}
