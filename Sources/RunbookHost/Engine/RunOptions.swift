/// What the command line asks of a run.
public struct RunOptions: Sendable {
    /// How a dry run goes.
    public enum DryRun: String, Sendable, CaseIterable {
        /// Writes are shown and not made.
        case preview
        /// As preview, and writes are also sent with the tool's own server-side dry run.
        case server
    }
    /// What to do with the writes of a run that failed.
    public enum OnFailure: String, Sendable, CaseIterable {
        /// Take them back, newest first.
        case undo
        /// Ask the person.
        case ask
        /// Leave them.
        case keep
    }

    /// What to do with a write of which nobody knows whether it took effect.
    public enum InDoubt: String, Sendable, CaseIterable {
        /// Make it again.
        case `repeat`
        /// Take it as done.
        case skip
    }

    /// Parameters, as given.
    public var parameters: [(name: String, value: String)] = []
    /// Nil for a real run.
    public var dryRun: DryRun?
    /// True when confirmations are answered with yes.
    public var assumesYes = false
    /// Files with secrets and settings; nil: `.env` in the working directory, if there.
    public var environmentFiles: [String]?
    /// The kube context, as given.
    public var context: String?
    /// What to do when it fails.
    public var onFailure: OnFailure?
    /// The limit of the whole run.
    public var timeout: Duration?
    /// The reason that goes into the history.
    public var reason: String?
    /// What a resume does with a write in doubt; nil: ask.
    public var inDoubt: InDoubt?
    /// True when a resume goes on although the runbook, a library or a parameter has changed.
    public var acceptsChanges = false
    /// How long to wait for a lock that another run holds.
    public var lockWait: Duration = .zero
    /// What stands for the world, where it is not the real one: `sim`, `replay`.
    public var standIn: String?
    /// The memory that scripts may hold, in bytes.
    public var memoryLimit = 512 << 20
    /// The working directory.
    public var workingDirectory: String
    /// The engine's own environment.
    public var environment: [String: String]
    /// The folders in which runbooks and their libraries are looked for that ship with the program.
    public var shippedFolder: String?
    /// The folder for state: history and runs.
    public var stateFolder: String
    /// Settings of the project, from `runbook.yaml`.
    public var project = ProjectSettings()
    /// Checks manifests where no cluster answers; nil: their structure only.
    public var manifestSchema: (any ManifestSchema)?
    /// True when a tape answers: secrets are then never opened, and one that is missing is no obstacle.
    public var isReplay = false
    /// True when a person can answer.
    public var isInteractive = false

    /// Describes a run with no wishes.
    public init(workingDirectory: String, environment: [String: String], stateFolder: String) {
        self.workingDirectory = workingDirectory
        self.environment = environment
        self.stateFolder = stateFolder
    }
}
