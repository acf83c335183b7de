import RunbookLua
import RunbookSecrets

/// Answers a minikube command as minikube 1.38 prints it.
struct SimulatedMinikube: Sendable {
    let machine: SimulatedMachine
    let shell: SimulatedShell
    /// The engine of this machine and of the node, when docker is real.
    let engine: RealEngine?

    static let version = "v1.38.1"

    func answer(_ arguments: [String]) async throws -> ToolAnswer {
        let flags: ToolFlags
        do {
            flags = try ToolFlags(
                arguments, valued: Self.valued, plain: Self.plain,
                short: ["p": "profile", "o": "output", "n": "namespace", "t": "tag", "f": "file", "l": "light"])
        } catch let error as ToolFlags.Unknown {
            return .failed(14, "Error: \(error.message)\nSee 'minikube --help' for usage.")
        }
        let profile = flags["profile"] ?? machine.withState { $0.active }
        let isJSON = flags["output"] == "json" || flags["format"] == "json"
        let rest = Array(flags.operands.dropFirst())
        let life = SimulatedMinikubeLife(machine: machine, profile: profile, isJSON: isJSON)
        switch flags.operands.first {
        case "version":
            if isJSON {
                return .ok(
                    "{\"commit\":\"c93a4cb9311efc66b90d33ea03f75f2c4120e9b0\",\"minikubeVersion\":\"\(Self.version)\"}\n"
                )
            }
            return .ok(
                flags.has("short")
                    ? "\(Self.version)\n"
                    : "minikube version: \(Self.version)\ncommit: c93a4cb9311efc66b90d33ea03f75f2c4120e9b0\n")
        case "status":
            if let node = flags["node"] { return SimulatedNodes(machine: machine, profile: profile).status(node) }
            return life.status()
        case "start": return life.start(flags)
        case "stop": return life.change("stop") { $0?.isRunning = false }
        case "pause": return life.change("pause") { $0?.isPaused = true }
        case "unpause": return life.change("unpause") { $0?.isPaused = false }
        case "delete": return life.change("delete") { $0 = nil }
        case "update-context":
            return .ok("* \"\(profile)\" context has been updated to point to \(SimulatedMachine.address):8443\n")
        case "docker-env": return life.dockerEnvironment(engine: try await engine?.variables())
        case "image": return try await image(rest, flags, profile, isJSON)
        case "addons": return life.addons(rest)
        case "profile": return life.profiles(rest)
        case "ip": return life.whenRunning { _ in .ok("\(SimulatedMachine.address)\n") }
        case "node":
            return life.whenRunning { _ in SimulatedNodes(machine: machine, profile: profile).answer(rest) }
        case "cp":
            let running = life.whenRunning { _ in .ok() }
            guard running.status == 0 else { return running }
            return try await SimulatedNodes(machine: machine, profile: profile).copy(rest, shell)
        case "service": return try await service(rest, flags, life)
        case "ssh": return life.whenRunning { _ in .ok() }
        case "logs": return life.whenRunning { _ in .ok("==> Audit <==\n") }
        case "config": return SimulatedSettings(machine: machine).answer(rest)
        case let verb?:
            return .failed(14, "Error: unknown command \"\(verb)\" for \"minikube\"\nRun 'minikube --help' for usage.")
        case nil:
            return .ok(
                "minikube provisions and manages local Kubernetes clusters optimized for development workflows.\n")
        }
    }

    private static let valued: Set<String> = [
        "profile", "output", "format", "namespace", "cpus", "memory", "disk-size", "driver", "kubernetes-version",
        "container-runtime", "nodes", "node", "addons", "wait", "wait-timeout", "tag", "file", "build-opt", "build-env",
        "length", "bootstrapper", "cni", "extra-config", "feature-gates", "base-image", "interval", "shell", "layout",
    ]
    private static let plain: Set<String> = [
        "skip-audit", "interactive", "dry-run", "url", "short", "all", "purge", "overwrite", "daemon", "remote", "pull",
        "push", "problems", "light", "force", "alsologtostderr", "refresh", "unset", "https", "native-ssh",
        "download-only",
        "no-kubernetes", "install-addons", "keep-context", "control-plane",
    ]

    private func service(_ rest: [String], _ flags: ToolFlags, _ life: SimulatedMinikubeLife) async throws -> ToolAnswer
    {
        let running = life.whenRunning { _ in .ok() }
        guard running.status == 0 else { return running }
        guard let name = rest.first, name != "list" else { return .ok() }
        let namespace = flags["namespace"] ?? "default"
        guard let urls = await machine.serviceURLs(namespace, name) else {
            return .failed(
                115,
                "X Exiting due to SVC_NOT_FOUND: Service '\(name)' was not found in '\(namespace)' namespace.\nYou may select another namespace by using 'minikube service \(name) -n <namespace>'. Or list out all the services using 'minikube service list'"
            )
        }
        return .lines(urls)
    }

    private func image(
        _ rest: [String], _ flags: ToolFlags, _ profile: String, _ isJSON: Bool
    ) async throws -> ToolAnswer {
        let running = SimulatedMinikubeLife(machine: machine, profile: profile, isJSON: false).whenRunning { _ in .ok()
        }
        guard running.status == 0 else { return running }
        let names = Array(rest.dropFirst())
        switch rest.first {
        case "ls", "list": return list(try await images(profile), isJSON)
        case "load": return try await load(names, profile)
        case "rm", "remove":
            onNode(profile) { node in for name in names { node.names[ImageName.full(name)] = nil } }
            return .ok()
        case "tag" where names.count == 2:
            onNode(profile) { node in if let image = node.image(names[0]) { node.add(image, as: [names[1]]) } }
            return .ok()
        case "push": return .ok()
        case "save" where names.count == 2:
            try await shell.write(names[1], Array("image \(names[0])\n".utf8))
            return .ok()
        case "pull":
            onNode(profile) { node in
                for name in names {
                    node.add(
                        SimulatedImage(
                            id: SimulatedImage.digest(of: [ImageName.full(name)]),
                            size: SimulatedImage.size(ofBase: name), layers: []),
                        as: [name])
                }
            }
            return .ok()
        case "build":
            var argv = ["docker", "build"]
            for tag in flags.all("tag") { argv += ["--tag", tag] }
            let folder = names.first ?? "."
            if let file = flags["file"] { argv += ["--file", "\(folder)/\(file)"] }
            let command = Command(
                argv + [folder],
                environment: [
                    "DOCKER_HOST": SensitiveText("tcp://\(SimulatedMachine.address):2376"),
                    "MINIKUBE_ACTIVE_DOCKERD": SensitiveText(profile),
                ])
            return try await SimulatedDocker(machine: machine, shell: shell, command: command).answer()
        default:
            return .failed(
                14,
                "Error: unknown command \"\(rest.first ?? "")\" for \"minikube image\"\nRun 'minikube image --help' for usage."
            )
        }
    }

    private func onNode(_ profile: String, _ body: (inout SimulatedMachine.Engine) -> Void) {
        machine.withState { state in
            guard var current = state.profiles[profile] else { return }
            body(&current.node)
            state.profiles[profile] = current
        }
    }

    private struct ListedImage {
        var id: String
        var tags: [String]
        var size: Int
    }

    /// What the node has: what was loaded, and what its engine has built.
    private func images(_ profile: String) async throws -> [ListedImage] {
        var rows = machine.withState { state -> [ListedImage] in
            guard let node = state.profiles[profile]?.node else { return [] }
            return node.images.values.map { image in
                ListedImage(
                    id: String(image.id.dropFirst(7)),
                    tags: node.names.filter { $0.value == image.id }.map(\.key).sorted(), size: image.size)
            }
        }
        for image in try await engine?.images() ?? [] {
            let id = String(image.id.dropFirst(7))
            rows.removeAll { $0.id == id }
            rows.append(ListedImage(id: id, tags: image.tags.map(ImageName.full).sorted(), size: image.size))
        }
        return rows.sorted { $0.tags.first ?? "" > $1.tags.first ?? "" }
    }

    private func list(_ rows: [ListedImage], _ isJSON: Bool) -> ToolAnswer {
        guard isJSON else { return .lines(rows.flatMap(\.tags)) }
        let value: LuaValue = .list(
            rows.map {
                [
                    "id": .string($0.id), "repoDigests": .list([]), "repoTags": .list($0.tags.map { .string($0) }),
                    "size": .string(String($0.size)),
                ]
            })
        return .ok(JSONText.encode(value, pretty: false) + "\n")
    }

    /// Loads images.
    ///
    /// One that is nowhere is only a line of the log: the real one exits 0 as well.
    private func load(_ names: [String], _ profile: String) async throws -> ToolAnswer {
        var warnings: [String] = []
        for name in names {
            if let bytes = try await shell.read(name) {
                let loaded = try await SimulatedDockerImages.load(bytes, shell) { image, tags in
                    onNode(profile) { $0.add(image, as: tags) }
                }
                if loaded == nil { warnings.append("\(name) is no image") }
                continue
            }
            let image =
                if let engine { try await engine.image(name) } else { machine.withState { $0.host.image(name) } }
            if let image {
                onNode(profile) { $0.add(image, as: [name]) }
            } else {
                warnings.append("Unable to load cached images: \(name): No such image")
            }
        }
        return .ok(stderr: warnings.map { "W0000 00:00:00.000000       1 cache_images.go:255] \($0)\n" }.joined())
    }
}
