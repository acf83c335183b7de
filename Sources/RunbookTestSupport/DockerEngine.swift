import Foundation
import Synchronization

/// A docker engine for the tests, with its own data and socket; started once, ended when the tests end.
public enum DockerEngine {
    /// The address for `DOCKER_HOST`, or nil where no engine can be started here.
    public static let host: String? = start()

    /// True when tests with a real engine can run.
    public static var isAvailable: Bool { host != nil }

    private static let process = Mutex<Int32>(0)
    private static let folder = NSTemporaryDirectory() + "runbook-docker-\(getpid())"

    private static func start() -> String? {
        guard getuid() == 0, let dockerd = ["/usr/sbin/dockerd", "/usr/bin/dockerd"].first(where: isExecutable) else {
            return nil
        }
        for driver in ["overlay2", "vfs"] {
            if let host = launch(dockerd, driver) { return host }
        }
        return nil
    }

    private static func isExecutable(_ path: String) -> Bool { FileManager.default.isExecutableFile(atPath: path) }

    private static func launch(_ dockerd: String, _ driver: String) -> String? {
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let socket = "\(folder)/docker.sock"
        let daemon = Process()
        daemon.executableURL = URL(fileURLWithPath: dockerd)
        daemon.arguments = [
            "--data-root", "\(folder)/data-\(driver)", "--exec-root", "\(folder)/exec", "--pidfile",
            "\(folder)/docker.pid", "--host", "unix://\(socket)", "--iptables=false", "--bridge=none",
            "--storage-driver", driver,
        ]
        _ = FileManager.default.createFile(atPath: "\(folder)/\(driver).log", contents: nil)
        let log = FileHandle(forWritingAtPath: "\(folder)/\(driver).log")
        daemon.standardInput = FileHandle.nullDevice
        daemon.standardOutput = log
        daemon.standardError = log
        guard (try? daemon.run()) != nil else { return nil }
        process.withLock { $0 = daemon.processIdentifier }
        for _ in 0..<150 {
            if FileManager.default.fileExists(atPath: socket), answers("unix://\(socket)") {
                atexit { DockerEngine.stop() }
                return "unix://\(socket)"
            }
            if !daemon.isRunning { return nil }
            usleep(100_000)
        }
        stop()
        return nil
    }

    private static func answers(_ host: String) -> Bool {
        let probe = Process()
        probe.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        probe.arguments = ["docker", "--host", host, "version", "--format", "{{.Server.Version}}"]
        probe.standardInput = FileHandle.nullDevice
        probe.standardOutput = FileHandle.nullDevice
        probe.standardError = FileHandle.nullDevice
        guard (try? probe.run()) != nil else { return false }
        probe.waitUntilExit()
        return probe.terminationStatus == 0
    }

    private static func stop() {
        let identifier = process.withLock { identifier in
            defer { identifier = 0 }
            return identifier
        }
        guard identifier > 0 else { return }
        kill(identifier, SIGTERM)
        for _ in 0..<50 where kill(identifier, 0) == 0 {
            var status: Int32 = 0
            waitpid(identifier, &status, WNOHANG)
            usleep(100_000)
        }
        try? FileManager.default.removeItem(atPath: folder)
    }
}
