import Foundation
import Synchronization
import Testing

/// The program on a terminal of its own.
struct PseudoTerminal {
    /// What the terminal showed, and how the program ended.
    struct Result {
        var status: Int32
        var screen: String
    }

    /// Runs the program with all three streams on a terminal, and types `keys` once it shows `question`.
    static func run(_ bench: Bench, _ arguments: [String], question: String = "", keys: String = "") throws -> Result {
        var leader: Int32 = 0
        var follower: Int32 = 0
        try #require(openpty(&leader, &follower, nil, nil, nil) == 0)
        defer { close(leader) }
        let process = Process()
        let end = FileHandle(fileDescriptor: follower, closeOnDealloc: false)
        process.executableURL = URL(fileURLWithPath: Program.path)
        process.arguments = arguments
        process.environment = bench.environment
        process.currentDirectoryURL = URL(fileURLWithPath: bench.folder)
        process.standardInput = end
        process.standardOutput = end
        process.standardError = end
        try process.run()
        close(follower)
        var screen: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        var isAnswered = keys.isEmpty
        while true {
            let count = read(leader, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            screen += buffer[..<count]
            if !isAnswered, String(decoding: screen, as: UTF8.self).contains(question) {
                isAnswered = true
                _ = keys.withCString { write(leader, $0, strlen($0)) }
            }
        }
        process.waitUntilExit()
        return Result(status: process.terminationStatus, screen: String(decoding: screen, as: UTF8.self))
    }
}
