import RunbookTestSupport
import Testing

@testable import RunbookHost

/// `docker` and `helm` with a real registry on this machine.
@Suite("docker and helm with a registry", .serialized)
struct RegistryTests {
    private static func chart(_ run: ModuleRun) throws {
        try HelmClusterTests.chart(run)
    }

    /// tools.md 1.4: from helm 4.2.1 on, the progress of a registry stands before the result on standard output.
    @Test("trap: the progress of a registry does not corrupt what helm prints of a chart from there")
    func trapOCIPullsPrintOnStandardOutput() async throws {
        try await ImageRegistry.with { registry in
            try await ClusterRun.with { cluster in
                try Self.chart(cluster.run)
                let pushed = await cluster(
                    """
                    local file = helm.package { chart = "chart" }.path
                    helm.push { package = file, to = "oci://\(registry.address)/charts", plain_http = true }
                    """)
                #expect(pushed.message == "", "\(pushed.summary.failure?.details ?? [])")
                let outcome = await cluster(
                    """
                    local chart = { chart = "oci://\(registry.address)/charts/todo", version = "0.1.0", plain_http = true }
                    local function with(more) for k, v in pairs(chart) do more[k] = v end return more end
                    assert(not helm.template(with {}):match("Pulled:"))
                    assert(#helm.template(with { objects = true }) == 2)
                    assert(helm.show(with {}).name == "todo")
                    local d = helm.diff(with { release = "todo", namespace = "default" })
                    assert(not d.installed and #d.lines == 2, json.encode(d))
                    local made = helm.upgrade(with { release = "todo", namespace = "default", wait = "30s" })
                    assert(made.revision == 1 and made.status == "deployed" and made.chart == "todo-0.1.0", json.encode(made))
                    fs.mkdir("fetched")
                    local file = helm.pull(with { destination = "fetched" }).path
                    assert(fs.exists(file) and file:match("todo%-0%.1%.0%.tgz$"), file)
                    local folder = helm.pull(with { destination = "fetched", untar = true }).path
                    assert(fs.exists(folder .. "/Chart.yaml"), folder)
                    """)
                #expect(
                    outcome.message == "",
                    "\(outcome.summary.failure?.site ?? "") \(outcome.summary.failure?.details ?? [])")
                let preview = await cluster(
                    "helm.upgrade { release = \"todo\", chart = \"oci://\(registry.address)/charts/todo\", plain_http = true, namespace = \"default\", values = { replicas = 3 } }",
                    dryRun: .preview)
                #expect(preview.summary.plan.first?.difference?.lines == ["deployment/backend   spec.replicas  1 → 3"])
                let absent = await cluster(
                    "helm.upgrade { release = \"x\", chart = \"oci://\(registry.address)/charts/nothing\", plain_http = true, namespace = \"default\" }"
                )
                #expect(absent.message.contains("404"), "\(absent.message)")
            }
        }
    }

    @Test("helm logs in by standard input, and out again; a wrong password is the registry's answer")
    func helmLogin() async throws {
        try await ImageRegistry.with(password: true) { registry in
            try await ClusterRun.with { cluster in
                try Self.chart(cluster.run)
                try cluster.run.write(".env", "REGISTRY_PASSWORD=\(ImageRegistry.password)\n", mode: 0o600)
                let outcome = await cluster(
                    """
                    runbook { name = "push", secrets = { "REGISTRY_PASSWORD" } }
                    local file = helm.package { chart = "chart" }.path
                    local place = { package = file, to = "oci://\(registry.address)/charts", plain_http = true }
                    local ok, problem = pcall(helm.push, place)
                    assert(not ok and tostring(problem):match("credential"), tostring(problem))
                    helm.registry_login { host = "\(registry.address)", username = "\(ImageRegistry.user)", password = secrets.REGISTRY_PASSWORD, plain_http = true }
                    helm.push(place)
                    helm.registry_logout { host = "\(registry.address)" }
                    assert(not pcall(helm.push, place))
                    """)
                #expect(outcome.message == "", "\(outcome.summary.failure?.details ?? [])")
                #expect(!outcome.commands.joined().contains(ImageRegistry.password))
                let wrong = await cluster(
                    "helm.registry_login { host = \"\(registry.address)\", username = \"ops\", password = \"wrong\", plain_http = true }"
                )
                #expect(wrong.message.contains("401") || wrong.message.contains("denied"), "\(wrong.message)")
            }
        }
    }

    @Test(
        "docker pushes, asks, removes and pulls; what the registry does not have is told",
        .enabled(if: DockerEngine.isAvailable))
    func dockerImages() async throws {
        try await ImageRegistry.with { registry in
            var run = try ModuleRun()
            defer { run.remove() }
            run.environment["DOCKER_HOST"] = DockerEngine.host
            try run.write("app/Dockerfile", "FROM scratch\nCOPY data /data\n")
            try run.write("app/data", "x\n")
            let outcome = await run(
                """
                local name = "\(registry.address)/shop/data:v1"
                docker.build { context = "app", tag = name }
                assert(docker.manifest { image = name, insecure = true, missing_ok = true } == nil)
                local pushed = docker.push { image = name }
                assert(#pushed.digests == 1, json.encode(pushed))
                assert(docker.manifest { image = name, insecure = true }.schemaVersion == 2)
                assert(docker.rmi { image = name } and not docker.exists { image = name })
                local pulled = docker.pull { image = name }
                assert(pulled.id == pushed.id and pulled.digests[1] == pushed.digests[1])
                docker.rmi { image = name }
                """)
            #expect(
                outcome.message == "",
                "\(outcome.summary.failure?.site ?? "") \(outcome.summary.failure?.details ?? [])")
            let absent = await run("docker.pull { image = \"\(registry.address)/shop/none:v1\" }")
            #expect(absent.message.contains("not found"), "\(absent.message)")
            let unknown = await run("docker.manifest { image = \"\(registry.address)/shop/none:v1\" }")
            #expect(unknown.message.contains("exited 1"), "\(unknown.message)")
        }
    }

    @Test("docker logs in by standard input, and a wrong password is refused", .enabled(if: DockerEngine.isAvailable))
    func dockerLogin() async throws {
        try await ImageRegistry.with(password: true) { registry in
            var run = try ModuleRun()
            defer { run.remove() }
            run.environment["DOCKER_HOST"] = DockerEngine.host
            try run.write(".env", "REGISTRY_PASSWORD=\(ImageRegistry.password)\n", mode: 0o600)
            try run.write("app/Dockerfile", "FROM scratch\nCOPY data /data\n")
            try run.write("app/data", "x\n")
            let outcome = await run(
                """
                runbook { name = "push", secrets = { "REGISTRY_PASSWORD" } }
                local name = "\(registry.address)/data:v1"
                docker.build { context = "app", tag = name }
                assert(not pcall(docker.push, { image = name }))
                docker.login { registry = "\(registry.address)", username = "ops", password = secrets.REGISTRY_PASSWORD }
                docker.push { image = name }
                docker.logout { registry = "\(registry.address)" }
                docker.rmi { image = name }
                """)
            #expect(
                outcome.message == "",
                "\(outcome.summary.failure?.site ?? "") \(outcome.summary.failure?.details ?? [])")
            #expect(!outcome.commands.joined().contains(ImageRegistry.password))
            let wrong = await run(
                "docker.login { registry = \"\(registry.address)\", username = \"ops\", password = \"wrong\" }")
            #expect(wrong.message.lowercased().contains("unauthorized"), "\(wrong.message)")
        }
    }
}
