import Foundation
import RunbookTestSupport
import Testing

/// 40 secrets go through everything that ships and through a runbook that tries to leak them, with the real program:
/// afterwards not one encoding of one of them is anywhere.
@Suite("canaries")
struct CanaryTests {
    @Test("every shipped runbook")
    func shipped() throws {
        var canary = try CanaryBench()
        defer { canary.remove() }
        let watch = ProcessWatch()
        let all = canary.canaries.map(\.name).joined(separator: ",")
        let healthy = "--sim=\(Program.root)/Tests/Fixtures/cluster-snapshots/healthy"
        let broken = "--sim=\(Program.root)/Tests/Fixtures/cluster-snapshots/crashloop-missing-env"
        canary.bench.environment["BETTER_AUTH_SECRET"] = "the-secret-of-the-sessions-0123456789"
        let runs: [[String]] = [
            ["deploy-local.lua", "--sim", "--record", "deploy.tape"],
            ["secrets.lua", "--sim", "-p", "set=\(all)", "-p", "namespace=default"],
            ["diagnose.lua", broken, "-p", "namespace=crashloop-missing-env"],
            ["status.lua", healthy, "-p", "namespace=healthy"],
            ["scale.lua", healthy, "-p", "namespace=healthy", "-p", "replicas=2"],
            ["rollback.lua", "--sim"], ["load-test.lua", "--sim"], ["teardown.lua", "--sim"], ["doctor.lua"],
        ]
        let shipped = try FileManager.default.contentsOfDirectory(atPath: Program.root + "/runbooks")
            .filter { $0.hasSuffix(".lua") }
        #expect(Set(shipped) == Set(runs.map { $0[0] }), "a runbook that no run of this test goes through")
        for run in runs {
            // It asks whatever cluster is the current one, which may be one of a cloud.
            if run[0] == "doctor.lua" { canary.bench.environment["AWS_SECRET_ACCESS_KEY"] = nil }
            try canary.adopt(run[0])
            let result = try canary.bench.run(list: ["runbooks/" + run[0], "--yes"] + Array(run.dropFirst()))
            canary.keep(result, run[0])
            #expect(result.status != 3 && result.status != 2, "\(run[0]): \(result.errors)")
        }
        try canary.run("runbooks/deploy-local.lua", "--sim", "--dry-run", "--output", "json")
        let leaks = try canary.leaks(watched: watch.finish()).map(\.description)
        #expect(leaks == [])
        let environment = canary.environmentOfTools
        #expect(environment.contains("KUBECONFIG=") && !environment.contains(CanaryBench.strayToken))
    }

    @Test("a runbook that tries each way to leak them")
    func hostile() throws {
        var canary = try CanaryBench()
        defer { canary.remove() }
        let watch = ProcessWatch()
        let result = try Self.attack(&canary)
        #expect(result.status == 1, "\(result.errors.suffix(2000))")
        let text = try #require(
            try JSON(JSONSerialization.jsonObject(with: Data(result.out.utf8)))["error"]["message"].text)
        #expect(text == "it is over")
        let leaks = try canary.leaks(watched: watch.finish()).map(\.description)
        #expect(leaks == [])
        // Where they were meant to go, they are.
        for secret in canary.canaries {
            let path = "\(canary.bench.folder)/runbooks/product/\(secret.name)"
            #expect(FileManager.default.contents(atPath: path) == Data("other ".utf8 + secret.value), "\(secret.name)")
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test("the same without the redactor: the search finds them everywhere")
    func withoutRedactor() throws {
        var canary = try CanaryBench(showsSecrets: true)
        defer { canary.remove() }
        let watch = ProcessWatch()
        try Self.attack(&canary)
        let leaks = try canary.leaks(watched: watch.finish(), layers: 1)
        let names = Set(canary.canaries.map(\.name))
        for place in [
            "standard error", "standard output", "events.jsonl", "runs.db", "hostile.tape", "report", "ai/001",
        ] {
            let found = Set(leaks.filter { $0.place.contains(place) }.map(\.name))
            // A variable cannot hold the one with a NUL, so the tool that stands in for an AI never has it; the pages of
            // a database cut one that is nearly as long as they are.
            let missing = ["ai/001": "BINARY_LIKE", "runs.db": "LONG_3000"][place]
            let expected = names.subtracting(missing.map { [$0] } ?? [])
            #expect(expected.subtracting(found).sorted() == [], "in \(place)")
        }
        // What an argument list may hold does not depend on the redactor.
        #expect(leaks.filter { $0.place.contains("arguments") }.map(\.description) == [])
    }

    /// Runs the hostile runbook as JSON on a tape, and asks for all that can be told of it.
    @discardableResult
    private static func attack(_ canary: inout CanaryBench) throws -> Bench.Result {
        try canary.adopt(fixture: "hostile.lua")
        try FileManager.default.copyItem(
            atPath: CanaryBench.fixtures + "/chart", toPath: canary.bench.folder + "/runbooks/chart")
        let server = try EchoServer(canary.bench)
        defer { server.stop() }
        let result = try canary.bench.run(
            "runbooks/hostile.lua", "--sim", "--yes", "--record", "hostile.tape", "--output", "json", "-p",
            "port=\(server.port)")
        canary.keep(result, "hostile.lua")
        let run = try #require(try JSON(JSONSerialization.jsonObject(with: Data(result.out.utf8)))["run"].text)
        for format in ["markdown", "html", "json", "junit"] {
            try canary.run("report", run, "--format", format, "--file", "report.\(format)")
        }
        try canary.run("logs", run)
        try canary.run("history", "--output", "json")
        return result
    }

    @Test("a parameter, a lock and a namespace that are a secret")
    func parameters() throws {
        var canary = try CanaryBench()
        defer { canary.remove() }
        try canary.bench.write(
            "p.lua",
            """
            runbook { name = "p", params = { namespace = { type = "string" } }, lock = "p/${params.namespace}",
              secrets = { "PLAIN_THIRTY_TWO", "DIGITS" } }
            step(params.namespace, function() log.info(params.namespace) end)
            local ok, problem = pcall(exec.run, { "echo", params.namespace })
            print(problem)
            local ok, problem = pcall(http.get, "http://127.0.0.1:1/" .. params.namespace)
            print(problem)
            load("error('x')", "=" .. params.namespace)
            return { number = math.tointeger(tonumber("49291782" .. "30018842")), [params.namespace] = params.namespace }
            """)
        let secret = try #require(canary.canaries.first { $0.name == "PLAIN_THIRTY_TWO" })
        let value = String(decoding: secret.value, as: UTF8.self)
        let result = try canary.bench.run("p.lua", "-p", "namespace=\(value)", "--output", "json")
        canary.keep(result, "p.lua")
        #expect(result.status == 0, "\(result.errors)")
        #expect(
            result.errors.contains(
                "argument 1 of echo holds the value of secret PLAIN_THIRTY_TWO, which everyone on the machine can read there"
            ))
        #expect(result.errors.contains("an address holds the value of secret PLAIN_THIRTY_TWO"))
        let leaks = try canary.leaks(watched: []).map(\.description)
        #expect(leaks == [])
    }

    @Test("an engine that dies leaves nothing, and the next run clears up", arguments: [SIGSEGV, SIGABRT, SIGKILL])
    func crash(_ signal: Int32) throws {
        var canary = try CanaryBench()
        defer { canary.remove() }
        try canary.adopt(fixture: "crash.lua")
        let program = try Started(
            canary.bench, ["runbooks/crash.lua"], directory: ".",
            through: ["/bin/sh", "-c", "ulimit -c unlimited && exec \"$0\" \"$@\""])
        #expect(program.waits { $0.contains("ready") }, "\(program.complaints)")
        program.send(signal)
        canary.keep(try program.wait(), "crash.lua")
        // A folder of private files that a killed engine could not remove.
        let left = "state/runbook/private/gone"
        try canary.bench.write("\(left)/file", String(decoding: canary.canaries[0].value, as: UTF8.self))
        try canary.bench.write("next.lua", "runbook { name = \"next\" }\nprint(\"next\")\n")
        try canary.run("next.lua")
        #expect(!canary.bench.exists(left))
        let leaks = try canary.leaks(watched: []).map(\.description)
        #expect(leaks == [])
        let cores = try FileManager.default.subpathsOfDirectory(atPath: canary.bench.folder).filter {
            ($0 as NSString).lastPathComponent.hasPrefix("core")
        }
        #expect(cores == [])
    }
}

/// A server of the tests that answers with all that it was sent.
struct EchoServer {
    private let process = Process()
    let port: Int

    init(_ bench: Bench) throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: bench.folder + "/bin/leak.py")
        process.arguments = ["serve"]
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        var line: [UInt8] = []
        while line.last != 10, let byte = try output.fileHandleForReading.read(upToCount: 1)?.first {
            line.append(byte)
        }
        port = try #require(Int(String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    func stop() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
