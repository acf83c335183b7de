import Foundation

/// A program on a terminal of its own, with somebody who reads and types.
public enum PseudoTerminal {
    /// What somebody waits to see, and then types.
    public struct Step: Sendable {
        let seen: String
        let typed: String

        /// Describes a step.
        public init(_ seen: String, _ typed: String) {
            self.seen = seen
            self.typed = typed
        }
    }

    /// What the terminal showed, and how the program ended.
    public struct Result: Sendable {
        /// The exit code.
        public var status: Int32
        /// Everything that was shown, with its control sequences.
        public var screen: String
        /// The text that was waited for and never came; nil when all did.
        public var missed: String?
    }

    /// How long a program may show nothing, in milliseconds, until it is taken to hang and ended.
    private static let patience: Int32 = 60_000

    /// Runs a program with all three streams on the terminal, waits for each text that a step names (after those before), and types.
    ///
    /// - Throws: `CocoaError` for a terminal that cannot be had or a program that cannot be started.
    public static func run(
        _ argv: [String], environment: [String: String], directory: String? = nil, _ steps: [Step] = []
    ) throws -> Result {
        var leader: Int32 = 0
        var follower: Int32 = 0
        guard openpty(&leader, &follower, nil, nil, nil) == 0 else { throw CocoaError(.fileNoSuchFile) }
        defer { close(leader) }
        let process = Process()
        let end = FileHandle(fileDescriptor: follower, closeOnDealloc: false)
        process.executableURL = URL(fileURLWithPath: argv[0])
        process.arguments = Array(argv.dropFirst())
        process.environment = environment
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        process.standardInput = end
        process.standardOutput = end
        process.standardError = end
        try process.run()
        close(follower)
        var screen: [UInt8] = []
        var unread: [UInt8] = []
        var rest = steps[...]
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            var waiting = pollfd(fd: leader, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, patience) > 0 else {
                process.terminate()
                break
            }
            let count = read(leader, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { break }
            screen += buffer[..<count]
            unread += buffer[..<count]
            while let step = rest.first, let place = unread.firstRange(of: Array(step.seen.utf8)) {
                unread.removeFirst(place.upperBound)
                rest = rest.dropFirst()
                _ = step.typed.withCString { write(leader, $0, strlen($0)) }
            }
        }
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus, screen: String(decoding: screen, as: UTF8.self), missed: rest.first?.seen
        )
    }
}
