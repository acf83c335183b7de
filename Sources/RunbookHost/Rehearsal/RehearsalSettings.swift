import RunbookSecrets

/// What is rehearsed, and how.
public struct RehearsalSettings: Sendable {
    /// The runbook.
    public var source: RunbookSource
    /// The wishes of the command line; each run gets a state folder and a cluster of its own.
    public var options: RunOptions
    /// Runbooks that are run once before, so that the runbook finds what it works on.
    public var earlier: [RunbookSource] = []
    /// Where the files of the rehearsal stand while it lasts.
    public var folder: String
    /// How many runs go on at once.
    public var jobs: Int
    /// How many times shorter waits are.
    public var speed: Double
    /// The number of the one write to rehearse; nil: all.
    public var onlyWrite: Int?
    let http: any HTTPSender

    /// Describes a rehearsal.
    public init(
        source: RunbookSource, options: RunOptions, folder: String, jobs: Int, speed: Double, http: any HTTPSender
    ) {
        self.source = source
        self.options = options
        self.folder = folder
        self.jobs = jobs
        self.speed = speed
        self.http = http
    }

    /// The options of each run: nobody is there to ask, and a secret that is missing gets a made-up value.
    ///
    /// - Throws: `RunbookError` with code `usage` for a header that is wrong.
    func prepared() async throws -> RunOptions {
        var options = options
        options.dryRun = nil
        options.assumesYes = true
        options.isInteractive = false
        options.standIn = "sim"
        options.environment["KUBECACHEDIR"] = folder + "/kube-cache"
        for source in [source] + earlier {
            let header = try await runner(options, PlainLifecycle(), StopSwitch()) { world, _ in world }
                .header(of: source)
            if source.path == self.source.path { options.timeout = options.timeout ?? header.timeout }
            for secret in header.secrets where !secret.isOptional && options.environment[secret.name] == nil {
                let value = UInt64.random(in: .min ... .max)
                options.environment[secret.name] = "rehearsal-\(secret.name.lowercased())-\(String(value, radix: 16))"
            }
        }
        return options
    }

    func runner(
        _ options: RunOptions, _ lifecycle: any RunLifecycle, _ stop: StopSwitch,
        wrap: @escaping @Sendable (any World, SecretVault) -> any World
    ) -> Runner {
        Runner(
            options: options, listeners: [], lifecycle: lifecycle, prompter: RefusingPrompter(), http: http, stop: stop,
            wrap: wrap)
    }
}
