#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import Synchronization

/// The terminal that a live view is drawn on.
package protocol LiveDevice: Sendable {
    /// Its columns and rows.
    var size: (columns: Int, rows: Int) { get }
    /// False while the program is in the background: the terminal is another's then.
    var isForeground: Bool { get }
    /// True when a program reads the product, and may show it on this terminal.
    var isProductPiped: Bool { get }
    /// Writes text in one go.
    func write(_ text: String)
    /// Keeps keys from being shown while the view is drawn, or shows them again.
    func quiet(_ isQuiet: Bool)
}

/// The terminal behind standard error.
package final class StandardErrorDevice: LiveDevice {
    private let saved = Mutex<termios?>(nil)

    package init() {}

    package var size: (columns: Int, rows: Int) { Terminal.size(2) ?? (80, 24) }
    package var isForeground: Bool { Terminal.isForeground(2) }
    package let isProductPiped = Terminal.isPiped(1)
    package func write(_ text: String) { Terminal.write(text, to: 2) }

    /// A key would be shown in the middle of the view; and what was typed unseen is no answer to a later question.
    package func quiet(_ isQuiet: Bool) {
        saved.withLock { saved in
            guard isatty(0) == 1, Terminal.isForeground(0) else { return }
            if isQuiet {
                var settings = termios()
                guard saved == nil, tcgetattr(0, &settings) == 0, settings.c_lflag & tcflag_t(ECHO) != 0 else { return }
                saved = settings
                settings.c_lflag &= ~tcflag_t(ECHO)
                tcsetattr(0, TCSANOW, &settings)
            } else if var settings = saved {
                tcsetattr(0, TCSAFLUSH, &settings)
                saved = nil
            }
        }
    }
}
