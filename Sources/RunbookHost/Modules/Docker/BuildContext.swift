/// The folder that a build is given, and the Dockerfile in it, looked at by reads only.
struct BuildContext: Sendable {
    let folder: String
    let dockerfilePath: String

    /// Describes a context as it is named on docker's command line; the Dockerfile is `file` or the folder's own.
    init(folder: String, file: String?) {
        self.folder = folder
        dockerfilePath = file ?? Self.join(folder, "Dockerfile")
    }

    /// True for a context that is no folder of this machine: a repository or an archive by address, or standard input.
    static func isRemote(_ context: String) -> Bool {
        context == "-" || context.contains("://") || context.hasPrefix("git@") || context.hasPrefix("github.com/")
    }

    /// Makes sure that the folder and the Dockerfile are there.
    ///
    /// - Throws: `RunbookError` with code `missing`, naming the path.
    func checkPresence(_ function: String, in world: any World) async throws {
        guard let status = try await world.status(of: folder) else {
            throw RunbookError(
                .missing, "`\(function)`: the context \(folder) does not exist",
                remedy: "paths are relative to the runbook's folder")
        }
        guard status.isFolder else {
            throw RunbookError(.missing, "`\(function)`: the context \(folder) is not a folder")
        }
        guard let file = try await world.status(of: dockerfilePath), !file.isFolder else {
            throw RunbookError(
                .missing, "`\(function)`: there is no Dockerfile at \(dockerfilePath)",
                remedy: "name it in `file`, relative to the runbook's folder")
        }
    }

    /// The Dockerfile.
    ///
    /// - Throws: `Dockerfile.ParseError`, or what the world throws.
    func dockerfile(in world: any World) async throws -> Dockerfile {
        try Dockerfile(String(decoding: try await world.contents(of: dockerfilePath), as: UTF8.self))
    }

    /// The copied sources that the context lacks, or that `.dockerignore` keeps out of it.
    func missingSources(of dockerfile: Dockerfile, in world: any World) async throws -> [(line: Int, path: String)] {
        let ignored = try await ignoreList(in: world)
        var missing: [(line: Int, path: String)] = []
        var found: Set<Int> = []
        for source in dockerfile.copiedSources {
            let path = Self.normal(source.path)
            if path.isEmpty { continue }
            let isPattern = path.contains("*") || path.contains("?") || path.contains("[")
            let isThere =
                if isPattern {
                    try await matches(path, in: world)
                } else {
                    try await world.status(of: Self.join(folder, path)) != nil
                }
            if isThere && !ignored.excludes(path) {
                found.insert(source.line)
            } else {
                missing.append((source.line, path))
            }
        }
        // A pattern beside a source that is there may match nothing: `COPY package.json package-lock.json* ./`.
        return missing.filter { !($0.path.contains("*") && found.contains($0.line)) }
    }

    /// The bytes of the files that the context sends, following `.dockerignore`, up to `limit` files.
    func size(in world: any World, limit: Int = 20_000) async throws -> Int {
        let ignored = try await ignoreList(in: world)
        var folders = [""]
        var total = 0
        var count = 0
        while let current = folders.popLast() {
            let path = current.isEmpty ? folder : Self.join(folder, current)
            guard case .names(let names) = try await world.perform(.read(.file(.list(path)))) else { continue }
            for name in names {
                let relative = current.isEmpty ? name : "\(current)/\(name)"
                if ignored.excludes(relative) { continue }
                count += 1
                guard count <= limit, let status = try await world.status(of: Self.join(folder, relative)) else {
                    continue
                }
                if status.isFolder { folders.append(relative) } else { total += Int(status.size) }
            }
        }
        return total
    }

    private func matches(_ pattern: String, in world: any World) async throws -> Bool {
        let parts = pattern.split(separator: "/")
        let fixed = parts.prefix { !$0.contains { "*?[".contains($0) } }
        guard fixed.count + 1 == parts.count, let last = parts.last else { return true }
        let path = fixed.isEmpty ? folder : Self.join(folder, fixed.joined(separator: "/"))
        guard try await world.status(of: path)?.isFolder ?? false,
            case .names(let names) = try await world.perform(.read(.file(.list(path))))
        else { return false }
        return names.contains { IgnoreList.matches(Array($0), Array(last)[...]) }
    }

    private func ignoreList(in world: any World) async throws -> IgnoreList {
        for path in [dockerfilePath + ".dockerignore", Self.join(folder, ".dockerignore")]
        where try await world.status(of: path) != nil {
            return IgnoreList(String(decoding: try await world.contents(of: path), as: UTF8.self))
        }
        return IgnoreList("")
    }

    private static func join(_ folder: String, _ name: String) -> String {
        folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }

    private static func normal(_ path: String) -> String {
        path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }
}

/// The patterns of a `.dockerignore`.
struct IgnoreList: Sendable {
    private let patterns: [(isException: Bool, text: [Character])]

    init(_ text: String) {
        patterns = text.split(whereSeparator: \.isNewline).compactMap { line in
            var rest = DockerfileReader.trim(line)
            if rest.isEmpty || rest.hasPrefix("#") { return nil }
            let isException = rest.hasPrefix("!")
            if isException { rest = rest.dropFirst() }
            let parts = rest.split(separator: "/").filter { $0 != "." }
            return parts.isEmpty ? nil : (isException, Array(parts.joined(separator: "/")))
        }
    }

    /// True when the path, or a folder above it, is kept out; the last pattern that fits decides.
    func excludes(_ path: String) -> Bool {
        var isExcluded = false
        for pattern in patterns where isExcluded == pattern.isException {
            if Self.covers(Array(path), pattern.text) { isExcluded = !pattern.isException }
        }
        return isExcluded
    }

    private static func covers(_ path: [Character], _ pattern: [Character]) -> Bool {
        if matches(path, pattern[...]) { return true }
        return path.indices.contains { path[$0] == "/" && matches(Array(path[..<$0]), pattern[...]) }
    }

    /// Go's `filepath.Match` with `**` for any number of folders; brackets are taken literally.
    static func matches(_ text: [Character], _ pattern: ArraySlice<Character>) -> Bool {
        var reach: Set<Int> = [0]
        var index = pattern.startIndex
        while index < pattern.endIndex, !reach.isEmpty {
            let character = pattern[index]
            if character == "*" {
                let isDouble = pattern.index(after: index) < pattern.endIndex && pattern[index + 1] == "*"
                index += isDouble ? 2 : 1
                if isDouble, index < pattern.endIndex, pattern[index] == "/" { index += 1 }
                var next: Set<Int> = []
                for start in reach {
                    var end = start
                    next.insert(end)
                    while end < text.count, isDouble || text[end] != "/" {
                        end += 1
                        next.insert(end)
                    }
                }
                reach = next
                continue
            }
            reach = Set(
                reach.compactMap { position in
                    position < text.count
                        && (text[position] == character || (character == "?" && text[position] != "/"))
                        ? position + 1 : nil
                })
            index += 1
        }
        return reach.contains(text.count)
    }
}
