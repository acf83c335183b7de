import Foundation
import Testing

/// The real kubectl and helm, which these tests drive.
enum Tools {
    /// What a command printed and how it ended.
    struct Output {
        let status: Int32
        let stdout: String
        let stderr: String

        var json: Any? { try? JSONSerialization.jsonObject(with: Data(stdout.utf8)) }
    }

    /// A tool that is not there.
    struct Missing: Error, CustomStringConvertible {
        let name: String
        var description: String {
            "\(name) was not found; put it on PATH, into .tools/bin, or name its folder in RUNBOOK_TOOLS_BIN"
        }
    }

    private static let folders: [String] = {
        let environment = ProcessInfo.processInfo.environment
        let listed = (environment["RUNBOOK_TOOLS_BIN"] ?? "").split(separator: ":").map(String.init)
        let onPath = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return listed + ["\(Fixtures.root)/.tools/bin"] + onPath
    }()

    private static func isTool(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
            && FileManager.default.isExecutableFile(atPath: path)
    }

    /// The path of kubectl.
    static func kubectl() throws -> String {
        guard let path = folders.map({ "\($0)/kubectl" }).first(where: isTool) else { throw Missing(name: "kubectl") }
        return path
    }

    /// The path of a helm of a main version: 3 or 4.
    static func helm(_ version: Int) async throws -> String {
        let candidates = folders.flatMap { ["\($0)/helm\(version)", "\($0)/helm\(version)/helm", "\($0)/helm"] }.filter(
            isTool)
        for path in candidates {
            let output = try await run([path, "version", "--template", "{{.Version}}"], environment: [:])
            if output.stdout.hasPrefix("v\(version).") { return path }
        }
        throw Missing(name: "helm \(version)")
    }

    /// Runs a command; its output goes through files, so that no pipe can fill up.
    static func run(_ argv: [String], stdin: String? = nil, environment: [String: String], folder: String? = nil)
        async throws -> Output
    {
        let scratch = FileManager.default.temporaryDirectory.appending(path: "cluster-sim-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let files = ["in", "out", "err"].map { scratch.appending(path: $0) }
        try (stdin ?? "").write(to: files[0], atomically: true, encoding: .utf8)
        for file in files.dropFirst() { try Data().write(to: file) }
        let process = Process()
        process.executableURL = URL(filePath: argv[0])
        process.arguments = Array(argv.dropFirst())
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let folder { process.currentDirectoryURL = URL(filePath: folder) }
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        return Output(
            status: process.terminationStatus, stdout: try String(contentsOf: files[1], encoding: .utf8),
            stderr: try String(contentsOf: files[2], encoding: .utf8))
    }
}
