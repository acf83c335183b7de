import Testing

@testable import RunbookHost

/// What is told of a release that helm waits for.
@Suite("the progress of a release")
struct ReleaseProgressTests {
    private func text(_ workloads: String...) -> String? {
        ReleaseProgress.text(of: Array("{\"items\": [\(workloads.joined(separator: ", "))]}".utf8), "todo")
    }

    private func workload(
        _ kind: String, _ name: String, spec: String = "{\"replicas\": 2}", status: String, release: String = "todo",
        generation: Int = 2
    ) -> String {
        """
        {"kind": "\(kind)", "metadata": {"name": "\(name)", "generation": \(generation),
         "annotations": {"meta.helm.sh/release-name": "\(release)"}}, "spec": \(spec), "status": \(status)}
        """
    }

    @Test("a pod counts when it is of the new revision and available")
    func counts() {
        let seen = "\"observedGeneration\": 2"
        #expect(
            text(workload("Deployment", "web", status: "{\(seen), \"updatedReplicas\": 1, \"availableReplicas\": 2}"))
                == "deployment/web 1 of 2 ready")
        #expect(
            text(workload("Deployment", "web", status: "{\(seen), \"updatedReplicas\": 2, \"availableReplicas\": 1}"))
                == "deployment/web 1 of 2 ready")
        #expect(
            text(workload("StatefulSet", "db", status: "{\(seen), \"updatedReplicas\": 2}"))
                == "statefulset/db 0 of 2 ready")
        #expect(
            text(
                workload(
                    "DaemonSet", "log", spec: "{}",
                    status:
                        "{\(seen), \"desiredNumberScheduled\": 3, \"updatedNumberScheduled\": 3, \"numberAvailable\": 2}"
                )) == "daemonset/log 2 of 3 ready")
    }

    @Test("all that are not ready are told, and nothing of others")
    func several() {
        let none = "{\"observedGeneration\": 2}"
        let all = "{\"observedGeneration\": 2, \"updatedReplicas\": 2, \"availableReplicas\": 2}"
        #expect(
            text(
                workload("Deployment", "a", status: none), workload("Deployment", "b", status: all),
                workload("Deployment", "c", status: none), workload("Deployment", "d", status: none, release: "other"))
                == "deployment/a 0 of 2 ready, deployment/c 0 of 2 ready")
        #expect(text(workload("Deployment", "b", status: all)) == nil)
        #expect(text(workload("Deployment", "off", spec: "{\"replicas\": 0}", status: none)) == nil)
        #expect(text() == nil)
        #expect(ReleaseProgress.text(of: Array("no JSON".utf8), "todo") == nil)
    }

    @Test("a status of before the change says nothing of it")
    func earlier() {
        let old = "{\"observedGeneration\": 1, \"updatedReplicas\": 2, \"availableReplicas\": 2}"
        #expect(text(workload("Deployment", "web", status: old)) == "deployment/web 0 of 2 ready")
    }
}
