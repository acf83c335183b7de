import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Writes a run's events to `runs/ID/events.jsonl`, each line in one call.
///
/// The file is locked as long as the engine lives: that tells a run under way from one whose engine is gone.
final class EventLog: EventListener {
    private struct State {
        var descriptor: Int32
        var size: Int64
        var hasFailed = false
    }

    private let state: Mutex<State>
    private let path: String

    private init(path: String, descriptor: Int32, size: Int64) {
        self.path = path
        state = Mutex(State(descriptor: descriptor, size: size))
    }

    deinit {
        state.withLock { state in
            if state.descriptor >= 0 { close(state.descriptor) }
        }
    }

    /// Lets the file go as the end of the process does.
    func abandon() {
        state.withLock { state in
            if state.descriptor >= 0 { close(state.descriptor) }
            state.descriptor = -1
        }
    }

    /// The folder of a run.
    static func folder(of id: String, in stateFolder: String) -> String { "\(stateFolder)/runs/\(id)" }

    /// The path of a run's events.
    static func path(of id: String, in stateFolder: String) -> String {
        folder(of: id, in: stateFolder) + "/events.jsonl"
    }

    /// Opens the log of a run for the engine.
    ///
    /// - Throws: `RunbookError` with code `locked` while another engine works on the run, or `io`.
    static func open(_ id: String, in stateFolder: String) throws -> EventLog {
        try StateFolder.make(folder(of: id, in: stateFolder))
        let path = path(of: id, in: stateFolder)
        let descriptor = openFile(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw RunbookError(.io, "cannot write \(path): \(String(cString: strerror(errno)).lowercased())")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw RunbookError(
                .locked, "run \(id) is under way in another process", remedy: "`runbook logs \(id)` shows how far it is"
            )
        }
        return EventLog(path: path, descriptor: descriptor, size: Int64(lseek(descriptor, 0, SEEK_END)))
    }

    /// True while an engine works on a run.
    static func isAlive(_ id: String, in stateFolder: String) -> Bool {
        let descriptor = openFile(path(of: id, in: stateFolder), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    /// Writes an event.
    func receive(_ event: RunEvent) {
        var line = EventJSON.line(event, time: SystemClock.text(SystemClock.now())) + "\n"
        state.withLock { state in
            guard state.descriptor >= 0, !state.hasFailed else { return }
            let count = line.utf8.count
            let written = line.withUTF8 { writeFile(state.descriptor, $0.baseAddress, count) }
            if written == count {
                state.size += Int64(count)
            } else {
                // A full disk: no half line stays.
                state.hasFailed = true
                ftruncate(state.descriptor, off_t(state.size))
            }
        }
    }
}

// The type's own `open` hides the function of the C library.
private func openFile(_ path: String, _ flags: Int32) -> Int32 { open(path, flags, 0o600) }
private func writeFile(_ descriptor: Int32, _ start: UnsafePointer<UInt8>?, _ count: Int) -> Int {
    write(descriptor, start, count)
}
