import Synchronization

/// What the commands of providers printed, so that each is run once a run: some ask a person, and some take seconds.
final class ProviderOutputs: Sendable, CustomReflectable {
    private let outputs = Mutex<[[String]: [UInt8]]>([:])

    /// The output of a command line.
    subscript(_ argv: [String]) -> [UInt8]? {
        get { outputs.withLock { $0[argv] } }
        set { outputs.withLock { $0[argv] = newValue } }
    }

    /// Shows nothing: the outputs are secrets.
    var customMirror: Mirror { Mirror(self, children: [Mirror.Child](), ancestorRepresentation: .suppressed) }
}
