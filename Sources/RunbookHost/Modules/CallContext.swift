import RunbookLua
import RunbookSecrets

/// What a function of a module has besides its arguments.
public struct CallContext: Sendable {
    /// The run.
    let run: RunSession
    /// The function's full name, such as `helm.upgrade`.
    let function: String
    /// The script line that called.
    let site: LuaSite?

    /// The way to the outside.
    var world: any World { run.world }

    /// Runs a command that only reads.
    ///
    /// - Throws: `RunbookError` with code `command` when it ends with a code that is not in `accepting`.
    func read(_ command: Command, accepting: Set<Int> = [0]) async throws -> ProcessResult {
        let result = try await world.read(command)
        guard accepting.contains(result.status) else { throw failure(of: command, result) }
        return result
    }

    /// Makes a change; nil when a preview stood in for it.
    func write(_ action: Action, _ change: Change) async throws -> Response? {
        let response = try await world.perform(.write(action, change))
        if case .predicted = response { return nil }
        return response
    }

    /// Makes a change by a command; nil when a preview stood in for it.
    ///
    /// - Throws: `RunbookError` with code `command` when it ends with a code that is not in `accepting`.
    func write(_ command: Command, _ change: Change, accepting: Set<Int> = [0]) async throws -> ProcessResult? {
        guard case .process(let result)? = try await write(.process(command), change) else { return nil }
        guard accepting.contains(result.status) else { throw failure(of: command, result) }
        return result
    }

    /// The error for a command that ended with a code it should not have.
    func failure(of command: Command, _ result: ProcessResult) -> RunbookError {
        CommandFailure.error(command, result, redactor: run.vault.redactor)
    }

    /// An unknown value that stands for what this call would give.
    func unknown(_ what: String) -> LuaValue {
        UnknownValue.make(what, from: run.plan.lastNumber)
    }

    /// Tells a person something.
    func note(_ level: Note.Level, _ text: String) {
        run.hub.publish(.note(Note(level: level, text: text, step: StepScope.current?.number)))
    }
}

/// The error for a command that failed.
enum CommandFailure {
    static func error(_ command: Command, _ result: ProcessResult, redactor: Redactor) -> RunbookError {
        for explain in BuiltinModules.explanations {
            if let error = explain(command, result) { return error }
        }
        let display = redactor.redact(command.display)
        var lines = OutputLines.last(8, of: result.stderr)
        if lines.isEmpty { lines = OutputLines.last(8, of: result.stdout) }
        let reason = lines.last.map { ": " + Self.shortReason($0) } ?? ""
        return RunbookError(
            .command, "\(Self.short(display)) exited \(result.status)\(reason)", details: lines, exit: result.status,
            command: display)
    }

    /// A text cut to fit on a line or two, between words where it can be; the failure holds the whole command.
    static func short(_ text: String) -> String {
        guard text.count > 120 else { return text }
        let head = text.prefix(100)
        let end = head.lastIndex(of: " ").flatMap { head.distance(from: head.startIndex, to: $0) > 60 ? $0 : nil }
        return head[..<(end ?? head.endIndex)] + " …"
    }

    /// A reason cut in its middle: tools wrap what went wrong from the left, so that the cause stands last.
    static func shortReason(_ text: String) -> String {
        guard text.count > 200 else { return text }
        let (head, tail) = (text.prefix(60), text.suffix(120))
        let start = head.lastIndex(of: " ").map { head[...$0] } ?? head
        let end = tail.firstIndex(of: " ").map { tail[$0...] } ?? tail
        return start + "…" + end
    }
}
