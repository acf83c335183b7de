import Foundation
import Testing

/// The program while it runs.
final class Started {
    private let process = Process()
    private let ended = DispatchSemaphore(value: 0)
    private let out: String
    private let errors: String
    private let start = ContinuousClock.now

    /// Longer than any test may take, so that one that hangs fails and does not hold up the others.
    private static let patience = 120.0

    /// - Parameter launcher: A command that starts the one after it, such as `nice`.
    init(_ bench: Bench, _ arguments: [String], directory: String, through launcher: [String] = []) throws {
        let name = "\(bench.folder)-\(UInt64.random(in: 0 ... .max))"
        (out, errors) = (name + ".out", name + ".err")
        for path in [out, errors] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        let command = launcher + [Program.path] + arguments
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.environment = bench.environment
        process.currentDirectoryURL = URL(fileURLWithPath: bench.folder + "/" + directory)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: out)
        process.standardError = FileHandle(forWritingAtPath: errors)
        let ended = ended
        process.terminationHandler = { _ in ended.signal() }
        try process.run()
    }

    /// A simulated cluster of its own, to which the bench's kubeconfig then points.
    static func simulator(_ bench: inout Bench, _ arguments: [String] = []) throws -> Started {
        let program = try Started(bench, ["sim"] + arguments, directory: ".")
        #expect(program.waits { $0.contains("\n") }, "\(program.complaints)")
        bench.environment["KUBECONFIG"] = program.printed.split(separator: "\n").first.map(String.init)
        return program
    }

    /// Tells the program to end, and waits until it has.
    func stop() {
        send(SIGTERM)
        _ = try? wait()
    }

    /// Sends a signal to the program alone.
    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// What it has printed so far.
    var printed: String { text(out) }

    /// What it has said on standard error so far.
    var complaints: String { text(errors) }

    /// Waits until the program has printed what is asked for.
    ///
    /// - Returns: False when it did not in time.
    func waits(for condition: (String) -> Bool) -> Bool {
        let deadline = Date().addingTimeInterval(Self.patience)
        while Date() < deadline {
            if condition(printed) { return true }
            if !process.isRunning { return condition(printed) }
            usleep(20_000)
        }
        return false
    }

    /// Waits for its end.
    func wait() throws -> Bench.Result {
        defer { for path in [out, errors] { unlink(path) } }
        if ended.wait(timeout: .now() + Self.patience) == .timedOut {
            kill(process.processIdentifier, SIGKILL)
            ended.wait()
        }
        let time = (ContinuousClock.now - start).components
        return Bench.Result(
            status: process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus,
            out: text(out), errors: text(errors), seconds: Double(time.seconds) + Double(time.attoseconds) / 1e18)
    }

    private func text(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

/// A JSON value that tests can look into.
struct JSON {
    let value: Any?

    init(_ value: Any?) { self.value = value }

    subscript(_ key: String) -> JSON { JSON((value as? [String: Any])?[key]) }
    subscript(_ index: Int) -> JSON {
        let list = value as? [Any] ?? []
        return JSON(list.indices.contains(index) ? list[index] : nil)
    }
    var text: String? { value as? String }
    var number: Int? { value as? Int }
    var flag: Bool? { value as? Bool }
    var list: [JSON] { (value as? [Any] ?? []).map { JSON($0) } }
    var texts: [String] { list.compactMap(\.text) }
    var isNull: Bool { value is NSNull }
    var keys: Set<String> { Set((value as? [String: Any] ?? [:]).keys) }
}
