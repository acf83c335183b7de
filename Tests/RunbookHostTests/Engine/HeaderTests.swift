import RunbookLua
import RunbookSecrets
import Testing

@testable import RunbookHost

/// What a header says, and how parameters are read.
@Suite("headers and parameters")
struct HeaderTests {
    private func header(_ lua: String) async throws -> RunbookHeader {
        let runner = Runner(
            options: RunOptions(workingDirectory: "/nowhere", environment: [:], stateFolder: "/nowhere"), listeners: [],
            lifecycle: PlainLifecycle(), prompter: RefusingPrompter(), http: NoNetwork())
        return try await runner.header(
            of: RunbookSource(path: "/nowhere/deploy.lua", displayName: "deploy.lua", text: Array(lua.utf8)))
    }

    private struct NoNetwork: HTTPSender {
        func send(_ call: HTTPCall, vault: SecretVault) async throws -> HTTPAnswer {
            throw RunbookError(.io, "no network here")
        }
    }

    @Test("every field is read, and the body is not run")
    func full() async throws {
        let header = try await header(
            """
            runbook {
              name = "shop", description = "Deploys the shop",
              params = { n = { type = "integer", default = 2, min = 1, max = 5, help = "pods" }, s = {} },
              requires = { helm = ">=3.12", kubectl = ">=1.28 <2" },
              secrets = { "TOKEN", KEY = { optional = true } },
              lock = "shop/${params.n}", on_failure = "undo", timeout = "5m",
              allow = { kubectl = "read", namespaces = { "shop" } },
            }
            error("the body was run")
            """)
        #expect(header.name == "shop")
        #expect(header.description == "Deploys the shop")
        #expect(header.parameters.map(\.name) == ["n", "s"])
        #expect(header.parameters[0].kind == .integer)
        #expect(header.parameters[0].minimum == 1 && header.parameters[0].maximum == 5)
        #expect(header.parameters[0].fallback.integerValue == 2)
        #expect(!header.parameters[0].isRequired && header.parameters[1].isRequired)
        #expect(header.parameters[1].kind == .string)
        #expect(header.requires.map { "\($0.tool) \($0.constraint)" } == ["helm >=3.12", "kubectl >=1.28 <2"])
        #expect(header.secrets.map { "\($0.name) \($0.isOptional)" }.sorted() == ["KEY true", "TOKEN false"])
        #expect(header.lock == "shop/${params.n}")
        #expect(header.onFailure == .undo)
        #expect(header.timeout == .seconds(300))
        #expect(header.allow?.modules["kubectl"] == .read)
        #expect(header.allow?.namespaces == ["shop"])
    }

    @Test("a file without a header has its name")
    func none() async throws {
        #expect(try await header("print(1)").name == "deploy")
        #expect(try await header("exec.run({ \"touch\", \"ran\" })").name == "deploy")
    }

    @Test(
        "what is wrong is told with its line",
        arguments: [
            ("runbook {", "deploy.lua:1: unexpected symbol near <eof>"),
            ("\nrunbook { nam = 1 }", "deploy.lua:2: `runbook`: unknown option `nam`; did you mean `name`?"),
            (
                "\nrunbook { secrets = { true } }",
                "deploy.lua:2: `secrets` must be a list of names; one of its entries is a boolean"
            ),
            (
                "runbook { secrets = { A = { optinal = true } } }",
                "deploy.lua:1: `secrets.A`: unknown option `optinal`; it takes `optional`"
            ),
            (
                "exec.run({ \"true\" })\nrunbook {}",
                "deploy.lua:2: `runbook { … }` must be the first statement of the file"
            ),
            (
                "runbook { params = { e = { type = \"enum\", values = { \"a\" }, default = \"b\" } } }",
                "deploy.lua:1: parameter `e`: its default \"b\" is none of a; did you mean `a`?"
            ),
            (
                "runbook { params = { n = { type = \"integer\", default = \"two\" } } }",
                "deploy.lua:1: parameter `n`: its default must be an integer, not the string \"two\""
            ),
        ])
    func wrong(_ lua: String, _ message: String) async throws {
        let error = try await #require(throws: RunbookError.self) { _ = try await header(lua) }
        #expect(error.code == .usage)
        #expect(error.message == message)
    }

    private static func declaration(_ kind: ParameterDeclaration.Kind) -> ParameterDeclaration {
        ParameterDeclaration(
            name: "p", kind: kind, fallback: .nil, isOptional: false, values: ["dev", "prod"], minimum: nil,
            maximum: nil, pattern: nil, help: "")
    }

    static let values: [(ParameterDeclaration.Kind, String, String)] = [
        (.string, "", "\"\""), (.string, "a=b", "\"a=b\""), (.integer, "-3", "-3"), (.number, "2.5", "2.5"),
        (.boolean, "yes", "true"), (.boolean, "OFF", "false"), (.boolean, "1", "true"), (.boolean, "0", "false"),
        (.enum, "prod", "\"prod\""), (.list, "", "[]"), (.list, "a,,b", "[\"a\",\"\",\"b\"]"),
        (.path, "charts/shop", "\"/srv/charts/shop\""), (.path, "/charts", "\"/charts\""), (.path, "", "\"\""),
        (.duration, "1h30m", "\"1h30m\""), (.size, "2GiB", "\"2GiB\""),
    ]

    @Test("a text becomes a typed value", arguments: values)
    func value(_ kind: ParameterDeclaration.Kind, _ text: String, _ value: String) throws {
        let parser = ParameterParser(
            declarations: [Self.declaration(kind)], runbook: "deploy", workingDirectory: "/srv")
        let parsed = try parser.parse([("p", text)])
        #expect(parsed.count == 1)
        #expect(JSONText.encode(parsed[0].value, pretty: false) == value)
    }

    @Test(
        "versions",
        arguments: [
            (">=3.12", "v3.12.0", true), (">=3.12", "3.8.1", false), (">=1.28 <2", "1.37.1", true),
            (">=1.28 <2", "2.0", false), ("4", "v4.3.1+gc0d08d0", true), ("=1.2", "1.2.0", true), ("*", "0", true),
            (">1.2", "1.2.0", false), ("<=1.2", "1.2", true),
        ])
    func versions(_ constraint: String, _ version: String, _ holds: Bool) throws {
        let wanted = try #require(VersionConstraint(constraint))
        let read = try #require(ToolVersion(version))
        #expect(wanted.holds(for: read) == holds)
    }

    @Test("what is no version constraint", arguments: ["", "new", ">=", ">=x", "1.2 new"])
    func noConstraint(_ text: String) { #expect(VersionConstraint(text) == nil) }
}
