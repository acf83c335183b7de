/// What containers wrote.
enum Logs {
    static func bytes(_ line: LogLine, timestamps: Bool) -> [UInt8] {
        Array(((timestamps ? Timestamp.nanoseconds(line.time) + " " : "") + line.text + "\n").utf8)
    }
}

extension Cluster {
    /// Answers a request for a container's log.
    func log(_ request: APIRequest, key: ObjectKey) throws -> Answer {
        guard let pod = store.object(key) else { throw APIError.notFound(types.pods, key.name) }
        let container = try logContainer(request, pod)
        let isPrevious = request.flag("previous")
        if frozen.contains(key) || kubelet.pods[pod.uid] == nil {
            return try recordedLog(pod, container, isPrevious: isPrevious, request)
        }
        guard let runtime = kubelet.pods[pod.uid], let index = runtime.index(container) else { return .text("") }
        let state = runtime.containers[index]
        if isPrevious {
            guard let lines = state.previousLog else {
                // While a container waits for its next run, the run that ended is the one that "previous" means.
                throw APIError.badRequest(
                    "previous terminated container \"\(container)\" in pod \"\(key.name)\" not found")
            }
            return .text(try selected(lines, request))
        }
        if case .waiting(let reason, let message) = state.state, state.run == 0 {
            let text: String
            switch reason {
            case "ContainerCreating", "PodInitializing", "CreateContainerConfigError":
                text = "is waiting to start: \(reason)"
            case "ErrImagePull": text = "is waiting to start: image can't be pulled"
            case "ImagePullBackOff": text = "is waiting to start: trying and failing to pull image"
            default: text = "is waiting to start: \(message ?? reason)"
            }
            throw APIError.badRequest("container \"\(container)\" in pod \"\(key.name)\" \(text)")
        }
        let text = try selected(state.log, request)
        guard request.flag("follow"), state.isRunning else { return .text(text) }
        let (stream, continuation) = AsyncStream<[UInt8]>.makeStream()
        if !text.isEmpty { continuation.yield(Array(text.utf8)) }
        kubelet.follow(
            uid: pod.uid, container: container, continuation: continuation, timestamps: request.flag("timestamps"))
        return .logs(stream)
    }

    private func logContainer(_ request: APIRequest, _ pod: ObjectVersion) throws -> String {
        let spec = pod.json["spec"]
        let mains = spec["containers"].array.compactMap { $0["name"].string }
        let inits = spec["initContainers"].array.compactMap { $0["name"].string }
        if let name = request.query["container"], !name.isEmpty {
            guard mains.contains(name) || inits.contains(name) else {
                throw APIError.badRequest("container \(name) is not valid for pod \(pod.key.name)")
            }
            return name
        }
        if mains.count == 1, let only = mains.first { return only }
        var text =
            "a container name must be specified for pod \(pod.key.name), choose one of: [\(mains.joined(separator: " "))]"
        if !inits.isEmpty { text += " or one of the init containers: [\(inits.joined(separator: " "))]" }
        throw APIError.badRequest(text)
    }

    private func recordedLog(_ pod: ObjectVersion, _ container: String, isPrevious: Bool, _ request: APIRequest) throws
        -> Answer
    {
        let logs = recordedLogs["\(pod.key.name)/\(container)"]
        if let text = logs[isPrevious ? "previous" : "current"].string {
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
                LogLine(time: Timestamp.now, text: String($0))
            }
            let hasEnd = text.hasSuffix("\n")
            if text.isEmpty { return .text("") }
            let chosen = try selected(hasEnd ? lines.dropLast() : lines, request)
            return .text(hasEnd ? chosen : String(chosen.dropLast()))
        }
        if isPrevious {
            throw APIError.badRequest(
                "previous terminated container \"\(container)\" in pod \"\(pod.key.name)\" not found")
        }
        if pod.json["spec"]["nodeName"].isNull { return .text("") }
        let statuses = pod.json["status"]["containerStatuses"].array + pod.json["status"]["initContainerStatuses"].array
        let waiting = statuses.first { $0["name"].string == container }?["state"]["waiting"] ?? .null
        let text: String
        switch waiting["reason"].string {
        case "ErrImagePull": text = "image can't be pulled"
        case "ImagePullBackOff": text = "trying and failing to pull image"
        case "ErrImageNeverPull": text = waiting["message"].string ?? "ErrImageNeverPull"
        case let reason: text = reason ?? "ContainerCreating"
        }
        throw APIError.badRequest("container \"\(container)\" in pod \"\(pod.key.name)\" is waiting to start: \(text)")
    }

    /// - Throws: `APIError` 422 for options that a log cannot be read with.
    private static func checkOptions(_ request: APIRequest) throws {
        var wrong: [FieldError] = []
        func bounded(_ name: String, _ least: Int, _ rule: String) {
            guard let number = request.query[name].flatMap({ Int($0) }), number < least else { return }
            wrong.append(.invalid(name, .int(number), rule))
        }
        bounded("tailLines", 0, Formats.notNegative)
        bounded("limitBytes", 1, "must be greater than 0")
        if request.query["sinceSeconds"] != nil, request.query["sinceTime"] != nil {
            wrong.append(.forbidden("[]", "at most one of `sinceTime` or `sinceSeconds` may be specified"))
        } else {
            bounded("sinceSeconds", 1, "must be greater than 0")
        }
        guard !wrong.isEmpty else { return }
        let texts = wrong.map(\.text)
        throw APIError(
            code: 422, reason: "Invalid",
            message:
                "PodLogOptions \"\" is invalid: \(texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ", "))]")")
    }

    private func selected(_ lines: some Collection<LogLine>, _ request: APIRequest) throws -> String {
        try Self.checkOptions(request)
        var lines = Array(lines)
        if let seconds = request.query["sinceSeconds"].flatMap({ Double($0) }) {
            lines = lines.filter { $0.time >= Timestamp.now - seconds }
        }
        if let since = request.query["sinceTime"].flatMap(Timestamp.parse) { lines = lines.filter { $0.time >= since } }
        if let tail = request.query["tailLines"].flatMap({ Int($0) }) {
            lines = lines.suffix(tail)
        }
        var bytes: [UInt8] = []
        for line in lines { bytes += Logs.bytes(line, timestamps: request.flag("timestamps")) }
        if let limit = request.query["limitBytes"].flatMap({ Int($0) }) { bytes = Array(bytes.prefix(limit)) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
