import Testing

/// What a run needs and does not find ends it with exit code 3 before anything was run.
@Suite("needs")
struct NeedsTests {
    @Test("a secret that is missing")
    func secret() throws {
        var bench = try Bench()
        defer { bench.remove() }
        try bench.write(
            "rotate.lua",
            "runbook { secrets = { \"DATABASE_URL\", \"TOKEN\", EXTRA = { optional = true } } }\nexec.run({ \"touch\", \"ran\" })\n"
        )
        let both = try bench.run("rotate.lua")
        #expect(both.status == 3)
        #expect(both.out == "")
        #expect(
            both.errors == """
                secrets DATABASE_URL, TOKEN are missing
                  Where    rotate.lua:1
                  Try      set them in .env, in a provider of runbook.yaml, or in the environment

                """)
        bench.environment["TOKEN"] = "from-the-environment"
        let one = try bench.run("rotate.lua", "--output", "json")
        #expect(one.status == 3)
        #expect(try one.json()["error"]["message"].text == "secret DATABASE_URL is missing")
        #expect(try one.json()["status"].text == "failed")
        #expect(!bench.exists("ran"))
        try bench.write(".env", "DATABASE_URL=postgres://todo:sesame-street@db/todo\n")
        #expect(try bench.run("rotate.lua").status == 0)
        #expect(bench.exists("ran"))
    }

    @Test("an .env file that is wrong: file and line, never the value")
    func environmentFile() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write("rotate.lua", "runbook { secrets = { \"TOKEN\" } }\nexec.run({ \"touch\", \"ran\" })\n")
        try bench.write("team.env", "OTHER=1\nTOKEN=\"sesame-street\n")
        let broken = try bench.run("rotate.lua", "--env-file", "team.env")
        #expect(broken.status == 3)
        #expect(broken.errors.hasPrefix("team.env:2: "))
        #expect(broken.errors.contains("  Try      mend the file; nothing was run\n"))
        #expect(!broken.errors.contains("sesame"))
        let missing = try bench.run("rotate.lua", "--env-file", "none.env")
        #expect(missing.status == 3)
        #expect(missing.errors.hasPrefix("cannot read \(bench.folder)/none.env: no such file or directory\n"))
        #expect(missing.errors.contains("  Try      give another file with --env-file\n"))
        #expect(!bench.exists("ran"))
    }

    @Test("tools that are missing or too old, all of them at once")
    func tools() throws {
        var bench = try Bench()
        defer { bench.remove() }
        try bench.standIn("helm", "echo v3.8.1+g5cb9af4")
        try bench.standIn("kubectl", "echo 'Client Version: v1.37.1'")
        try bench.standIn("minikube", "echo 'cannot say' >&2; exit 1")
        try bench.write(
            "deploy.lua",
            """
            runbook { name = "deploy", requires = {
              helm = ">=3.12", kubectl = ">=1.28", minikube = ">=1.30", ["no-such-tool"] = "*" } }
            exec.run({ "touch", "ran" })
            """)
        let result = try bench.run("deploy.lua")
        #expect(result.status == 3)
        #expect(result.out == "")
        #expect(
            result.errors == """
                helm is 3.8.1, and deploy needs >=3.12; minikube does not tell its version: cannot say (deploy needs \
                minikube >=1.30); no-such-tool: command not found (deploy needs no-such-tool *)
                  Where    deploy.lua:1
                  Try      install what is missing, or try the runbook with --sim or --dry-run

                """)
        #expect(!bench.exists("ran"))
        try bench.standIn("helm", "echo v3.12.0")
        try bench.standIn("minikube", "echo v1.30")
        try bench.standIn("no-such-tool", "echo no-such-tool 0.1")
        #expect(try bench.run("deploy.lua").status == 0)
    }

    @Test("a preview goes on without them, and lists them")
    func preview() throws {
        var bench = try Bench()
        defer { bench.remove() }
        try bench.standIn("helm", "echo v3.8.1")
        bench.environment["PATH"] = bench.folder + "/bin"
        try bench.write(
            "deploy.lua",
            """
            runbook { name = "deploy", requires = { helm = ">=3.12", kubectl = ">=1.28" }, secrets = { "TOKEN" } }
            exec.run({ "helm", "upgrade" }, { env = { TOKEN = secrets.TOKEN } })
            """)
        let result = try bench.run("deploy.lua", "--dry-run", "--output", "json")
        #expect(result.status == 0, "\(result.errors)")
        let document = try result.json()
        #expect(
            document["missing"].texts == [
                "helm is 3.8.1, and deploy needs >=3.12",
                "kubectl: command not found (deploy needs kubectl >=1.28)",
                "secret TOKEN is missing",
            ])
        #expect(document["plan"].list.map { $0["command"].texts } == [["helm", "upgrade"]])
    }
}
