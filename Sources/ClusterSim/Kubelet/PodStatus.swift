/// Writes a pod's status as a kubelet would.
enum PodStatus {
    /// Sets a condition of a pod.
    static func set(
        _ list: inout JSON, _ type: String, _ isTrue: Bool, reason: String? = nil, message: String? = nil,
        generation: JSON,
        now: Double
    ) {
        let old = list.element(where: "type", is: type)
        let status: JSON = isTrue ? "True" : "False"
        var new: JSON = ["type": .string(type), "status": status]
        new.put("lastProbeTime", .null)
        let isSame = old?["status"] == status
        new["lastTransitionTime"] = isSame ? old?["lastTransitionTime"] ?? .null : .string(Timestamp.seconds(now))
        if let reason { new["reason"] = .string(reason) }
        if let message { new["message"] = .string(message) }
        new["observedGeneration"] = generation
        if let index = list.index(where: "type", is: type) { list[index] = new } else { list.append(new) }
    }

    /// Brings a stored pod's status up to what the node knows.
    static func publish(_ runtime: PodRuntime, _ cluster: isolated Cluster) {
        let now = Timestamp.now
        cluster.modify(runtime.key) { pod in
            pod["status"] = status(pod, runtime, now: now)
        }
    }

    static func status(_ pod: JSON, _ runtime: PodRuntime, now: Double) -> JSON {
        let generation = pod["metadata"]["generation"]
        var status: JSON = [
            "observedGeneration": generation, "hostIP": .string(NodeCapacity.nodeAddress),
            "hostIPs": [["ip": .string(NodeCapacity.nodeAddress)]], "qosClass": pod["status"]["qosClass"],
        ]
        if let started = runtime.started { status["startTime"] = .string(Timestamp.seconds(started)) }
        if !runtime.address.isEmpty {
            status["podIP"] = .string(runtime.address)
            status["podIPs"] = [["ip": .string(runtime.address)]]
        }
        let phase = phase(pod, runtime)
        status["phase"] = .string(phase)
        if let failure = runtime.failure {
            status["reason"] = .string(failure.reason)
            status["message"] = .string(failure.message)
        }
        status["conditions"] = conditions(pod, runtime, phase: phase, generation: generation, now: now)
        let mounts = pod["spec"]
        let inits = runtime.containers.filter(\.isInit)
        if !inits.isEmpty { status["initContainerStatuses"] = .array(inits.map { container($0, mounts) }) }
        status["containerStatuses"] = .array(runtime.containers.filter { $0.isMain }.map { container($0, mounts) })
        let ephemeral = runtime.containers.filter(\.isEphemeral)
        if !ephemeral.isEmpty {
            status["ephemeralContainerStatuses"] = .array(ephemeral.map { container($0, mounts) })
        }
        status["resources"] = resources(pod["spec"], runtime, now: now)
        let requests = PodResources.total(pod["spec"], field: "requests")
        if runtime.containers.contains(where: { $0.isMain && $0.run > 0 }), !requests.isEmpty {
            status["allocatedResources"] = .strings(requests.mapValues(\.text))
        }
        return status
    }

    private static func resources(_ spec: JSON, _ runtime: PodRuntime, now: Double) -> JSON {
        guard runtime.containers.contains(where: { $0.isMain && $0.run > 0 }) else { return [:] }
        var result: JSON = [:]
        for field in ["limits", "requests"] {
            let sum = PodResources.total(spec, field: field)
            if !sum.isEmpty { result[field] = .strings(sum.mapValues(\.text)) }
        }
        // What a 1.36 kubelet reports for a pod without a memory limit.
        // It finds it out with its first periodic look at the pod.
        let isSettled = runtime.started.map { now - $0 > 5 } ?? false
        if isSettled, result["limits"]["memory"].isNull { result["limits"]["memory"] = "9007199254740988Ki" }
        return result
    }

    private static func phase(_ pod: JSON, _ runtime: PodRuntime) -> String {
        let old = pod["status"]["phase"].string ?? "Pending"
        if old == "Succeeded" || old == "Failed" { return old }
        if runtime.failure != nil { return "Failed" }
        let mains = runtime.containers.filter { $0.isMain }
        let policy = pod["spec"]["restartPolicy"].string ?? "Always"
        if policy == "Never", runtime.containers.contains(where: { $0.isInit && !$0.isSidecar && isFailed($0) }) {
            return "Failed"
        }
        let isInitialized = runtime.containers.allSatisfy { !$0.isInit || $0.isSidecar || $0.isDone }
        if !isInitialized { return "Pending" }
        let ended = mains.filter { if case .terminated = $0.state { true } else { false } }
        if ended.count == mains.count, !mains.isEmpty {
            if policy == "Never" { return ended.contains(where: isFailed) ? "Failed" : "Succeeded" }
            if policy == "OnFailure", !ended.contains(where: isFailed) { return "Succeeded" }
        }
        return mains.contains { $0.run > 0 } ? "Running" : "Pending"
    }

    private static func isFailed(_ container: ContainerRuntime) -> Bool {
        if case .terminated(let end) = container.state { end.exitCode != 0 } else { false }
    }

    private static func conditions(_ pod: JSON, _ runtime: PodRuntime, phase: String, generation: JSON, now: Double)
        -> JSON
    {
        var list: JSON = []
        let old = pod["status"]["conditions"]
        func add(_ type: String, _ isTrue: Bool, _ reason: String? = nil, _ message: String? = nil) {
            if let before = old.element(where: "type", is: type) { list.append(before) }
            set(&list, type, isTrue, reason: reason, message: message, generation: generation, now: now)
        }
        let isFinished = phase == "Succeeded" || phase == "Failed"
        add("PodReadyToStartContainers", runtime.hasSandbox && !isFinished)
        let incomplete = runtime.containers.filter { $0.isInit && !($0.isSidecar ? $0.isStarted : $0.isDone) }.map(
            \.name)
        if incomplete.isEmpty {
            add("Initialized", true, phase == "Succeeded" ? "PodCompleted" : nil)
        } else {
            add(
                "Initialized", false, "ContainersNotInitialized",
                "containers with incomplete status: [\(incomplete.joined(separator: " "))]")
        }
        let unready = runtime.containers.filter { $0.isMain && !$0.isReady }.map(\.name)
        let text = "containers with unready status: [\(unready.joined(separator: " "))]"
        for type in ["Ready", "ContainersReady"] {
            if phase == "Succeeded" {
                add(type, false, "PodCompleted")
            } else if phase == "Failed" {
                add(type, false, "PodFailed")
            } else if unready.isEmpty, type == "Ready", let closed = closedGate(pod, old) {
                add(type, false, "ReadinessGatesNotReady", closed)
            } else if unready.isEmpty {
                add(type, true)
            } else {
                add(type, false, "ContainersNotReady", text)
            }
        }
        if let scheduled = old.element(where: "type", is: "PodScheduled") {
            list.append(scheduled)
        } else {
            add("PodScheduled", true)
        }
        for condition in old.array where list.index(where: "type", is: condition["type"].text) == nil {
            list.append(condition)
        }
        return list
    }

    /// What the first readiness gate that keeps a pod from being ready lacks.
    private static func closedGate(_ pod: JSON, _ conditions: JSON) -> String? {
        for gate in pod["spec"]["readinessGates"].array {
            let type = gate["conditionType"].text
            guard let condition = conditions.element(where: "type", is: type) else {
                return "corresponding condition of pod readiness gate \"\(type)\" does not exist."
            }
            if condition["status"].string != "True" {
                return
                    "the status of pod readiness gate \"\(type)\" is not \"True\", but \(condition["status"].text)"
            }
        }
        return nil
    }

    private static func container(_ container: ContainerRuntime, _ spec: JSON) -> JSON {
        let source =
            spec[container.list].element(where: "name", is: container.name) ?? .null
        let image = source["image"].string ?? ""
        var status: JSON = [
            "name": .string(container.name), "state": state(container.state), "ready": .bool(container.isReady),
            "restartCount": .int(container.restartCount), "started": .bool(container.isStarted),
            "image": .string(container.run > 0 ? Images.canonical(image) : image),
            "imageID": .string(container.run > 0 ? Images.identifier(image) : ""),
            "lastState": container.last.map { ["terminated": terminated($0)] } ?? [:],
        ]
        if container.run > 0 {
            status["containerID"] = .string("containerd://\(container.containerID)")
            status["resources"] = source["resources"]
            let requests = source["resources"]["requests"]
            if !requests.isEmpty { status["allocatedResources"] = requests }
        }
        let mounts = source["volumeMounts"].array.map { mount -> JSON in
            var result: JSON = ["name": mount["name"], "mountPath": mount["mountPath"]]
            if mount["readOnly"].bool == true {
                result["readOnly"] = true
                result["recursiveReadOnly"] = "Disabled"
            }
            return result
        }
        if !mounts.isEmpty { status["volumeMounts"] = .array(mounts) }
        return status
    }

    private static func state(_ state: ContainerRuntime.State) -> JSON {
        switch state {
        case .waiting(let reason, let message):
            var waiting: JSON = ["reason": .string(reason)]
            if let message { waiting["message"] = .string(message) }
            return ["waiting": waiting]
        case .running(let since): return ["running": ["startedAt": .string(Timestamp.seconds(since))]]
        case .terminated(let end): return ["terminated": terminated(end)]
        }
    }

    private static func terminated(_ end: Termination) -> JSON {
        var result: JSON = [
            "exitCode": .int(end.exitCode), "reason": .string(end.reason),
            "startedAt": .string(Timestamp.seconds(end.started)),
            "finishedAt": .string(Timestamp.seconds(end.finished)),
            "containerID": .string("containerd://\(end.containerID)"),
        ]
        if let message = end.message { result["message"] = .string(message) }
        return result
    }
}

/// Names of images as the container runtime writes them.
enum Images {
    /// An image's full name: `busybox:1.36` is `docker.io/library/busybox:1.36`.
    static func canonical(_ image: String) -> String {
        let parts = image.split(separator: "/", maxSplits: 1).map(String.init)
        let hasRegistry =
            parts.count > 1 && (parts[0].contains(".") || parts[0].contains(":") || parts[0] == "localhost")
        var name = hasRegistry ? image : "docker.io/" + (parts.count > 1 ? image : "library/\(image)")
        let last = name.split(separator: "/").last ?? ""
        if !last.contains(":"), !last.contains("@") { name += ":latest" }
        return name
    }

    /// Why a text is no name of an image, in the words of the library that reads it; nil when it is one.
    static func problem(_ image: String) -> String? {
        let form =
            #/(?:[A-Za-z0-9.-]+(?::[0-9]+)?\/)*?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@[a-z0-9]+:[0-9a-f]{32,})?/#
        if image.wholeMatch(of: form) != nil { return nil }
        guard image.lowercased().wholeMatch(of: form) != nil else { return "invalid reference format" }
        let name = image.split(separator: ":").first.map(String.init) ?? image
        let path = name.contains("/") ? name : "library/\(name)"
        return "invalid reference format: repository name (\(path)) must be lowercase"
    }

    /// An identifier that is always the same for an image.
    static func identifier(_ image: String) -> String {
        let bytes = Array(canonical(image).utf8)
        let parts = (0..<8).map { part -> String in
            let hex = String(Names.hash(bytes + [UInt8(part)]), radix: 16)
            return String(repeating: "0", count: 8 - hex.count) + hex
        }
        return "sha256:" + parts.joined()
    }
}
