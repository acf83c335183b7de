import Foundation
import Testing

/// What a provider of secrets sees, and where what it gives does not go.
@Suite("providers of secrets")
struct SecretProviderTests {
    private static let value = "Sesame-Street-4711"

    /// A project that writes the secrets TOKEN and OTHER to files of these names.
    private func project(_ settings: String) throws -> Bench {
        let bench = try Bench()
        try bench.write("runbook.yaml", "secrets: { providers: [ \(settings) ] }\n")
        try bench.write(
            "r.lua",
            """
            runbook { secrets = { "TOKEN", OTHER = { optional = true } } }
            exec.run({ "sh", "-c", "printf %s \\"$TOKEN\\" > got; printf %s \\"$OTHER\\" > other" },
              { env = { TOKEN = secrets.TOKEN, OTHER = secrets.OTHER or "none" } })
            """)
        return bench
    }

    @Test(
        "a command sees what its tool reads and what the project names, and no credential of another",
        arguments: [
            ("op", "", ["HOME", "OP_SESSION_shop", "PATH"]),
            ("vault", "", ["HOME", "PATH", "VAULT_ADDR"]),
            ("sops", "", ["AWS_SECRET_ACCESS_KEY", "HOME", "PATH", "SOPS_AGE_KEY", "VAULT_ADDR"]),
            ("own-tool", "", ["HOME", "PATH"]),
            ("own-tool", ", inherit: [CORP_*, VAULT_ADDR]", ["CORP_A", "CORP_B", "HOME", "PATH", "VAULT_ADDR"]),
        ])
    func environment(_ tool: String, _ setting: String, _ expected: [String]) throws {
        var bench = try project("{ command: [\(tool)], names: [TOKEN]\(setting) }")
        defer { bench.remove() }
        try bench.standIn(tool, "env | sed 's/=.*//' | sort > '\(bench.folder)/seen'; echo \(Self.value)")
        for name in ["OP_SESSION_shop", "VAULT_ADDR", "AWS_SECRET_ACCESS_KEY", "SOPS_AGE_KEY", "CORP_A", "CORP_B"] {
            bench.environment[name] = "x"
        }
        let result = try bench.run("r.lua")
        #expect(result.status == 0, "\(result.errors)")
        let ours = ["LANG", "TERM", "TMPDIR", "XDG_STATE_HOME"]
        // A shell sets some of its own.
        let shells = ["PWD", "OLDPWD", "SHLVL", "_"]
        let seen = (bench.read("seen") ?? "").split(separator: "\n").map(String.init)
        #expect(seen.filter { !(ours + shells).contains($0) } == expected)
    }

    @Test("a value that holds another secret arrives whole")
    func nested() throws {
        var bench = try project("{ command: [pass, show, '{name}'] }")
        defer { bench.remove() }
        try bench.standIn(
            "pass", "[ $2 = TOKEN ] && echo \(Self.value) || echo postgres://todo:\(Self.value)@db/todo")
        let result = try bench.run("r.lua")
        #expect(result.status == 0, "\(result.errors)")
        #expect(bench.read("got") == Self.value)
        #expect(bench.read("other") == "postgres://todo:\(Self.value)@db/todo")
    }

    @Test(
        "a tape holds nothing of what a command printed, and replays without it",
        arguments: [
            ("value", "echo \(value); echo 'decrypted \(value)' >&2"),
            ("json", "echo '{\"TOKEN\": \"\(value)\", \"X\": \"another-Value-1\"}'"),
            ("dotenv", "echo TOKEN=\(value); echo X=another-Value-1"),
        ])
    func tape(_ format: String, _ script: String) throws {
        var bench = try project("{ command: [tool], format: \(format), names: [TOKEN] }")
        defer { bench.remove() }
        try bench.standIn("tool", script)
        let recorded = try bench.run("r.lua", "--record", "t.tape")
        #expect(recorded.status == 0, "\(recorded.errors)")
        #expect(bench.read("got") == Self.value)
        let tape = try #require(bench.read("t.tape"))
        #expect(!tape.contains("Sesame") && !tape.contains("another-Value"), "\(tape)")
        try FileManager.default.removeItem(atPath: bench.folder + "/bin/tool")
        let replayed = try bench.run("r.lua", "--replay", "t.tape")
        #expect(replayed.status == 0, "\(replayed.errors)")

        try bench.standIn("tool", "echo 'cannot read \(Self.value)' >&2; exit 1")
        let failed = try bench.run("r.lua", "--record", "failed.tape")
        #expect(failed.status == 3)
        #expect(bench.read("failed.tape")?.contains("Sesame") == false)
    }

    @Test("a Secret of the cluster: its key, a missing key, no such Secret, no cluster")
    func kubernetes() throws {
        var bench = try project("{ kubernetes: { name: shop-secrets, namespace: shop } }")
        defer { bench.remove() }
        bench.environment["PATH"] = "\(Program.root)/.tools/bin:\(Bench.systemPath)"
        let cluster = try Started.simulator(&bench)
        defer { cluster.stop() }

        let missing = try bench.run("r.lua")
        #expect(missing.status == 3)
        #expect(missing.errors.hasPrefix("secret TOKEN is missing"), "\(missing.errors)")

        try bench.write("keep.env", "TOKEN=\(Self.value)\n")
        try bench.write(
            "make.lua",
            """
            runbook { secrets = { "TOKEN" } }
            kubectl.ensure_namespace { name = "shop" }
            kubectl.ensure_secret { name = "shop-secrets", namespace = "shop", from = secrets }
            """)
        let made = try bench.run("make.lua", "--env-file", "keep.env")
        #expect(made.status == 0, "\(made.errors)")
        let result = try bench.run("r.lua", "--record", "t.tape")
        #expect(result.status == 0, "\(result.errors)")
        #expect(bench.read("got") == Self.value)
        #expect(bench.read("other") == "none")
        let encoded = Data(Self.value.utf8).base64EncodedString()
        #expect(bench.read("t.tape")?.contains(encoded) == false)
        let replayed = try bench.run("r.lua", "--replay", "t.tape")
        #expect(replayed.status == 0, "\(replayed.errors)")

        bench.environment["KUBECONFIG"] = try bench.write("nowhere.yaml", Self.nowhere)
        let unreachable = try bench.run("r.lua")
        #expect(unreachable.status == 3)
        #expect(unreachable.errors.hasPrefix("secret TOKEN: kubectl exited 1"), "\(unreachable.errors)")
        #expect(unreachable.errors.contains("  Try      "))
    }

    /// A kubeconfig of a server that nobody runs: port 1 is reserved.
    private static let nowhere = """
        apiVersion: v1
        kind: Config
        clusters: [ { name: c, cluster: { server: "http://127.0.0.1:1" } } ]
        contexts: [ { name: minikube, context: { cluster: c, user: u } } ]
        users: [ { name: u, user: {} } ]
        current-context: minikube
        """
}
