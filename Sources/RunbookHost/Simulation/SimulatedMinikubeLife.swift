import RunbookLua

/// minikube's commands for a profile as a whole, simulated.
struct SimulatedMinikubeLife: Sendable {
    let machine: SimulatedMachine
    let profile: String
    let isJSON: Bool

    private var current: SimulatedMachine.Profile? { machine.withState { $0.profiles[profile] } }

    private func event(_ kind: String, _ message: String, _ more: [(String, String)] = []) -> String {
        let data = [("message", message)] + more
        return JSONText.encode(
            [
                "specversion": "1.0", "source": "https://minikube.sigs.k8s.io/",
                "type": .string("io.k8s.sigs.minikube.\(kind)"), "datacontenttype": "application/json",
                "data": .table(LuaTable(data.map { (.string($0.0), .string($0.1)) })),
            ], pretty: false) + "\n"
    }

    private func step(_ message: String) -> String { isJSON ? event("step", message) : "* \(message)\n" }

    /// The answer of a missing profile: events on standard output in JSON, prose otherwise; exit code 85.
    private var missing: ToolAnswer {
        let message = "Profile \"\(profile)\" not found. Run \"minikube profile list\" to view all profiles."
        let advice = "To start a cluster, run: \"minikube start\(profile == "minikube" ? "" : " -p \(profile)")\""
        return ToolAnswer(
            status: MinikubeExit.profileMissing,
            stdout: isJSON ? event("info", message) + event("info", advice) : "* \(message)\n  \(advice)\n")
    }

    func whenRunning(_ body: (SimulatedMachine.Profile) -> ToolAnswer) -> ToolAnswer {
        guard let current else { return missing }
        guard current.isRunning else {
            return .failed(
                83,
                "X The control-plane node \(profile) host is not running: state=Stopped\n  To start a cluster, run: \"minikube start\""
            )
        }
        return body(current)
    }

    func status() -> ToolAnswer {
        guard let current else { return missing }
        let host = current.isRunning ? "Running" : "Stopped"
        let kubernetes = current.isPaused ? "Paused" : host
        let kubelet = current.isPaused ? "Stopped" : host
        let kubeconfig = current.isRunning ? "Configured" : "Stopped"
        let code = current.isRunning ? (current.isPaused ? 2 : 0) : 7
        if isJSON {
            return ToolAnswer(
                status: code,
                stdout:
                    "{\"Name\":\"\(profile)\",\"Host\":\"\(host)\",\"Kubelet\":\"\(kubelet)\",\"APIServer\":\"\(kubernetes)\",\"Kubeconfig\":\"\(kubeconfig)\",\"Worker\":false}"
            )
        }
        return ToolAnswer(
            status: code,
            stdout:
                "\(profile)\ntype: Control Plane\nhost: \(host)\nkubelet: \(kubelet)\napiserver: \(kubernetes)\nkubeconfig: \(kubeconfig)\n\n"
        )
    }

    func start(_ flags: ToolFlags) -> ToolAnswer {
        let driver = flags["driver"] ?? "docker"
        guard
            ["docker", "podman", "kvm2", "qemu2", "hyperkit", "virtualbox", "none", "ssh", "vfkit", "hyperv"].contains(
                driver)
        else {
            let message = "The driver '\(driver)' is not supported on linux/amd64"
            return isJSON
                ? ToolAnswer(
                    status: 56, stdout: event("error", message, [("exitcode", "56"), ("name", "DRV_UNSUPPORTED_OS")]))
                : .failed(56, "X Exiting due to DRV_UNSUPPORTED_OS: \(message)")
        }
        if let cpus = flags["cpus"], cpus != "max", cpus != "no-limit", (Int(cpus) ?? 0) < 2 {
            let message = "Requested cpu count \(cpus) is less than the minimum allowed of 2"
            return isJSON
                ? ToolAnswer(
                    status: 29,
                    stdout: event("error", message, [("exitcode", "29"), ("name", "RSRC_INSUFFICIENT_CORES")]))
                : .failed(29, "X Exiting due to RSRC_INSUFFICIENT_CORES: \(message)")
        }
        if !flags.has("dry-run") {
            machine.withState { state in
                var now = state.profiles[profile] ?? .fresh(runtime: flags["container-runtime"] ?? "docker")
                now.isRunning = true
                now.isPaused = false
                now.driver = driver
                now.nodes = flags["nodes"].flatMap { Int($0) } ?? now.nodes
                if let wanted = flags["kubernetes-version"], wanted.hasPrefix("v") { now.kubernetes = wanted }
                now.addons.formUnion(flags.all("addons"))
                state.profiles[profile] = now
            }
        }
        return .ok(
            step("minikube \(SimulatedMinikube.version) on Linux")
                + step("Using the \(driver) driver based on user configuration")
                + step("Starting \"\(profile)\" primary control-plane node in \"\(profile)\" cluster")
                + step(
                    "Done! kubectl is now configured to use \"\(profile)\" cluster and \"default\" namespace by default"
                ))
    }

    func change(_ verb: String, _ body: (inout SimulatedMachine.Profile?) -> Void) -> ToolAnswer {
        if current == nil {
            // Deleting what is not there is done already.
            return verb == "delete" ? .ok(step("Profile \"\(profile)\" does not exist, trying anyways.")) : missing
        }
        machine.withState { state in
            var changed = state.profiles[profile]
            body(&changed)
            state.profiles[profile] = changed
        }
        switch verb {
        case "delete": return .ok(step("Removed all traces of the \"\(profile)\" cluster."))
        case "stop": return .ok(step("Stopping node \"\(profile)\"  ...") + step("1 node stopped."))
        default: return .ok(step("\(verb)d 14 containers in: kube-system, kubernetes-dashboard, istio-operator"))
        }
    }

    /// - Parameter engine: The way to a real engine that stands for the node's.
    func dockerEnvironment(engine: [(String, String)]?) -> ToolAnswer {
        whenRunning { current in
            guard current.runtime == "docker" else {
                let message =
                    "The docker-env command is only compatible with the \"docker\" runtime, but this cluster was configured to use the \"\(current.runtime)\" runtime."
                return isJSON
                    ? ToolAnswer(
                        status: 14, stdout: event("error", message, [("exitcode", "14"), ("name", "MK_USAGE")]))
                    : .failed(14, "X Exiting due to MK_USAGE: \(message)")
            }
            let simulated = [
                ("DOCKER_TLS_VERIFY", "1"), ("DOCKER_HOST", "tcp://\(SimulatedMachine.address):2376"),
                ("DOCKER_CERT_PATH", "/home/user/.minikube/certs"),
            ]
            let variables = (engine ?? simulated) + [("MINIKUBE_ACTIVE_DOCKERD", profile)]
            if isJSON {
                return .ok(
                    JSONText.encode(.table(LuaTable(variables.map { (.string($0.0), .string($0.1)) })), pretty: false)
                        + "\n")
            }
            return .lines(
                variables.map { "export \($0.0)=\"\($0.1)\"" } + [
                    "", "# To point your shell to minikube's docker-daemon, run:",
                    "# eval $(minikube -p \(profile) docker-env)",
                ])
        }
    }

    private static let knownAddons = [
        "ambassador", "auto-pause", "cloud-spanner", "csi-hostpath-driver", "dashboard", "default-storageclass",
        "efk", "gvisor", "headlamp", "inaccel", "ingress", "ingress-dns", "istio", "istio-provisioner", "kong",
        "kubevirt", "logviewer", "metallb", "metrics-server", "nvidia-device-plugin", "olm", "portainer", "registry",
        "registry-aliases", "registry-creds", "storage-provisioner", "storage-provisioner-rancher", "volumesnapshots",
        "yakd",
    ]

    func addons(_ rest: [String]) -> ToolAnswer {
        whenRunning { current in
            switch rest.first {
            case "list":
                guard isJSON else {
                    return .lines(
                        Self.knownAddons.map { "\($0)\t\(current.addons.contains($0) ? "enabled" : "disabled")" })
                }
                let value = Self.knownAddons.map { name -> (LuaValue, LuaValue) in
                    let status = current.addons.contains(name) ? "enabled" : "disabled"
                    return (.string(name), ["Profile": .string(profile), "Status": .string(status)])
                }
                return .ok(JSONText.encode(.table(LuaTable(value)), pretty: false) + "\n")
            case "enable", "disable":
                let name = rest.count > 1 ? rest[1] : ""
                guard Self.knownAddons.contains(name) else {
                    return .failed(
                        10,
                        "X Exiting due to MK_ADDON_\(rest[0].uppercased()): \(rest[0]) failed: property name \"\(name)\" not found: \(name) is not a valid addon"
                    )
                }
                machine.withState { state in
                    if rest[0] == "enable" {
                        state.profiles[profile]?.addons.insert(name)
                    } else {
                        state.profiles[profile]?.addons.remove(name)
                    }
                }
                return .ok(
                    rest[0] == "enable" ? "* The '\(name)' addon is enabled\n" : "* \"The '\(name)' addon is disabled\n"
                )
            default:
                return .failed(14, "Error: unknown command \"\(rest.first ?? "")\" for \"minikube addons\"")
            }
        }
    }

    func profiles(_ rest: [String]) -> ToolAnswer {
        let (all, active) = machine.withState { ($0.profiles, $0.active) }
        guard let word = rest.first else { return .ok("\(active)\n") }
        guard word == "list" else {
            guard all[word] != nil else {
                return ToolAnswer(
                    status: 0, stdout: "",
                    stderr:
                        "! Profile \"\(word)\" not found\n* if you want to create a profile you can by this command: minikube start -p \(word)\n"
                )
            }
            machine.withState { $0.active = word }
            return .ok("* minikube profile was successfully set to \(word)\n")
        }
        if all.isEmpty {
            let message = "No minikube profile was found. "
            return isJSON
                ? ToolAnswer(status: 80, stdout: "{\"error\":\"\(message)\"}\n")
                : .failed(
                    80, "X Exiting due to MK_USAGE_NO_PROFILE: \(message)You can create one using `minikube start`.")
        }
        let rows = all.sorted { $0.key < $1.key }
        guard isJSON else {
            return .lines(
                rows.map {
                    "\($0.key)\t\($0.value.driver)\t\($0.value.runtime)\t\(SimulatedMachine.address)\t8443\t\($0.value.kubernetes)\t\($0.value.isRunning ? "OK" : "Stopped")\t\($0.value.nodes)"
                })
        }
        let valid: [LuaValue] = rows.map { name, value in
            let node: LuaValue = [
                "Name": "", "IP": .string(SimulatedMachine.address), "Port": 8443, "ControlPlane": true, "Worker": true,
            ]
            return [
                "Name": .string(name), "Status": .string(value.isRunning ? "OK" : "Stopped"),
                "Active": .boolean(name == active), "ActiveKubeContext": true,
                "Config": [
                    "Driver": .string(value.driver),
                    "KubernetesConfig": [
                        "KubernetesVersion": .string(value.kubernetes), "ContainerRuntime": .string(value.runtime),
                    ], "Nodes": [node],
                ],
            ]
        }
        return .ok(JSONText.encode(["valid": .list(valid), "invalid": .list([])], pretty: false) + "\n")
    }
}
