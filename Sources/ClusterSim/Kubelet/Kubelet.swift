/// Runs pods on the simulated node: volumes, images, containers, restarts.
enum Kubelet {
    /// Times of the node, in seconds of the simulated cluster.
    enum Delay {
        static let start = 0.2
        static let create = 0.4
        static let probe = 0.3
        static let termination = 0.6
    }

    /// Takes a pod that was given to the node, or looks again at one that waits.
    static func accept(_ pod: ObjectVersion, _ cluster: isolated Cluster) {
        if pod.isTerminating { return }
        if cluster.kubelet.pods[pod.uid] != nil {
            addEphemeral(pod, cluster)
            if !pod.json["spec"]["readinessGates"].isEmpty, let runtime = cluster.kubelet.pods[pod.uid] {
                PodStatus.publish(runtime, cluster)
            }
            return
        }
        let spec = pod.json["spec"]
        var containers: [ContainerRuntime] = []
        let hasInits = !spec["initContainers"].isEmpty
        for source in spec["initContainers"].array {
            containers.append(
                ContainerRuntime(
                    name: source["name"].string ?? "", isInit: true,
                    isSidecar: source["restartPolicy"].string == "Always",
                    state: .waiting("PodInitializing", nil)))
        }
        for source in spec["containers"].array {
            containers.append(
                ContainerRuntime(
                    name: source["name"].string ?? "", isInit: false, isSidecar: false,
                    state: .waiting(hasInits ? "PodInitializing" : "ContainerCreating", nil)))
        }
        cluster.kubelet.reserve(pod, on: spec["nodeName"].string ?? NodeCapacity.nodeName)
        cluster.kubelet.pods[pod.uid] = PodRuntime(
            key: pod.key, node: spec["nodeName"].string ?? "", birth: cluster.store.resourceVersion,
            faults: PodFaults.faults(of: pod, cluster), containers: containers)
        cluster.schedule(.pod(pod.key, uid: pod.uid, .start), after: Delay.start)
        if let seconds = spec["activeDeadlineSeconds"].int {
            cluster.schedule(.pod(pod.key, uid: pod.uid, .deadline), after: Double(seconds))
        }
    }

    /// Gives a pod up for good: its containers are killed, and it is `Failed`.
    private static func fail(_ pod: ObjectVersion, _ failure: PodFailure, _ cluster: isolated Cluster) {
        guard let runtime = cluster.kubelet.pods[pod.uid], !Pods.isFinished(pod), !pod.isTerminating else { return }
        cluster.kubelet.pods[pod.uid]?.failure = failure
        cluster.record(pod, failure.reason, failure.message, source: .kubelet)
        for container in runtime.containers where container.isRunning {
            cluster.record(
                pod, "Killing", "Stopping container \(container.name)", source: .kubelet, container: place(container))
            exited(container.name, run: container.run, code: 137, reason: "Error", pod, cluster)
        }
        if let runtime = cluster.kubelet.pods[pod.uid] { PodStatus.publish(runtime, cluster) }
        cluster.kubelet.release(pod.uid)
    }

    /// Starts the containers that somebody added to a running pod.
    private static func addEphemeral(_ pod: ObjectVersion, _ cluster: isolated Cluster) {
        for source in pod.json["spec"]["ephemeralContainers"].array {
            let name = source["name"].text
            guard let runtime = cluster.kubelet.pods[pod.uid], runtime.hasSandbox, runtime.index(name) == nil else {
                continue
            }
            cluster.kubelet.pods[pod.uid]?.containers.append(
                ContainerRuntime(
                    name: name, isInit: false, isSidecar: false, isEphemeral: true,
                    state: .waiting("ContainerCreating", nil)))
            cluster.schedule(.pod(pod.key, uid: pod.uid, .create(name)), after: Delay.create)
        }
    }

    static func perform(_ step: PodStep, key: ObjectKey, uid: String, _ cluster: isolated Cluster) {
        guard let pod = cluster.store.object(key), pod.uid == uid, cluster.kubelet.pods[uid] != nil else { return }
        switch step {
        case .start: start(pod, cluster)
        case .create(let name): if !pod.isTerminating { create(name, pod, cluster) }
        case .exit(let name, let run): exited(name, run: run, pod, cluster)
        case .probe(let name, let kind, let run): Probes.perform(kind, name, run: run, pod, cluster)
        case .endRun(let name): if !pod.isTerminating { restart(name, pod, cluster) }
        case .deadline:
            let message = "Pod was active on the node longer than the specified deadline"
            fail(pod, PodFailure(reason: "DeadlineExceeded", message: message), cluster)
        }
    }

    /// Prepares the pod's volumes and its network, then starts the first containers.
    private static func start(_ pod: ObjectVersion, _ cluster: isolated Cluster) {
        guard var runtime = cluster.kubelet.pods[pod.uid], !pod.isTerminating, !runtime.hasSandbox else { return }
        if runtime.started == nil { runtime.started = Timestamp.now }
        if let fault = runtime.fault(.slowStart), runtime.mountFailures == 0 {
            runtime.mountFailures = 1
            cluster.kubelet.pods[pod.uid] = runtime
            PodStatus.publish(runtime, cluster)
            let seconds = fault.value.flatMap { Fault.seconds($0) ?? Double($0) } ?? 30
            cluster.schedule(.pod(pod.key, uid: pod.uid, .start), after: seconds)
            return
        }
        if let problem = References.volumeProblem(pod, runtime, cluster) {
            runtime.mountFailures += 1
            cluster.kubelet.pods[pod.uid] = runtime
            PodStatus.publish(runtime, cluster)
            cluster.record(pod, "FailedMount", problem, source: .kubelet, isWarning: true)
            let delay = min(122, 0.5 * Double(1 << min(runtime.mountFailures, 8)))
            cluster.schedule(.pod(pod.key, uid: pod.uid, .start), after: delay)
            return
        }
        runtime.hasSandbox = true
        runtime.address =
            pod.json["spec"]["hostNetwork"].bool == true ? NodeCapacity.nodeAddress : cluster.addresses.podAddress()
        cluster.kubelet.pods[pod.uid] = runtime
        advance(pod, cluster)
        if let runtime = cluster.kubelet.pods[pod.uid] { PodStatus.publish(runtime, cluster) }
    }

    /// Starts what can be started now: the next init container, or all main containers.
    static func advance(_ pod: ObjectVersion, _ cluster: isolated Cluster) {
        guard let runtime = cluster.kubelet.pods[pod.uid] else { return }
        for container in runtime.containers where container.isInit {
            if container.isDone || (container.isSidecar && container.isStarted) { continue }
            if container.run == 0, case .waiting = container.state {
                cluster.schedule(.pod(pod.key, uid: pod.uid, .create(container.name)), after: Delay.create)
            }
            return
        }
        for container in runtime.containers where container.isMain && container.run == 0 {
            if case .waiting(let reason, _) = container.state,
                reason == "PodInitializing" || reason == "ContainerCreating"
            {
                cluster.schedule(.pod(pod.key, uid: pod.uid, .create(container.name)), after: Delay.create)
            }
        }
    }

    static func place(_ container: ContainerRuntime) -> String {
        "spec.\(container.list){\(container.name)}"
    }

    static func source(_ pod: ObjectVersion, _ container: ContainerRuntime) -> JSON {
        pod.json["spec"][container.list].element(where: "name", is: container.name) ?? .null
    }

    /// Pulls the image and runs a container.
    static func create(_ name: String, _ pod: ObjectVersion, _ cluster: isolated Cluster) {
        guard var runtime = cluster.kubelet.pods[pod.uid], let index = runtime.index(name) else { return }
        if runtime.containers[index].isRunning || runtime.failure != nil { return }
        let source = source(pod, runtime.containers[index])
        let place = place(runtime.containers[index])
        if Pulling.fails(pod, source, &runtime.containers[index], runtime.faults, place, cluster) {
            cluster.kubelet.pods[pod.uid] = runtime
            PodStatus.publish(runtime, cluster)
            return
        }
        if let problem = References.configProblem(pod, source, runtime, cluster) {
            runtime.containers[index].state = .waiting("CreateContainerConfigError", problem)
            runtime.mountFailures = max(1, runtime.mountFailures)
            cluster.kubelet.pods[pod.uid] = runtime
            cluster.record(pod, "Failed", "Error: \(problem)", source: .kubelet, isWarning: true, container: place)
            PodStatus.publish(runtime, cluster)
            cluster.schedule(.pod(pod.key, uid: pod.uid, .create(name)), after: 10)
            return
        }
        if let fault = runtime.fault(.startError), runtime.containers.first(where: \.isMain)?.name == name {
            StartFailure.apply(fault, index, &runtime, pod, cluster)
            cluster.kubelet.pods[pod.uid] = runtime
            scheduleRestart(index, ranFor: 0, pod, cluster)
            PodStatus.publish(runtime, cluster)
            return
        }
        run(index, source, &runtime, pod, cluster)
        cluster.kubelet.pods[pod.uid] = runtime
        cluster.record(pod, "Created", "Container created", source: .kubelet, container: place)
        cluster.record(pod, "Started", "Container started", source: .kubelet, container: place)
        if runtime.containers[index].isSidecar { advance(pod, cluster) }
        PodStatus.publish(runtime, cluster)
        afterStart(runtime.containers[index], source, pod, cluster)
    }

    /// Runs the command of a container's `postStart` hook; the container is killed when it fails.
    private static func afterStart(
        _ container: ContainerRuntime, _ source: JSON, _ pod: ObjectVersion, _ cluster: isolated Cluster
    ) {
        let argv = source["lifecycle"]["postStart"]["exec"]["command"].array.compactMap(\.string)
        guard !argv.isEmpty else { return }
        var shell = ContainerShell(ContainerEnvironment.contents(pod, source, cluster))
        guard let output = try? shell.run(argv), !shell.isLost, output.status != 0 else { return }
        cluster.record(
            pod, "FailedPostStartHook", "PostStartHook failed", source: .kubelet, isWarning: true,
            container: place(container))
        cluster.record(pod, "Killing", "FailedPostStartHook", source: .kubelet, container: place(container))
        exited(container.name, run: container.run, code: 137, reason: "Error", pod, cluster)
    }

    private static func run(
        _ index: Int, _ source: JSON, _ runtime: inout PodRuntime, _ pod: ObjectVersion, _ cluster: isolated Cluster
    ) {
        let isMain = runtime.containers[index].isMain
        // A container that listens to somebody ends when that person leaves.
        let endsByItself =
            !ContainerProgram.listens(source)
            && ((runtime.containers[index].isInit && !runtime.containers[index].isSidecar)
                || pod.json["spec"]["restartPolicy"].string != "Always")
        let program: ContainerProgram
        if endsByItself, pod.controller == nil, let known = ContainerProgram(once: source, in: pod, cluster) {
            program = known
        } else {
            program = ContainerProgram(
                container: source, environment: ContainerEnvironment.variables(pod.json, source, cluster),
                endsByItself: endsByItself)
        }
        run(program, index, source, isMain: isMain, &runtime, pod, cluster)
    }

    private static func run(
        _ program: ContainerProgram, _ index: Int, _ source: JSON, isMain: Bool, _ runtime: inout PodRuntime,
        _ pod: ObjectVersion, _ cluster: isolated Cluster
    ) {
        let now = Timestamp.now
        var program = program
        if !runtime.containers[index].isEphemeral {
            ProgramFaults.apply(&program, faults: runtime.faults, isMain: isMain || runtime.containers[index].isSidecar)
        }
        if runtime.containers[index].run > 0 {
            runtime.containers[index].previousLog = runtime.containers[index].log
            runtime.containers[index].restartCount += 1
            if case .terminated(let end) = runtime.containers[index].state { runtime.containers[index].last = end }
        }
        runtime.containers[index].run += 1
        runtime.containers[index].state = .running(now)
        runtime.containers[index].containerID = Names.containerID()
        runtime.containers[index].log = program.lines.map { LogLine(time: now, text: $0) }
        runtime.containers[index].program = program
        runtime.containers[index].disk = nil
        runtime.containers[index].probeFailures = 0
        runtime.containers[index].isStarted = source["startupProbe"].isNull && runtime.fault(.startup) == nil
        if runtime.containers[index].isInit, !runtime.containers[index].isSidecar {
            runtime.containers[index].isStarted = false
        }
        let run = runtime.containers[index].run
        for line in runtime.containers[index].log {
            cluster.kubelet.tell(uid: pod.uid, container: runtime.containers[index].name, line)
        }
        if let exit = program.exit {
            cluster.schedule(
                .pod(pod.key, uid: pod.uid, .exit(runtime.containers[index].name, run: run)), after: exit.after)
        }
        Probes.begin(source, &runtime.containers[index], runtime.faults, pod, cluster)
    }

    /// Ends a run, and decides whether there is another.
    static func exited(
        _ name: String, run: Int, code: Int? = nil, reason: String? = nil, _ pod: ObjectVersion,
        _ cluster: isolated Cluster
    ) {
        guard var runtime = cluster.kubelet.pods[pod.uid], let index = runtime.index(name),
            runtime.containers[index].run == run, case .running(let since) = runtime.containers[index].state
        else { return }
        let exit = runtime.containers[index].program?.exit
        let code = code ?? exit?.code ?? 0
        let now = Timestamp.now
        runtime.containers[index].state = .terminated(
            Termination(
                exitCode: code, reason: reason ?? exit?.reason ?? (code == 0 ? "Completed" : "Error"), started: since,
                finished: now,
                containerID: runtime.containers[index].containerID))
        let container = runtime.containers[index]
        runtime.containers[index].isReady = container.isInit && !container.isSidecar && code == 0
        runtime.containers[index].isStarted = false
        let policy =
            container.isSidecar
            ? "Always" : container.isEphemeral ? "Never" : pod.json["spec"]["restartPolicy"].string ?? "Always"
        let isRestarted =
            container.isInit && !container.isSidecar
            ? code != 0 && policy != "Never" : policy == "Always" || (policy == "OnFailure" && code != 0)
        cluster.kubelet.endLogs(uid: pod.uid, container: name)
        cluster.kubelet.pods[pod.uid] = runtime
        if isRestarted, !pod.isTerminating, runtime.failure == nil {
            scheduleRestart(index, ranFor: (now - since) * cluster.settings.speed, pod, cluster)
        } else if container.isInit, code == 0 {
            advance(pod, cluster)
        }
        if let runtime = cluster.kubelet.pods[pod.uid] { PodStatus.publish(runtime, cluster) }
        if let stored = cluster.store.object(pod.key), Pods.isFinished(stored) { cluster.kubelet.release(pod.uid) }
    }

    /// Lets the containers of a pod take a fault that was asked for when they ran already.
    ///
    /// What keeps a container from starting shows when it starts the next time, and in new pods.
    static func strike(_ fault: Fault, _ pod: ObjectVersion, _ cluster: isolated Cluster) {
        guard let runtime = cluster.kubelet.pods[pod.uid] else { return }
        for container in runtime.containers where container.isRunning && (container.isMain || container.isSidecar) {
            switch fault.kind {
            case .crashloop:
                end(container, ProgramFaults.crashLines(fault), code: 1, reason: "Error", pod, cluster)
            case .oom: end(container, ProgramFaults.killLines(fault), code: 137, reason: "OOMKilled", pod, cluster)
            case .readiness: Probes.schedule(.readiness, source(pod, container), container, pod, cluster)
            case .liveness: Probes.schedule(.liveness, source(pod, container), container, pod, cluster)
            default: break
            }
        }
    }

    /// Ends the run of a container after some last lines.
    private static func end(
        _ container: ContainerRuntime, _ lines: [String], code: Int, reason: String, _ pod: ObjectVersion,
        _ cluster: isolated Cluster
    ) {
        guard let index = cluster.kubelet.pods[pod.uid]?.index(container.name) else { return }
        for text in lines {
            let line = LogLine(time: Timestamp.now, text: text)
            cluster.kubelet.pods[pod.uid]?.containers[index].log.append(line)
            cluster.kubelet.tell(uid: pod.uid, container: container.name, line)
        }
        exited(container.name, run: container.run, code: code, reason: reason, pod, cluster)
    }

    private static func scheduleRestart(
        _ index: Int, ranFor seconds: Double, _ pod: ObjectVersion, _ cluster: isolated Cluster
    ) {
        guard var runtime = cluster.kubelet.pods[pod.uid] else { return }
        let container = runtime.containers[index]
        if seconds > 600 { runtime.containers[index].backoff = 0 }
        let wait = runtime.containers[index].backoff
        runtime.containers[index].backoff = wait == 0 ? 10 : min(300, wait * 2)
        cluster.kubelet.pods[pod.uid] = runtime
        cluster.schedule(.pod(pod.key, uid: pod.uid, .endRun(container.name)), after: 1)
    }

    /// After the end of a run: the back-off begins, or the next run where there is none yet.
    private static func restart(_ name: String, _ pod: ObjectVersion, _ cluster: isolated Cluster) {
        guard var runtime = cluster.kubelet.pods[pod.uid], let index = runtime.index(name) else { return }
        let container = runtime.containers[index]
        let end: Termination
        switch container.state {
        case .terminated(let termination): end = termination
        case .waiting(StartFailure.reason, _):
            guard let last = container.last else { return }
            end = last
        default: return
        }
        let wait = container.backoff == 10 ? 0 : container.backoff / 2
        if wait == 0 {
            create(name, pod, cluster)
            return
        }
        let identity = "\(pod.key.name)_\(pod.key.namespace)(\(pod.uid))"
        runtime.containers[index].last = end
        runtime.containers[index].state = .waiting(
            "CrashLoopBackOff", "back-off \(duration(wait)) restarting failed container=\(name) pod=\(identity)")
        cluster.kubelet.pods[pod.uid] = runtime
        cluster.record(
            pod, "BackOff", "Back-off restarting failed container \(name) in pod \(identity)", source: .kubelet,
            isWarning: true,
            container: place(container))
        PodStatus.publish(runtime, cluster)
        cluster.schedule(.pod(pod.key, uid: pod.uid, .create(name)), after: wait)
    }

    private static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds)
        return whole < 60 ? "\(whole)s" : "\(whole / 60)m\(whole % 60)s"
    }

    // MARK: - Deletion

    /// Stops a pod that is to be deleted.
    static func terminate(_ pod: ObjectVersion, _ cluster: isolated Cluster) {
        guard let runtime = cluster.kubelet.pods[pod.uid] else {
            cluster.schedule(.removePod(pod.key, uid: pod.uid), after: Delay.start)
            return
        }
        for container in runtime.containers where container.isRunning {
            cluster.record(
                pod, "Killing", "Stopping container \(container.name)", source: .kubelet, container: place(container))
        }
        let grace = Double(pod.json["metadata"]["deletionGracePeriodSeconds"].int ?? 30)
        cluster.schedule(.removePod(pod.key, uid: pod.uid), after: min(grace, Delay.termination))
    }

    /// Removes a pod whose containers have ended.
    static func remove(_ pod: ObjectVersion, _ cluster: isolated Cluster) {
        cluster.kubelet.release(pod.uid)
        if pod.json["metadata"]["finalizers"].isEmpty {
            cluster.erase(pod.key)
        } else {
            cluster.modify(pod.key) { $0["metadata"]["deletionGracePeriodSeconds"] = 0 }
        }
    }
}
