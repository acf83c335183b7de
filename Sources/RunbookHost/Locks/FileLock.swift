import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Who holds a lock.
struct LockHolder: Codable, Sendable {
    var lock: String
    var run: String
    var runbook: String
    var user: String
    var host: String
    var pid: Int
    /// Seconds since 1970.
    var since: Double

    /// `run 7f3k2 of deploy-local, by ann on host1 (pid 4711), for 3m 12s`.
    func description(now: Double) -> String {
        let age = DurationText.of(milliseconds: Int(max(0, now - since) * 1000))
        return "run \(run) of \(runbook), by \(user) on \(host) (pid \(pid)), for \(age)"
    }
}

/// A lock between the runs on one machine: the kernel gives it back when the holder's process ends, however it ends.
final class FileLock: Sendable {
    private let descriptor: Mutex<Int32>

    private init(_ descriptor: Int32) {
        self.descriptor = Mutex(descriptor)
    }

    deinit { release() }

    /// What an attempt gave.
    enum Attempt {
        /// The lock is held now; what an earlier holder that is gone left in it.
        case taken(FileLock, left: LockHolder?)
        /// Another process holds it.
        case held(LockHolder?)
    }

    /// Tries to take the lock, without waiting.
    ///
    /// - Throws: `RunbookError` with code `io`.
    static func attempt(_ path: String, _ holder: LockHolder) throws -> Attempt {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("open", path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isHeld = errno == EWOULDBLOCK
            defer { close(descriptor) }
            guard isHeld else { throw failure("lock", path) }
            return .held(read(descriptor))
        }
        let left = read(descriptor)
        guard let text = try? JSONEncoder().encode(holder), ftruncate(descriptor, 0) == 0,
            text.withUnsafeBytes({ pwrite(descriptor, $0.baseAddress, $0.count, 0) }) == text.count
        else {
            let error = failure("write", path)
            close(descriptor)
            throw error
        }
        return .taken(FileLock(descriptor), left: left)
    }

    /// True while somebody holds the lock of a file.
    static func isHeld(_ path: String) -> Bool {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    /// Gives the lock back.
    func release() {
        descriptor.withLock { descriptor in
            guard descriptor >= 0 else { return }
            // Closing gives the lock back; what is written in it must go first.
            ftruncate(descriptor, 0)
            close(descriptor)
            descriptor = -1
        }
    }

    /// Gives the lock up as the end of a process does: what is written in it stays.
    func abandon() {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { close(descriptor) }
            descriptor = -1
        }
    }

    private static func read(_ descriptor: Int32) -> LockHolder? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return nil }
        return try? JSONDecoder().decode(LockHolder.self, from: Data(buffer[..<count]))
    }

    private static func failure(_ verb: String, _ path: String) -> RunbookError {
        RunbookError(.io, "cannot \(verb) \(path): \(String(cString: strerror(errno)).lowercased())")
    }
}
