#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The two output streams of the program.
enum Terminal {
    /// Writes a line to standard output.
    static func out(_ text: String) { write(text + "\n", to: 1) }

    /// Writes a line to standard error.
    static func error(_ text: String) { write(text + "\n", to: 2) }

    /// Writes text as it is.
    static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var offset = 0
            while offset < bytes.count, let start = bytes.baseAddress {
                #if canImport(Darwin)
                    let count = Darwin.write(descriptor, start + offset, bytes.count - offset)
                #else
                    let count = Glibc.write(descriptor, start + offset, bytes.count - offset)
                #endif
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { return }
                offset += count
            }
        }
    }

    /// True when a stream is a terminal that can show a live view.
    static func isInteractive(_ descriptor: Int32, environment: [String: String]) -> Bool {
        isatty(descriptor) == 1 && environment["TERM"] != "dumb" && environment["CI"] == nil
    }

    /// True when colours may be used on a stream.
    static func usesColor(_ descriptor: Int32, environment: [String: String]) -> Bool {
        guard environment["NO_COLOR", default: ""].isEmpty else { return false }
        return isInteractive(descriptor, environment: environment)
    }
}
