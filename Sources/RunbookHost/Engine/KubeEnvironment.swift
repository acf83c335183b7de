import RunbookSecrets

/// What kubectl, helm and their like may see of the engine's environment.
enum KubeEnvironment {
    private static let local = Command.commonVariables + ["KUBECONFIG", "KUBECACHEDIR", "KUBERNETES_*"]

    /// What programs that log in to the clusters of a cloud read.
    private static let cloud = ["AWS_*", "GOOGLE_*", "CLOUDSDK_*", "AZURE_*", "USE_GKE_GCLOUD_AUTH_PLUGIN"]

    /// What a program that works on a cluster of which nothing is known may see.
    static let variables = local + cloud

    /// What a command may see: the credentials of a cloud only where its cluster may be one of a cloud.
    static func variables(for argv: [String]) -> [String] {
        var variables = needsCloud(argv) ? variables : local
        if argv.first?.split(separator: "/").last == "helm" { variables.append("HELM_*") }
        return variables
    }

    private static func needsCloud(_ argv: [String]) -> Bool {
        if let verb = argv.dropFirst().first, ["config", "version", "kustomize", "completion"].contains(verb) {
            return false
        }
        guard let flag = argv.firstIndex(where: { $0 == "--context" || $0 == "--kube-context" }),
            argv.indices.contains(flag + 1)
        else {
            // helm without a context, such as `helm lint`, asks no cluster; kubectl then asks the kubeconfig's own.
            return argv.first?.split(separator: "/").last != "helm"
        }
        return !ProjectSettings.isLocal(argv[flag + 1])
    }

    /// What a program of the cluster is to find in its environment whoever starts it: no preferences and plugins of the
    /// user change what it does.
    static func fixed(for program: String) -> [String: SensitiveText] {
        switch program.split(separator: "/").last {
        case "kubectl": ["KUBERC": "off"]
        case "helm": ["HELM_NO_PLUGINS": "1", "HELM_DEBUG": "false"]
        default: [:]
        }
    }
}
