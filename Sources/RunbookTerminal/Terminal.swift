#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The two output streams of the program.
package enum Terminal {
    /// Writes a line to standard output.
    package static func out(_ text: String) { write(text + "\n", to: 1) }

    /// Writes a line to standard error.
    package static func error(_ text: String) { write(text + "\n", to: 2) }

    /// Writes text as it is.
    package static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var offset = 0
            while offset < bytes.count, let start = bytes.baseAddress {
                let count = writeBytes(descriptor, start + offset, bytes.count - offset)
                if count < 0 && errno == EINTR { continue }
                if count < 0 && errno == EAGAIN {
                    // Another program has set the terminal to answer at once; it takes more when it can.
                    var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&ready, 1, 1000)
                    continue
                }
                if count <= 0 { return }
                offset += count
            }
        }
    }

    /// True when a stream is a terminal that can show a live view.
    package static func isInteractive(_ descriptor: Int32, environment: [String: String]) -> Bool {
        isatty(descriptor) == 1 && environment["TERM"] != "dumb"
            && ["", "0", "false"].contains(environment["CI", default: ""])
    }

    /// True when colours may be used on a stream.
    package static func usesColor(_ descriptor: Int32, environment: [String: String]) -> Bool {
        guard environment["NO_COLOR", default: ""].isEmpty else { return false }
        return isInteractive(descriptor, environment: environment)
    }

    /// True when two streams are the same terminal.
    package static func isSame(_ first: Int32, _ second: Int32) -> Bool {
        var one = stat()
        var other = stat()
        return isatty(first) == 1 && isatty(second) == 1 && fstat(first, &one) == 0 && fstat(second, &other) == 0
            && one.st_rdev == other.st_rdev
    }

    /// True when a program reads a stream: it may write to the same terminal.
    package static func isPiped(_ descriptor: Int32) -> Bool {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return false }
        return status.st_mode & S_IFMT == S_IFIFO || status.st_mode & S_IFMT == S_IFSOCK
    }

    /// The columns and rows of a terminal; nil when it does not tell.
    package static func size(_ descriptor: Int32) -> (columns: Int, rows: Int)? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return nil }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// True when the program owns the terminal: one in the background leaves it alone.
    package static func isForeground(_ descriptor: Int32) -> Bool {
        let group = tcgetpgrp(descriptor)
        return group < 0 || group == getpgrp()
    }
}

private func writeBytes(_ descriptor: Int32, _ start: UnsafePointer<UInt8>, _ count: Int) -> Int {
    write(descriptor, start, count)
}
