import RunbookLua
import RunbookSecrets

/// What an upgrade would run: the same options make the command, its dry run and the rendering that a preview compares.
struct UpgradePlan: Sendable {
    let helm: Helm
    let release: String
    /// Whether helm goes back by itself when it fails.
    let rollsBack: Bool
    let command: Command
    let serverDryRun: Command
    private let rendering: HelmRendering

    init(_ arguments: Arguments, _ call: CallContext) async throws {
        helm = try await Helm(arguments, call)
        release = try Helm.release(arguments, call)
        let major = try await Self.major(call)
        rendering = try HelmRendering(arguments, call, namespace: helm.namespace)
        rollsBack = arguments.boolean("rollback_on_failure")
        let flags = try Self.flags(arguments, major, call)
        let limit = Self.limit(arguments)
        var verb = ["upgrade", release, rendering.chart]
        if arguments.boolean("install", default: true) { verb.append("--install") }
        verb += rendering.chartFlags + rendering.values.arguments + flags
        verb += ["--history-max", String(arguments.integer("history_max") ?? 10), "--timeout", Helm.seconds(limit)]
        var command = Helm.longCommand(
            helm.argv(verb + ["--output", "json"]), input: rendering.values.input, limit: limit, undoes: rollsBack)
        command.probe = ReleaseProgress.probe(release, helm.kubectl, during: command.argv)
        self.command = command
        let version = try await Self.hasDryRunValue(call)
        serverDryRun = Helm.command(
            helm.argv(verb + [version ? "--dry-run=server" : "--dry-run"]), input: rendering.values.input,
            timeout: limit + .seconds(30))
    }

    // Without helm a preview still shows what it would run, in the words of the newest.
    private static func major(_ call: CallContext) async throws -> Int {
        try await call.prepare { try await Helm.major(call) } ?? 4
    }

    private static func hasDryRunValue(_ call: CallContext) async throws -> Bool {
        let version = try await call.prepare { try await call.run.tools.version(of: "helm", in: call.world) }
        guard let version, let needed = VersionConstraint(">=3.13") else { return true }
        return needed.holds(for: version)
    }

    private static func limit(_ arguments: Arguments) -> Duration {
        if arguments["wait"].booleanValue == nil, let wait = arguments.duration("wait") { return wait }
        return arguments.duration("timeout") ?? .seconds(300)
    }

    private static func flags(_ arguments: Arguments, _ major: Int, _ call: CallContext) throws -> [String] {
        var flags: [String] = []
        if arguments.boolean("create_namespace") { flags.append("--create-namespace") }
        if arguments["wait"].booleanValue ?? arguments.has("wait") { flags.append("--wait") }
        if arguments.boolean("wait_for_jobs") { flags.append("--wait-for-jobs") }
        if arguments.boolean("rollback_on_failure") { flags.append(major >= 4 ? "--rollback-on-failure" : "--atomic") }
        if arguments.boolean("reuse_values") { flags.append("--reuse-values") }
        if arguments.boolean("reset_values") { flags.append("--reset-values") }
        flags += try forceFlags(arguments, major, call)
        if let description = arguments.optionalString("description") { flags += ["--description", description] }
        return flags
    }

    private static func forceFlags(_ arguments: Arguments, _ major: Int, _ call: CallContext) throws -> [String] {
        let (replaces, takesOver) = (arguments.boolean("force_replace"), arguments.boolean("force_conflicts"))
        if replaces && takesOver {
            throw RunbookError(
                .argument, "`\(call.function)`: `force_replace` and `force_conflicts` exclude each other")
        }
        if takesOver {
            guard major >= 4 else {
                throw RunbookError(
                    .argument, "`\(call.function)`: `force_conflicts` needs helm 4, and this is helm \(major)",
                    remedy: "leave it out: helm \(major) takes fields over without asking")
            }
            return ["--force-conflicts"]
        }
        guard replaces else { return [] }
        // helm 4 applies on the server's side, which cannot replace.
        return major >= 4 ? ["--force-replace", "--server-side=false"] : ["--force"]
    }

    /// What the upgrade would change, object by object.
    func difference(isInstalled: Bool?, in world: any World) async throws -> Difference {
        let earlier = isInstalled == true && command.argv.contains("--reuse-values")
        let rendered = try await rendering.objects(
            release, isUpgrade: isInstalled ?? false, reusing: earlier ? helm : nil, in: world)
        guard let isInstalled else {
            return Difference(
                lines: rendered.map { "+ \($0.display)" }, unknown: "the cluster was not asked what is installed")
        }
        guard isInstalled else {
            return Difference(summary: "not installed yet", lines: rendered.map { "+ \($0.display)" })
        }
        let live = try await HelmManifest.read(release, revision: nil, helm, in: world)
        let lines = ReleaseDifference.lines(from: live, to: rendered, namespace: helm.namespace)
        return Difference(isEmpty: lines.isEmpty, summary: lines.isEmpty ? "no object would change" : "", lines: lines)
    }
}
