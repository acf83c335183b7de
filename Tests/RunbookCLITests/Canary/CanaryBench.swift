import Foundation
import RunbookTestSupport
import Testing

/// A project with the 40 canaries as its secrets, in which runbooks are run and searched for leaks afterwards.
struct CanaryBench {
    var bench: Bench
    let canaries: [LeakFinder.Canary]
    private let finder: LeakFinder
    /// What the runs printed, by where it went.
    private(set) var printed: [(place: String, text: String)] = []

    static let fixtures = Program.root + "/Tests/Fixtures/canary"

    /// - Parameter showsSecrets: True for a run without the redactor.
    init(showsSecrets: Bool = false) throws {
        canaries = try LeakFinder.canaries(atPath: Self.fixtures + "/secrets.json")
        finder = LeakFinder(secrets: Dictionary(uniqueKeysWithValues: canaries.map { ($0.name, $0.value) }))
        bench = try Bench()
        if showsSecrets { bench.environment["RUNBOOK_DEBUG_BUILD_SHOWS_SECRETS"] = "yes" }
        // Of the parent's environment no tool needs this one; kubectl and helm must not see it.
        bench.environment["CI_DEPLOY_TOKEN"] = Self.strayToken
        bench.environment["AWS_SECRET_ACCESS_KEY"] = Self.strayToken
        try writeSecrets()
        try watchTool("kubectl")
        try watchTool("helm")
        for name in ["leak.py", "own-ai"] {
            let text = try String(contentsOfFile: "\(Self.fixtures)/\(name)", encoding: .utf8)
            try bench.write("bin/\(name)", text, mode: 0o755)
        }
    }

    /// A credential of the parent's environment that is no secret of the runs.
    static let strayToken = "ghp_StrayTokenOfTheParent0123456789abcd"

    // MARK: What the runs find

    private func writeSecrets() throws {
        var lines: [String] = []
        for canary in canaries {
            guard let text = String(validating: canary.value, as: UTF8.self) else { continue }
            let escapes = [("\\", "\\\\"), ("\"", "\\\""), ("$", "\\$"), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")]
            let quoted = escapes.reduce(text) { $0.replacing($1.0, with: $1.1) }
            lines.append("\(canary.name)=\"\(quoted)\"")
        }
        try bench.write("secrets/.env", lines.joined(separator: "\n") + "\n", mode: 0o600)
        var providers = ["secrets:", "  providers:", "    - dotenv: secrets/.env"]
        for canary in canaries where String(validating: canary.value, as: UTF8.self) == nil {
            let path = "\(bench.folder)/secrets/\(canary.name)"
            try Data(canary.value).write(to: URL(fileURLWithPath: path))
            providers += ["    - file: secrets/\(canary.name)", "      names: [\(canary.name)]"]
        }
        providers += ["ai:", "  - name: own", "    command: [own-ai]"]
        try bench.write("runbook.yaml", providers.joined(separator: "\n") + "\n")
    }

    /// Puts a script before a tool that notes its arguments and its environment: no child is too short for it.
    private mutating func watchTool(_ name: String) throws {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let found = folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        let tool = try #require(found, "\(name) is not on the PATH")
        try FileManager.default.createDirectory(atPath: bench.folder + "/calls", withIntermediateDirectories: true)
        try bench.standIn(
            name,
            """
            printf '%s\\n' "$0" "$@" >> '\(bench.folder)/calls/arguments'
            env >> '\(bench.folder)/calls/environment'
            exec '\(tool)' "$@"
            """)
    }

    /// Copies a shipped runbook, with all canaries among the secrets that its header declares.
    func adopt(_ name: String) throws {
        var text = try String(contentsOfFile: "\(Program.root)/runbooks/\(name)", encoding: .utf8)
        let names = canaries.map(\.name).filter { !text.contains("\"\($0)\"") && !text.contains("\($0) = {") }
        let list = names.map { "\"\($0)\"" }.joined(separator: ", ")
        if let place = text.firstRange(of: "secrets = {") {
            text.insert(contentsOf: " \(list),", at: place.upperBound)
        } else {
            let place = try #require(text.firstRange(of: "runbook {"))
            text.insert(contentsOf: " secrets = { \(list) },", at: place.upperBound)
        }
        try bench.write("runbooks/\(name)", text)
    }

    /// Writes a runbook of the fixtures, with the canaries' names in its header.
    func adopt(fixture name: String) throws {
        let text = try String(contentsOfFile: "\(Self.fixtures)/\(name)", encoding: .utf8)
        let names = canaries.map { "\"\($0.name)\"" }.joined(separator: ", ")
        try bench.write("runbooks/\(name)", text.replacing("--[[ NAMES ]]", with: names))
    }

    // MARK: Runs

    /// Runs the program, and keeps what it printed for the search.
    @discardableResult
    mutating func run(_ arguments: String...) throws -> Bench.Result {
        let result = try bench.run(list: arguments)
        keep(result, arguments.joined(separator: " "))
        return result
    }

    /// Keeps what a run printed for the search.
    mutating func keep(_ result: Bench.Result, _ label: String) {
        printed.append(("standard output of \(label)", result.out))
        printed.append(("standard error of \(label)", result.errors))
    }

    // MARK: What they left

    /// Every canary that is found anywhere but where it was put on purpose.
    func leaks(watched: [UInt8], layers: Int? = nil) throws -> [LeakFinder.Leak] {
        var leaks = printed.flatMap { finder.leaks(in: $0.text, place: $0.place, layers: layers) }
        leaks += finder.leaks(in: watched, place: "the arguments of a process", layers: layers)
        for path in try FileManager.default.subpathsOfDirectory(atPath: bench.folder).sorted() {
            // The project's own secrets, and what the hostile runbook writes as its product.
            if path.hasPrefix("secrets") || path.hasPrefix("runbooks/product") || path.hasPrefix("bin") { continue }
            leaks += finder.leaks(in: path, place: "the name of a file")
            var isFolder: ObjCBool = false
            let full = "\(bench.folder)/\(path)"
            if FileManager.default.fileExists(atPath: full, isDirectory: &isFolder), !isFolder.boolValue {
                // The log before the database has each of its pages many times.
                leaks += try finder.leaks(atPath: full, layers: path.hasSuffix("-wal") ? 1 : layers)
            }
        }
        return leaks
    }

    /// What kubectl and helm found in their environment.
    var environmentOfTools: String { bench.read("calls/environment") ?? "" }

    /// Removes the folder.
    func remove() { bench.remove() }
}
