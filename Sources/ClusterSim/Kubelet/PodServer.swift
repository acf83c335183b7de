/// What a pod's port gives to a request.
enum PodAnswer: Sendable, Equatable {
    /// Nothing listens on the port.
    case refused
    case response(status: Int, type: String, body: [UInt8])

    /// The words of an HTTP status.
    static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 503: "Service Unavailable"
        default: "Internal Server Error"
        }
    }
}

/// A container that runs, and what it serves.
///
/// Images are not run. A container whose script starts `httpd` serves the files that it wrote. Every other one answers on
/// the ports that it declares: with 200, but for the paths of probes that fail.
struct PodServer: Sendable {
    let container: String
    let pod: String
    let program: ContainerProgram?
    let ports: Set<Int>
    /// The paths of HTTP probes, by port, with the status that they get; nil where nothing answers.
    let probed: [String: Int?]

    /// Whether something listens on a port.
    static func listens(_ servers: [PodServer], port: Int) -> Bool {
        servers.contains { $0.ports.contains(port) }
    }

    static func answer(_ servers: [PodServer], port: Int, path: String) -> PodAnswer {
        guard let server = servers.first(where: { $0.ports.contains(port) }) else { return .refused }
        return server.answer(port, path)
    }

    private func answer(_ port: Int, _ path: String) -> PodAnswer {
        if let program, !program.servesAnything {
            guard program.serverPort == port else { return .refused }
            guard let page = program.page(path) else {
                return .response(status: 404, type: "text/html", body: Array("<h1>404 Not Found</h1>\n".utf8))
            }
            return .response(status: 200, type: "text/plain", body: Array(page.utf8))
        }
        let plain = path.split(separator: "?", omittingEmptySubsequences: false).first.map(String.init) ?? path
        if let probe = probed["\(port)\(plain)"] {
            guard let status = probe else { return .refused }
            let text = status < 400 ? #"{"status":"ok"}"# : #"{"status":"unavailable"}"#
            return .response(status: status, type: "application/json", body: Array(text.utf8))
        }
        let text = JSONWriter.text([
            "simulated": true, "pod": .string(pod), "container": .string(container), "path": .string(path),
        ])
        return .response(status: 200, type: "application/json", body: Array(text.utf8))
    }
}

extension Cluster {
    /// What runs and listens in a pod.
    func servers(of pod: ObjectVersion) -> [PodServer] {
        let spec = pod.json["spec"]
        let runtime = frozen.contains(pod.key) ? nil : kubelet.pods[pod.uid]
        var result: [PodServer] = []
        for source in spec["containers"].array + spec["initContainers"].array {
            let name = source["name"].text
            let declared = source["ports"].array.compactMap { $0["containerPort"].int }
            if let runtime, let index = runtime.index(name) {
                let container = runtime.containers[index]
                guard container.isRunning else { continue }
                let port = container.program?.serverPort
                let ports = container.program?.servesAnything == false ? port.map { [$0] } ?? [] : declared
                let probed = probes(source) { kind in
                    Probes.failure(kind, source, container, runtime.faults).map { Probes.status(of: $0) } ?? 200
                }
                result.append(
                    PodServer(
                        container: name, pod: pod.key.name, program: container.program, ports: Set(ports),
                        probed: probed))
            } else if let status = recordedStatus(pod, name), !status["state"]["running"].isNull {
                let isReady = status["ready"].bool == true
                result.append(
                    PodServer(
                        container: name, pod: pod.key.name, program: nil, ports: Set(declared),
                        probed: probes(source) { $0 == .readiness && !isReady ? 503 : 200 }))
            }
        }
        return result
    }

    /// The status of a container, as it stands in its pod.
    func recordedStatus(_ pod: ObjectVersion, _ name: String) -> JSON? {
        pod.json["status"]["containerStatuses"].element(where: "name", is: name)
            ?? pod.json["status"]["initContainerStatuses"].element(where: "name", is: name)
            ?? pod.json["status"]["ephemeralContainerStatuses"].element(where: "name", is: name)
    }

    private func probes(_ source: JSON, _ status: (ProbeKind) -> Int?) -> [String: Int?] {
        var result: [String: Int?] = [:]
        // The readiness probe comes last, so that it decides where several ask for one path.
        for kind in [ProbeKind.startup, .liveness, .readiness] {
            let action = source[kind.rawValue]["httpGet"]
            guard !action.isNull else { continue }
            result.updateValue(status(kind), forKey: "\(Probes.port(action, source))\(action["path"].string ?? "/")")
        }
        return result
    }
}
