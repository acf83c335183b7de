import Testing

@testable import RunbookHost

/// What `allow` in a header keeps kubectl and helm from, whichever way they are called.
@Suite("the fence around a cluster")
struct ClusterFenceTests {
    private func run(_ allow: String, _ call: String) async throws -> ModuleRun.Outcome {
        var run = try ModuleRun()
        defer { run.remove() }
        for name in ["kubectl", "helm"] {
            let tool = "#!/bin/sh\ncase \"$*\" in *current-context*) echo minikube;; esac\n"
            try run.write("bin/\(name)", tool, mode: 0o755)
        }
        run.environment["PATH"] = "\(run.folder)/bin:/usr/bin:/bin"
        return await run("runbook { name = 'r', allow = { \(allow) } }\n\(call)")
    }

    private static let shop = #"kubectl = "write", helm = "write", exec = "write", namespaces = { "shop" }"#

    @Test(arguments: [
        (#"exec.run { "kubectl", "create", "configmap", "a", "-n", "other" }"#, "in shop only, not in other"),
        (#"exec.run { "kubectl", "-nother", "create", "configmap", "a" }"#, "in shop only, not in other"),
        (#"exec.run { "kubectl", "create", "configmap", "a", "--namespace=other" }"#, "in shop only, not in other"),
        (#"exec.run({ "kubectl", "delete", "configmap", "a", "-n", "other" }, { read = true })"#, "not in other"),
        (#"exec.run { "kubectl", "delete", "configmap", "--all", "-A" }"#, "not in all namespaces"),
        (#"exec.run { "kubectl", "delete", "ns", "other", "-n", "shop" }"#, "not of ns"),
        (#"exec.run { "kubectl", "delete", "namespace/other", "-n", "shop" }"#, "not of namespace/other"),
        (#"exec.run { "kubectl", "label", "nodes", "minikube", "a=b", "-n", "shop" }"#, "not of nodes"),
        (#"exec.run { "kubectl", "create", "clusterrole", "a", "--verb=get", "-n", "shop" }"#, "not of clusterrole"),
        (#"exec.run { "kubectl", "cp", "x", "other/pod:/x", "-n", "shop" }"#, "not of other/pod:/x"),
        (#"exec.run { "helm", "uninstall", "web", "-n", "other" }"#, "in shop only, not in other"),
        (#"exec.run { "sh", "-c", "kubectl delete ns other" }"#, "may not be called through sh"),
        (#"exec.run { "env", "A=b", "/usr/bin/helm", "uninstall", "web" }"#, "may not be called through env"),
        (#"kubectl.cordon { node = "minikube" }"#, "not of nodes"),
        (
            #"kubectl.delete { resource = "namespace/other", namespace = "shop", missing_ok = false }"#,
            "not of namespace/other"
        ),
        (
            #"kubectl.delete { resource = "configmap/a", namespace = "shop", missing_ok = false, args = { "-A" } }"#,
            "not in all namespaces"
        ),
        (#"kubectl.delete { resource = "configmap/a", namespace = "shop", args = { "-nother" } }"#, "may not hold -n"),
        (
            #"kubectl.apply { namespace = "shop", text = "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: a}\n" }"#,
            "not of persistentvolume/a"
        ),
        (
            #"kubectl.apply { namespace = "shop", text = "apiVersion: v1\nkind: Namespace\nmetadata: {name: other}\n" }"#,
            "not of namespace/other"
        ),
    ]) func refusesWhatIsOutside(call: String, reason: String) async throws {
        let outcome = try await run(Self.shop, call)
        #expect(outcome.message.contains(reason), "\(call): \(outcome.message)")
    }

    @Test(arguments: [
        #"exec.run { "kubectl", "create", "configmap", "a", "-n", "shop" }"#,
        #"exec.run { "kubectl", "label", "namespace", "shop", "a=b", "c-", "-n", "shop" }"#,
        #"exec.run { "kubectl", "rollout", "restart", "deployment/a", "-n", "shop" }"#,
        #"exec.run { "kubectl", "run", "node", "--image", "a", "-n", "shop" }"#,
        #"exec.run({ "kubectl", "get", "pods", "-A" }, { read = true })"#,
        #"exec.run({ "kubectl", "get", "nodes" }, { read = true })"#,
        #"exec.run { "helm", "upgrade", "web", "./chart", "-n", "shop" }"#, #"exec.run { "sh", "-c", "true" }"#,
        #"kubectl.delete { resource = "namespace/shop", namespace = "shop", missing_ok = false }"#,
    ]) func allowsWhatIsInside(call: String) async throws {
        let outcome = try await run(Self.shop, call)
        #expect(!outcome.message.contains("the header"), "\(call): \(outcome.message)")
    }

    @Test func aReadOnlyToolIsNotWrittenWithByHand() async throws {
        let allow = #"kubectl = "read", exec = "write""#
        for call in [
            #"exec.run { "kubectl", "get", "pods" }"#,
            #"exec.run({ "kubectl", "delete", "pod", "a" }, { read = true })"#,
        ] {
            let outcome = try await run(allow, call)
            #expect(outcome.message == "the header allows kubectl reads only", "\(call): \(outcome.message)")
        }
        let read = try await run(allow, #"exec.run({ "kubectl", "get", "pods" }, { read = true })"#)
        #expect(read.message == "")
        #expect(
            try await run(#"exec = "write""#, #"exec.run({ "helm", "list" }, { read = true })"#).message
                == "the header allows helm nothing")
    }
}
