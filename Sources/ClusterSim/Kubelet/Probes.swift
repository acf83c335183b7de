/// Probes of containers.
enum Probes {
    /// Begins what a container's probes ask for, when it starts.
    static func begin(
        _ source: JSON, _ container: inout ContainerRuntime, _ faults: [Fault], _ pod: ObjectVersion,
        _ cluster: isolated Cluster
    ) {
        if !container.isMain, !container.isSidecar { return }
        let hasReadiness = !source[ProbeKind.readiness.rawValue].isNull || faults.contains { $0.kind == .readiness }
        let hasStartup = !container.isStarted
        container.isReady = !hasReadiness && !hasStartup
        if hasStartup {
            schedule(.startup, source, container, pod, cluster)
        } else {
            beginOthers(source, container, faults, pod, cluster)
        }
    }

    private static func beginOthers(
        _ source: JSON, _ container: ContainerRuntime, _ faults: [Fault], _ pod: ObjectVersion,
        _ cluster: isolated Cluster
    ) {
        if !source[ProbeKind.readiness.rawValue].isNull || faults.contains(where: { $0.kind == .readiness }) {
            schedule(.readiness, source, container, pod, cluster)
        }
        let isLivenessFailing = failure(.liveness, source, container, faults) != nil
        if isLivenessFailing { schedule(.liveness, source, container, pod, cluster) }
    }

    static func schedule(
        _ kind: ProbeKind, _ source: JSON, _ container: ContainerRuntime, _ pod: ObjectVersion,
        _ cluster: isolated Cluster
    ) {
        let delay = Double(source[kind.rawValue]["initialDelaySeconds"].int ?? 0) + Kubelet.Delay.probe
        cluster.schedule(.pod(pod.key, uid: pod.uid, .probe(container.name, kind, run: container.run)), after: delay)
    }

    /// Why a probe fails; nil when it succeeds.
    static func failure(_ kind: ProbeKind, _ source: JSON, _ container: ContainerRuntime, _ faults: [Fault]) -> String?
    {
        let probe = source[kind.rawValue]
        let faultKind: Fault.Kind = kind == .readiness ? .readiness : kind == .liveness ? .liveness : .startup
        let isFaulty = faults.contains { $0.kind == faultKind }
        if !isFaulty, probe.isNull { return nil }
        if !probe["exec"].isNull {
            let command = probe["exec"]["command"].array.compactMap(\.string)
            let isFailing = isFaulty || command.first == "false"
            return isFailing ? "command \"\(command.joined(separator: " "))\" failed: exit status 1: " : nil
        }
        if !probe["tcpSocket"].isNull {
            return isFaulty
                ? "dial tcp 10.244.0.1:\(probe["tcpSocket"]["port"].text): connect: connection refused" : nil
        }
        let path = probe["httpGet"]["path"].string ?? "/"
        let port = port(probe["httpGet"], source)
        let status = isFaulty ? 503 : container.program?.answer(port: port, path: path)
        guard let status else {
            return "Get \"http://10.244.0.1:\(port)\(path)\": dial tcp 10.244.0.1:\(port): connect: connection refused"
        }
        return (200..<400).contains(status) ? nil : "HTTP probe failed with statuscode: \(status)"
    }

    /// The port that an HTTP probe asks: a number, or the container port of that name.
    static func port(_ action: JSON, _ source: JSON) -> Int {
        action["port"].int ?? source["ports"].element(where: "name", is: action["port"].text)?["containerPort"].int
            ?? source["ports"][0]["containerPort"].int ?? PodShape.fallbackPort
    }

    /// The HTTP status that a failed probe got; nil when nothing answered.
    static func status(of failure: String) -> Int? { failure.split(separator: " ").last.flatMap { Int($0) } }

    /// Carries a probe out.
    static func perform(_ kind: ProbeKind, _ name: String, run: Int, _ pod: ObjectVersion, _ cluster: isolated Cluster)
    {
        guard var runtime = cluster.kubelet.pods[pod.uid], let index = runtime.index(name),
            runtime.containers[index].run == run,
            runtime.containers[index].isRunning, !pod.isTerminating
        else { return }
        let source = Kubelet.source(pod, runtime.containers[index])
        let probe = source[kind.rawValue]
        let period = Double(probe["periodSeconds"].int ?? 10)
        let again = TimerAction.pod(pod.key, uid: pod.uid, .probe(name, kind, run: run))
        guard var text = failure(kind, source, runtime.containers[index], runtime.faults) else {
            let wasReady = runtime.containers[index].isReady
            if kind == .startup {
                runtime.containers[index].isStarted = true
                runtime.containers[index].isReady = source[ProbeKind.readiness.rawValue].isNull
                beginOthers(source, runtime.containers[index], runtime.faults, pod, cluster)
            } else if kind == .readiness {
                runtime.containers[index].isReady = true
            }
            cluster.kubelet.pods[pod.uid] = runtime
            if !wasReady || kind == .startup {
                if runtime.containers[index].isSidecar { Kubelet.advance(pod, cluster) }
                PodStatus.publish(runtime, cluster)
            }
            return
        }
        text = text.replacing("10.244.0.1", with: runtime.address)
        runtime.containers[index].probeFailures += 1
        let place = Kubelet.place(runtime.containers[index])
        cluster.record(
            pod, "Unhealthy", "\(kind.words) probe failed: \(text)", source: .kubelet, isWarning: true, container: place
        )
        let isOver = runtime.containers[index].probeFailures >= probe["failureThreshold"].int ?? 3
        if kind == .readiness, isOver { runtime.containers[index].isReady = false }
        cluster.kubelet.pods[pod.uid] = runtime
        guard kind != .readiness, isOver else {
            PodStatus.publish(runtime, cluster)
            cluster.schedule(again, after: period)
            return
        }
        cluster.record(
            pod, "Killing", "Container \(name) failed \(kind.words.lowercased()) probe, will be restarted",
            source: .kubelet, container: place)
        Kubelet.exited(name, run: run, code: 137, reason: "Error", pod, cluster)
    }
}

/// Pulling images.
enum Pulling {
    /// Pulls a container's image; on failure the container waits, and the pull is tried again later.
    static func fails(
        _ pod: ObjectVersion, _ source: JSON, _ container: inout ContainerRuntime, _ faults: [Fault], _ place: String,
        _ cluster: isolated Cluster
    ) -> Bool {
        let image = source["image"].string ?? ""
        let isNever = source["imagePullPolicy"].string == "Never"
        let faultNever = faults.contains { $0.kind == .imageNeverPull }
        let faultPull = faults.contains { $0.kind == .imagePull }
        let isPresent = cluster.settings.imageIsPresent(image) && !faultNever && !faultPull
        let again = TimerAction.pod(pod.key, uid: pod.uid, .create(container.name))
        // No pull is tried.
        func refuse(_ reason: String, told event: String, _ text: String) {
            container.state = .waiting(reason, text)
            cluster.record(pod, event, text, source: .kubelet, isWarning: true, container: place)
            cluster.record(pod, "Failed", "Error: \(reason)", source: .kubelet, isWarning: true, container: place)
            cluster.schedule(again, after: 12)
        }
        if let problem = Images.problem(image) {
            let text =
                "Failed to apply default image tag \"\(image)\": couldn't parse image name \"\(image)\": \(problem)"
            refuse("InvalidImageName", told: "InspectFailed", text)
            return true
        }
        if isPresent {
            cluster.record(
                pod, "Pulled", "Container image \"\(image)\" already present on machine and can be accessed by the pod",
                source: .kubelet, container: place)
            return false
        }
        if faultNever || (isNever && !faultPull) {
            let text = "Container image \"\(image)\" is not present with pull policy of Never"
            refuse("ErrImageNeverPull", told: "ErrImageNeverPull", text)
            return true
        }
        let cause = cause(image)
        // Each failed pull is followed by a time of back-off, in which the container says so.
        if container.pullFailures % 2 == 0 {
            cluster.record(pod, "Pulling", "Pulling image \"\(image)\"", source: .kubelet, container: place)
            cluster.record(
                pod, "Failed", "Failed to pull image \"\(image)\": \(cause)", source: .kubelet, isWarning: true,
                container: place)
            cluster.record(pod, "Failed", "Error: ErrImagePull", source: .kubelet, isWarning: true, container: place)
            container.state = .waiting("ErrImagePull", cause)
            cluster.schedule(again, after: 2)
        } else {
            cluster.record(pod, "BackOff", "Back-off pulling image \"\(image)\"", source: .kubelet, container: place)
            cluster.record(
                pod, "Failed", "Error: ImagePullBackOff", source: .kubelet, isWarning: true, container: place)
            container.state = .waiting(
                "ImagePullBackOff", "Back-off pulling image \"\(image)\": ErrImagePull: \(cause)")
            cluster.schedule(again, after: min(300, 10 * Double(1 << min(container.pullFailures / 2, 5))))
        }
        container.pullFailures += 1
        return true
    }

    private static func cause(_ image: String) -> String {
        let name = Images.canonical(image)
        let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
        let (repository, tag) = (parts.last ?? "").split(around: ":") ?? (parts.last ?? "", "latest")
        let host = parts.first == "docker.io" ? "registry-1.docker.io" : parts.first ?? ""
        let url = "https://\(host)/v2/\(repository)/manifests/\(tag)"
        let reference = parts.first == "docker.io" ? name : image
        return
            "failed to pull and unpack image \"\(reference)\": failed to resolve reference \"\(reference)\": failed to do request: Head \"\(url)\": dial tcp: lookup \(host) on 10.96.0.10:53: no such host"
    }
}

/// The changes that faults make to a container's program.
enum ProgramFaults {
    static let initLine = "simulated failure of the init container"

    static func crashLines(_ fault: Fault) -> [String] {
        ["Traceback (most recent call last):", fault.value ?? "RuntimeError: simulated crash"]
    }

    static func killLines(_ fault: Fault) -> [String] { [fault.value ?? "loading model", "Killed"] }

    static func apply(_ program: inout ContainerProgram, faults: [Fault], isMain: Bool) {
        for fault in faults {
            switch fault.kind {
            case .crashloop where isMain:
                program.lines = crashLines(fault)
                program.exit = ContainerProgram.Exit(code: 1, after: 0.3)
            case .oom where isMain:
                program.lines += killLines(fault)
                program.exit = ContainerProgram.Exit(code: 137, after: 0.3, reason: "OOMKilled")
            case .initContainer where !isMain:
                program.lines = [fault.value ?? initLine]
                program.exit = ContainerProgram.Exit(code: 255, after: 0.3)
            default: break
            }
        }
    }
}
