import ClusterSim
import Testing

@testable import RunbookHost

/// `helm` with the real tool against the simulated cluster.
@Suite(.enabled(if: ClusterRun.tools != nil, "kubectl and helm are not on the PATH"), .serialized)
struct HelmClusterTests {
    static func chart(_ run: ModuleRun) throws {
        try run.write("chart/Chart.yaml", "apiVersion: v2\nname: todo\nversion: 0.1.0\nappVersion: \"1.0\"\n")
        try run.write("chart/values.yaml", "replicas: 1\nimage: todo:v1\npassword: none\n")
        try run.write("chart/templates/NOTES.txt", "Open {{ .Release.Name }}.\n")
        try run.write(
            "chart/templates/all.yaml",
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: backend
            spec:
              replicas: {{ .Values.replicas }}
              selector: { matchLabels: { app: backend } }
              template:
                metadata: { labels: { app: backend } }
                spec:
                  containers:
                    - name: app
                      image: {{ .Values.image }}
            ---
            apiVersion: v1
            kind: Secret
            metadata:
              name: chart-secret
            stringData:
              PASSWORD: {{ .Values.password | quote }}
            """)
    }

    @Test(arguments: [4, 3]) func aReleaseLivesThroughItsVerbs(helm major: Int) async throws {
        try await ClusterRun.with(helm: major) { cluster in
            try Self.chart(cluster.run)
            let outcome = await cluster(
                """
                assert(helm.lint { chart = "chart" }.passed)
                assert(#helm.template { chart = "chart", objects = true, values = { replicas = 4 } } == 2)
                local first = helm.upgrade { release = "todo", chart = "chart", namespace = "shop", create_namespace = true, wait = "30s" }
                assert(first.revision == 1 and first.status == "deployed" and first.chart == "todo-0.1.0" and first.before == nil, json.encode(first))
                assert(first.notes:match("Open todo"))
                local d = helm.diff { release = "todo", chart = "chart", namespace = "shop", values = { replicas = 2 } }
                assert(d.installed and d.changed and d.lines[1] == "deployment/backend   spec.replicas  1 → 2", json.encode(d))
                local second = helm.upgrade { release = "todo", chart = "chart", namespace = "shop", values = { replicas = 2 }, wait = "30s" }
                assert(second.revision == 2 and second.before == 1)
                assert(helm.get_values { release = "todo", namespace = "shop" }.replicas == 2)
                assert(next(helm.get_values { release = "todo", namespace = "shop", revision = 1 }) == nil)
                assert(helm.get_manifest { release = "todo", namespace = "shop" }:match("PASSWORD: ‹masked›"))
                -- helm 3 has it from 3.13 on
                local has_metadata = pcall(helm.get_metadata, { release = "todo", namespace = "shop" })
                assert(has_metadata == (helm.version().major >= 4))
                assert(helm.get_notes { release = "todo", namespace = "shop" }:match("Open todo"))
                local back = helm.rollback { release = "todo", namespace = "shop", wait = "30s" }
                assert(back.revision == 3 and back.from == 2 and back.to == 1, json.encode(back))
                assert(kubectl.get { resource = "deployment/backend", namespace = "shop" }.spec.replicas == 1)
                assert(#helm.history { release = "todo", namespace = "shop" } == 3)
                assert(helm.status { release = "todo", namespace = "shop" }.revision == 3)
                assert(helm.list { namespace = "shop" }[1].name == "todo")
                assert(helm.uninstall { release = "todo", namespace = "shop", wait = "30s" }.removed)
                assert(not helm.uninstall { release = "todo", namespace = "shop" }.removed)
                assert(helm.status { release = "todo", namespace = "shop", missing_ok = true } == nil)
                """)
            #expect(
                outcome.message == "",
                "\(outcome.summary.failure?.details ?? []) \(outcome.summary.failure?.site ?? "")")
        }
    }

    @Test(arguments: [4, 3]) func aPreviewIsWhatTheRunThenDoes(helm major: Int) async throws {
        try await ClusterRun.with(helm: major) { cluster in
            try Self.chart(cluster.run)
            let lua =
                #"return helm.upgrade { release = "todo", chart = "chart", namespace = "shop", create_namespace = true, values = { replicas = 2, password = "p" .. VERSION }, wait = "30s" }.revision"#
            let fresh = await cluster("local VERSION = 1\n" + lua, dryRun: .server)
            #expect(fresh.message == "")
            #expect(fresh.summary.plan.first?.difference?.lines == ["+ secret/chart-secret", "+ deployment/backend"])
            #expect(fresh.summary.result.integerValue == 1)
            let made = await cluster("local VERSION = 1\n" + lua)
            #expect(made.message == "")
            let again = await cluster("local VERSION = 2\n" + lua, dryRun: .server)
            let planned = try #require(again.summary.plan.first)
            #expect(planned.difference?.lines == ["secret/chart-secret   PASSWORD differs (masked)"])
            #expect(planned.summary == "revision 1 → 2")
            #expect(planned.undo == "helm rollback todo 1")
            #expect(planned.server == "accepted")
        }
    }

    @Test(arguments: [4, 3]) func aFailedUpgradeCarriesTheDecisiveLine(helm major: Int) async throws {
        try await ClusterRun.with(helm: major) { cluster in
            try Self.chart(cluster.run)
            let rendering = await cluster(
                #"helm.upgrade { release = "todo", chart = "chart", namespace = "default", values = { replicas = { 1 } } }"#
            )
            #expect(rendering.message.contains(" exited 1: "))
            #expect(!rendering.message.contains("level="))
            let chart = await cluster(#"helm.upgrade { release = "todo", chart = "./nope", namespace = "default" }"#)
            #expect(chart.message.contains("nope"))
        }
    }

    @Test(arguments: [4, 3]) func whatHelmWaitsForIsTold(helm major: Int) async throws {
        try await ClusterRun.with(helm: major) { cluster in
            try Self.chart(cluster.run)
            let first = await cluster(
                #"helm.upgrade { release = "todo", chart = "chart", namespace = "default", wait = "30s" }"#)
            #expect(first.message == "" && !first.lines.contains { $0.hasPrefix("deployment/") })
            let stuck = await cluster(
                """
                kubectl.cordon { node = "minikube" }
                helm.upgrade { release = "todo", chart = "chart", namespace = "default", values = { replicas = 2 }, wait = "4s" }
                """)
            #expect(stuck.message.contains(" exited 1: "))
            #expect(
                stuck.lines.filter { $0.hasPrefix("deployment/") } == ["deployment/backend 1 of 2 ready"],
                "\(stuck.message) \(stuck.lines)")
            #expect(!stuck.commands.contains { $0.contains("deployments,statefulsets") })
        }
    }

    @Test(arguments: [4, 3]) func anUpgradeAndAnInstallAreTakenBack(helm major: Int) async throws {
        try await ClusterRun.with(helm: major) { cluster in
            try Self.chart(cluster.run)
            let install = #"helm.upgrade { release = "todo", chart = "chart", namespace = "default", wait = "30s" }"#
            let first = try await cluster.thenBack(install)
            #expect(first.outcome.message == "")
            #expect(first.inverses.first?.summary == "helm uninstall todo")
            #expect(first.undo.message == "")
            let gone = await cluster(
                #"return helm.status { release = "todo", namespace = "default", missing_ok = true } == nil"#)
            #expect(gone.summary.result.booleanValue == true)
            _ = await cluster(install)
            let second = try await cluster.thenBack(
                #"helm.upgrade { release = "todo", chart = "chart", namespace = "default", values = { replicas = 3 }, wait = "30s" }"#
            )
            #expect(second.outcome.message == "")
            #expect(second.inverses.first?.summary == "helm rollback todo 1")
            #expect(second.undo.message == "")
            let replicas = await cluster(
                #"return kubectl.get { resource = "deployment/backend", namespace = "default" }.spec.replicas"#)
            #expect(replicas.summary.result.integerValue == 1)
        }
    }

    @Test(arguments: [4, 3]) func aChartIsPackedAndItsPartsAreShown(helm major: Int) async throws {
        try await ClusterRun.with(helm: major) { cluster in
            try Self.chart(cluster.run)
            let outcome = await cluster(
                """
                local file = helm.package { chart = "chart", destination = ".", version = "0.2.0" }.path
                assert(file:match("todo%-0%.2%.0%.tgz$"), file)
                assert(helm.show { chart = file }.version == "0.2.0")
                assert(helm.show { chart = file, what = "values" }.replicas == 1)
                assert(#helm.repo_list() == 0)
                helm.dependency_update { chart = "chart" }
                assert(#helm.dependency_list { chart = "chart" } == 0)
                helm.create { chart = "fresh" }
                assert(helm.lint { chart = "fresh" }.passed)
                fs.mkdir("packages")
                helm.package { chart = "fresh", destination = "packages" }
                helm.repo_index { folder = "packages", url = "http://127.0.0.1:1" }
                assert(yaml.decode(fs.read("packages/index.yaml")).entries.fresh[1].version == "0.1.0")
                assert(helm.verify { package = file, check = false } == false)
                assert(helm.env().HELM_CACHE_HOME ~= nil)
                """)
            #expect(outcome.message == "", "\(outcome.summary.failure?.site ?? "")")
        }
    }

    @Test(arguments: [4, 3]) func aChartThatNeedsOthersListsThem(helm major: Int) async throws {
        try await ClusterRun.with(helm: major) { cluster in
            try Self.chart(cluster.run)
            try cluster.run.write(
                "chart/Chart.yaml",
                "apiVersion: v2\nname: todo\nversion: 0.1.0\ndependencies:\n- name: base\n  version: \">=1.0.0\"\n  repository: file://../base\n"
            )
            try cluster.run.write("base/Chart.yaml", "apiVersion: v2\nname: base\nversion: 1.2.0\n")
            let outcome = await cluster(
                """
                local before = helm.dependency_list { chart = "chart" }
                assert(before[1].name == "base" and before[1].status == "missing" and before[1].repository == "file://../base", json.encode(before))
                helm.dependency_update { chart = "chart" }
                assert(helm.dependency_list { chart = "chart" }[1].status == "ok")
                """)
            #expect(outcome.message == "", "\(outcome.summary.failure?.details ?? [])")
            let twice = await cluster("helm.create { chart = \"chart\" }")
            #expect(twice.message == "`helm.create`: chart is there already")
            let none = await cluster("helm.search { keyword = \"postgresql\" }")
            #expect(none.message.contains("no repositories configured"))
        }
    }
}
