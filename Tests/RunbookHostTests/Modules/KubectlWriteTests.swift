import Testing

@testable import RunbookHost

/// The writes of `kubectl`, against stand-ins: what is sent, what a preview shows, what takes them back.
@Suite struct KubectlWriteTests {
    private static let live =
        #"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"backend","namespace":"shop","uid":"1","resourceVersion":"9","generation":4,"labels":{"tier":"web"}},"spec":{"replicas":2,"template":{"spec":{"containers":[{"name":"app","image":"todo:v1","env":[{"name":"LOG","value":"info"}]}]}}},"status":{"replicas":2}}"#

    @Test func scaleShowsTheCountsAndGoesBack() async throws {
        let tools = try ToolScript()
        try tools.answer("kubectl get deployment/backend --output jsonpath={.spec.replicas} *", stdout: "2")
        try tools.answer("kubectl scale *", stdout: "deployment.apps/backend scaled\n")
        let lua =
            #"local r = kubectl.scale { resource = "deployment/backend", replicas = 3, namespace = "shop" }  return r.before"#
        let preview = await tools.run(lua, dryRun: .preview)
        let planned = try #require(preview.summary.plan.first)
        #expect(planned.kind == .modify)
        #expect(planned.object == "deployment")
        #expect(planned.name == "shop/backend")
        #expect(planned.summary == "replicas 2 → 3")
        #expect(planned.difference?.lines == ["spec.replicas  2 → 3"])
        #expect(planned.undo == "kubectl scale deployment/backend --replicas 2")
        #expect(try tools.lines().allSatisfy { $0.hasPrefix("kubectl get") })
        let real = await tools.run(lua)
        #expect(real.summary.result.integerValue == 2)
        #expect(
            try tools.lines().last
                == "kubectl scale deployment/backend --replicas 3 --namespace shop --context minikube")
    }

    @Test func aManifestGoesToStandardInputAndItsDifferenceIsShown() async throws {
        let tools = try ToolScript()
        try tools.answer("kubectl get --filename - *", stdout: Self.live)
        try tools.answer(
            "kubectl diff --filename - *",
            stdout: """
                diff -u -N /tmp/LIVE-1/apps.v1.Deployment.shop.backend /tmp/MERGED-2/apps.v1.Deployment.shop.backend
                --- /tmp/LIVE-1/apps.v1.Deployment.shop.backend	2026-11-21
                +++ /tmp/MERGED-2/apps.v1.Deployment.shop.backend	2026-11-21
                @@ -6,7 +6,7 @@
                -  generation: 4
                +  generation: 5
                -  replicas: 2
                +  replicas: 3
                   selector:

                """, status: 1)
        try tools.answer("kubectl apply *", stdout: "deployment.apps/backend configured\n")
        let lua = """
            return kubectl.apply { namespace = "shop", manifest = { apiVersion = "apps/v1", kind = "Deployment", metadata = { name = "backend" }, spec = { replicas = 3 } } }
            """
        let preview = await tools.run(lua, dryRun: .preview)
        #expect(preview.message == "")
        let planned = try #require(preview.summary.plan.first)
        #expect(planned.difference?.lines == ["deployment/backend", "    -  replicas: 2", "    +  replicas: 3"])
        #expect(planned.undo == "kubectl replace deployment/backend as before")
        let real = await tools.run(lua)
        #expect(real.summary.result.at("objects")?.listValue?.first?["result"].stringValue == "configured")
        let call = try #require(try tools.calls().last)
        #expect(call.line == "kubectl apply --filename - --namespace shop --context minikube")
        #expect(
            call.stdin
                == #"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"backend"},"spec":{"replicas":3}}"#
                + "\n")
    }

    /// tools.md 1.5: `kubectl diff` answers an empty manifest with 0.
    @Test func trapAnEmptyManifestIsAnError() async throws {
        let tools = try ToolScript()
        let diff = await tools.run(#"kubectl.diff { text = "---\n" }"#)
        #expect(diff.message == "`kubectl.diff`: the manifest holds no object")
        let apply = await tools.run(##"kubectl.apply { text = "# nothing\n" }"##)
        #expect(apply.message == "`kubectl.apply`: the manifest holds no object")
    }

    @Test func aKindThatTheClusterDoesNotKnowYetIsMarked() async throws {
        let tools = try ToolScript()
        let unknown =
            "error: resource mapping not found for name: \"x\": no matches for kind \"Widget\" in version \"example.com/v1\"\nensure CRDs are installed first\n"
        try tools.answer("kubectl get --filename - *", stderr: unknown, status: 1)
        try tools.answer("kubectl diff *", stderr: unknown, status: 1)
        let preview = await tools.run(
            #"kubectl.apply { text = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: x}\n" }"#,
            dryRun: .preview)
        let planned = try #require(preview.summary.plan.first)
        #expect(planned.certainty == .unvalidated("the cluster does not know every kind of it yet"))
        #expect(planned.difference?.lines == ["+ widget/x"])
    }

    @Test func aBrokenManifestNamesItsLine() async throws {
        let tools = try ToolScript()
        let outcome = await tools.run(#"kubectl.apply { text = "a: [1\nb: 2\n" }"#)
        #expect(outcome.message.hasPrefix("`kubectl.apply`: `text` cannot be read: YAML: line 2"))
        let bare = await tools.run(#"kubectl.apply { text = "apiVersion: v1\nkind: ConfigMap\n" }"#)
        #expect(bare.message == "`kubectl.apply`: a document of the manifest has no `kind` or no `metadata.name`")
        let two = await tools.run(
            #"kubectl.apply { namespace = "a", text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: b}\n" }"#
        )
        #expect(two.message == "`kubectl.apply`: an object of the manifest is in the namespace b, and `namespace` is a")
    }

    // MARK: Secrets

    private static let header = #"runbook { name = "t", secrets = { "PASSWORD", "TOKEN" } }"# + "\n"

    @Test func aSecretIsMergedByTheServerFromStandardInput() async throws {
        let tools = try ToolScript()
        tools.run.environment["PASSWORD"] = "it's \"hunter2\" \n ä"
        tools.run.environment["TOKEN"] = "0123456789abcdef"
        try tools.answer("kubectl get secret/todo *")
        try tools.answer("kubectl apply *", stdout: "secret/todo serverside-applied\n")
        let lua = Self.header + #"return kubectl.ensure_secret { name = "todo", namespace = "shop", from = secrets }"#
        let outcome = await tools.run(lua)
        #expect(outcome.message == "")
        let call = try #require(try tools.calls().last)
        #expect(
            call.line
                == "kubectl apply --server-side --force-conflicts --field-manager runbook --filename - --namespace shop --context minikube"
        )
        #expect(
            call.stdin
                == #"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"todo"},"type":"Opaque","data":{"PASSWORD":"aXQncyAiaHVudGVyMiIgCiDDpA==","TOKEN":"MDEyMzQ1Njc4OWFiY2RlZg=="}}"#
        )
        #expect(outcome.summary.result.at("set")?.listValue?.count == 2)
    }

    @Test func aPreviewTellsWhatBecomesOfEachKeyAndNoValue() async throws {
        let tools = try ToolScript()
        tools.run.environment["PASSWORD"] = "new-password"
        tools.run.environment["TOKEN"] = "0123456789abcdef"
        try tools.answer(
            "kubectl get secret/todo *",
            stdout:
                #"{"kind":"Secret","type":"Opaque","metadata":{"name":"todo","resourceVersion":"7","labels":{"a":"b"}},"data":{"PASSWORD":"b2xkLXBhc3N3b3Jk","TOKEN":"MDEyMzQ1Njc4OWFiY2RlZg==","OLD":"eHh4eHh4eHg="}}"#
        )
        try tools.answer("kubectl replace *", stdout: "secret/todo replaced\n")
        let lua = Self.header + #"return kubectl.ensure_secret { name = "todo", namespace = "shop", from = secrets }"#
        let preview = await tools.run(lua, dryRun: .preview)
        let planned = try #require(preview.summary.plan.first)
        #expect(planned.object == "secret")
        #expect(planned.name == "shop/todo")
        #expect(
            planned.difference?.lines == ["PASSWORD   differs (masked)", "TOKEN      unchanged", "OLD        removed"])
        #expect(planned.difference?.summary == "1 key changed (masked), 1 removed")
        #expect(planned.undo == "kubectl replace secret/todo as before")
        for value in ["new-password", "old-password", "b2xkLXBhc3N3b3Jk", "bmV3LXBhc3N3b3Jk"] {
            #expect(!"\(preview.events)".contains(value))
        }
        // The server's merge would leave a key that others set.
        let real = await tools.run(lua)
        #expect(real.message == "")
        let call = try #require(try tools.calls().last)
        #expect(call.line == "kubectl replace --filename - --namespace shop --context minikube")
        #expect(
            call.stdin
                == #"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"todo","labels":{"a":"b"}},"type":"Opaque","data":{"PASSWORD":"bmV3LXBhc3N3b3Jk","TOKEN":"MDEyMzQ1Njc4OWFiY2RlZg=="}}"#
        )
    }

    @Test func aSecretThatIsAsItShouldBeIsNotWritten() async throws {
        let tools = try ToolScript()
        tools.run.environment["PASSWORD"] = "new-password"
        tools.run.environment["TOKEN"] = "0123456789abcdef"
        try tools.answer(
            "kubectl get secret/todo *",
            stdout:
                #"{"kind":"Secret","metadata":{"name":"todo"},"data":{"PASSWORD":"bmV3LXBhc3N3b3Jk","TOKEN":"MDEyMzQ1Njc4OWFiY2RlZg=="}}"#
        )
        let outcome = await tools.run(
            Self.header + #"return kubectl.ensure_secret { name = "todo", from = secrets }.changed"#)
        #expect(outcome.summary.result.booleanValue == false)
        #expect(try tools.lines().count == 1)
    }

    @Test func whatLooksLikeACredentialIsRefusedInAConfigMap() async throws {
        let tools = try ToolScript()
        let outcome = await tools.run(
            #"kubectl.ensure_configmap { name = "c", from = { DATABASE_URL = "postgres://u:hunter2hunter2@db/x" } }"#)
        #expect(outcome.message == "`kubectl.ensure_configmap`: the value of `DATABASE_URL` looks like a credential")
    }

    @Test func aSecretInAnArgumentIsRefused() async throws {
        let tools = try ToolScript()
        tools.run.environment["PASSWORD"] = "new-password"
        tools.run.environment["TOKEN"] = "0123456789abcdef"
        let outcome = await tools.run(
            Self.header + #"kubectl.set_env { resource = "deployment/a", env = { X = secrets.PASSWORD } }"#)
        #expect(outcome.message.contains("would put ‹secret PASSWORD› where everyone on the machine can read it"))
        #expect(try tools.lines().isEmpty)
    }

    @Test func aPatchWithASecretGoesInAPrivateFile() async throws {
        let tools = try ToolScript()
        tools.run.environment["PASSWORD"] = "new \"password\""
        tools.run.environment["TOKEN"] = "0123456789abcdef"
        try tools.answer("kubectl get secret/a *", stdout: #"{"kind":"Secret","metadata":{"name":"a"}}"#)
        try tools.answer("kubectl patch *", stdout: "secret/a patched\n")
        let outcome = await tools.run(
            Self.header
                + #"kubectl.patch { resource = "secret/a", type = "merge", patch = { stringData = { X = secrets.PASSWORD } } }"#
        )
        #expect(outcome.message == "")
        let line = try #require(try tools.lines().last)
        #expect(line.hasPrefix("kubectl patch secret/a --type merge --patch-file /"))
        #expect(try tools.privateFile(ofCall: 1) == #"{"stringData":{"X":"new \"password\""}}"#)
    }

    // MARK: Others

    @Test func aWorkloadOfHelmIsNotRolledBackBehindItsBack() async throws {
        let tools = try ToolScript()
        try tools.answer(
            "kubectl get deployment/backend *",
            stdout:
                #"{"kind":"Deployment","metadata":{"name":"backend","labels":{"app.kubernetes.io/managed-by":"Helm"},"annotations":{"meta.helm.sh/release-name":"todo"}}}"#
        )
        let outcome = await tools.run(#"kubectl.rollout_undo { resource = "deployment/backend", to_revision = 2 }"#)
        #expect(outcome.message == "deployment/backend belongs to the helm release todo, which would not know of it")
        #expect(outcome.remedy == "helm.rollback { release = \"todo\" }, or force = true")
    }

    @Test func goingBackNamesTheRevision() async throws {
        let tools = try ToolScript()
        try tools.answer(
            "kubectl get deployment/backend *",
            stdout:
                #"{"kind":"Deployment","metadata":{"name":"backend","uid":"u"},"spec":{"selector":{"matchLabels":{"app":"backend"}}}}"#
        )
        func set(_ revision: Int, _ owner: String) -> String {
            #"{"metadata":{"name":"rs\#(revision)","ownerReferences":[{"uid":"\#(owner)"}],"annotations":{"deployment.kubernetes.io/revision":"\#(revision)"}},"spec":{"template":{"spec":{"containers":[{"image":"todo:v\#(revision)"}]}}}}"#
        }
        try tools.answer(
            "kubectl get replicasets --output json --selector app=backend *",
            stdout: #"{"items":["# + [set(4, "u"), set(2, "u"), set(9, "other")].joined(separator: ",") + "]}")
        try tools.answer("kubectl rollout undo *", stdout: "deployment.apps/backend rolled back\n")
        let outcome = await tools.run(
            #"local r = kubectl.rollout_undo { resource = "deployment/backend" }  return r.from .. ">" .. r.to"#)
        #expect(outcome.message == "")
        #expect(outcome.summary.result.stringValue == "4>2")
        #expect(
            try tools.lines().last
                == "kubectl rollout undo deployment/backend --to-revision 2 --namespace default --context minikube")
        let wrong = await tools.run(#"kubectl.rollout_undo { resource = "deployment/backend", to_revision = 3 }"#)
        #expect(wrong.message == "deployment/backend has no revision 3")
        #expect(wrong.remedy == "it has 2, 4; kubectl.rollout_history tells what they are")
    }

    /// tools.md 2.4: these verbs have no dry run of kubectl's own.
    @Test(arguments: ["restart", "pause", "resume"])
    func trapARolloutVerbWithoutADryRunIsNotSent(verb: String) async throws {
        let tools = try ToolScript()
        try tools.answer("kubectl get deployment/backend *", stdout: Self.live)
        let outcome = await tools.run(
            "kubectl.rollout_\(verb) { resource = \"deployment/backend\" }", dryRun: .server)
        #expect(outcome.message == "")
        #expect(outcome.summary.plan.count == 1)
        #expect(outcome.summary.plan.first?.server == nil)
        #expect(try !tools.lines().contains { $0.contains("rollout") })
    }

    @Test func imagesGoBackToWhatTheyWere() async throws {
        let tools = try ToolScript()
        try tools.answer("kubectl get deployment/backend *", stdout: Self.live)
        let lua = #"kubectl.set_image { resource = "deployment/backend", images = { app = "todo:v2" } }"#
        let preview = await tools.run(lua, dryRun: .preview)
        let planned = try #require(preview.summary.plan.first)
        #expect(planned.summary == "app  todo:v1 → todo:v2")
        #expect(planned.undo == "kubectl set image deployment/backend app=todo:v1")
        let wrong = await tools.run(#"kubectl.set_image { resource = "deployment/backend", images = { web = "x" } }"#)
        #expect(wrong.message == "deployment/backend has no container `web`")
        #expect(wrong.remedy == "it has app")
    }

    @Test func labelsGoBackToWhatTheyWere() async throws {
        let tools = try ToolScript()
        try tools.answer("kubectl get deployment/backend *", stdout: Self.live)
        try tools.answer("kubectl label *")
        let preview = await tools.run(
            #"kubectl.label { resource = "deployment/backend", labels = { tier = "db", new = "x" } }"#, dryRun: .preview
        )
        let planned = try #require(preview.summary.plan.first)
        #expect(planned.difference?.lines == ["metadata.labels.new  (none) → x", "metadata.labels.tier  web → db"])
        #expect(planned.undo == "kubectl label deployment/backend new- tier=web")
    }

    @Test func whatWasDeletedCanBeMadeAgainButNotWhatWouldBeEmpty() async throws {
        let tools = try ToolScript()
        try tools.answer("kubectl get deployment/backend *", stdout: Self.live)
        try tools.answer("kubectl get namespace/shop *", stdout: #"{"kind":"Namespace","metadata":{"name":"shop"}}"#)
        try tools.answer("kubectl delete *")
        let one = await tools.run(
            #"kubectl.delete { resource = "deployment/backend", namespace = "shop" }"#, dryRun: .preview)
        #expect(one.summary.plan.first?.undo == "kubectl create deployment/backend as before")
        let space = await tools.run(#"kubectl.delete { resource = "namespace/shop" }"#, dryRun: .preview)
        #expect(space.summary.plan.first?.undo == nil)
        _ = await tools.run(#"kubectl.delete { resource = "deployment/backend", namespace = "shop", timeout = "30s" }"#)
        #expect(
            try tools.lines().last
                == "kubectl delete deployment/backend --timeout 30s --ignore-not-found --namespace shop --context minikube"
        )
        let all = await tools.run(#"kubectl.delete { resource = "pods" }"#)
        #expect(all.message == "`kubectl.delete`: `resource` is \"pods\", which names no object")
    }

    @Test func aNamespaceIsCreatedOnceAndNotWhileItGoes() async throws {
        let tools = try ToolScript()
        try tools.answer("kubectl get namespace shop *")
        try tools.answer("kubectl create --filename - *", stdout: "namespace/shop created\n")
        let made = await tools.run(#"return kubectl.ensure_namespace { name = "shop" }.created"#)
        #expect(made.summary.result.booleanValue == true)
        try tools.answer("kubectl get namespace shop *", stdout: "Active/shop")
        let present = await tools.run(#"return kubectl.ensure_namespace { name = "shop" }.created"#)
        #expect(present.summary.result.booleanValue == false)
        try tools.answer("kubectl get namespace shop *", stdout: "Terminating/shop")
        let going = await tools.run(#"kubectl.ensure_namespace { name = "shop" }"#)
        #expect(going.message == "the namespace shop is being deleted")
    }

    @Test func aPreviewWithoutAClusterStillShowsEveryWrite() async throws {
        let tools = try ToolScript()
        try tools.answer("kubectl *", stderr: "Unable to connect to the server: dial tcp: i/o timeout\n", status: 1)
        try tools.answer("kubectl config current-context", stdout: "minikube\n")
        try tools.answer("kubectl config view *")
        let outcome = await tools.run(
            """
            kubectl.ensure_namespace { name = "shop" }
            kubectl.ensure_secret { name = "s", namespace = "shop", from = { A = "b" } }
            kubectl.apply { text = "apiVersion: v1\\nkind: Service\\nmetadata: {name: x}\\n", namespace = "shop" }
            kubectl.scale { resource = "deployment/a", replicas = 1, namespace = "shop" }
            kubectl.rollout_status { resource = "deployment/a", namespace = "shop" }
            kubectl.set_image { resource = "deployment/a", images = { x = "y" }, namespace = "shop" }
            kubectl.delete { resource = "deployment/a", namespace = "shop" }
            """, dryRun: .preview)
        #expect(outcome.message == "")
        #expect(outcome.summary.exitCode == 0)
        #expect(
            outcome.summary.plan.map(\.object) == [
                "namespace", "secret", "service", "deployment", "deployment", "objects",
            ])
        #expect(outcome.summary.plan.allSatisfy { $0.difference?.unknown != nil })
        #expect(
            outcome.summary.missing == [
                "kubectl: the cluster cannot be used: Unable to connect to the server: dial tcp: i/o timeout"
            ])
    }
}
