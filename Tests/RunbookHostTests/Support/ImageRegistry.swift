import Foundation
import Testing

/// A real registry of images and charts on this machine, for the length of a test.
struct ImageRegistry {
    /// `127.0.0.1:PORT`.
    let address: String
    private let process: Process
    private let folder: String

    /// Who may use one that asks for a password.
    static let user = "ops"
    static let password = "correct-horse-battery"
    // The same password as bcrypt, which is the one form that the registry reads.
    private static let credentials = "ops:$2b$05$abcdefghijklmnopqrstuuSnF5tLPqPFqc0z9CY0HcSLFbSRlL67u"

    /// Starts a registry, gives its address to a body, and ends it.
    static func with(password isAsked: Bool = false, _ body: (ImageRegistry) async throws -> Void) async throws {
        let registry = try ImageRegistry(isAsked: isAsked)
        defer { registry.stop() }
        try await body(registry)
    }

    /// Where the program is; nil where there is none.
    static let program = ["/usr/bin/docker-registry", "/usr/local/bin/registry"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    private init(isAsked: Bool) throws {
        folder = NSTemporaryDirectory() + "runbook-registry-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let program = try #require(Self.program, "docker-registry is not installed: scripts/install-tools.sh")
        let port = try Self.freePort()
        address = "127.0.0.1:\(port)"
        var settings = """
            version: 0.1
            log: {level: error, accesslog: {disabled: true}}
            storage: {filesystem: {rootdirectory: \(folder)/data}, delete: {enabled: true}}
            http: {addr: "\(address)"}

            """
        if isAsked {
            try Data((Self.credentials + "\n").utf8).write(to: URL(fileURLWithPath: folder + "/users"))
            settings += "auth: {htpasswd: {realm: test, path: \(folder)/users}}\n"
        }
        try Data(settings.utf8).write(to: URL(fileURLWithPath: folder + "/config.yml"))
        process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["serve", folder + "/config.yml"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        for _ in 0..<200 where !Self.answers(port) { usleep(50_000) }
    }

    private func stop() {
        process.terminate()
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static func socketAddress(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return address
    }

    private static func withSocket<Value>(
        _ port: UInt16, _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Value
    ) -> Value {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = socketAddress(port)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    private static func answers(_ port: UInt16) -> Bool { withSocket(port) { connect($0, $1, $2) == 0 } }

    private static func freePort() throws -> UInt16 {
        for _ in 0..<100 {
            let port = UInt16.random(in: 20_000...60_000)
            if withSocket(port, { bind($0, $1, $2) == 0 }) { return port }
        }
        throw CocoaError(.fileWriteUnknown)
    }
}
