/// The one way to the outside: every process, file, network call, prompt and wait of a run is a request to a world.
///
/// Dry-run, journal, tapes, faults and the simulator are worlds that wrap another one.
public protocol World: Sendable {
    /// Carries out a request, or stands in for it.
    ///
    /// - Throws: `RunbookError`, or `CancellationError` when the task is cancelled.
    func perform(_ request: Request) async throws -> Response
}

/// What is asked of the world, and what it does to it.
public struct Request: Sendable {
    /// The thing to do.
    public var action: Action
    /// Nil for a read; what changes for a write.
    public var change: Change?

    /// A request that only reads.
    public static func read(_ action: Action) -> Request { Request(action: action, change: nil) }
    /// A request that changes something.
    public static func write(_ action: Action, _ change: Change) -> Request { Request(action: action, change: change) }

    /// True when the request changes something.
    public var isWrite: Bool { change != nil }
}

/// A thing that a world can do.
public enum Action: Sendable {
    /// Runs a program to its end.
    case process(Command)
    /// Runs a program that a person talks to, on the terminal.
    case terminal(Command)
    /// Works on the file system.
    case file(FileAction)
    /// Sends an HTTP request.
    case http(HTTPCall)
    /// Waits.
    case sleep(Duration)
    /// Asks the person at the terminal.
    case prompt(Prompt)
    /// Reads a variable of the environment.
    case environment(String)
    /// Reads the time, in seconds since 1970.
    case now
}

extension Action {
    /// The program that it runs, or nil.
    var command: Command? {
        switch self {
        case .process(let command), .terminal(let command): command
        default: nil
        }
    }
}

/// What a request gave.
public enum Response: Sendable {
    /// A process ended.
    case process(ProcessResult)
    /// The content of a file.
    case bytes([UInt8])
    /// What stands at a path.
    case status(FileStatus?)
    /// The names in a folder, ascending.
    case names([String])
    /// An HTTP answer.
    case http(HTTPAnswer)
    /// What a person answered.
    case answer(String)
    /// A variable of the environment.
    case variable(String?)
    /// The time, in seconds since 1970.
    case time(Double)
    /// Done; there is nothing to tell.
    case done
    /// Not done, since nothing may change: a preview stood in for it.
    case predicted
}

/// A question to a person.
public struct Prompt: Sendable {
    /// What kind of answer is wanted.
    public enum Kind: Sendable, Equatable {
        /// Yes or no; `--yes` answers yes.
        case confirm
        /// These words exactly; `--yes` does not answer it.
        case type(String)
        /// One of these.
        case choose([String])
        /// A line of text.
        case line
        /// A line that is not shown.
        case hidden
    }
    /// The question.
    public var text: String
    /// What is asked for.
    public var kind: Kind

    /// Makes a question.
    public init(_ text: String, _ kind: Kind) {
        self.text = text
        self.kind = kind
    }
}

extension World {
    /// Runs a program that only reads.
    func read(_ command: Command) async throws -> ProcessResult {
        guard case .process(let result) = try await perform(.read(.process(command))) else {
            throw RunbookError(.internal, "the world did not run \(command.argv.first ?? "a command")")
        }
        return result
    }

    /// The seconds since 1970.
    func now() async throws -> Double {
        guard case .time(let seconds) = try await perform(.read(.now)) else { return 0 }
        return seconds
    }

    /// A variable of the environment.
    func environment(_ name: String) async throws -> String? {
        guard case .variable(let value) = try await perform(.read(.environment(name))) else { return nil }
        return value
    }

    /// What stands at a path, or nil.
    func status(of path: String) async throws -> FileStatus? {
        guard case .status(let status) = try await perform(.read(.file(.status(path)))) else { return nil }
        return status
    }

    /// The content of a file.
    func contents(of path: String) async throws -> [UInt8] {
        guard case .bytes(let bytes) = try await perform(.read(.file(.read(path)))) else { return [] }
        return bytes
    }
}
