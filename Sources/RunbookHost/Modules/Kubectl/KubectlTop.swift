import RunbookLua
import RunbookSpec

/// `kubectl.top`: what pods and nodes use, from the metrics API, since `kubectl top` itself prints prose only.
enum KubectlTop {
    static let functions = [top]

    private static let top = ModuleFunction(
        FunctionSpec(
            "top", summary: "List how much CPU and memory pods or nodes use", effect: .read,
            parameters: [
                ParameterSpec("of", .enumeration(["pods", "nodes"]), default: "\"pods\"", "what to look at"),
                KubectlOptions.selector, KubectlOptions.namespace, KubectlOptions.allNamespaces, KubectlOptions.context,
                KubectlOptions.timeout("30s"),
            ],
            returns: ReturnSpec(
                .list(
                    .record([
                        .required("name", .string, "the pod or node"),
                        ParameterSpec("namespace", .string, "the pod's namespace"),
                        .required("cpu", .number, "CPUs in use"), .required("memory", .integer, "bytes in use"),
                        ParameterSpec("containers", .list(.any), "the same for each container"),
                    ]))),
            examples: [
                ExampleSpec(
                    "for _, pod in ipairs(kubectl.top { namespace = \"shop\" }) do print(pod.name, pod.cpu) end")
            ])
    ) { arguments, call in
        let kubectl = try await Kubectl(arguments, call)
        let isNodes = arguments.optionalString("of") == "nodes"
        var path = "/apis/metrics.k8s.io/v1beta1/"
        if isNodes {
            path += "nodes"
        } else {
            path += arguments.boolean("all_namespaces") ? "pods" : "namespaces/\(kubectl.namespace)/pods"
        }
        if let selector = arguments.optionalString("selector") { path += "?labelSelector=" + percentEncoded(selector) }
        let command = Kubectl.command(
            kubectl.argv(["get", "--raw", path]), timeout: arguments.duration("timeout") ?? .seconds(30))
        let result = try await call.world.read(command)
        guard result.succeeded else {
            var error = KubeFailure.error(command, result, redactor: call.run.vault.redactor)
            let kind = KubeFailure.of(result.errorText)
            if kind == .noSuchKind || kind == .notFound || result.errorText.contains("currently unable to handle") {
                error.code = .missing
                error.message = "the cluster has no metrics: its metrics server does not answer"
                error.remedy = KubeFailure.metricsMissing.remedy
            }
            throw error
        }
        return .list((JSONReading.value(result.stdout)?["items"].listValue ?? []).map(usage))
    }

    private static func usage(_ item: LuaValue) -> LuaValue {
        let containers = item["containers"].listValue
        let parts = (containers ?? [item]).map { part in
            (
                name: part["name"], cpu: Quantity.number(part.at("usage", "cpu")?.stringValue ?? "0") ?? 0,
                memory: Quantity.number(part.at("usage", "memory")?.stringValue ?? "0") ?? 0
            )
        }
        return [
            "name": item.at("metadata", "name") ?? "", "namespace": item.at("metadata", "namespace") ?? .nil,
            "cpu": .number(parts.reduce(0) { $0 + $1.cpu }),
            "memory": .integer(Int64(parts.reduce(0) { $0 + $1.memory })),
            "containers": containers == nil
                ? .nil
                : .list(parts.map { ["name": $0.name, "cpu": .number($0.cpu), "memory": .integer(Int64($0.memory))] }),
        ]
    }

    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                String(Unicode.Scalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}

/// Quantities as Kubernetes writes them: `250m`, `1.5`, `128Mi`, `12345n`.
enum Quantity {
    /// The number that a quantity stands for; nil when it is none.
    static func number(_ text: String) -> Double? {
        let digits = text.prefix { $0.isNumber || $0 == "." || $0 == "-" || $0 == "+" }
        guard let value = Double(digits), let factor = factors[String(text.dropFirst(digits.count))] else {
            return Double(text)
        }
        return value * factor
    }

    private static let factors: [String: Double] = [
        "": 1, "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
        "Ki": 1024, "Mi": 1_048_576, "Gi": 1_073_741_824, "Ti": 1_099_511_627_776, "Pi": 1_125_899_906_842_624,
    ]
}
