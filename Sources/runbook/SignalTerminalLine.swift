#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads a line from the terminal, and stops waiting for it when the task is cancelled.
enum TerminalLine {
    /// The line without its end; nil at the end of input or when the task is cancelled.
    static func read() -> String? {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while true {
            var waiting = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
            let ready = poll(&waiting, 1, 100)
            if Task.isCancelled { return nil }
            if ready == 0 || (ready < 0 && errno == EINTR) { continue }
            let count = readByte(&byte)
            if count < 0 && errno == EINTR { continue }
            guard count == 1 else { return line.isEmpty ? nil : String(decoding: line, as: UTF8.self) }
            if byte == 10 { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
    }

    // One byte at a time: what comes after the line is for the next question.
    private static func readByte(_ byte: inout UInt8) -> Int { readOne(&byte) }
}

private func readOne(_ byte: UnsafeMutablePointer<UInt8>) -> Int { read(0, byte, 1) }
