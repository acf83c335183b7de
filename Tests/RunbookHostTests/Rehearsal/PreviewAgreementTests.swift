import ClusterSim
import Foundation
import RunbookSecrets
import SimulatedCluster
import Synchronization
import Testing

@testable import RunbookHost

/// The writes that a preview lists are those that the run then makes, in that order: for every runbook that ships.
@Suite(
    "a preview and its run", .enabled(if: ClusterRun.tools != nil, "kubectl and helm are not on the PATH"), .serialized)
struct PreviewAgreementTests {
    /// A runbook, and what is run before it in the same cluster.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var parameters: [(name: String, value: String)] = []
        var earlier: [Case] = []
        /// How many writes it makes at least, so that an empty list agrees with nothing.
        var least = 1

        var testDescription: String { ([name] + parameters.map { "\($0.name)=\($0.value)" }).joined(separator: " ") }
    }

    private static let deployed = Case(name: "deploy-local")
    private static let upgraded = Case(name: "deploy-local", parameters: [("replicas", "3")])

    static let cases: [Case] = [
        Case(name: "deploy-local", least: 7), Case(name: "deploy-local", earlier: [deployed], least: 3),
        Case(name: "deploy-local", parameters: [("database", "external"), ("env", "prod")], least: 6),
        Case(name: "scale", parameters: [("replicas", "3")], earlier: [deployed]),
        Case(
            name: "scale", parameters: [("replicas", "2"), ("workload", "deployment/todo-chatbot-frontend")],
            earlier: [deployed]),
        Case(name: "secrets", parameters: [("generate", "BETTER_AUTH_SECRET")], earlier: [deployed], least: 2),
        Case(name: "rollback", earlier: [deployed, upgraded]),
        Case(name: "teardown", earlier: [deployed]),
        Case(
            name: "teardown", parameters: [("data", "true"), ("delete_namespace", "true"), ("stop", "true")],
            earlier: [deployed], least: 4),
        Case(name: "status", earlier: [deployed], least: 0), Case(name: "diagnose", earlier: [deployed], least: 0),
        Case(name: "doctor", least: 0),
    ]

    @Test("no runbook is forgotten")
    func all() throws {
        let shipped = try FileManager.default.contentsOfDirectory(atPath: RepositoryFiles.root + "/runbooks")
            .filter { $0.hasSuffix(".lua") }.map { String($0.dropLast(4)) }
        // Its one write is the load itself, which has no cluster to change.
        #expect(Set(shipped).subtracting(["load-test"]) == Set(Self.cases.map(\.name)))
    }

    @Test("they agree", arguments: cases)
    func agree(_ example: Case) async throws {
        let folder = NSTemporaryDirectory() + "runbook-agreement-\(UUID().uuidString.lowercased())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let secrets = ["DATABASE_URL", "BETTER_AUTH_SECRET", "POSTGRES_PASSWORD", "OPENAI_API_KEY"]
        try secrets.map { "\($0)=value-of-\($0.lowercased())\n" }.joined().write(
            toFile: folder + "/.env", atomically: true, encoding: .utf8)
        let arena = try await TestArena.start()
        for earlier in example.earlier {
            let (summary, _) = try await run(earlier, arena, folder, isPreview: false)
            try #require(summary.failure?.message == nil, "\(earlier.name): \(summary.failure?.message ?? "")")
        }
        let (preview, _) = try await run(example, arena, folder, isPreview: true)
        #expect(preview.failure?.message == nil)
        // The doctor looks for tools that need not be here.
        #expect(preview.missing.filter { !$0.hasSuffix(": command not found") } == [])
        let (summary, made) = try await run(example, arena, folder, isPreview: false)
        #expect(summary.failure?.message == nil)
        await arena.stop()

        let planned = preview.plan.map { change in
            Write(
                steps: Self.path(change.step, preview.steps),
                line: Self.line(change.command, change.object, change.name))
        }
        #expect(made.count >= example.least)
        // Branches of `parallel` may overtake each other; each of them keeps its own order.
        let branches = Set(planned.map(\.steps)).union(made.map(\.steps))
        for branch in branches {
            let expected = planned.filter { $0.steps == branch }.map(\.line)
            let found = made.filter { $0.steps == branch }.map(\.line)
            let agrees = expected.count == found.count && zip(expected, found).allSatisfy(Self.agrees)
            #expect(agrees, "in \(branch): planned \(expected), made \(found)")
        }
        #expect(Self.order(planned) == Self.order(made))
    }

    /// A write, with the steps that it stands in.
    struct Write: Sendable {
        let steps: [String]
        let line: String
    }

    /// The outermost steps in the order of their first writes: they run one after the other.
    private static func order(_ writes: [Write]) -> [String] {
        var order: [String] = []
        for write in writes {
            let step = write.steps.first ?? ""
            if order.last != step { order.append(step) }
        }
        return order
    }

    /// A planned line with what only an earlier write tells, against the line that came of it.
    private static func agrees(_ planned: String, _ made: String) -> Bool {
        guard planned.contains("‹unknown") else { return planned == made }
        var rest = made[...]
        var parts = planned.split(separator: /'?‹unknown[^›]*›'?/, omittingEmptySubsequences: false).map(String.init)
        guard rest.hasPrefix(parts.removeFirst()) else { return false }
        for part in parts where !part.isEmpty {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return true
    }

    private static func line(_ argv: [String], _ object: String, _ name: String) -> String {
        argv.isEmpty ? "\(object) \(name)" : Command.display(argv)
    }

    private static func path(_ step: Int?, _ steps: [StepRecord]) -> [String] {
        var names: [String] = []
        var next = step
        while let number = next, let record = steps.first(where: { $0.number == number }) {
            names.insert(record.name, at: 0)
            next = record.parent
        }
        return names
    }

    private func run(
        _ example: Case, _ arena: SimulatedArena, _ folder: String, isPreview: Bool
    ) async throws -> (RunSummary, [Write]) {
        var environment = ProcessInfo.processInfo.environment
        environment["PATH"] = [ClusterRun.tools, environment["PATH"]].compactMap { $0 }.joined(separator: ":")
        environment["HOME"] = folder
        var options = RunOptions(
            workingDirectory: folder, environment: environment, stateFolder: folder + "/state")
        options.shippedFolder = RepositoryFiles.root + "/runbooks"
        options.parameters = example.parameters
        options.assumesYes = true
        options.standIn = "sim"
        options.dryRun = isPreview ? .preview : nil
        arena.point(&options)
        let path = RepositoryFiles.root + "/runbooks/\(example.name).lua"
        let text = try Data(contentsOf: URL(fileURLWithPath: path))
        let writes = Mutex<[Write]>([])
        let id = RunID.make()
        let stop = StopSwitch()
        let lifecycle: any RunLifecycle =
            isPreview
            ? PlainLifecycle() : DurableLifecycle(id: id, options: options, purpose: .run, stop: stop, diagnoses: false)
        let recorder = WriteRecorder { request, change in
            let line = Self.line(request.action.command?.argv ?? [], change.object, change.name)
            writes.withLock { $0.append(Write(steps: StepScope.current?.path ?? [], line: line)) }
        }
        let runner = Runner(
            options: options, listeners: [], lifecycle: lifecycle, prompter: RefusingPrompter(), http: NoNetwork(),
            stop: stop
        ) { world, vault in recorder.before(arena.wrap(world, vault)) }
        let source = RunbookSource(path: path, displayName: example.name + ".lua", text: Array(text))
        let summary = await runner.run(source, id: id)
        (lifecycle as? DurableLifecycle)?.abandon()
        return (summary, writes.withLock { $0 })
    }
}

/// Tells of each write that a run makes.
final class WriteRecorder: Sendable {
    private let note: @Sendable (Request, Change) -> Void

    init(_ note: @escaping @Sendable (Request, Change) -> Void) { self.note = note }

    func before(_ world: any World) -> any World { Recorded(base: world, recorder: self) }

    private struct Recorded: World {
        let base: any World
        let recorder: WriteRecorder

        func perform(_ request: Request) async throws -> Response {
            if let change = request.change, !UndoScope.isActive { recorder.note(request, change) }
            return try await base.perform(request)
        }
    }
}
