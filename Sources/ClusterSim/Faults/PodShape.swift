/// What a pod has to hold for its faults to be possible.
///
/// A probe fails only where there is one, and a Secret is missing only where one is asked for. So a pod of a healthy
/// template gets what its fault needs, as a webhook of a cluster would add it; what is there already stays.
enum PodShape {
    /// The ports that an added probe asks when the container declares none.
    static let fallbackPort = 8080

    /// Adds what the faults of a new pod need.
    static func apply(_ pod: inout JSON, faults: [Fault]) {
        guard !pod["spec"]["containers"].isEmpty else { return }
        for fault in faults {
            switch fault.kind {
            case .readiness: probe(&pod["spec"], .readiness)
            case .liveness: probe(&pod["spec"], .liveness)
            case .startup: probe(&pod["spec"], .startup)
            case .initContainer: initContainer(&pod["spec"], line: fault.value)
            case .missingSecret: reference(&pod["spec"], "secret", fault)
            case .missingConfigMap: reference(&pod["spec"], "configmap", fault)
            case .imageNeverPull: policies(&pod["spec"]) { _ in "Never" }
            case .imagePull: policies(&pod["spec"]) { $0 == "Never" ? "IfNotPresent" : $0 }
            case .startError: pod["spec"]["containers"][0]["command"] = [.string(StartFailure.program(fault))]
            case .unschedulable: request(&pod["spec"]["containers"][0]["resources"])
            default: break
            }
        }
    }

    private static func probe(_ spec: inout JSON, _ kind: ProbeKind) {
        let containers = spec["containers"].array
        guard containers.allSatisfy({ $0[kind.rawValue].isNull }) else { return }
        let port = containers[0]["ports"][0]["containerPort"].int ?? fallbackPort
        spec["containers"][0][kind.rawValue] = ["httpGet": ["path": "/", "port": .int(port)]]
        PodDefaults.apply(&spec)
    }

    private static func initContainer(_ spec: inout JSON, line: String?) {
        guard !spec["initContainers"].array.contains(where: { $0["restartPolicy"].string != "Always" }) else { return }
        let line = line ?? ProgramFaults.initLine
        var container: JSON = [
            "name": "init", "image": spec["containers"][0]["image"],
            "command": ["sh", "-c", .string("echo '\(line.replacing("'", with: "'\\''"))' >&2; exit 255")],
        ]
        let mounts = spec["containers"][0]["volumeMounts"].array.filter {
            $0["mountPath"].string == PodDefaults.tokenFolder
        }
        if !mounts.isEmpty { container["volumeMounts"] = .array(mounts) }
        spec["initContainers"].append(container)
        PodDefaults.apply(&spec)
    }

    private static func reference(_ spec: inout JSON, _ kind: String, _ fault: Fault) {
        let name = References.missing(fault, spec)
        guard !References.names(kind, spec).contains(name) else { return }
        spec["containers"][0]["envFrom"].append([
            kind == "secret" ? "secretRef" : "configMapRef": ["name": .string(name)]
        ])
    }

    private static func policies(_ spec: inout JSON, _ change: (String) -> String) {
        for index in spec["containers"].array.indices {
            let policy = spec["containers"][index]["imagePullPolicy"].string ?? "IfNotPresent"
            spec["containers"][index]["imagePullPolicy"] = .string(change(policy))
        }
    }

    /// More than the largest machine has.
    private static func request(_ resources: inout JSON) {
        resources["requests"]["cpu"] = "1000"
        if !resources["limits"]["cpu"].isNull { resources["limits"]["cpu"] = "1000" }
    }
}
