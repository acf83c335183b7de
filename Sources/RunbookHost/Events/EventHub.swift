import RunbookSecrets
import Synchronization

/// Takes events of a run in.
public protocol EventListener: Sendable {
    /// Called for each event, in order, with its texts redacted.
    func receive(_ event: RunEvent)
}

/// Hands the events of a run to its listeners, redacted: nothing else writes to a screen or a log.
public final class EventHub: Sendable {
    private let vault: SecretVault
    private let listeners: Mutex<[any EventListener]>

    /// Makes a hub.
    public init(vault: SecretVault, listeners: [any EventListener]) {
        self.vault = vault
        self.listeners = Mutex(listeners)
    }

    /// Adds a listener for the events to come.
    public func add(_ listener: any EventListener) {
        listeners.withLock { $0.append(listener) }
    }

    /// Gives an event to every listener.
    public func publish(_ event: RunEvent) {
        let clean = EventRedaction(redactor: vault.redactor, counts: vault).redact(event)
        give(clean)
    }

    /// Gives a run's end to every listener, with the counts of what was masked; returns the summary as they see it.
    func publishEnd(_ summary: RunSummary) -> RunSummary {
        let clean = EventRedaction.summary(summary, vault, isLast: true)
        give(.runEnded(clean))
        return clean
    }

    private func give(_ clean: RunEvent) {
        listeners.withLock { list in
            for listener in list { listener.receive(clean) }
        }
    }
}
