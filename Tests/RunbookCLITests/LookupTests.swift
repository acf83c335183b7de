import Foundation
import Testing

/// How runbooks are found, listed and shown.
@Suite("lookup")
struct LookupTests {
    @Test("a runbook that is not there: the nearest name, and where it was looked for")
    func unknown() throws {
        var bench = try Bench()
        defer { bench.remove() }
        try bench.write("more/rotate.lua", "runbook { name = \"rotate\" }")
        try bench.write("restart.lua", "runbook { name = \"restart\" }")
        bench.environment["RUNBOOK_PATH"] = bench.folder + "/more"
        let near = try bench.run("restrat.lua")
        #expect(near.status == 2)
        #expect(near.out == "")
        let lines = near.errors.split(separator: "\n").map(String.init)
        #expect(lines.first == "no runbook `restrat.lua`; did you mean `restart.lua`?")
        #expect(lines.count == 3)
        #expect(lines.dropFirst().first?.hasPrefix("    looked in restrat.lua, runbooks, more, ") == true)
        #expect(lines.last == "  Try      `runbook list` shows the runbooks that can be found")
        #expect(try bench.run("roate").errors.hasPrefix("no runbook `roate`; did you mean `rotate.lua`?"))
        #expect(try bench.run("diagnos.lua").errors.hasPrefix("no runbook `diagnos.lua`; did you mean `diagnose.lua`?"))
        #expect(
            try bench.run("more/rotat.lua").errors.hasPrefix(
                "no runbook `more/rotat.lua`; did you mean `more/rotate.lua`?"))
        #expect(try bench.run("nope.lua").errors.hasPrefix("no runbook `nope.lua`\n"))
        #expect(try bench.run("lsit").errors.hasPrefix("no runbook `lsit`; did you mean `runbook list`?\n"))
        #expect(try bench.files() == ["more/rotate.lua", "restart.lua"])
    }

    @Test("it is looked for as given, in ./runbooks, in RUNBOOK_PATH, then among those that ship")
    func order() throws {
        var bench = try Bench()
        defer { bench.remove() }
        bench.environment["RUNBOOK_PATH"] = "\(bench.folder)/first:\(bench.folder)/second"
        func which(_ name: String) throws -> String { try bench.run(name).out }
        try bench.write("second/doctor.lua", "print(\"second\")")
        #expect(try which("doctor.lua") == "second\n")
        try bench.write("first/doctor.lua", "print(\"first\")")
        #expect(try which("doctor.lua") == "first\n")
        try bench.write("runbooks/doctor.lua", "print(\"runbooks\")")
        #expect(try which("doctor.lua") == "runbooks\n")
        try bench.write("doctor.lua", "print(\"here\")")
        #expect(try which("doctor.lua") == "here\n")
        #expect(try which("doctor") == "here\n")
        #expect(try which("./runbooks/doctor.lua") == "runbooks\n")
        #expect(try which("\(bench.folder)/second/doctor.lua") == "second\n")
        #expect(try bench.run("run", "doctor").out == "here\n")
    }

    @Test("a folder is named as one")
    func folder() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write("procedures.lua/deploy.lua", "runbook {}")
        let result = try bench.run("procedures.lua")
        #expect(result.status == 2)
        #expect(result.errors.hasPrefix("`procedures.lua` is a folder, not a runbook\n"), "\(result.errors)")
    }

    @Test("a runbook may be a program of its own, and begin with a byte order mark; lines count on")
    func firstLine() throws {
        var bench = try Bench()
        defer { bench.remove() }
        let body = "\nrunbook { params = { who = { type = 'string' } } }\nprint(params.who)\nfail('end')\n"
        try bench.write("hello.lua", "#!/usr/bin/env runbook" + body, mode: 0o755)
        try bench.write("mark.lua", "\u{feff}" + body.replacing("\n", with: "\r\n"))
        try FileManager.default.createSymbolicLink(atPath: bench.folder + "/runbook", withDestinationPath: Program.path)
        bench.environment["PATH"] = "\(bench.folder):\(Bench.systemPath)"
        try bench.write(
            "call.lua", "runbook {}\nprint(exec.run({ './hello.lua', '-p', 'who=ops' }, { check = false }).stdout)\n")
        let called = try bench.run("call.lua")
        #expect(called.out == "ops\n\n", "\(called.errors)")
        for (file, arguments) in [("hello.lua", []), ("mark.lua", []), ("mark.lua", ["--dry-run"])] {
            let result = try bench.run(list: [file, "-p", "who=ops"] + arguments)
            #expect(result.out == "ops\n", "\(result.errors)")
            #expect(result.errors.contains("Where    \(file):4"), "\(result.errors)")
            #expect(try bench.run("check", file).status == 0)
        }
    }

    @Test("list reads headers and carries nothing out")
    func list() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write(
            "runbooks/effect.lua",
            "runbook { name = \"effect\", description = \"Has an effect\" }\nexec.run({ \"touch\", \"ran\" })\n")
        try bench.write("runbooks/bare.lua", "exec.run({ \"touch\", \"ran\" })\n")
        try bench.write("runbooks/broken.lua", "runbook {\n")
        try bench.write("here.lua", "-- of this folder\nrunbook { name = \"here\", description = \"Is here\" }\n")
        try bench.write("effect.lua", "runbook({ name = \"effect\", description = \"Has an effect\" })\n")
        try bench.write("settings.lua", "return { runbook = { 1 } }\n")
        let result = try bench.run("list")
        #expect(result.status == 0)
        let lines = result.out.split(separator: "\n").map { $0.split(separator: " ", maxSplits: 1).map(String.init) }
        let texts = Dictionary(
            lines.map { ($0[0], $0.count > 1 ? $0[1].trimmingPrefix { $0 == " " } : "") },
            uniquingKeysWith: { first, _ in first })
        #expect(texts["effect"] == "Has an effect")
        #expect(texts["bare"] == "")
        #expect(texts["here"] == "Is here")
        #expect(texts["settings"] == nil)
        #expect(texts["broken"]?.hasPrefix("cannot be read: runbooks/broken.lua:2: ") == true)
        #expect(texts["deploy-local"] == "Build, load, deploy and verify the todo chatbot on minikube")
        #expect(!bench.exists("ran") && !bench.exists("runbooks/ran"))
        let document = try bench.run("list", "--output", "json").json()
        let effect = document["runbooks"].list.first { $0["name"].text == "effect" }
        #expect(effect?["description"].text == "Has an effect")
        #expect(effect?["path"].text == "effect.lua")
    }

    @Test("show tells parameters and needs and carries nothing out")
    func show() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write(
            "restart.lua",
            """
            runbook {
              name = "restart",
              description = "Restart a deployment",
              params = {
                deployment = { type = "string", help = "what to restart" },
                replicas = { type = "integer", default = 2, min = 1, max = 5 },
                env = { type = "enum", values = { "dev", "prod" }, default = "dev" },
              },
              requires = { kubectl = ">=1.28" },
              secrets = { "TOKEN", KEY = { optional = true } },
              lock = "restart/${params.env}",
            }
            exec.run({ "touch", "ran" })
            """)
        let result = try bench.run("show", "restart")
        #expect(result.status == 0)
        #expect(
            result.out == """
                restart  restart.lua
                Restart a deployment

                Parameters
                  deployment  string       required · what to restart
                  env         dev|prod     default "dev"
                  replicas    integer 1–5  default 2

                Needs     kubectl >=1.28
                Secrets   TOKEN, KEY (optional)
                Lock      restart/${params.env}

                """)
        let document = try bench.run("show", "restart", "--output", "json").json()
        #expect(document["name"].text == "restart")
        #expect(document["params"].list.map { $0["name"].text } == ["deployment", "env", "replicas"])
        #expect(document["params"][0]["required"].flag == true)
        #expect(document["params"][2]["max"].number == 5)
        #expect(document["requires"]["kubectl"].text == ">=1.28")
        #expect(!bench.exists("ran"))
    }

    @Test("show --api shows a module or a function of it")
    func api() throws {
        let bench = try Bench()
        defer { bench.remove() }
        let run = try bench.run("show", "--api", "exec.run")
        #expect(run.out.hasPrefix("exec.run: "))
        #expect(try bench.run("show", "--api", "step").out.hasPrefix("step: "))
        let all = try bench.run("show", "--api")
        #expect(all.out.contains("\n  helm "))
        #expect(try bench.run("show", "--api", "helm").out.contains("\n  helm.upgrade "))
        let unknown = try bench.run("show", "--api", "exe")
        #expect(unknown.status == 2)
        #expect(unknown.errors.hasPrefix("Error: no module `exe`; did you mean `exec`? there are core, docker, "))
        let function = try bench.run("show", "--api", "exec.rum")
        #expect(function.errors.hasPrefix("Error: `exec` has no function `rum`; did you mean `run`?"))
        #expect(try bench.run("show", "--api", "").status == 2)
        #expect(try bench.run("show").errors.hasPrefix("Error: name a runbook, or a module with --api"))
    }

    @Test("new writes a runbook that passes its check, its test and a preview")
    func new() throws {
        let bench = try Bench()
        defer { bench.remove() }
        let written = try bench.run("new", "restart-backend")
        #expect(written.status == 0)
        #expect(written.out.hasPrefix("wrote restart-backend.lua\nwrote restart-backend_test.lua\n"))
        let check = try bench.run("check", ".")
        #expect(check.status == 0, "\(check.out)")
        let test = try bench.run("test", ".")
        #expect(test.status == 0, "\(test.out)")
        let preview = try bench.run("restart-backend.lua", "--dry-run")
        #expect(preview.status == 0, "\(preview.errors)")
        let again = try bench.run("new", "restart-backend")
        #expect(again.status == 2)
        #expect(again.errors == "restart-backend.lua exists already; nothing was written\n")
        #expect(try bench.run("new", "a b").errors.hasPrefix("Error: `a b` is no name for a runbook: "))
    }

    @Test("editor writes definition files, and leaves settings that are there")
    func editor() throws {
        let bench = try Bench()
        defer { bench.remove() }
        #expect(try bench.run("editor").status == 0)
        #expect(bench.read(".runbook/types/exec.lua")?.contains("function exec.run(argv, options) end") == true)
        #expect(bench.read(".luarc.json")?.contains("\"workspace.library\": [\".runbook/types\"]") == true)
        #expect(try bench.run("check", ".runbook").status == 0, "definition files are no runbooks")
        try bench.write(".luarc.json", "{}")
        #expect(try bench.run("editor").out.contains(".luarc.json exists and was left as it is"))
        #expect(bench.read(".luarc.json") == "{}")
    }
}
