import RunbookHost

/// What tells a person of a run: a live view on a terminal, plain lines elsewhere.
package struct Renderer: Sendable {
    /// Takes the run's events in.
    package let listener: any EventListener
    /// The live view, where there is one.
    package let live: LiveRenderer?

    /// Chooses by what standard error is.
    ///
    /// - Parameter isJSON: True when standard output is kept for one JSON document.
    package init(environment: [String: String], isJSON: Bool) {
        let console = Console(environment: environment, isJSON: isJSON)
        guard Terminal.isInteractive(2, environment: environment) else {
            live = nil
            listener = PlainRenderer(console: console)
            return
        }
        let renderer = LiveRenderer(
            console: console, device: StandardErrorDevice(), isShared: Terminal.isSame(1, 2),
            isSimple: environment["TERM"] == "linux")
        live = renderer
        listener = renderer
    }
}
