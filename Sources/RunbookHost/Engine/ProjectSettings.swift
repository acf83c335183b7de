/// Settings of a project, from `runbook.yaml`.
public struct ProjectSettings: Sendable {
    /// Where the file stands, or nil when there is none.
    public var path: String?
    /// Contexts in which a run may change things without being asked; `*` at the end stands for any rest.
    public var allowedContexts = Self.localContexts
    /// Folders with runbooks, absolute.
    public var runbookFolders: [String] = []
    /// Sources of secrets, in order.
    public var providers: [SecretProvider] = []
    /// AI tools in order of preference; commands by name.
    public var aiTools: [AIToolSetting] = []
    /// Secrets that are not to be masked, since their values are no secrets.
    public var unmasked: [String] = []
    /// Credential shapes to mask besides the loaded secrets.
    public var masksShapes = true

    /// The contexts of clusters on the developer's own machine, and of the simulator.
    public static let localContexts = [
        "minikube", "kind-*", "k3d-*", "docker-desktop", "rancher-desktop", "runbook-sim",
    ]

    /// Whether a context is one of the developer's own machine, whatever the project allows.
    static func isLocal(_ context: String) -> Bool { matches(context, localContexts) }

    /// Whether a context is one of those that patterns name.
    static func matches(_ context: String, _ patterns: [String]) -> Bool {
        patterns.contains { pattern in
            pattern.hasSuffix("*") ? context.hasPrefix(pattern.dropLast()) : context == pattern
        }
    }

    /// The settings of a project without a file.
    public init() {}
}

/// A source of secrets.
public struct SecretProvider: Sendable {
    /// What kind of source it is.
    public enum Kind: Sendable {
        /// Variables of the environment, with a prefix that is taken off.
        case environment(prefix: String)
        /// A file in the grammar of `.env`.
        case dotenv(path: String)
        /// One file a secret in a folder.
        case folder(path: String)
        /// One file for one secret.
        case file(path: String)
        /// A Kubernetes Secret.
        case kubernetes(name: String, namespace: String)
        /// A command whose output has the value.
        case command(CommandProvider)
    }

    /// What a command prints.
    public enum OutputFormat: String, Sendable, CaseIterable {
        /// The value of one secret; one line end after it is no part of it.
        case value
        /// Many secrets in the grammar of `.env`.
        case dotenv
        /// Many secrets as one JSON object of texts.
        case json
    }
    /// The kind and its settings.
    public var kind: Kind
    /// The secrets that it gives; empty: any.
    public var names: [String]

    /// Describes a source.
    public init(kind: Kind, names: [String] = []) {
        self.kind = kind
        self.names = names
    }
}

/// A command that prints secrets.
public struct CommandProvider: Sendable {
    /// The program and its arguments; `{name}` in one stands for the secret's name.
    public var argv: [String]
    /// What it prints.
    public var format: SecretProvider.OutputFormat
    /// How long it may run.
    public var timeout: Duration
    /// The variables of the engine's environment that it gets beside those that its tool is known to read, by name or by
    /// prefix with `*`.
    public var inherited: [String]
}

/// An AI tool of the project's own.
public struct AIToolSetting: Sendable {
    /// The name.
    public var name: String
    /// The command, or nil for a tool that is known by its name.
    public var command: [String]?
    /// How long it may take.
    public var timeout: Duration?

    /// Describes a tool.
    public init(name: String, command: [String]? = nil, timeout: Duration? = nil) {
        self.name = name
        self.command = command
        self.timeout = timeout
    }
}
