import Foundation
import RunbookTestSupport
import Testing

@testable import RunbookHost

/// What takes writes back, with the real tools of this machine: a docker engine, helm's charts and repositories.
@Suite("every write that can be taken back, on this machine", .serialized)
struct LiveInverseTests {
    private static let dockerfile = "FROM scratch\nCOPY busybox /bin/busybox\nENTRYPOINT [\"/bin/busybox\"]\n"

    @Test("docker, by a real engine", .enabled(if: DockerEngine.isAvailable, "no engine can be started here"))
    func docker() async throws {
        var bench = try LiveInverseBench()
        defer { bench.run.remove() }
        bench.run.environment["DOCKER_HOST"] = DockerEngine.host
        bench.state = EngineState.read
        bench.prepare = { run in
            try run.write("project/app/Dockerfile", Self.dockerfile)
            try FileManager.default.copyItem(atPath: "/bin/busybox", toPath: run.folder + "/project/app/busybox")
        }
        for row in InverseTable.engine {
            try await bench.check(
                row,
                first: """
                    docker.build { context = "app", tag = "rb-inv:v1" }
                    docker.run { image = "rb-inv:v1", name = "rb-inv-one", network = "none", detach = true, command = { "sleep", "600" } }

                    """,
                last: """
                    docker.rm { container = { "rb-inv-one", "rb-inv-two" }, force = true }
                    for _, name in ipairs { "v1", "new", "stable", "also", "kept", "files" } do docker.rmi { image = "rb-inv:" .. name, force = true } end
                    docker.volume_rm { name = "rb-inv-data" }
                    docker.network_rm { name = "rb-inv-net" }
                    """)
        }
    }

    @Test("charts and repositories", .enabled(if: ClusterRun.tools != nil, "helm is not on the PATH"))
    func charts() async throws {
        var bench = try LiveInverseBench()
        defer { bench.run.remove() }
        let server = try FolderServer(folder: bench.run.folder)
        defer { server.stop() }
        bench.port = server.port
        for row in InverseTable.charts {
            try await bench.check(row, first: "", last: "")
        }
    }
}

/// Runs rows of the table for real, in a folder of their own.
struct LiveInverseBench {
    var run: ModuleRun
    /// Stands for `PORT` in the rows.
    var port = 0
    /// Makes the files that a row finds.
    var prepare: @Sendable (ModuleRun) throws -> Void = { _ in }
    /// What there is beside files.
    var state: @Sendable (ModuleRun) throws -> [String: [String: String]] = { _ in [:] }

    private var folder: String { run.folder + "/project" }

    init() throws {
        run = try ModuleRun(path: [ClusterRun.tools].compactMap { $0 })
        run.environment["HOME"] = run.folder + "/home"
    }

    /// Begins with an empty folder, and a home without settings.
    private func empty() throws {
        for path in [folder, run.folder + "/home"] {
            try? FileManager.default.removeItem(atPath: path)
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
    }

    /// Makes the row's write and lets the run fail, so that it is taken back; then the write itself fails, after and before.
    func check(_ row: InverseRow, first: String, last: String) async throws {
        var key: RehearsedWrite.Key?
        for fault in [nil, WriteFault.failsAfter, .failsBefore] {
            try empty()
            try prepare(run)
            let begun = try await perform(
                "runbook { name = 'first' } step('Prepare', function() \(first)\n\(row.first) end)", FaultScript())
            #expect(begun.failure?.message == nil, "\(row.lua): before it: \(begun.failure?.message ?? "")")
            let before = try worldState()
            let script = FaultScript(key.flatMap { key in fault.map { (key, $0) } })
            let ending = try await perform(
                """
                runbook { name = "row", on_failure = "undo" }
                step("Write", function() \(row.lua) end)
                fail("after the write")
                """, script)
            let after = try worldState()
            let what = "\(row.lua), \(fault?.title ?? "made")"
            #expect(after.differences(from: before) == [], "\(what): \(ending.failure?.message ?? "")")
            if fault == nil {
                key = script.writes.first?.key
                #expect(ending.failure?.message == "after the write", "\(what)")
                #expect(ending.exitCode == 4, "\(what): \(ending.left)")
                #expect(ending.left == [], "\(what)")
            } else {
                #expect(script.wasStruck, "\(what)")
                #expect([1, 4].contains(ending.exitCode), "\(what): \(ending.left)")
            }
            if !last.isEmpty {
                _ = try await perform("runbook { name = 'last' } step('Clear', function() \(last) end)", FaultScript())
            }
        }
    }

    private func perform(_ lua: String, _ script: FaultScript) async throws -> RunSummary {
        var options = RunOptions(
            workingDirectory: folder, environment: run.environment, stateFolder: run.folder + "/state")
        options.assumesYes = true
        let id = RunID.make()
        let stop = StopSwitch()
        let lifecycle = DurableLifecycle(id: id, options: options, purpose: .run, stop: stop, diagnoses: false)
        let runner = Runner(
            options: options, listeners: [], lifecycle: lifecycle, prompter: RefusingPrompter(), http: NoNetwork(),
            stop: stop
        ) { world, vault in FaultyWorld(base: world, script: script) { vault.redactor } }
        let text = lua.replacing("PORT", with: "\(port)/project/packages")
        let summary = await runner.run(
            RunbookSource(path: folder + "/row.lua", displayName: "row.lua", text: Array(text.utf8)), id: id)
        lifecycle.abandon()
        return summary
    }

    // MARK: The state

    private func worldState() throws -> WorldState {
        var world = WorldState()
        world.add(try state(run))
        world.add(
            try snapshot().reduce(into: [:]) {
                $0["file \($1.key)"] = ["content": $1.value.map { Fingerprint.of(Array($0)) } ?? "a folder"]
            })
        if port > 0 {
            let list = try ToolOutput.of(["helm", "repo", "list", "--output", "json"], run.environment)
            world.add(["repositories": ["list": list.isEmpty ? "[]" : list]])
        }
        return world
    }

    /// The files by their paths; nil for a folder.
    private func snapshot() throws -> [String: Data?] {
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return names.reduce(into: [:]) { files, name in
            files.updateValue(FileManager.default.contents(atPath: "\(folder)/\(name)"), forKey: name)
        }
    }
}

/// What a docker engine holds.
enum EngineState {
    @Sendable static func read(_ run: ModuleRun) throws -> [String: [String: String]] {
        var things: [String: [String: String]] = [:]
        func lines(_ arguments: String...) throws -> [[String]] {
            try ToolOutput.of(["docker"] + arguments, run.environment).split(separator: "\n").map {
                $0.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            }
        }
        for row in try lines("image", "ls", "--no-trunc", "--format", "{{.Repository}}:{{.Tag}}|{{.ID}}")
        where !row[0].hasPrefix("<none>") {
            things["image \(row[0])"] = ["id": row[1]]
        }
        for id in try lines("ps", "--all", "--quiet") {
            let format =
                "{{.Name}}|{{.Config.Image}}|{{.State.Running}}|{{.State.Paused}}|{{.HostConfig.RestartPolicy.Name}}|"
                + "{{.HostConfig.RestartPolicy.MaximumRetryCount}}|{{.HostConfig.NanoCpus}}|{{.HostConfig.Memory}}"
            let row = try lines("inspect", "--format", format, id[0])[0]
            things["container \(row[0])"] = [
                "image": row[1], "running": row[2], "paused": row[3], "restart": row[4] + row[5], "cpus": row[6],
                "memory": row[7],
            ]
        }
        for kind in ["volume", "network"] {
            for row in try lines(kind, "ls", "--format", "{{.Name}}") { things["\(kind) \(row[0])"] = [:] }
        }
        return things
    }
}

/// What a program prints.
enum ToolOutput {
    static func of(_ argv: [String], _ environment: [String: String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = argv
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}

/// Serves a folder on this machine, by busybox.
final class FolderServer {
    let port = Int.random(in: 20_000...60_000)
    private let process = Process()

    init(folder: String) throws {
        process.executableURL = URL(fileURLWithPath: "/bin/busybox")
        process.arguments = ["httpd", "-f", "-p", "127.0.0.1:\(port)", "-h", folder]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    func stop() {
        // It may have inherited that SIGTERM is blocked.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
