import Synchronization

/// Where the lines of a running command go while it runs.
struct OutputTap: Sendable {
    @TaskLocal static var current: OutputTap?
    /// What a command's lines are shown as, where its binding knows better; nil drops a line.
    @TaskLocal static var translation: (@Sendable (String) -> String?)?

    let emit: @Sendable (OutputStreamName, String) -> Void
    /// True once no more lines are wanted.
    var isFull: @Sendable () -> Bool = { false }
}

/// How much of one command's output is shown and logged: a program may print without end, and a disk has one.
final class OutputAllowance: Sendable {
    /// The most lines of a command.
    static let lines = 20_000
    /// The most bytes.
    static let bytes = 8 << 20

    private let used = Mutex((lines: 0, bytes: 0))
    private let isSpent = Atomic<Bool>(false)

    /// True once the allowance is used up.
    var isUsedUp: Bool { isSpent.load(ordering: .relaxed) }

    /// Whether a line may still be shown; the first that may not is told by `isFirstLeftOut`.
    func take(_ line: String) -> (isShown: Bool, isFirstLeftOut: Bool) {
        used.withLock { used in
            if isUsedUp { return (false, false) }
            used.lines += 1
            used.bytes += line.utf8.count
            if used.lines <= Self.lines && used.bytes <= Self.bytes { return (true, false) }
            isSpent.store(true, ordering: .relaxed)
            return (false, true)
        }
    }
}

/// One of a program's two output streams.
public enum OutputStreamName: String, Sendable, Codable {
    /// Standard output.
    case stdout
    /// Standard error.
    case stderr
}

/// Cuts a stream into lines; a line is given on at the latest when it has 16 KiB.
struct LineSplitter {
    private var pending: [UInt8] = []
    private static let longest = 16 << 10

    mutating func add(_ bytes: [UInt8], _ emit: (String) -> Void) {
        var start = bytes.startIndex
        for index in bytes.indices where bytes[index] == 10 {
            pending.append(contentsOf: bytes[start..<index])
            start = index + 1
            finishLine(emit)
        }
        pending.append(contentsOf: bytes[start...])
        if pending.count >= Self.longest { finishLine(emit) }
    }

    mutating func finish(_ emit: (String) -> Void) {
        if !pending.isEmpty { finishLine(emit) }
    }

    private mutating func finishLine(_ emit: (String) -> Void) {
        if pending.last == 13 { pending.removeLast() }
        // A tool redraws its progress after a carriage return: only the last state is a line.
        let shown = pending.lastIndex(of: 13).map { pending[($0 + 1)...] } ?? pending[...]
        emit(String(decoding: shown, as: UTF8.self))
        pending.removeAll(keepingCapacity: true)
    }
}

/// Lines of what a program printed.
enum OutputLines {
    /// The last lines that are not blank.
    static func last(_ count: Int, of bytes: [UInt8]) -> [String] {
        let text = String(decoding: bytes, as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
        return lines.suffix(count).map(String.init)
    }
}
