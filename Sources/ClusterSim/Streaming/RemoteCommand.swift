/// A request to run a program in a container, or to follow the one that runs there.
struct RemoteCommand: Sendable {
    let pod: ObjectKey
    let container: String
    /// The program and its arguments; empty for an attach.
    let argv: [String]
    let hasInput: Bool
    let hasOutput: Bool
    let hasErrors: Bool
    let isTerminal: Bool

    /// Whether somebody types commands, rather than to have one run.
    var isConversation: Bool { argv.isEmpty || ContainerShell.isShell(argv) }
}

/// What a client wants of a connection that leaves HTTP.
enum StreamRequest: Sendable {
    case command(RemoteCommand)
    case forward(ObjectKey)
}

extension Cluster {
    /// What a request for a stream asks for; nil when it is another request.
    ///
    /// - Throws: `APIError` where a real server refuses before it goes over to the other protocol.
    func streamRequest(_ request: APIRequest) throws -> StreamRequest? {
        guard let target = request.target, let subresource = target.subresource,
            ["exec", "attach", "portforward"].contains(subresource), let name = target.name,
            let type = catalog.type(documentPath: target.documentPath, plural: target.plural), type == types.pods
        else { return nil }
        let key = ObjectKey(type: type, namespace: target.namespace ?? "", name: name)
        guard let pod = store.object(key) else { throw APIError.notFound(type, name) }
        if subresource == "portforward" {
            try checkHost(pod)
            return .forward(key)
        }
        let container = try streamContainer(request, pod, subresource)
        try checkHost(pod)
        let argv = subresource == "exec" ? request.values("command") : []
        if subresource == "exec", argv.isEmpty {
            throw APIError.badRequest("you must specify at least 1 command for the container")
        }
        return .command(
            RemoteCommand(
                pod: key, container: container, argv: argv, hasInput: request.flag("stdin"),
                hasOutput: request.flag("stdout"), hasErrors: request.flag("stderr") && !request.flag("tty"),
                isTerminal: request.flag("tty")))
    }

    private func checkHost(_ pod: ObjectVersion) throws {
        guard pod.json["spec"]["nodeName"].isNull else { return }
        throw APIError.badRequest("pod \(pod.key.name) does not have a host assigned")
    }

    private func streamContainer(_ request: APIRequest, _ pod: ObjectVersion, _ verb: String) throws -> String {
        let spec = pod.json["spec"]
        let names = (spec["containers"].array + spec["initContainers"].array + spec["ephemeralContainers"].array)
            .compactMap { $0["name"].string }
        if let name = request.query["container"], !name.isEmpty {
            guard names.contains(name) else {
                throw APIError.badRequest("container \(name) is not valid for pod \(pod.key.name)")
            }
            return name
        }
        let mains = spec["containers"].array.compactMap { $0["name"].string }
        if mains.count == 1 { return mains[0] }
        throw APIError.badRequest(
            "a container name must be specified for pod \(pod.key.name), choose one of: [\(mains.joined(separator: " "))]"
        )
    }

    // MARK: - Shells in containers

    private func source(_ command: RemoteCommand, _ pod: ObjectVersion) -> JSON {
        let spec = pod.json["spec"]
        return spec["containers"].element(where: "name", is: command.container)
            ?? spec["initContainers"].element(where: "name", is: command.container)
            ?? spec["ephemeralContainers"].element(where: "name", is: command.container) ?? .null
    }

    /// Whether a container runs, in a living pod or in a recorded one.
    func isRunning(_ command: RemoteCommand) -> Bool {
        guard let pod = store.object(command.pod) else { return false }
        if !frozen.contains(pod.key), let runtime = kubelet.pods[pod.uid], let index = runtime.index(command.container)
        {
            return runtime.containers[index].isRunning
        }
        return recordedStatus(pod, command.container)?["state"]["running"].isNull == false
    }

    /// A shell in a container, with the files that it has by now; nil when the container does not run.
    func shell(_ command: RemoteCommand) -> ContainerShell? {
        guard let pod = store.object(command.pod), isRunning(command) else { return nil }
        let source = source(command, pod)
        var contents = ContainerEnvironment.contents(pod, source, self)
        // What somebody will type is not known yet.
        let text = command.isConversation ? nil : command.argv.joined(separator: " ")
        contents.reach = network(of: pod, naming: text, contents.environment)
        if let runtime = kubelet.pods[pod.uid], let index = runtime.index(command.container) {
            let container = runtime.containers[index]
            if let disk = container.disk {
                contents.files.merge(disk.files) { mounted, _ in mounted }
                contents.folders.formUnion(disk.folders)
            } else {
                for (path, text) in container.program?.files ?? [:] { contents.files[path] = Array(text.utf8) }
            }
        }
        var shell = ContainerShell(contents)
        shell.directory = source["workingDir"].string ?? "/"
        return shell
    }

    /// Keeps the files that a shell left behind.
    func keep(_ shell: ContainerShell, of command: RemoteCommand) {
        guard let pod = store.object(command.pod), var runtime = kubelet.pods[pod.uid],
            let index = runtime.index(command.container)
        else { return }
        runtime.containers[index].disk = ContainerDisk(files: shell.contents.files, folders: shell.contents.folders)
        kubelet.pods[pod.uid] = runtime
    }

    /// The run of a container whose program is a shell that listens to whoever attaches; nil for every other.
    func listeningRun(_ command: RemoteCommand) -> Int? {
        guard let pod = store.object(command.pod), isRunning(command) else { return nil }
        let source = source(command, pod)
        guard ContainerProgram.listens(source), !frozen.contains(pod.key) else { return nil }
        return kubelet.pods[pod.uid].flatMap { runtime in
            runtime.index(command.container).map { runtime.containers[$0].run }
        }
    }

    /// Ends a run whose shell was left.
    func endRun(_ run: Int, of command: RemoteCommand, code: Int, output: [UInt8]) {
        guard let pod = store.object(command.pod), let index = kubelet.pods[pod.uid]?.index(command.container) else {
            return
        }
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n").map {
            LogLine(time: Timestamp.now, text: String($0))
        }
        kubelet.pods[pod.uid]?.containers[index].log += lines
        Kubelet.exited(command.container, run: run, code: code, pod, self)
    }

    /// What a running container writes from now on; nil when it does not run.
    func output(_ command: RemoteCommand) -> AsyncStream<[UInt8]>? {
        guard let pod = store.object(command.pod), isRunning(command) else { return nil }
        let (stream, continuation) = AsyncStream<[UInt8]>.makeStream()
        kubelet.follow(uid: pod.uid, container: command.container, continuation: continuation, timestamps: false)
        return stream
    }
}

/// How a command ended, as the error stream says it.
enum CommandStatus {
    static let success: JSON = ["metadata": [:], "status": "Success"]

    static func exit(_ code: Int) -> JSON {
        if code == 0 { return success }
        return [
            "metadata": [:], "status": "Failure", "reason": "NonZeroExitCode",
            "message": .string("command terminated with non-zero exit code: exit status \(code)"),
            "details": ["causes": [["reason": "ExitCode", "message": .string(String(code))]]],
        ]
    }

    static func failure(_ text: String) -> JSON {
        [
            "metadata": [:], "status": "Failure", "reason": "InternalError", "code": 500,
            "message": .string("Internal error occurred: \(text)"),
            "details": ["causes": [["message": .string(text)]]],
        ]
    }

    static func notFound(_ name: String) -> JSON {
        let reason =
            name.contains("/") ? "stat \(name): no such file or directory" : "executable file not found in $PATH"
        return failure(
            "Internal error occurred: error executing command in container: failed to exec in container: failed to start exec \"\(Names.containerID())\": OCI runtime exec failed: exec failed: unable to start container process: exec: \"\(name)\": \(reason): unknown"
        )
    }

    static func notRunning(_ container: String) -> JSON {
        failure("unable to upgrade connection: container not found (\"\(container)\")")
    }
}
