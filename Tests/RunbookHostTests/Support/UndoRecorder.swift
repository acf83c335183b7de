import Synchronization

@testable import RunbookHost

/// Notes how each write would be taken back, and does it when asked: what the journal does, in memory.
final class UndoRecorder: Sendable {
    private let inverses = Mutex<[Inverse]>([])

    /// Puts the recorder before a world.
    func wrap(_ base: any World) -> any World { Recording(base: base, recorder: self) }

    private struct Recording: World {
        let base: any World
        let recorder: UndoRecorder

        func perform(_ request: Request) async throws -> Response {
            let inverse = try await request.change?.inverse?(base)
            let response = try await base.perform(request)
            if case .process(let result) = response, !result.succeeded { return response }
            if let inverse { recorder.inverses.withLock { $0.append(inverse) } }
            return response
        }
    }

    /// The summaries, oldest first.
    var summaries: [String] { inverses.withLock { $0.map(\.summary) } }

    /// Takes all writes back, newest first; gives the commands that failed.
    func undo(in world: any World, inherited: [String]) async throws -> [String] {
        var failed: [String] = []
        for inverse in inverses.withLock({ $0 }).reversed() {
            for command in inverse.commands {
                let result = try await world.read(Command(command.argv, inherited: inherited))
                if !result.succeeded { failed.append("\(command.argv.joined(separator: " ")): \(result.errorText)") }
            }
        }
        return failed
    }
}
