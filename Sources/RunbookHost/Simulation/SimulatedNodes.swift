/// minikube's commands for single nodes, simulated.
struct SimulatedNodes: Sendable {
    let machine: SimulatedMachine
    let profile: String

    private var current: SimulatedMachine.Profile? { machine.withState { $0.profiles[profile] } }

    /// The names of the nodes, the control plane first: the profile's own, then `m02` and on.
    private var names: [String] {
        [profile] + (2..<max(2, (current?.nodes ?? 1) + 1)).map { $0 < 10 ? "m0\($0)" : "m\($0)" }
    }

    func answer(_ words: [String]) -> ToolAnswer {
        switch (words.first, words.dropFirst().first) {
        case ("list", _):
            return .lines(names.map { "\($0 == profile ? $0 : "\(profile)-\($0)")\t\(SimulatedMachine.address)" })
        case ("add", _):
            change { $0.nodes += 1 }
            return .ok("* Successfully added \(names.last ?? "") to \(profile)!\n")
        case ("start", let node?), ("stop", let node?), ("delete", let node?):
            guard names.contains(node) else {
                return .failed(
                    80, "X Exiting due to GUEST_NODE_RETRIEVE: retrieving node: Could not find node \(node)")
            }
            return change(words[0], node)
        default: return .failed(14, "Error: unknown command \"\(words.first ?? "")\" for \"minikube node\"")
        }
    }

    private func change(_ verb: String, _ node: String) -> ToolAnswer {
        switch verb {
        case "start":
            change { $0.stoppedNodes.remove(node) }
            return .ok("* Successfully started node \(node)!\n")
        case "stop":
            change { $0.stoppedNodes.insert(node) }
            return .ok("* Successfully stopped node \(node)\n")
        default:
            change {
                $0.nodes -= 1
                $0.stoppedNodes.remove(node)
            }
            return .ok("* Node \(node) was successfully deleted.\n")
        }
    }

    private func change(_ body: (inout SimulatedMachine.Profile) -> Void) {
        machine.withState { state in
            guard var profile = state.profiles[profile] else { return }
            body(&profile)
            state.profiles[self.profile] = profile
        }
    }

    /// `minikube status --node NAME --format {{.Host}}`.
    func status(_ node: String) -> ToolAnswer {
        guard let current, names.contains(node) else {
            return .failed(80, "X Exiting due to GUEST_NODE_RETRIEVE: retrieving node: Could not find node \(node)")
        }
        let isRunning = current.isRunning && !current.stoppedNodes.contains(node)
        return ToolAnswer(status: isRunning ? 0 : 7, stdout: (isRunning ? "Running" : "Stopped") + "\n")
    }

    /// `minikube cp FROM TO`; a side in a node has a `:`.
    func copy(_ paths: [String], _ shell: SimulatedShell) async throws -> ToolAnswer {
        guard paths.count == 2 else {
            return .failed(14, "X Exiting due to MK_USAGE: Please specify the path to copy")
        }
        let (from, target) = (paths[0], paths[1])
        let content = from.contains(":") ? current?.files[from] : try await shell.read(from)
        guard let content else {
            return .failed(80, "X Exiting due to GUEST_CP: \(from): no such file or directory")
        }
        if target.contains(":") {
            change { $0.files[target] = content }
        } else {
            try await shell.write(target, content)
        }
        return .ok()
    }
}

/// minikube's own settings, simulated.
struct SimulatedSettings: Sendable {
    let machine: SimulatedMachine

    func answer(_ words: [String]) -> ToolAnswer {
        switch (words.first, words.count) {
        case ("view", _):
            return .lines(
                machine.withState { $0.settings }.sorted { $0.key < $1.key }.map { "- \($0.key): \($0.value)" })
        case ("get", 2):
            guard let value = machine.withState({ $0.settings[words[1]] }) else {
                return .failed(14, "X Exiting due to MK_CONFIG_GET: specified key could not be found in config")
            }
            return .ok(value + "\n")
        case ("set", 3):
            machine.withState { $0.settings[words[1]] = words[2] }
            return .ok("! These changes will take effect upon a minikube delete and then a minikube start\n")
        case ("unset", 2):
            machine.withState { $0.settings[words[1]] = nil }
            return .ok()
        default: return .failed(14, "Error: unknown command \"\(words.first ?? "")\" for \"minikube config\"")
        }
    }
}
