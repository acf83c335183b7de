import Testing

@testable import RunbookHost

/// `helm`, against stand-ins: what is sent, what a preview shows, what takes it back.
@Suite struct HelmTests {
    static let history3 =
        #"[{"revision":2,"updated":"2026-11-21T07:00:00Z","status":"superseded","chart":"todo-0.1.0","app_version":"1.16.0","description":"x"},{"revision":3,"updated":"2026-11-21T08:00:00Z","status":"deployed","chart":"todo-0.1.0","app_version":"1.16.0","description":"x"}]"#
    private static let upgraded =
        #"{"name":"todo","info":{"status":"deployed","notes":"Open it.","description":"Upgrade complete"},"config":{"password":"in-the-clear"},"manifest":"---","version":4,"namespace":"shop"}"#
    private static let upgrade =
        #"return helm.upgrade { release = "todo", chart = "chart", namespace = "shop", values = { replicas = 3 }, set = { ["image.tag"] = "v2" }, wait = "2m" }"#

    @Test func anUpgradeSendsTypedValuesOnStandardInputAndGivesALittleTable() async throws {
        let tools = try ToolScript()
        try tools.answer("helm history todo *", stdout: Self.history3)
        try tools.answer("helm upgrade *", stdout: Self.upgraded)
        let outcome = await tools.run(Self.upgrade)
        #expect(outcome.message == "")
        let call = try #require(try tools.calls().first { $0.line.hasPrefix("helm upgrade") })
        #expect(
            call.line
                == "helm upgrade todo chart --install --values - --wait --history-max 10 --timeout 120s --output json --namespace shop --kube-context minikube"
        )
        #expect(call.stdin == #"{"replicas":3,"image":{"tag":"v2"}}"#)
        #expect(call.environment["HELM_NO_PLUGINS"] == "1")
        let result = outcome.summary.result
        #expect(result["revision"].integerValue == 4)
        #expect(result["status"].stringValue == "deployed")
        #expect(result["chart"].stringValue == "todo-0.1.0")
        #expect(result["notes"].stringValue == "Open it.")
        #expect(result["before"].integerValue == 3)
        #expect(result["config"].isNil)
        #expect(!"\(outcome.events)".contains("in-the-clear"))
    }

    @Test func aPreviewComparesTheRenderedChartWithWhatIsInstalled() async throws {
        let tools = try ToolScript()
        try tools.answer("helm history todo *", stdout: Self.history3)
        func deployment(_ replicas: Int) -> String {
            "---\n# Source: a\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: backend\nspec:\n  replicas: \(replicas)\n  template:\n    spec:\n      containers:\n        - name: app\n          image: todo:v\(replicas)\n"
        }
        func secret(_ value: String) -> String {
            "---\nkind: Secret\nmetadata:\n  name: s\ndata:\n  URL: \(value)\n  SAME: eA==\n"
        }
        let hook = "---\nkind: Pod\nmetadata:\n  name: test\n  annotations:\n    helm.sh/hook: test\n"
        try tools.answer(
            "helm get manifest todo *",
            stdout: deployment(2) + secret("b2xk") + "---\nkind: Service\nmetadata: {name: old}\n")
        try tools.answer(
            "helm template todo chart --is-upgrade *",
            stdout: deployment(3) + secret("bmV3") + "---\nkind: Service\nmetadata: {name: new}\n" + hook)
        let preview = await tools.run(Self.upgrade, dryRun: .preview)
        #expect(preview.message == "")
        let planned = try #require(preview.summary.plan.first)
        #expect(planned.kind == .modify)
        #expect(planned.object == "release")
        #expect(planned.summary == "revision 3 → 4")
        #expect(planned.undo == "helm rollback todo 3")
        #expect(
            planned.difference?.lines == [
                "deployment/backend   spec.replicas  2 → 3",
                "                     spec.template.spec.containers[app].image  todo:v2 → todo:v3",
                "secret/s             URL differs (masked)", "+ service/new", "- service/old",
            ])
        #expect(preview.summary.result["revision"].integerValue == 4)
        #expect(try !tools.lines().contains { $0.hasPrefix("helm upgrade") })
        let rendering = try #require(try tools.calls().first { $0.line.hasPrefix("helm template") })
        #expect(rendering.stdin == #"{"replicas":3,"image":{"tag":"v2"}}"#)
    }

    @Test func aFirstInstallIsTakenBackByAnUninstall() async throws {
        let tools = try ToolScript()
        try tools.answer("helm history todo *", stderr: "Error: release: not found\n", status: 1)
        try tools.answer("helm template todo chart *", stdout: "kind: Service\nmetadata: {name: a}\n")
        let preview = await tools.run(Self.upgrade, dryRun: .preview)
        let planned = try #require(preview.summary.plan.first)
        #expect(planned.kind == .create)
        #expect(planned.summary == "revision 1")
        #expect(planned.difference?.summary == "not installed yet")
        #expect(planned.difference?.lines == ["+ service/a"])
        #expect(planned.undo == "helm uninstall todo")
        let refused = await tools.run(
            #"helm.upgrade { release = "todo", chart = "chart", install = false, namespace = "shop" }"#)
        #expect(refused.message == "release todo is not installed in the namespace shop, and `install` is false")
    }

    @Test func trapAPreviewRendersWithoutACluster() async throws {
        let tools = try ToolScript()
        try tools.answer(
            "helm history todo *", stderr: "Error: Kubernetes cluster unreachable: dial tcp: connection refused\n",
            status: 1)
        try tools.answer("helm template todo chart *", stdout: "kind: Service\nmetadata: {name: a}\n")
        let preview = await tools.run(Self.upgrade, dryRun: .preview)
        #expect(preview.summary.exitCode == 0)
        #expect(preview.summary.plan.first?.difference?.lines == ["+ service/a"])
        #expect(preview.summary.plan.first?.difference?.unknown == "the cluster was not asked what is installed")
        // `helm upgrade --dry-run=client` would need a cluster.
        #expect(try !tools.lines().contains { $0.contains("upgrade todo") })
    }

    /// tools.md 2.3.3: flags go by helm's major version.
    @Test(arguments: [("v3.8.1", "--atomic", "--force"), ("v4.3.1", "--rollback-on-failure", "--force-replace")])
    func trapFlagsGoByTheMajorVersion(version: String, rollback: String, force: String) async throws {
        let tools = try ToolScript(helm: version)
        try tools.answer("helm history todo *", stdout: Self.history3)
        try tools.answer("helm upgrade *", stdout: Self.upgraded)
        let outcome = await tools.run(
            #"helm.upgrade { release = "todo", chart = "c", rollback_on_failure = true, force_replace = true }"#)
        #expect(outcome.message == "")
        let words = try #require(try tools.calls().first { $0.line.hasPrefix("helm upgrade") }).argv
        #expect(words.contains(rollback))
        #expect(words.contains(force))
        // helm 4 applies on the server's side, which refuses to replace.
        #expect(words.contains("--server-side=false") == (version != "v3.8.1"))
        let conflicts = await tools.run(#"helm.upgrade { release = "todo", chart = "c", force_conflicts = true }"#)
        #expect(
            conflicts.message
                == (version == "v3.8.1" ? "`helm.upgrade`: `force_conflicts` needs helm 4, and this is helm 3" : ""))
    }

    /// tools.md 2.3.3: helm 3 hides pending releases without --all, helm 4 does not know it.
    @Test(arguments: [("v3.21.4", true), ("v4.3.1", false)])
    func trapListShowsPendingReleases(version: String, all: Bool) async throws {
        let tools = try ToolScript(helm: version)
        try tools.answer(
            "helm list *",
            stdout:
                #"[{"name":"todo","namespace":"shop","revision":"7","updated":"2020-06-18 14:17:46.125134977 +0000 UTC","status":"pending-upgrade","chart":"todo-0.1.0","app_version":"1"}]"#
        )
        let outcome = await tools.run("return helm.list { all_namespaces = true }[1].revision")
        #expect(outcome.summary.result.integerValue == 7)
        #expect(try tools.calls()[0].argv.contains("--all") == all)
    }

    /// tools.md 1.4: since 4.2.1 progress of a registry is printed before the result.
    @Test func trapProgressOfARegistryDoesNotCorruptResults() async throws {
        let tools = try ToolScript()
        try tools.answer("helm history todo *", stdout: Self.history3)
        try tools.answer(
            "helm upgrade *", stdout: "Pulled: registry.example/todo:1\nDigest: sha256:1\n" + Self.upgraded + "\n")
        try tools.answer(
            "helm template *",
            stdout: "Pulled: registry.example/todo:1\nDigest: sha256:1\n---\nkind: Service\nmetadata: {name: a}\n")
        let outcome = await tools.run(
            """
            local r = helm.upgrade { release = "todo", chart = "oci://registry.example/todo" }
            local text = helm.template { chart = "oci://registry.example/todo" }
            return r.revision .. text
            """)
        #expect(outcome.summary.result.stringValue == "4---\nkind: Service\nmetadata: {name: a}")
    }

    /// tools.md 1.4: `--dependency-update` writes what it does before the result.
    @Test func trapProgressOfDependenciesDoesNotCorruptResults() async throws {
        let tools = try ToolScript()
        let progress = """
            Hang tight while we grab the latest from your chart repositories...
            ...Successfully got an update from the "x" chart repository
            Update Complete. ⎈Happy Helming!⎈
            Saving 1 charts
            Downloading redis from repo https://charts.example
            Deleting outdated charts

            """
        try tools.answer("helm history todo *", stdout: Self.history3)
        try tools.answer("helm upgrade *", stdout: progress + Self.upgraded + "\n")
        try tools.answer("helm template *", stdout: progress + "---\nkind: Service\nmetadata: {name: a}\n")
        let outcome = await tools.run(
            """
            local r = helm.upgrade { release = "todo", chart = "c", dependency_update = true }
            return r.revision .. helm.template { chart = "c", args = { "--dependency-update" } }
            """)
        #expect(outcome.message == "")
        #expect(outcome.summary.result.stringValue == "4---\nkind: Service\nmetadata: {name: a}")
    }

    /// tools.md 6: helm shows 256 releases unless it is told otherwise.
    @Test func trapAListIsNotCutAfter256() async throws {
        let tools = try ToolScript()
        try tools.answer("helm list *", stdout: "[]")
        let outcome = await tools.run("return #helm.list()")
        #expect(outcome.summary.result.integerValue == 0)
        #expect(try tools.lines()[0].hasPrefix("helm list --max 0 "))
    }

    /// tools.md 1.4: killed before it could write down that it failed, helm leaves a release pending.
    @Test func trapHelmHasTheTimeToSayThatItFailed() {
        for limit in [Duration.seconds(5), .seconds(600)] {
            let command = Helm.longCommand(["helm", "upgrade"], limit: limit)
            #expect(command.grace >= limit)
            #expect(command.timeout.map { $0 > limit } == true)
        }
    }

    /// tools.md 1.4: `helm test` prints its status and then exits 1.
    @Test func trapTestsThatFailAreToldFromHelmsOwnFailure() async throws {
        let tools = try ToolScript()
        try tools.answer(
            "helm test todo *", stdout: "NAME: todo\nTEST SUITE: todo-test\nPhase: Failed\n",
            stderr: "Error: pod todo-test failed\n", status: 1)
        let failed = await tools.run(#"return helm.test { release = "todo", check = false }.passed"#)
        #expect(failed.summary.result.booleanValue == false)
        try tools.answer("helm test todo *", stderr: "Error: release: not found\n", status: 1)
        let gone = await tools.run(#"helm.test { release = "todo", check = false }"#)
        #expect(gone.message != "")
    }

    /// tools.md 1.4: the status of a failed release exits 0.
    @Test func trapAFailedReleaseIsTold() async throws {
        let tools = try ToolScript()
        try tools.answer(
            "helm status todo *",
            stdout:
                #"{"name":"todo","info":{"status":"failed","description":"timed out"},"version":3,"namespace":"shop"}"#)
        try tools.answer("helm history todo *", stdout: Self.history3)
        let outcome = await tools.run(
            #"local s = helm.status { release = "todo" }  return s.status .. s.revision .. s.chart"#)
        #expect(outcome.summary.result.stringValue == "failed3todo-0.1.0")
        try tools.answer("helm status gone *", stderr: "Error: release: not found\n", status: 1)
        let gone = await tools.run(#"return tostring(helm.status { release = "gone", missing_ok = true })"#)
        #expect(gone.summary.result.stringValue == "nil")
        let error = await tools.run(#"helm.status { release = "gone", namespace = "shop" }"#)
        #expect(error.message == "release gone is not installed in the namespace shop")
    }

    /// tools.md 6: `helm get values` prints null when nothing was set.
    @Test func trapNoValuesAreAnEmptyTable() async throws {
        let tools = try ToolScript()
        try tools.answer("helm get values *", stdout: "null\n")
        let outcome = await tools.run(#"return next(helm.get_values { release = "todo" }) == nil"#)
        #expect(outcome.summary.result.booleanValue == true)
    }

    /// tools.md 6: a rollback without a revision goes to the one before, which may have failed.
    @Test func trapARollbackGoesToARevisionThatHasServed() async throws {
        let tools = try ToolScript()
        func history(_ statuses: [String]) -> String {
            "["
                + statuses.enumerated().map { #"{"revision":\#($0 + 1),"status":"\#($1)","chart":"c"}"# }.joined(
                    separator: ",") + "]"
        }
        try tools.answer("helm history todo *", stdout: history(["superseded", "failed", "deployed"]))
        try tools.answer("helm rollback *", stdout: "Rollback was a success! Happy Helming!\n")
        let outcome = await tools.run(
            #"return helm.rollback { release = "todo", namespace = "shop", wait = "90s" }.to"#)
        #expect(outcome.summary.result.integerValue == 1)
        #expect(
            try tools.lines()[1]
                == "helm rollback todo 1 --wait --history-max 10 --timeout 90s --namespace shop --kube-context minikube"
        )
        try tools.answer("helm history todo *", stdout: history(["superseded", "deployed", "failed"]))
        let failed = await tools.run(#"return helm.rollback { release = "todo" }.to"#)
        #expect(failed.summary.result.integerValue == 2)
        try tools.answer("helm history todo *", stdout: history(["failed", "failed"]))
        let none = await tools.run(#"helm.rollback { release = "todo" }"#)
        #expect(none.message == "release todo has no earlier revision that has served; the newest is 2, failed")
        let unknown = await tools.run(#"helm.rollback { release = "todo", revision = 9 }"#)
        #expect(unknown.message == "release todo has no revision 9")
        #expect(unknown.remedy == "helm keeps 1 failed, 2 failed")
    }

    // MARK: Charts, repositories

    @Test func aMistakeInAChartIsTheMessage() async throws {
        let tools = try ToolScript()
        try tools.answer(
            "helm lint *",
            stdout:
                "==> Linting chart\n[INFO] Chart.yaml: icon is recommended\n[ERROR] templates/: parse error at (a.yaml:3)\n[ERROR] values.yaml: bad\n",
            stderr: "Error: 1 chart(s) linted, 1 chart(s) failed\n", status: 1)
        let outcome = await tools.run(#"helm.lint { chart = "chart" }"#)
        #expect(outcome.message == "helm lint: chart: templates/: parse error at (a.yaml:3) (and 1 more)")
        let unchecked = await tools.run(
            #"local r = helm.lint { chart = "chart", check = false }  return #r.errors .. #r.infos .. tostring(r.passed)"#
        )
        #expect(unchecked.summary.result.stringValue == "21false")
    }

    @Test func trapPasswordsGoToStandardInput() async throws {
        let tools = try ToolScript()
        tools.run.environment["PASSWORD"] = "hunter2-hunter2"
        try tools.answer("helm registry login *", stdout: "Login Succeeded\n")
        try tools.answer("helm repo add *", stdout: "added\n")
        let outcome = await tools.run(
            """
            runbook { name = "t", secrets = { "PASSWORD" } }
            helm.registry_login { host = "registry.example", username = "ops", password = secrets.PASSWORD }
            helm.repo_add { name = "x", url = "https://charts.example", username = "ops", password = secrets.PASSWORD }
            """)
        #expect(outcome.message == "")
        let calls = try tools.calls()
        #expect(
            calls.map(\.line) == [
                "helm registry login registry.example --username ops --password-stdin",
                "helm repo add x https://charts.example --username ops --password-stdin",
            ])
        #expect(calls.allSatisfy { $0.stdin == "hunter2-hunter2" })
        let path = await tools.run(
            #"helm.registry_login { host = "https://registry.example/charts", username = "a", password = "b" }"#)
        #expect(
            path.message
                == "`helm.registry_login`: `host` is \"https://registry.example/charts\", and helm takes the host only")
        #expect(path.remedy == "write \"registry.example\"")
    }

    @Test(arguments: [
        ("https://old.example", "helm repo add x https://old.example", "helm repo add x again"),
        // helm prints it, and it comes masked: no address to add again.
        ("https://ops:hunter2-hunter2@old.example", nil, nil),
    ])
    func anAddressWithAPasswordIsNotKept(old: String, added: String?, removed: String?) async throws {
        let tools = try ToolScript()
        try tools.answer("helm repo list *", stdout: "[{\"name\":\"x\",\"url\":\"\(old)\"}]")
        let preview = await tools.run(
            """
            helm.repo_add { name = "x", url = "https://new.example", force = true }
            helm.repo_remove { names = { "x" } }
            """, dryRun: .preview)
        #expect(preview.message == "")
        #expect(preview.summary.plan.map(\.undo) == [added, removed])
        #expect(!"\(preview.events)\(preview.summary)".contains("hunter2"))
    }

    @Test func secretsInValuesAreOpenedOnlyOnStandardInput() async throws {
        let tools = try ToolScript()
        tools.run.environment["PASSWORD"] = "a \"quoted\" value"
        try tools.answer("helm history todo *", stdout: Self.history3)
        try tools.answer("helm upgrade *", stdout: Self.upgraded)
        let outcome = await tools.run(
            """
            runbook { name = "t", secrets = { "PASSWORD" } }
            helm.upgrade { release = "todo", chart = "c", values = { db = { url = "postgres://u:" .. secrets.PASSWORD .. "@h/x" } } }
            """)
        #expect(outcome.message == "")
        let call = try #require(try tools.calls().first { $0.line.hasPrefix("helm upgrade") })
        #expect(call.stdin == #"{"db":{"url":"postgres://u:a \"quoted\" value@h/x"}}"#)
        #expect(!"\(outcome.events)".contains("quoted"))
    }

    @Test func pathsOfSingleValuesAreChecked() async throws {
        let tools = try ToolScript()
        try tools.answer("helm template *", stdout: "a")
        _ = await tools.run(#"helm.template { chart = "c", set = { ["a\\.b.c"] = true, d = 1 } }"#)
        #expect(try tools.calls()[0].stdin == #"{"a.b":{"c":true},"d":1}"#)
        let list = await tools.run(#"helm.template { chart = "c", set = { ["a[0]"] = 1 } }"#)
        #expect(
            list.message
                == "`helm.template`: `set`: \"a[0]\" names an item of a list, which helm can only replace whole")
        let below = await tools.run(#"helm.template { chart = "c", values = { a = 1 }, set = { ["a.b"] = 1 } }"#)
        #expect(
            below.message == "`helm.template`: `set`: \"a.b\" goes below a value that `values` gives and is no table")
    }

    @Test func valuesOfSecretsAreMaskedInAManifest() {
        let text = """
            ---
            # Source: a
            apiVersion: v1
            kind: Secret
            metadata:
              name: s
            stringData:
              A: plain
              B: |-
                line one: x
                line two
            type: Opaque
            ---
            kind: ConfigMap
            data:
              A: stays
            """
        #expect(
            ManifestMask.mask(text) == """
                ---
                # Source: a
                apiVersion: v1
                kind: Secret
                metadata:
                  name: s
                stringData:
                  A: ‹masked›
                  B: ‹masked›
                type: Opaque
                ---
                kind: ConfigMap
                data:
                  A: stays
                """)
    }
}
