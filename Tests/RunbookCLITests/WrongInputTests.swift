import Testing

/// What is wrong with the command line or the runbook ends with exit code 2, and nothing was run.
@Suite("wrong input")
struct WrongInputTests {
    private static let deploy = """
        runbook {
          name = "deploy",
          params = {
            namespace = { type = "string", pattern = "^[a-z0-9-]+$", default = "shop", help = "target namespace" },
            replicas = { type = "integer", default = 2, min = 1, max = 5, help = "number of pods" },
            env = { type = "enum", values = { "dev", "staging", "prod" }, default = "dev" },
            ratio = { type = "number", default = 0.5 },
            fast = { type = "boolean", default = false },
            limit = { type = "size", default = "1MB" },
            wait = { type = "duration", default = "1s" },
          },
        }
        exec.run({ "touch", "ran" })
        """

    struct Case: Sendable, CustomTestStringConvertible {
        let given: [String]
        let message: String
        var remedy: String?
        var testDescription: String { given.joined(separator: " ") }
    }

    static let cases = [
        Case(
            given: ["replcas=3"], message: "deploy has no parameter `replcas`; did you mean `replicas`?",
            remedy: "it takes `env`, `fast`, `limit`, `namespace`, `ratio`, `replicas`, `wait`"),
        Case(
            given: ["replicas=two"], message: "parameter `replicas`: \"two\" is no whole number",
            remedy: "-p replicas=… takes a whole number from 1 to 5: number of pods"),
        Case(given: ["replicas=2.5"], message: "parameter `replicas`: \"2.5\" is no whole number"),
        Case(given: ["replicas=9"], message: "parameter `replicas`: \"9\" is above 5, the greatest value"),
        Case(given: ["replicas=0"], message: "parameter `replicas`: \"0\" is below 1, the least value"),
        Case(
            given: ["env=prd"],
            message: "parameter `env`: \"prd\" is none of dev, staging, prod; did you mean `prod`?"),
        Case(given: ["env="], message: "parameter `env`: \"\" is none of dev, staging, prod"),
        Case(
            given: ["namespace=My Shop"],
            message: "parameter `namespace`: \"My Shop\" does not match ^[a-z0-9-]+$",
            remedy: "-p namespace=… takes text that matches ^[a-z0-9-]+$: target namespace"),
        Case(given: ["ratio=half"], message: "parameter `ratio`: \"half\" is no number"),
        Case(given: ["ratio=nan"], message: "parameter `ratio`: \"nan\" is no number"),
        Case(given: ["fast=maybe"], message: "parameter `fast`: \"maybe\" is neither true nor false"),
        Case(given: ["limit=big"], message: "parameter `limit`: \"big\" is no size such as 500MB or 2GiB"),
        Case(given: ["wait=soon"], message: "parameter `wait`: \"soon\" is no duration such as 90s or 2m"),
        Case(given: ["env=dev", "env=prod"], message: "parameter `env` is given twice"),
    ]

    @Test("a file without a header may look, and is refused to change anything")
    func noHeader() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write("look.lua", "print(exec.run({ 'echo', 'seen' }, { read = true }).stdout)")
        try bench.write("change.lua", "exec.run({ 'touch', 'ran' })")
        #expect(try bench.run("look.lua").out.hasPrefix("seen"))
        let result = try bench.run("change.lua")
        #expect(result.status == 2)
        #expect(result.errors.contains("a runbook that changes something begins with `runbook { … }`"))
        #expect(result.errors.contains("change.lua:1"))
        #expect(!bench.exists("ran"))
    }

    @Test("a parameter that is wrong is named, with its value and the line of the header", arguments: cases)
    func parameter(_ wrong: Case) throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write("deploy.lua", Self.deploy)
        let result = try bench.run(list: ["deploy.lua"] + wrong.given.flatMap { ["-p", $0] })
        #expect(result.status == 2)
        #expect(result.out == "")
        let lines = result.errors.split(separator: "\n").map(String.init)
        #expect(lines.first == wrong.message)
        #expect(lines.contains("  Where    deploy.lua:1"))
        if let remedy = wrong.remedy { #expect(lines.contains("  Try      \(remedy)")) }
        #expect(!bench.exists("ran"))
    }

    @Test("a parameter without a default must be given")
    func missing() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write(
            "restart.lua",
            """
            runbook { params = { deployment = { type = "string", help = "what to restart" } } }
            exec.run({ "touch", "ran" })
            """)
        let result = try bench.run("restart.lua")
        #expect(result.status == 2)
        #expect(
            result.errors == """
                parameter `deployment` is missing: what to restart
                  Where    restart.lua:1
                  Try      give it with -p deployment=…; `runbook show restart` lists all

                """)
        #expect(!bench.exists("ran"))
    }

    @Test("a wrong parameter in JSON")
    func json() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write("deploy.lua", Self.deploy)
        let result = try bench.run("deploy.lua", "-p", "replicas=9", "--output", "json")
        let document = try result.json()
        #expect(result.status == 2)
        #expect(document["status"].text == "failed")
        #expect(document["error"]["message"].text == "parameter `replicas`: \"9\" is above 5, the greatest value")
        #expect(document["error"]["where"].text == "deploy.lua:1")
        #expect(document["error"]["step"].isNull)
        #expect(document["steps"].list.isEmpty)
    }

    @Test("a syntax error names file and line")
    func syntax() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write(
            "broken.lua", "runbook { name = \"broken\" }\nexec.run({ \"touch\", \"ran\" })\nlocal x = = 1\n")
        let result = try bench.run("broken.lua")
        #expect(result.status == 2)
        #expect(result.errors == "unexpected symbol near '='\n  Where    broken.lua:3\n")
        #expect(!bench.exists("ran"))
    }

    @Test("the header comes first: an effect before it is not carried out")
    func headerFirst() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write("late.lua", "exec.run({ \"touch\", \"ran\" })\nrunbook { name = \"late\" }\n")
        for verb in [["late.lua"], ["show", "late.lua"]] {
            let result = try bench.run(list: verb)
            #expect(result.status == 2)
            #expect(
                result.errors.hasPrefix("`runbook { … }` must be the first statement of the file\n")
                    || verb[0] == "show")
            #expect(result.errors.contains("late.lua:2"))
        }
        #expect(!bench.exists("ran"))
    }

    @Test("a second header")
    func twice() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write("twice.lua", "runbook { name = \"a\" }\nrunbook { name = \"b\" }\n")
        let result = try bench.run("twice.lua")
        #expect(result.status == 2)
        #expect(result.errors.hasSuffix("`runbook { … }` stands twice in this file\n  Where    twice.lua:2\n"))
    }

    @Test(
        "a header that is wrong",
        arguments: [
            ("runbook { nam = \"x\" }", "`runbook`: unknown option `nam`; did you mean `name`?"),
            (
                "runbook { params = { n = { type = \"int\" } } }",
                "`runbook`: `params.n`: `type` is \"int\"; it takes \"string\" | \"integer\" | \"number\" | \"boolean\" | \"enum\" | \"list\" | \"path\" | \"duration\" | \"size\""
            ),
            ("runbook { params = { e = { type = \"enum\" } } }", "parameter `e` is an enum without `values`"),
            (
                "runbook { params = { n = { type = \"integer\", default = 9, max = 5 } } }",
                "parameter `n`: its default \"9\" is above 5, the greatest value"
            ),
            (
                "runbook { requires = { helm = \"new\" } }",
                "`requires.helm`: \"new\" is no version constraint such as \">=3.12\""
            ),
            ("runbook { secrets = \"TOKEN\" }", "`secrets` must be a list of names"),
            ("runbook { allow = { kubectl = \"all\" } }", "`allow.kubectl` must be \"none\", \"read\" or \"write\""),
        ])
    func header(_ text: String, _ message: String) throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write("wrong.lua", text)
        let result = try bench.run("wrong.lua")
        #expect(result.status == 2)
        #expect(result.errors.split(separator: "\n").first.map(String.init) == message)
        #expect(result.errors.contains("  Where    wrong.lua:1\n"))
    }

    @Test(
        "an option that is wrong",
        arguments: [
            (["--nope"], "Error: Unknown option '--nope'"),
            (["--dryrun"], "Error: Unknown option '--dryrun'. Did you mean '--dry-run'?"),
            (["-p", "replicas"], "Error: `-p replicas`: write it as -p key=value"),
            (["-p", "=3"], "Error: `-p =3`: write it as -p key=value"),
            (["--timeout", "soon"], "Error: `--timeout soon`: write a duration such as 90s, 5m or 1h"),
            (["--dry-run=maybe"], "Error: `--dry-run maybe`: write preview or server"),
            (["--dry-run=sever"], "Error: `--dry-run sever`: write preview or server; did you mean server?"),
            (
                ["--replicas", "2"],
                "Error: `--replicas` is a parameter of deploy.lua, not an option: write -p replicas=…"
            ),
            (["--sim", "--env=dev"], "Error: `--env` is a parameter of deploy.lua, not an option: write -p env=…"),
            (["--fast"], "Error: `--fast` is a parameter of deploy.lua, not an option: write -p fast=true"),
            (["--replicas=2"], "Error: `--replicas` is a parameter of deploy.lua, not an option: write -p replicas=…"),
            (["--on-failure", "hope"], "Error: `--on-failure hope`: write undo, ask or keep"),
            (["--in-doubt", "wait"], "Error: `--in-doubt wait`: write repeat or skip"),
            (["--fault", "crashloop:deployment/a"], "--fault and --real belong to a simulated run"),
            (["--record", "a", "--replay", "b"], "--record and --replay cannot be used together"),
            (["--replay", "nothing.tape"], "the tape nothing.tape cannot be read"),
            (["--record", "no/such/folder.tape"], "the tape no/such/folder.tape cannot be written"),
        ])
    func option(_ arguments: [String], _ message: String) throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write("deploy.lua", Self.deploy)
        let result = try bench.run(list: ["deploy.lua"] + arguments)
        #expect(result.status == 2)
        #expect(result.out == "")
        #expect(result.errors.hasPrefix(message), "\(result.errors)")
        #expect(!bench.exists("ran"))
    }
}
