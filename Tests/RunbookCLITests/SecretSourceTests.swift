import Foundation
import RunbookTestSupport
import Testing

/// Where secrets come from: in which order, how often, and what is said when a source is wrong; never a value.
@Suite("sources of secrets")
struct SecretSourceTests {
    private static let value = "Sesame-Street-4711"

    /// A project whose runbook needs TOKEN and OTHER, and tells of them by what a child gets.
    private func project(_ settings: String) throws -> Bench {
        let bench = try Bench()
        try bench.write(
            "r.lua",
            """
            runbook { secrets = { "TOKEN", OTHER = { optional = true } } }
            exec.run({ "sh", "-c", "printf %s \\"$TOKEN\\" > got; printf %s \\"$OTHER\\" > other" },
              { env = { TOKEN = secrets.TOKEN, OTHER = secrets.OTHER or "none" } })
            """)
        try bench.write("runbook.yaml", settings)
        return bench
    }

    @Test(
        "each tool's own way to print a value",
        arguments: [
            (
                "sops", "command: [sops, --decrypt, prod.env], format: dotenv",
                "printf 'TOKEN=Sesame-Street-4711\\nX=1\\n'"
            ),
            ("pass", "command: [pass, show, '{name}']", "[ \"$*\" = 'show TOKEN' ] || exit 1; echo Sesame-Street-4711"),
            ("op", "command: [op, read, 'op://shop/{name}/password']", "printf 'Sesame-Street-4711\\r\\n'"),
            (
                "vault", "command: [vault, kv, get, -format=json], format: json",
                "echo '{\"TOKEN\": \"Sesame-Street-4711\"}'"
            ),
            (
                "age", "command: [age, --decrypt, prod.age], format: dotenv",
                "echo \"export TOKEN='Sesame-Street-4711'\""
            ),
        ])
    func commands(_ tool: String, _ settings: String, _ script: String) throws {
        var bench = try project("secrets: { providers: [ { \(settings), names: [TOKEN] } ] }\n")
        defer { bench.remove() }
        try bench.standIn(tool, "echo asked >> '\(bench.folder)/asked'\n\(script)")
        let result = try bench.run("r.lua")
        #expect(result.status == 0, "\(result.errors)")
        #expect(bench.read("got") == Self.value)
        #expect(bench.read("asked") == "asked\n")
    }

    @Test("a command that gives many is run once a run, and not for a run that needs none")
    func once() throws {
        var bench = try project("secrets: { providers: [ { command: [sops, -d], format: dotenv } ] }\n")
        defer { bench.remove() }
        try bench.standIn(
            "sops", "echo asked >> '\(bench.folder)/asked'\necho TOKEN=Sesame-Street-4711; echo OTHER=second-value-2")
        try bench.write("none.lua", "runbook {}\nprint('hello')\n")
        #expect(try bench.run("none.lua").status == 0)
        #expect(bench.read("asked") == nil)
        #expect(try bench.run("r.lua").status == 0)
        #expect(bench.read("asked") == "asked\n")
        #expect(bench.read("got") == Self.value)
        #expect(bench.read("other") == "second-value-2")
    }

    @Test(
        "a command that is wrong: exit code 3, what to do, and nothing of what it printed",
        arguments: [
            ("value", "echo Sesame-Street-4711; echo Sesame-Street-4711 >&2; exit 5", "secret TOKEN: tool exited 5"),
            ("value", "true", "secret TOKEN: tool printed nothing"),
            ("value", "echo; echo ' '", "secret TOKEN: tool printed nothing"),
            ("value", "echo Sesame-Street-4711; exec sleep 60", "secret TOKEN: tool was over its limit of 1.0s"),
            (
                "json", "echo Sesame-Street-4711",
                "secret TOKEN: tool printed no JSON object, which `format: json` promises"
            ),
            (
                "json", "echo '{\"TOKEN\": [\"Sesame-Street-4711\"]}'",
                "secret TOKEN: tool printed an object in which TOKEN is no text"
            ),
            ("json", "echo '{\"X\": \"Sesame-Street-4711\"}'", "secret TOKEN is missing"),
            ("dotenv", "echo '{\"TOKEN\": \"Sesame-Street-4711\"}'", "tool:1: "),
            ("dotenv", "echo X=Sesame-Street-4711", "secret TOKEN is missing"),
        ])
    func wrongCommands(_ format: String, _ script: String, _ message: String) throws {
        var bench = try project(
            "secrets: { providers: [ { command: [tool], format: \(format), timeout: 1s, names: [TOKEN] } ] }\n")
        defer { bench.remove() }
        try bench.standIn("tool", script)
        let result = try bench.run("r.lua")
        #expect(result.status == 3)
        #expect(result.errors.hasPrefix(message), "\(result.errors)")
        #expect(result.errors.contains("  Try      "))
        #expect(!result.errors.contains("Sesame") && !result.out.contains("Sesame"))
        #expect(!bench.exists("got"))
        let state = try FileManager.default.subpathsOfDirectory(atPath: bench.folder + "/state").filter {
            (bench.read("state/" + $0) ?? "").contains("Sesame")
        }
        #expect(state == [])
    }

    @Test(
        "a tool that is not there, files that cannot be used",
        arguments: [
            ("command: [no-such-tool], names: [TOKEN]", "secret TOKEN: no-such-tool: command not found"),
            ("file: gone, names: [TOKEN]", "cannot read "), ("file: empty, names: [TOKEN]", "secret TOKEN: "),
            ("file: ., names: [TOKEN]", "cannot read "), ("dotenv: broken.env", "broken.env:2: "),
            ("dotenv: latin.env", "latin.env:1: "), ("dotenv: gone.env", "cannot read "),
        ])
    func wrongFiles(_ settings: String, _ message: String) throws {
        let bench = try project("secrets: { providers: [ { \(settings) } ] }\n")
        defer { bench.remove() }
        try bench.write("empty", "\n")
        try bench.write("broken.env", "A=1\nTOKEN=\"Sesame-Street-4711\n")
        try Data("TOKEN=Sesame-Street-4711".utf8 + [0xe9, 10]).write(
            to: URL(fileURLWithPath: bench.folder + "/latin.env"))
        let result = try bench.run("r.lua")
        #expect(result.status == 3, "\(result.errors)")
        #expect(result.errors.contains(message), "\(result.errors)")
        #expect(result.errors.contains("  Try      "))
        #expect(!result.errors.contains("Sesame"))
        #expect(!bench.exists("got"))
    }

    @Test("a file that may not be read", arguments: [".env", "other.env"])
    func unreadable(_ file: String) throws {
        let bench = try project("{}\n")
        defer { bench.remove() }
        try bench.write(file, "TOKEN=\(Self.value)\n", mode: 0)
        // root may read any file, unless that is taken from it.
        let isRoot = geteuid() == 0
        let without = "-dac_override,-dac_read_search"
        let launcher = isRoot ? ["/usr/bin/setpriv", "--bounding-set=\(without)", "--inh-caps=\(without)"] : []
        let arguments = file == ".env" ? ["r.lua"] : ["r.lua", "--env-file", file]
        let result = try Started(bench, arguments, directory: ".", through: launcher).wait()
        #expect(result.status == 3, "\(result.errors)")
        #expect(result.errors.contains("cannot read ") && result.errors.contains(file), "\(result.errors)")
        #expect(result.errors.contains("  Try      give another file with --env-file"))
        #expect(!bench.exists("got"))
    }

    @Test("the order: --env-file, providers, environment; .env only where no file is named")
    func order() throws {
        var bench = try project("secrets: { providers: [ { folder: vault }, { env: { prefix: SHOP_ } } ] }\n")
        defer { bench.remove() }
        bench.environment["TOKEN"] = "from-the-environment"
        #expect(try bench.run("r.lua").status == 0)
        #expect(bench.read("got") == "from-the-environment")
        bench.environment["SHOP_TOKEN"] = "from-the-prefix"
        #expect(try bench.run("r.lua").status == 0)
        #expect(bench.read("got") == "from-the-prefix")
        try bench.write("vault/TOKEN", "from-the-folder\n")
        #expect(try bench.run("r.lua").status == 0)
        #expect(bench.read("got") == "from-the-folder")
        try bench.write(".env", "TOKEN=from-dot-env\n")
        #expect(try bench.run("r.lua").status == 0)
        #expect(bench.read("got") == "from-dot-env")
        try bench.write("a.env", "TOKEN=from-a\n")
        try bench.write("b.env", "TOKEN=from-b\n")
        #expect(try bench.run("r.lua", "--env-file", "a.env", "--env-file", "b.env").status == 0)
        #expect(bench.read("got") == "from-b")
    }

    @Test("a line of 1 MB, and bytes that are no text")
    func large() throws {
        let bench = try project("secrets: { providers: [ { file: raw, names: [OTHER] } ] }\n")
        defer { bench.remove() }
        let raw = Data([1, 2, 0xff, 0xfe, 0x80, 0x1b])
        try raw.write(to: URL(fileURLWithPath: bench.folder + "/raw"))
        try bench.write(".env", "BIG=\(String(repeating: "x", count: 1 << 20))\nTOKEN=\(Self.value)\n")
        #expect(try bench.run("r.lua").status == 0)
        #expect(bench.read("got") == Self.value)
        #expect(FileManager.default.contents(atPath: bench.folder + "/other") == raw)
    }

    @Test("a prompt that shows nothing, and gives the terminal back")
    func prompt() throws {
        let bench = try project("{}\n")
        defer { bench.remove() }
        let result = try PseudoTerminal.run(bench, ["r.lua"], question: "TOKEN:", keys: Self.value + "\n")
        #expect(result.status == 0, "\(result.screen)")
        #expect(!result.screen.contains("Sesame"))
        #expect(bench.read("got") == Self.value)
    }

    @Test("a variable of the environment that looks like a credential is no setting")
    func settings() throws {
        var bench = try Bench()
        defer { bench.remove() }
        bench.environment["DEPLOY_TOKEN"] = Self.value
        bench.environment["REGION"] = "eu-1"
        try bench.write("r.lua", "runbook {}\nprint(env.get('REGION'))\nprint(env.get('DEPLOY_TOKEN'))\n")
        let result = try bench.run("r.lua")
        #expect(result.out == "eu-1\n")
        #expect(result.errors.contains("`env.get`: DEPLOY_TOKEN is a secret"))
        #expect(!result.errors.contains("Sesame"))
    }
}
