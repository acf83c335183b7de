import Foundation
import RunbookSpec
import Testing

@testable import RunbookHost

/// What takes a write back leaves everything as it was: for every function that writes, also when it failed half-way.
@Suite("every write that can be taken back", .serialized)
struct EveryInverseTests {
    @Test("no function that writes is forgotten")
    func table() {
        let functions = BuiltinModules.specs.flatMap { module in
            module.functions.filter { $0.effect == .write }.map {
                module.isGlobal ? $0.name : "\(module.name).\($0.name)"
            }
        }
        let shown = Set(InverseTable.all.map(\.name))
        for name in functions {
            #expect(
                shown.contains(name) != (InverseTable.others[name] != nil),
                "\(name) needs a row in InverseTable, or a reason why it has none")
        }
        #expect(shown.union(InverseTable.others.keys).isSubset(of: functions), "a row for a function that is not there")
    }

    @Test("kubectl", .enabled(if: ClusterRun.tools != nil, "kubectl and helm are not on the PATH"))
    func kubectl() async throws { try await check(InverseTable.kubectl, InverseTable.setUp) }

    @Test("helm 4", .enabled(if: ClusterRun.tools != nil, "kubectl and helm are not on the PATH"))
    func helm() async throws { try await check(InverseTable.helm, InverseTable.setUp) }

    @Test("helm 3", .enabled(if: ClusterRun.helm3 != nil, "helm 3 is not there"))
    func helm3() async throws { try await check(InverseTable.helm, InverseTable.setUp, before: ClusterRun.helm3) }

    @Test("docker and minikube")
    func machine() async throws { try await check(InverseTable.machine, "") }

    @Test("files and programs")
    func files() async throws { try await check(InverseTable.files, "") }

    @Test(
        "what holds the values of a Secret is taken back by the run alone, and not kept",
        .enabled(if: ClusterRun.tools != nil, "kubectl and helm are not on the PATH"))
    func secrets() async throws {
        try await ClusterRun.with { cluster in
            #expect(await cluster(InverseTable.setUp).message == "")
            for (write, isTransient) in [
                (#"kubectl.delete { resource = "secret/todo", namespace = "shop" }"#, true),
                (#"kubectl.ensure_secret { name = "todo", namespace = "shop", from = { B = "other" } }"#, true),
                (#"kubectl.ensure_configmap { name = "flags", namespace = "shop", from = { DARK = "off" } }"#, false),
            ] {
                let (outcome, undo, inverses) = try await cluster.thenBack(write)
                #expect(outcome.message + undo.message == "")
                #expect(inverses.map(\.isTransient) == [isTransient], "\(write)")
            }
        }
    }

    // MARK: The work

    private func check(_ rows: [InverseRow], _ setUp: String, before helm: String? = nil) async throws {
        let folder = NSTemporaryDirectory() + "runbook-inverses-\(UUID().uuidString.lowercased())"
        try FileManager.default.createDirectory(atPath: folder + "/project", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let arena = try await TestArena.start()
        let bench = InverseBench(folder: folder, tools: [helm, ClusterRun.tools].compactMap { $0 })
        if !setUp.isEmpty {
            let made = try await bench.run(arena, "setup").performEarlier(bench.source(setUp))
            try #require(made.failure?.message == nil, "\(made.failure?.message ?? "")")
        }
        for row in rows { try await bench.check(row, in: arena) }
        await arena.stop()
    }
}

/// Runs rows of the table.
struct InverseBench {
    let folder: String
    let tools: [String]

    func source(_ lua: String) -> RunbookSource {
        RunbookSource(path: folder + "/project/row.lua", displayName: "row.lua", text: Array(lua.utf8))
    }

    func settings(_ source: RunbookSource) -> RehearsalSettings {
        var environment = ProcessInfo.processInfo.environment
        environment["PATH"] = (tools + [environment["PATH"] ?? "/usr/bin:/bin"]).joined(separator: ":")
        let options = RunOptions(workingDirectory: folder + "/project", environment: environment, stateFolder: folder)
        return RehearsalSettings(
            source: source, options: options, folder: folder, jobs: 1, speed: 50, http: NoNetwork())
    }

    func run(_ arena: any RehearsalArena, _ name: String, _ lua: String = "") async throws -> RehearsalRun {
        let settings = settings(source(lua))
        return RehearsalRun(settings, try await settings.prepared(), arena, folder: "\(folder)/\(name)")
    }

    // A rollback of helm 3 does not write the marks of ownership anew.
    private static func lostByHelm3(_ before: WorldState, _ after: WorldState) -> Set<WorldState.Field> {
        before.fieldsThatDiffer(from: after).filter { field in
            (field.path.hasPrefix("annotations.meta.helm.sh/") || field.path == "labels.app.kubernetes.io/managed-by")
                && after.things[field.thing]?[field.path] == nil
        }
    }

    /// Makes the row's write and lets the run fail, so that it is taken back; then the write itself fails, after and before.
    func check(_ row: InverseRow, in arena: any RehearsalArena) async throws {
        let lua = """
            runbook { name = "row", on_failure = "undo" }
            step("Write", function() \(row.lua) end)
            fail("after the write")
            """
        var key: RehearsedWrite.Key?
        for fault in [nil, WriteFault.failsAfter, .failsBefore] {
            let copy = try await arena.copy()
            let name = "\(abs(row.lua.hashValue))-\(fault?.rawValue ?? "clean")"
            let run = try await run(copy, name, lua)
            if !row.first.isEmpty {
                let first = try await run.performEarlier(source(row.first))
                #expect(first.failure?.message == nil, "\(row.lua): before it: \(first.failure?.message ?? "")")
            }
            let before = await run.worldState()
            let script = FaultScript(key.flatMap { key in fault.map { (key, $0) } })
            let ending = try await run.perform(script)
            let after = await run.worldState()
            let what = "\(row.lua), \(fault?.title ?? "made")"
            let lost = Self.lostByHelm3(before, after)
            #expect(
                after.differences(from: before, ignoring: lost) == [],
                "\(what): \(ending.summary.failure?.message ?? "")")
            if fault == nil {
                key = script.writes.first?.key
                #expect(ending.summary.failure?.message == "after the write", "\(what)")
                #expect(ending.summary.exitCode == 4, "\(what): \(ending.summary.left)")
                #expect(ending.summary.left == [], "\(what)")
            } else {
                #expect(script.wasStruck, "\(what)")
                #expect([1, 4].contains(ending.summary.exitCode), "\(what): \(ending.summary.left)")
            }
            await copy.stop()
        }
    }
}
