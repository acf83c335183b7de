import Foundation
import RunbookLua

/// Reads what tools print as JSON.
enum ToolJSON {
    /// One document.
    ///
    /// - Throws: `RunbookError` with code `command` that shows the start of what is no such document.
    static func decode<Value: Decodable>(_ type: Value.Type, _ result: ProcessResult, of command: Command) throws
        -> Value
    {
        try decode(type, result.stdout, of: command)
    }

    /// One document of a larger output.
    static func decode<Value: Decodable>(
        _ type: Value.Type, _ bytes: some Sequence<UInt8>, of command: Command
    ) throws -> Value {
        let bytes = Array(bytes)
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            let start = String(decoding: bytes.prefix(80), as: UTF8.self)
            throw RunbookError(
                .command, "\(command.argv.prefix(3).joined(separator: " ")) did not print the JSON that was expected",
                details: start.isEmpty ? ["it printed nothing"] : ["it printed: \(start)"])
        }
    }

    /// Documents on a line each, as docker's lists are printed; an array of them, as other versions print it, too.
    static func decodeLines<Value: Decodable>(_ type: Value.Type, _ result: ProcessResult, of command: Command) throws
        -> [Value]
    {
        if isArray(result.stdout) { return try decode([Value].self, result, of: command) }
        return try documents(result.stdout).map { try decode(type, $0, of: command) }
    }

    /// The lines of an output as one JSON array for a script, without reading them.
    static func array(_ result: ProcessResult) -> LuaValue {
        if isArray(result.stdout) { return .json(result.stdout) }
        let lines = documents(result.stdout).joined(separator: [UInt8(ascii: ",")])
        return .json([UInt8(ascii: "[")] + lines + [UInt8(ascii: "]")])
    }

    private static func isArray(_ bytes: [UInt8]) -> Bool {
        bytes.first { $0 != 32 && $0 != 9 && $0 != 13 && $0 != 10 } == UInt8(ascii: "[")
    }

    private static func documents(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        bytes.split(separator: 10).filter { line in line.contains { $0 != 32 && $0 != 9 && $0 != 13 } }
    }
}
