/// The removal of a namespace that a run made, as long as it holds nothing that others made.
enum NamespaceRemoval {
    /// The command; nothing is asked before it.
    static func command(_ name: String, _ kubectl: Kubectl) -> InverseCommand {
        InverseCommand(
            kubectl.inNamespace(name).argv(
                ["delete", "namespace", name, "--ignore-not-found", "--timeout", "120s"], extra: []), timeout: 135)
    }

    /// Sees to it that nothing is left in the namespace: what the run made is gone by then.
    ///
    /// Claims of a StatefulSet outlive it; in a namespace that this run made they are its own.
    static func guardian(_ name: String, _ kubectl: Kubectl) -> InverseGuard {
        let kinds = "deployments,statefulsets,daemonsets,jobs,cronjobs,pods,services,ingresses,configmaps,secrets"
        // What a controller makes, in the namespace itself or for something that is going, is nobody's.
        let template =
            #"{{range .items}}{{if not (or .metadata.ownerReferences .metadata.deletionTimestamp (eq .metadata.name "kube-root-ca.crt" "#
            + #""istio-ca-root-cert" "openshift-service-ca.crt") (eq (printf "%v" .type) "kubernetes.io/service-account-token"))}}"#
            + #"{{.kind}}/{{.metadata.name}} {{end}}{{end}}"#
        return InverseGuard(
            kubectl.inNamespace(name).argv(
                ["get", kinds, "--ignore-not-found", "--output", "go-template=\(template)"], extra: []),
            expected: "", complaint: "the namespace \(name) holds objects that this run did not make")
    }
}
