import RunbookLua
import RunbookSecrets
import RunbookSpec

/// Builds and makes the calls of helm for one call of a function: context and namespace are on every one that asks a cluster.
struct Helm: Sendable {
    let call: CallContext
    /// The context that is fixed for the run, or the one that a read asks for.
    let context: String
    /// The namespace.
    let namespace: String
    /// What the script adds to the command line.
    let extra: [String]
    /// The same target for kubectl.
    let kubectl: Kubectl

    /// Finds out which context and namespace a call is for.
    ///
    /// - Throws: `RunbookError` with code `missing` when no context is set.
    init(_ arguments: Arguments, _ call: CallContext) async throws {
        let kubectl = try await Kubectl(arguments, call)
        self.call = call
        self.kubectl = kubectl
        context = kubectl.context
        namespace = kubectl.namespace
        extra = kubectl.extra
    }

    /// The command line of a verb.
    func argv(_ verb: [String], extra: [String]? = nil, allNamespaces: Bool = false) -> [String] {
        ["helm"] + verb + (extra ?? self.extra)
            + (allNamespaces ? ["--all-namespaces"] : ["--namespace", namespace]) + ["--kube-context", context]
    }

    /// A command with helm's surroundings: no plugins, no debug output between the results.
    static func command(
        _ argv: [String], input: SensitiveText? = nil, timeout: Duration? = .seconds(60), isQuiet: Bool = true,
        grace: Duration? = nil
    ) -> Command {
        Command(
            argv, input: input, environment: KubeEnvironment.fixed(for: "helm"), timeout: timeout,
            grace: grace, isQuiet: isQuiet, inherited: KubeEnvironment.variables(for: argv))
    }

    /// A command that changes a release.
    ///
    /// On SIGINT helm writes down that the release failed; killed before it could, it leaves the release pending.
    static func longCommand(
        _ argv: [String], input: SensitiveText? = nil, limit: Duration, undoes: Bool = false
    ) -> Command {
        let work = undoes ? limit * 2 : limit
        return command(
            argv, input: input, timeout: work + .seconds(30), isQuiet: true, grace: max(.seconds(30), limit))
    }

    /// helm's major version, 4 or less.
    static func major(_ call: CallContext) async throws -> Int {
        try await call.run.tools.version(of: "helm", in: call.world).major
    }

    /// The release that a call names.
    static func release(_ arguments: Arguments, _ call: CallContext) throws -> String {
        let name = try Kubectl.plainName(arguments.string("release"), "release", of: call)
        let isValid =
            name.utf8.count <= 53
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                    UInt8(ascii: "."):
                    true
                default: false
                }
            }
        guard isValid else {
            throw RunbookError(
                .argument,
                "`\(call.function)`: `release` is \"\(name)\"; a release has at most 53 lower-case letters, digits, `-` and `.`"
            )
        }
        return name
    }

    /// `60s` for helm's command line.
    static func seconds(_ duration: Duration) -> String { "\(max(1, duration.milliseconds / 1000))s" }

    /// The JSON document in an output: helm prints progress of a registry, and that it was cancelled, before it.
    static func document(_ output: [UInt8]) -> LuaValue? {
        if let value = JSONReading.value(output) { return value }
        for line in output.split(separator: 10).reversed() {
            guard let first = line.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { continue }
            if let value = JSONReading.value(Array(line)) { return value }
        }
        return nil
    }

    /// A text without the progress that helm prints before it: of a registry in some versions, of `--dependency-update` in all.
    static func withoutProgress(_ text: String) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        while let line = lines.first, progress.contains(where: line.hasPrefix) { lines = lines.dropFirst() }
        return lines.joined(separator: "\n")
    }

    private static let progress = [
        "Pulled: ", "Digest: ", "Hang tight while we grab", "Getting updates for unmanaged",
        "...Successfully got an update", "...Unable to get an update", "Update Complete.", "Saving ", "Downloading ",
        "Deleting outdated charts",
    ]
}

/// Options that many functions of `helm` share, described once.
enum HelmOptions {
    static let release = ParameterSpec.required("release", .string, "the release")
    static let chart = ParameterSpec.required(
        "chart", .string, "the chart: a folder, a packed file, `repository/name` or `oci://…`")
    static let version = ParameterSpec("version", .string, "the chart's version, or a range of them")
    static let namespace = KubectlOptions.namespace
    static let context = KubectlOptions.context
    static let plainHTTP = ParameterSpec(
        "plain_http", .boolean, default: "false",
        "reach the chart's registry without TLS, such as one on this machine; helm 3.13 and later")
    static let args = ParameterSpec("args", .list(.string), "more arguments for helm, as they are")
    static let revision = ParameterSpec("revision", .positive, "the revision; the newest when left out")
    static let missingOK = ParameterSpec("missing_ok", .boolean, default: "false", "a release that is not there is nil")
    static let wait = ParameterSpec(
        "wait", .either([.boolean, .duration]), "wait until the objects are ready, and how long; true: 5 minutes")

    static func timeout(_ fallback: String) -> ParameterSpec { KubectlOptions.timeout(fallback) }
}
