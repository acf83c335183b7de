import RunbookTestSupport
import Testing

extension PseudoTerminal {
    /// Runs the program of these tests, and types `keys` once it shows `question`.
    static func run(_ bench: Bench, _ arguments: [String], question: String = "", keys: String = "") throws -> Result {
        let result = try run(
            [Program.path] + arguments, environment: bench.environment, directory: bench.folder,
            keys.isEmpty ? [] : [Step(question, keys)])
        #expect(result.missed == nil, "\(result.screen)")
        return result
    }
}
