import RunbookLua

/// docker's commands for containers, volumes and networks, simulated: what is run ends at once and prints nothing.
struct SimulatedDockerContainers: Sendable {
    let docker: SimulatedDocker

    private static func missing(_ name: String) -> String { "Error response from daemon: No such container: \(name)" }

    func answer(to verb: String, _ arguments: [String]) async throws -> ToolAnswer {
        switch verb {
        case "run", "create": return try await run(arguments, isCreate: verb == "create")
        case "ps": return try list(arguments)
        case "container": return try await container(arguments)
        case "exec": return try exec(arguments)
        case "logs":
            let flags = try ToolFlags(
                arguments, valued: ["tail", "since", "until"], plain: ["follow", "timestamps", "details"],
                short: ["n": "tail", "f": "follow", "t": "timestamps"])
            return try find(flags) { _ in .ok() }
        case "start", "stop", "restart", "kill", "wait":
            return try life(verb, arguments)
        case "rm": return try remove(arguments)
        case "cp", "port", "top", "diff":
            let flags = try ToolFlags(
                arguments, valued: [], plain: ["archive", "quiet", "follow-link"],
                short: ["a": "archive", "q": "quiet", "L": "follow-link"])
            let name = flags.operands.first { verb != "cp" || $0.contains(":") } ?? ""
            return try find(name.split(separator: ":").first.map(String.init) ?? "") { _ in .ok() }
        case "volume", "network": return try objects(verb, arguments)
        case "builder" where arguments.first == "prune", "system" where arguments.first == "prune":
            return .ok("Total reclaimed space: 0B\n")
        default:
            return .failed(1, "docker: unknown command: docker \(verb)\n\nRun 'docker --help' for more information")
        }
    }

    private func container(_ arguments: [String]) async throws -> ToolAnswer {
        let rest = Array(arguments.dropFirst())
        switch arguments.first {
        case "ls", "list", "ps": return try list(rest)
        case "inspect":
            return try inspect(
                ToolFlags(rest, valued: ["format"], plain: ["size"], short: ["f": "format", "s": "size"]))
        case "prune":
            guard rest.contains("--force") || rest.contains("-f") else {
                return .ok("WARNING! This will remove all stopped containers.\n")
            }
            try docker.withEngine { $0.containers.removeAll { !$0.isRunning } }
            return .ok("Total reclaimed space: 0B\n")
        case let verb?: return try await answer(to: verb, rest)
        case nil: return .ok("\nUsage:  docker container COMMAND\n")
        }
    }

    private func run(_ arguments: [String], isCreate: Bool) async throws -> ToolAnswer {
        let flags = try ToolFlags(
            arguments,
            valued: [
                "name", "env", "env-file", "publish", "volume", "mount", "network", "user", "workdir", "entrypoint",
                "label", "memory", "cpus", "restart", "platform", "pull", "hostname", "add-host", "health-cmd", "gpus",
                "cidfile", "tmpfs", "cap-add", "cap-drop", "security-opt", "ulimit", "shm-size", "stop-timeout",
            ], plain: ["detach", "rm", "interactive", "tty", "init", "privileged", "read-only", "quiet"],
            short: [
                "d": "detach", "i": "interactive", "t": "tty", "e": "env", "p": "publish", "v": "volume", "u": "user",
                "w": "workdir", "l": "label", "m": "memory", "q": "quiet", "h": "hostname",
            ], stopsAtOperand: true)
        guard let image = flags.operands.first else {
            return .failed(
                125,
                "docker: 'docker run' requires at least 1 argument\n\nUsage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]"
            )
        }
        guard ImageName.isValid(image) || image.hasPrefix("sha256:") else {
            return .failed(125, "docker: invalid reference format\n\nRun 'docker run --help' for more information")
        }
        let isThere = try docker.withEngine { $0.image(image) != nil }
        if !isThere, flags["pull"] == "never" {
            return .failed(125, "docker: Error response from daemon: No such image: \(image)")
        }
        if !isThere { _ = try await SimulatedDockerImages(docker: docker).pull([image]) }
        let now = try await docker.shell.base.now()
        let isDetached = flags.has("detach")
        let conflict = try docker.withEngine { engine -> (String, Bool) in
            let id = String(
                SimulatedImage.digest(of: [image, String(engine.containers.count), String(now)]).dropFirst(7))
            let name = flags["name"] ?? "simulated_\(engine.containers.count + 1)"
            if engine.containers.contains(where: { $0.name == name }) { return (name, true) }
            if isCreate || isDetached || !flags.has("rm") {
                engine.containers.append(
                    SimulatedContainer(
                        id: id, name: name, image: image, command: flags.operands.dropFirst().joined(separator: " "),
                        isRunning: isDetached, created: now))
            }
            return (id, false)
        }
        if conflict.1 {
            return .failed(
                125,
                "docker: Error response from daemon: Conflict. The container name \"/\(conflict.0)\" is already in use. You have to remove (or rename) that container to be able to reuse that name.\n\nRun 'docker run --help' for more information"
            )
        }
        let told = isThere ? "" : "Unable to find image '\(image)' locally\n"
        return isDetached || isCreate ? .ok(conflict.0 + "\n", stderr: told) : .ok(stderr: told)
    }

    private func list(_ arguments: [String]) throws -> ToolAnswer {
        let flags = try ToolFlags(
            arguments, valued: ["filter", "format", "last"], plain: ["all", "no-trunc", "quiet", "size", "latest"],
            short: ["a": "all", "f": "filter", "q": "quiet", "s": "size", "n": "last", "l": "latest"])
        let names = flags.all("filter").compactMap { $0.hasPrefix("name=") ? String($0.dropFirst(5)) : nil }
        let shown = try docker.withEngine { engine in
            engine.containers.reversed().filter { container in
                (flags.has("all") || container.isRunning) && names.allSatisfy { container.name.contains($0) }
            }
        }
        let rows = shown.map { Self.row($0, isFull: flags.has("no-trunc")) }
        if flags.has("quiet") { return .lines(rows.map { Display.text($0["ID"]) }) }
        if let format = flags["format"] { return .lines(try rows.map { try ToolTemplate.render(format, $0) }) }
        let template = "{{.ID}}   {{.Image}}   {{.Command}}   {{.RunningFor}}   {{.Status}}   {{.Ports}}   {{.Names}}"
        return .lines(
            ["CONTAINER ID   IMAGE   COMMAND   CREATED   STATUS   PORTS   NAMES"]
                + (try rows.map { try ToolTemplate.render(template, $0) }))
    }

    private static func row(_ container: SimulatedContainer, isFull: Bool) -> LuaValue {
        [
            "ID": .string(isFull ? container.id : String(container.id.prefix(12))), "Names": .string(container.name),
            "Image": .string(container.image), "Command": .string("\"\(container.command)\""),
            "State": .string(container.isRunning ? "running" : "exited"),
            "Status": .string(
                container.isRunning ? "Up Less than a second" : "Exited (\(container.exitCode)) Less than a second ago"),
            "Ports": "", "RunningFor": "Less than a second ago",
            "CreatedAt": .string(SystemClock.text(container.created)),
            "Labels": "", "Mounts": "", "Networks": "bridge", "Size": "0B",
        ]
    }

    func inspect(_ flags: ToolFlags) throws -> ToolAnswer {
        var found: [LuaValue] = []
        var complaints: [String] = []
        for name in flags.operands {
            let container = try docker.withEngine { engine in engine.containers.first { Self.fits($0, name) } }
            guard let container else {
                complaints.append(Self.missing(name))
                continue
            }
            found.append([
                "Id": .string(container.id), "Name": .string("/\(container.name)"),
                "Created": .string(SystemClock.text(container.created)),
                "State": [
                    "Status": .string(container.isRunning ? "running" : "exited"),
                    "Running": .boolean(container.isRunning), "ExitCode": .integer(Int64(container.exitCode)),
                ],
                "Config": ["Image": .string(container.image)],
                "NetworkSettings": ["Ports": .table(LuaTable())],
            ])
        }
        let text =
            try flags["format"].map { format in try found.map { try ToolTemplate.render(format, $0) + "\n" }.joined() }
            ?? JSONText.encode(.list(found), pretty: true) + "\n"
        return complaints.isEmpty ? .ok(text) : .failed(1, complaints.joined(separator: "\n"), stdout: text)
    }

    private static func fits(_ container: SimulatedContainer, _ name: String) -> Bool {
        container.name == name || (name.count >= 4 && container.id.hasPrefix(name))
    }

    private func find(_ flags: ToolFlags, _ body: (SimulatedContainer) -> ToolAnswer) throws -> ToolAnswer {
        try find(flags.operands.first ?? "", body)
    }

    private func find(_ name: String, _ body: (SimulatedContainer) -> ToolAnswer) throws -> ToolAnswer {
        let container = try docker.withEngine { engine in engine.containers.first { Self.fits($0, name) } }
        guard let container else { return .failed(1, Self.missing(name)) }
        return body(container)
    }

    private func exec(_ arguments: [String]) throws -> ToolAnswer {
        let flags = try ToolFlags(
            arguments, valued: ["env", "env-file", "user", "workdir", "detach-keys"],
            plain: ["detach", "interactive", "tty", "privileged"],
            short: ["d": "detach", "i": "interactive", "t": "tty", "e": "env", "u": "user", "w": "workdir"],
            stopsAtOperand: true)
        return try find(flags) { container in
            container.isRunning
                ? .ok() : .failed(1, "Error response from daemon: container \(container.id) is not running")
        }
    }

    private func life(_ verb: String, _ arguments: [String]) throws -> ToolAnswer {
        let flags = try ToolFlags(
            arguments, valued: ["time", "timeout", "signal", "detach-keys"], plain: ["attach", "interactive"],
            short: ["t": "time", "s": "signal", "a": "attach", "i": "interactive"])
        var lines: [String] = []
        var complaints: [String] = []
        for name in flags.operands {
            let complaint = try docker.withEngine { engine -> String? in
                guard let index = engine.containers.firstIndex(where: { Self.fits($0, name) }) else {
                    return Self.missing(name)
                }
                if verb == "kill", !engine.containers[index].isRunning {
                    return
                        "Error response from daemon: cannot kill container: \(name): container \(engine.containers[index].id) is not running"
                }
                engine.containers[index].isRunning = verb == "start" || verb == "restart"
                engine.containers[index].exitCode = verb == "kill" ? 137 : 0
                return nil
            }
            if let complaint { complaints.append(complaint) } else { lines.append(verb == "wait" ? "0" : name) }
        }
        let text = lines.map { $0 + "\n" }.joined()
        return complaints.isEmpty ? .ok(text) : .failed(1, complaints.joined(separator: "\n"), stdout: text)
    }

    private func remove(_ arguments: [String]) throws -> ToolAnswer {
        let flags = try ToolFlags(
            arguments, valued: [], plain: ["force", "volumes", "link"],
            short: ["f": "force", "v": "volumes", "l": "link"])
        var lines: [String] = []
        var complaints: [String] = []
        for name in flags.operands {
            let complaint = try docker.withEngine { engine -> String? in
                guard let index = engine.containers.firstIndex(where: { Self.fits($0, name) }) else {
                    return Self.missing(name)
                }
                if engine.containers[index].isRunning, !flags.has("force") {
                    return
                        "Error response from daemon: cannot remove container \"\(name)\": container is running: stop the container before removing or force remove"
                }
                engine.containers.remove(at: index)
                return nil
            }
            if let complaint { complaints.append(complaint) } else { lines.append(name) }
        }
        let text = lines.map { $0 + "\n" }.joined()
        // With --force a container that is not there is only told, and docker exits 0.
        if flags.has("force") { return .ok(text, stderr: complaints.map { $0 + "\n" }.joined()) }
        return complaints.isEmpty ? .ok(text) : .failed(1, complaints.joined(separator: "\n"), stdout: text)
    }

    private func objects(_ kind: String, _ arguments: [String]) throws -> ToolAnswer {
        let flags = try ToolFlags(
            arguments, valued: ["driver", "label", "opt", "filter", "format", "subnet"],
            plain: ["force", "quiet", "all", "no-trunc", "internal", "attachable"],
            short: ["f": "force", "q": "quiet", "a": "all", "d": "driver"])
        let names = flags.operands.dropFirst()
        func list(_ engine: SimulatedMachine.Engine) -> [String] { kind == "volume" ? engine.volumes : engine.networks }
        switch flags.operands.first {
        case "ls", "list":
            let filter = flags.all("filter").compactMap { $0.hasPrefix("name=") ? String($0.dropFirst(5)) : nil }
            let found = try docker.withEngine { list($0) }.filter { name in filter.allSatisfy { name.contains($0) } }
            if flags.has("quiet") { return .lines(found) }
            let format = flags["format"] ?? "{{.Driver}}   {{.Name}}"
            return .lines(
                try found.map { name in
                    try ToolTemplate.render(
                        format,
                        [
                            "Name": .string(name), "Driver": kind == "volume" ? "local" : "bridge", "Scope": "local",
                            "Labels": "",
                            "ID": .string(String(SimulatedImage.digest(of: [name]).dropFirst(7).prefix(12))),
                        ])
                })
        case "create":
            let name = names.first ?? SimulatedImage.digest(of: [kind]).dropFirst(7).description
            let isTaken = try docker.withEngine { engine -> Bool in
                if list(engine).contains(name) { return true }
                if kind == "volume" { engine.volumes.append(name) } else { engine.networks.append(name) }
                return false
            }
            if isTaken, kind == "network" {
                return .failed(1, "Error response from daemon: network with name \(name) already exists")
            }
            return .ok(name + "\n")
        case "rm", "remove":
            for name in names {
                let isThere = try docker.withEngine { engine -> Bool in
                    let isThere = list(engine).contains(name)
                    if kind == "volume" {
                        engine.volumes.removeAll { $0 == name }
                    } else {
                        engine.networks.removeAll { $0 == name }
                    }
                    return isThere
                }
                if !isThere {
                    return .failed(
                        1,
                        kind == "volume"
                            ? "Error response from daemon: get \(name): no such volume"
                            : "Error response from daemon: network \(name) not found")
                }
            }
            return .lines(Array(names))
        case "inspect":
            for name in names where try !docker.withEngine({ list($0).contains(name) }) {
                return .failed(
                    1,
                    kind == "volume"
                        ? "Error response from daemon: get \(name): no such volume"
                        : "Error response from daemon: network \(name) not found", stdout: "[]\n")
            }
            return .ok(JSONText.encode(.list(names.map { ["Name": .string($0)] }), pretty: true) + "\n")
        case "prune":
            return .ok(
                flags.has("force")
                    ? "Total reclaimed space: 0B\n"
                    : "WARNING! This will remove anonymous local volumes not used by at least one container.\n")
        default:
            return .failed(
                1,
                "docker: unknown command: docker \(kind) \(flags.operands.first ?? "")\n\nUsage:  docker \(kind)\n\nRun 'docker \(kind) --help' for more information"
            )
        }
    }
}
