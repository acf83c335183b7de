import Foundation
import Testing

/// A program on a terminal of its own, with somebody who reads and types.
enum Terminal {
    /// What somebody waits to see, and then types.
    struct Step {
        let seen: String
        let typed: String

        init(_ seen: String, _ typed: String) {
            self.seen = seen
            self.typed = typed
        }
    }

    /// What the terminal showed, and how the program ended.
    struct Result {
        let status: Int32
        let screen: String
    }

    /// Runs a program, waits for each text that a step names (after those before), and types.
    static func run(_ argv: [String], environment: [String: String], _ steps: [Step]) throws -> Result {
        var leader: Int32 = 0
        var follower: Int32 = 0
        try #require(openpty(&leader, &follower, nil, nil, nil) == 0)
        defer { close(leader) }
        let process = Process()
        let end = FileHandle(fileDescriptor: follower, closeOnDealloc: false)
        process.executableURL = URL(filePath: argv[0])
        process.arguments = Array(argv.dropFirst())
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = end
        process.standardOutput = end
        process.standardError = end
        try process.run()
        close(follower)
        var screen = ""
        var unread = ""
        var rest = steps[...]
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            var waiting = pollfd(fd: leader, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, 20_000) > 0 else {
                Issue.record("nothing came for 20 s; waited for \(rest.first?.seen ?? "the end"): \(screen)")
                process.terminate()
                break
            }
            let count = read(leader, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { break }
            let text = String(decoding: buffer[..<count], as: UTF8.self)
            screen += text
            unread += text
            while let step = rest.first, let place = unread.firstRange(of: step.seen) {
                unread = String(unread[place.upperBound...])
                rest = rest.dropFirst()
                _ = step.typed.withCString { write(leader, $0, strlen($0)) }
            }
        }
        process.waitUntilExit()
        #expect(rest.isEmpty, "never seen: \(rest.first?.seen ?? "")")
        return Result(status: process.terminationStatus, screen: screen)
    }
}
