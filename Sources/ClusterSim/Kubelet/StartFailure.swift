/// A program that the container's runtime cannot start, as the fault `start-error` shows it.
enum StartFailure {
    static let reason = "RunContainerError"

    /// The program that is not there.
    static func program(_ fault: Fault) -> String { fault.value ?? "/app/start" }

    /// Notes a failed start: the container waits, and its last end is one that never began.
    static func apply(
        _ fault: Fault, _ index: Int, _ runtime: inout PodRuntime, _ pod: ObjectVersion, _ cluster: isolated Cluster
    ) {
        let name = program(fault)
        let cause =
            name.contains("/")
            ? "stat \(name): no such file or directory" : "executable file not found in $PATH"
        let text =
            "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: \"\(name)\": \(cause)"
        let place = Kubelet.place(runtime.containers[index])
        if runtime.containers[index].run > 0 { runtime.containers[index].restartCount += 1 }
        runtime.containers[index].run += 1
        runtime.containers[index].containerID = Names.containerID()
        runtime.containers[index].state = .waiting(reason, text)
        // It never ran: its begin is the zero of time.
        runtime.containers[index].last = Termination(
            exitCode: 128, reason: "StartError", started: 0, finished: Timestamp.now,
            containerID: runtime.containers[index].containerID, message: text)
        cluster.record(pod, "Created", "Container created", source: .kubelet, container: place)
        cluster.record(pod, "Failed", "Error: \(text)", source: .kubelet, isWarning: true, container: place)
    }
}
