import RunbookLua
import RunbookSecrets
import Synchronization

/// The answers that a test gives in place of commands.
final class CommandStubs: Sendable {
    struct Stub: Sendable {
        let prefix: [String]
        let answer: ProcessResult
    }
    private let list = Mutex<[Stub]>([])

    func add(_ prefix: [String], _ answer: ProcessResult) {
        list.withLock { $0.append(Stub(prefix: prefix, answer: answer)) }
    }

    func clear() { list.withLock { $0.removeAll() } }

    var isEmpty: Bool { list.withLock { $0.isEmpty } }

    /// The answer of the stub with the most words that begin the command; the last one given wins among equals.
    func answer(to argv: [String]) -> ProcessResult? {
        list.withLock { list in
            list.filter { Self.matches($0.prefix, argv) }.enumerated()
                .max { ($0.element.prefix.count, $0.offset) < ($1.element.prefix.count, $1.offset) }?.element.answer
        }
    }

    // The words of a stub must come in the command in that order, the first one first: options between them, such as a
    // namespace, are no matter.
    private static func matches(_ prefix: [String], _ argv: [String]) -> Bool {
        guard let first = prefix.first,
            argv.first?.split(separator: "/").last.map(String.init) == first || argv.first == first
        else { return false }
        var rest = argv.dropFirst()[...]
        for word in prefix.dropFirst() {
            guard let index = rest.firstIndex(of: word) else { return false }
            rest = rest[(index + 1)...]
        }
        return true
    }
}

/// A world that answers commands by stubs; a command without one is an error.
struct StubWorld: World {
    let base: any World
    let stubs: CommandStubs

    func perform(_ request: Request) async throws -> Response {
        switch request.action {
        case .process(let command), .terminal(let command):
            if let answer = stubs.answer(to: command.argv) { return .process(answer) }
            throw RunbookError(
                .missing, "the test has no answer for: \(command.display)",
                remedy: "add on { \"\(command.argv.prefix(2).joined(separator: "\", \""))\" }:returns { stdout = … }")
        case .sleep: return .done
        default: return try await base.perform(request)
        }
    }
}
