import RunbookSecrets
import Testing

@testable import RunbookHost

/// The one reader of kubectl's and helm's prose, with what the tools really wrote.
@Suite struct KubectlFailureTests {
    @Test(arguments: [
        (
            "The connection to the server localhost:8080 was refused - did you specify the right host or port?",
            KubeFailure.noContext
        ),
        ("error: current-context is not set", .noContext),
        ("Error in configuration: context was not found for specified context: nope", .noContext),
        ("error: context \"nope\" does not exist", .other),
        (
            "Error: Kubernetes cluster unreachable: Get \"https://127.0.0.1:1/version\": dial tcp 127.0.0.1:1: connect: connection refused",
            .unreachable
        ),
        (
            "The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?",
            .unreachable
        ),
        ("Unable to connect to the server: dial tcp: lookup cluster.example: no such host", .unreachable),
        ("Unable to connect to the server: net/http: TLS handshake timeout", .unreachable),
        ("error: You must be logged in to the server (Unauthorized)", .unauthorized),
        (
            "error: You must be logged in to the server (the server has asked for the client to provide credentials)",
            .unauthorized
        ),
        ("Unable to connect to the server: x509: certificate signed by unknown authority", .unauthorized),
        (
            "Error from server (Forbidden): pods is forbidden: User \"dev\" cannot list resource \"pods\" in API group \"\" in the namespace \"shop\"",
            .forbidden
        ),
        ("Error from server (NotFound): deployments.apps \"nope\" not found", .notFound),
        ("error: error from server (NotFound): deployments.apps \"nope\" not found in namespace \"life\"", .notFound),
        (
            "Error from server (NotFound): error when creating \"app.yaml\": namespaces \"nowhere\" not found",
            .namespaceMissing
        ),
        ("error: the server doesn't have a resource type \"widgets\"", .noSuchKind),
        (
            "error: resource mapping not found for name: \"x\" namespace: \"\" from \"a.yaml\": no matches for kind \"Deploymnt\" in version \"apps/v1\"\nensure CRDs are installed first",
            .noSuchKind
        ),
        ("Error from server (AlreadyExists): namespaces \"life\" already exists", .alreadyExists),
        ("error: 'tier' already has a value (web), and --overwrite is false", .alreadyExists),
        ("error: Apply failed with 1 conflict: conflict with \"kubectl\": .stringData.A", .conflict),
        (
            "Error from server (Conflict): Operation cannot be fulfilled on deployments.apps \"x\": the object has been modified",
            .conflict
        ),
        ("error: Metrics API not available", .metricsMissing),
        ("error: metrics not available yet", .metricsMissing),
        ("error: timed out waiting for the condition", .timedOut),
        (
            "Error: UPGRADE FAILED: resource Deployment/demo/todo not ready. status: InProgress\ncontext deadline exceeded",
            .timedOut
        ),
        (
            "Error: unable to continue with install: could not get information about the resource: Too many requests, please try again later.",
            .overloaded
        ),
        ("Error from server (TooManyRequests): the server has received too many requests", .overloaded),
        (
            "Error from server (InternalError): Internal error occurred: etcdserver: request timed out", .serverFault
        ),
        ("Error: release: not found", .releaseMissing),
        ("Error: UPGRADE FAILED: \"todo\" has no deployed releases", .releaseMissing),
        ("Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress", .releasePending),
        ("error: unable to find specified revision 99 in history", .revisionMissing),
        ("error: unable to decode \"badfield.yaml\": json: cannot unmarshal bool into Go struct field", .invalid),
        ("Error: path \"./nope\" not found", .chartMissing),
        ("error: something else", .other),
    ]) func tellsWhatWentWrong(text: String, kind: KubeFailure) {
        #expect(KubeFailure.of(text) == kind, "\(text)")
    }

    @Test func anUnreachableClusterIsMissingAndItsNoiseIsGone() {
        let noise =
            #"E1121 08:38:16.891800   18148 memcache.go:381] "Couldn't get current server API group list" err="connection refused""#
        let stderr =
            "\(noise)\n\(noise)\nThe connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?\n"
        let error = KubeFailure.error(
            Command(["kubectl", "get", "pods"]), ProcessResult(status: 1, stderr: Array(stderr.utf8)),
            redactor: Redactor())
        #expect(error.code == .missing)
        #expect(
            error.message
                == "kubectl: the cluster cannot be used: The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?"
        )
        #expect(error.details.count == 1)
        #expect(error.remedy == "start the cluster (`minikube start`), check --context, or try --sim")
    }

    @Test func aRefusalKeepsItsText() {
        let text = "Error from server (Forbidden): pods is forbidden: User \"dev\" cannot list resource \"pods\""
        let error = KubeFailure.error(
            Command(["kubectl", "get", "pods"]), ProcessResult(status: 1, stderr: Array(text.utf8)),
            redactor: Redactor())
        #expect(error.code == .command)
        #expect(error.message == "kubectl get pods exited 1: \(text)")
    }

    @Test func helmsDecisiveLineStandsAloneWithoutItsWarnings() {
        let stderr = """
            WARNING: Kubernetes configuration file is group-readable. This is insecure. Location: kubeconfig
            level=WARN msg="upgrade failed" name=todo error="resource Deployment/demo/todo not ready"
            Error: UPGRADE FAILED: resource Deployment/demo/todo not ready. status: InProgress, message: Pending termination: 1
            context deadline exceeded
            """
        let error = KubeFailure.error(
            Command(["helm", "upgrade", "todo", "chart"]), ProcessResult(status: 1, stderr: Array(stderr.utf8)),
            redactor: Redactor())
        #expect(
            error.message
                == "helm upgrade todo chart exited 1: UPGRADE FAILED: resource Deployment/demo/todo not ready. status: InProgress, message: Pending termination: 1; context deadline exceeded"
        )
    }

    @Test(arguments: ["deployments.apps", "pods"]) func whatListsThoseThatAreThereIsNamed(resource: String) {
        let text = "Error from server (NotFound): \(resource) \"x\" not found"
        let error = KubeFailure.error(
            Command(["kubectl", "get", "x", "--namespace", "shop"]),
            ProcessResult(status: 1, stderr: Array(text.utf8)), redactor: Redactor())
        #expect(error.remedy == "`kubectl get \(resource) --namespace shop` shows those that are there")
        #expect(error.message == "kubectl get x --namespace shop exited 1: \(text)")
    }
}
