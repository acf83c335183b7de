import Foundation
import RunbookLua

/// docker's commands for images, simulated.
struct SimulatedDockerImages: Sendable {
    let docker: SimulatedDocker

    private static func missing(_ name: String) -> String {
        "Error response from daemon: No such image: \(withTag(name))"
    }

    private static func withTag(_ name: String) -> String { ImageName.short(ImageName.full(name)) }

    func list(_ arguments: [String]) throws -> ToolAnswer {
        let flags = try ToolFlags(
            arguments, valued: ["filter", "format"], plain: ["all", "no-trunc", "quiet", "digests", "tree"],
            short: ["a": "all", "q": "quiet", "f": "filter"])
        let wanted = flags.operands.first
        let isDangling = flags.all("filter").contains("dangling=true")
        let references = flags.all("filter").compactMap { $0.hasPrefix("reference=") ? String($0.dropFirst(10)) : nil }
        let rows = try docker.withEngine { engine in
            engine.names.map { (name: ImageName.short($0.key), image: engine.images[$0.value]) }
        }.filter { row in
            let name = Array(row.name)
            let repository = Array(ImageName.parts(row.name).repository)
            func fits(_ pattern: String) -> Bool {
                IgnoreList.matches(name, Array(pattern)[...]) || IgnoreList.matches(repository, Array(pattern)[...])
            }
            return !isDangling && (wanted.map(fits) ?? true) && references.allSatisfy(fits)
        }.sorted { ($0.image?.created ?? 0, $1.name) > ($1.image?.created ?? 0, $0.name) }
        let values = rows.compactMap { row in
            row.image.map { Self.row(row.name, $0, isFull: flags.has("no-trunc")) }
        }
        if flags.has("quiet") { return .lines(values.map { Display.text($0["ID"]) }) }
        if let format = flags["format"] { return .lines(try values.map { try ToolTemplate.render(format, $0) }) }
        let header = "REPOSITORY   TAG   IMAGE ID   CREATED   SIZE"
        return .lines(
            [header]
                + (try values.map {
                    try ToolTemplate.render("{{.Repository}}   {{.Tag}}   {{.ID}}   {{.CreatedSince}}   {{.Size}}", $0)
                }))
    }

    private static func row(_ name: String, _ image: SimulatedImage, isFull: Bool) -> LuaValue {
        let (repository, tag) = ImageName.parts(name)
        return [
            "ID": .string(isFull ? image.id : DockerTags.short(image.id)), "Repository": .string(repository),
            "Tag": .string(tag), "Digest": "<none>", "Size": .string(humanSize(image.size)), "Containers": "N/A",
            "CreatedSince": "Less than a second ago", "CreatedAt": .string(SystemClock.text(image.created)),
            "SharedSize": "N/A", "UniqueSize": "N/A",
        ]
    }

    /// `142MB`, `1.98MB`: four digits at most, without a blank, as docker prints sizes.
    static func humanSize(_ bytes: Int) -> String {
        let units = ["B", "kB", "MB", "GB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        let digits = value >= 100 || unit == 0 ? 0 : value >= 10 ? 1 : 2
        let text = String(format: "%.\(digits)f", value)
        return text + units[unit]
    }

    func inspect(_ arguments: [String]) throws -> ToolAnswer {
        let flags = try ToolFlags(arguments, valued: ["format", "platform", "type"], short: ["f": "format"])
        var found: [LuaValue] = []
        var complaints: [String] = []
        for name in flags.operands {
            let value = try docker.withEngine { engine in
                engine.image(name).map { Self.details($0, tags: engine.tags(of: $0.id)) }
            }
            if let value { found.append(value) } else { complaints.append(Self.missing(name)) }
        }
        let format = flags["format"]
        let text =
            try format.map { format in try found.map { try ToolTemplate.render(format, $0) + "\n" }.joined() }
            ?? JSONText.encode(.list(found), pretty: true) + "\n"
        guard complaints.isEmpty else { return .failed(1, complaints.joined(separator: "\n"), stdout: text) }
        return .ok(text)
    }

    private static func details(_ image: SimulatedImage, tags: [String]) -> LuaValue {
        [
            "Id": .string(image.id), "RepoTags": .list(tags.map { .string($0) }), "RepoDigests": .list([]),
            "Created": .string(SystemClock.text(image.created)), "Architecture": "amd64", "Os": "linux",
            "Size": .integer(Int64(image.size)),
            "Config": [
                "Labels": .table(
                    LuaTable(image.labels.sorted { $0.key < $1.key }.map { (.string($0.key), .string($0.value)) }))
            ],
            "RootFS": [
                "Type": "layers",
                "Layers": .list(image.layers.map { .string(SimulatedImage.digest(of: [$0.instruction])) }),
            ],
        ]
    }

    func tag(_ arguments: [String]) throws -> ToolAnswer {
        let flags = try ToolFlags(arguments, valued: [])
        guard flags.operands.count == 2 else {
            return .failed(
                1,
                "docker: 'docker tag' requires 2 arguments\n\nUsage:  docker tag SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]")
        }
        guard ImageName.isValid(flags.operands[1]) else {
            return .failed(
                1,
                "Error parsing reference: \"\(flags.operands[1])\" is not a valid repository/tag: invalid reference format"
            )
        }
        let isDone = try docker.withEngine { engine in
            guard let image = engine.image(flags.operands[0]) else { return false }
            engine.add(image, as: [flags.operands[1]])
            return true
        }
        return isDone ? .ok() : .failed(1, Self.missing(flags.operands[0]))
    }

    func remove(_ arguments: [String]) throws -> ToolAnswer {
        let flags = try ToolFlags(arguments, valued: ["platform"], plain: ["force", "no-prune"], short: ["f": "force"])
        var lines: [String] = []
        var complaints: [String] = []
        for name in flags.operands {
            let removed = try docker.withEngine { engine -> [String]? in
                guard let image = engine.image(name) else { return nil }
                let isName = engine.names.removeValue(forKey: ImageName.full(name)) != nil
                var lines = isName ? ["Untagged: \(Self.withTag(name))"] : []
                if !isName { for tag in engine.tags(of: image.id) { engine.names[ImageName.full(tag)] = nil } }
                if !engine.names.values.contains(image.id) {
                    engine.images[image.id] = nil
                    lines.append("Deleted: \(image.id)")
                }
                return lines
            }
            if let removed { lines += removed } else { complaints.append(Self.missing(name)) }
        }
        let text = lines.map { $0 + "\n" }.joined()
        return complaints.isEmpty ? .ok(text) : .failed(1, complaints.joined(separator: "\n"), stdout: text)
    }

    func prune(_ arguments: [String]) throws -> ToolAnswer {
        let flags = try ToolFlags(
            arguments, valued: ["filter"], plain: ["force", "all"], short: ["f": "force", "a": "all"])
        // Without an answer to its question docker ends well and removes nothing.
        guard flags.has("force") else { return .ok("WARNING! This will remove all dangling images.\n") }
        let freed = try docker.withEngine { engine in
            let unused = engine.images.values.filter { !engine.names.values.contains($0.id) }
            for image in unused { engine.images[image.id] = nil }
            return unused.reduce(0) { $0 + $1.size }
        }
        return .ok("Total reclaimed space: \(Self.humanSize(freed))\n")
    }

    func pull(_ arguments: [String]) async throws -> ToolAnswer {
        let flags = try ToolFlags(
            arguments, valued: ["platform"], plain: ["quiet", "all-tags"], short: ["q": "quiet", "a": "all-tags"])
        guard let name = flags.operands.first else { return .failed(1, "docker: 'docker pull' requires 1 argument") }
        guard ImageName.isValid(name) else { return .failed(1, "invalid reference format") }
        let created = try await docker.shell.base.now()
        let full = ImageName.full(name)
        try docker.withEngine { engine in
            let image = SimulatedImage(
                id: SimulatedImage.digest(of: [full]), size: SimulatedImage.size(ofBase: name), layers: [],
                created: created)
            engine.add(image, as: [name])
        }
        if flags.has("quiet") { return .ok("\(full)\n") }
        let (repository, tag) = ImageName.parts(full)
        return .ok(
            "\(tag): Pulling from \(repository.replacing("docker.io/", with: ""))\nDigest: \(SimulatedImage.digest(of: [full, "digest"]))\nStatus: Downloaded newer image for \(Self.withTag(name))\n\(full)\n"
        )
    }

    func push(_ arguments: [String]) throws -> ToolAnswer {
        let flags = try ToolFlags(
            arguments, valued: ["platform"], plain: ["quiet", "all-tags"], short: ["q": "quiet", "a": "all-tags"])
        guard let name = flags.operands.first else { return .failed(1, "docker: 'docker push' requires 1 argument") }
        let image = try docker.withEngine { $0.image(name) }
        let (repository, tag) = ImageName.parts(ImageName.full(name))
        guard let image else {
            return .failed(
                1, "An image does not exist locally with the tag: \(ImageName.short(repository))",
                stdout: "The push refers to repository [\(repository)]\n")
        }
        return .ok(
            "The push refers to repository [\(repository)]\n\(tag): digest: \(SimulatedImage.digest(of: [image.id])) size: 1573\n"
        )
    }

    func history(_ arguments: [String]) throws -> ToolAnswer {
        let flags = try ToolFlags(
            arguments, valued: ["format", "platform"], plain: ["no-trunc", "human", "quiet"],
            short: ["H": "human", "q": "quiet"])
        guard let name = flags.operands.first, let image = try docker.withEngine({ $0.image(name) }) else {
            return .failed(1, Self.missing(flags.operands.first ?? ""))
        }
        let rows: [LuaValue] = image.layers.reversed().map { layer in
            let isExact = flags["human"] == "false"
            return [
                "ID": "<missing>", "CreatedBy": .string(layer.instruction), "CreatedSince": "Less than a second ago",
                "CreatedAt": .string(SystemClock.text(image.created)), "Comment": "buildkit.dockerfile.v0",
                "Size": .string(isExact ? String(layer.size) : Self.humanSize(layer.size)),
            ]
        }
        let format = flags["format"] ?? "{{.ID}}   {{.CreatedSince}}   {{.CreatedBy}}   {{.Size}}   {{.Comment}}"
        let lines = try rows.map { try ToolTemplate.render(format, $0) }
        return .lines((flags["format"] == nil ? ["IMAGE   CREATED   CREATED BY   SIZE   COMMENT"] : []) + lines)
    }

    func save(_ arguments: [String]) async throws -> ToolAnswer {
        let flags = try ToolFlags(arguments, valued: ["output", "platform"], short: ["o": "output"])
        guard let file = flags["output"] else {
            return .failed(1, "cowardly refusing to save to a terminal. Use the -o flag or redirect")
        }
        var saved: [SavedImage] = []
        for name in flags.operands {
            guard let image = try docker.withEngine({ $0.image(name) }) else { return .failed(1, Self.missing(name)) }
            saved.append(SavedImage(config: image.id, tags: [Self.withTag(name)], size: image.size))
        }
        try await docker.shell.write(
            file, TarFile.make(name: "manifest.json", content: Array(try JSONEncoder().encode(saved))))
        return .ok()
    }

    func load(_ arguments: [String]) async throws -> ToolAnswer {
        let flags = try ToolFlags(
            arguments, valued: ["input", "platform"], plain: ["quiet"], short: ["i": "input", "q": "quiet"])
        guard let file = flags["input"] else {
            return .failed(1, "requested load from stdin, but stdin is empty")
        }
        guard let bytes = try await docker.shell.read(file) else {
            return .failed(1, "open \(file): no such file or directory")
        }
        guard
            let names = try await Self.load(
                bytes, docker.shell,
                { image, tags in
                    try docker.withEngine { $0.add(image, as: tags) }
                })
        else { return .failed(1, "Error response from daemon: invalid archive: does not contain a manifest.json") }
        return .lines(names.map { "Loaded image: \($0)" })
    }

    /// Takes the images of a saved file; nil for what is none.
    static func load(
        _ bytes: [UInt8], _ shell: SimulatedShell, _ add: (SimulatedImage, [String]) throws -> Void
    ) async throws -> [String]? {
        guard let manifest = TarFile.content(of: "manifest.json", in: bytes),
            let saved = try? JSONDecoder().decode([SavedImage].self, from: Data(manifest))
        else { return nil }
        let created = try await shell.base.now()
        for image in saved {
            let id = image.config.hasPrefix("sha256:") ? image.config : SimulatedImage.digest(of: [image.config])
            try add(
                SimulatedImage(id: id, size: image.size ?? bytes.count, layers: [], created: created), image.tags ?? [])
        }
        return saved.flatMap { $0.tags ?? [] }
    }

    /// What a saved file says of an image: docker's own keys, and the size, which the real one does not tell.
    private struct SavedImage: Codable {
        var config: String
        var tags: [String]?
        var size: Int?
        enum CodingKeys: String, CodingKey {
            case config = "Config"
            case tags = "RepoTags"
            case size = "Size"
        }
    }
}
