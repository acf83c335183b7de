import RunbookSecrets

/// What must hold for the `.env` reader, whatever bytes it is given.
public enum DotEnvProperty {
    /// A description of what does not hold; `nil` where all does.
    public static func violation(_ input: [UInt8]) -> String? {
        let lineCount = input.count(where: { $0 == 0x0a }) + 1
        do {
            let entries = try DotEnv.parse(input, file: "f")
            return check(entries, lineCount: lineCount) ?? checkInterpolated(input, lineCount)
        } catch {
            return check(error, lineCount)
        }
    }

    private static func check(_ error: DotEnvError, _ lineCount: Int) -> String? {
        guard (1...lineCount).contains(error.line) else { return "line \(error.line) of \(lineCount)" }
        return error.description.hasPrefix("f:\(error.line): ") ? nil : "the error does not begin with its place"
    }

    private static func checkInterpolated(_ input: [UInt8], _ lineCount: Int) -> String? {
        do {
            _ = try DotEnv.parse(input, file: "f", interpolation: .on { $0 == "HOME" ? Array("/h".utf8) : nil })
            return nil
        } catch {
            return check(error, lineCount)
        }
    }

    private static func check(_ entries: [DotEnv.Entry], lineCount: Int) -> String? {
        guard Set(entries.map(\.name)).count == entries.count else { return "a name occurs twice" }
        var previous = 0
        for entry in entries {
            guard entry.line > previous, entry.line <= lineCount else { return "lines are out of order" }
            previous = entry.line
        }
        var file: [UInt8] = []
        for entry in entries { file += Array("\(entry.name)=".utf8) + quoted(entry.value) + [0x0a] }
        guard let again = try? DotEnv.parse(file, file: "f") else { return "the values, quoted, do not parse" }
        guard again.map(\.name) == entries.map(\.name), again.map(\.value) == entries.map(\.value) else {
            return "the values, quoted, parse to others"
        }
        return nil
    }

    private static func quoted(_ value: [UInt8]) -> [UInt8] {
        let escapes: [UInt8: String] = [0x0a: "\\n", 0x0d: "\\r", 0x09: "\\t", 0x5c: "\\\\", 0x22: "\\\"", 0x24: "\\$"]
        let body = value.flatMap { (byte: UInt8) -> [UInt8] in escapes[byte].map { Array($0.utf8) } ?? [byte] }
        return [0x22] + body + [0x22]
    }
}
