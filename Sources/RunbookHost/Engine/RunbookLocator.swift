import RunbookSecrets

/// Finds runbooks and the libraries that they require.
public struct RunbookLocator: Sendable {
    private let options: RunOptions
    private let files: LiveFiles

    /// Makes a locator for the folders that the options name.
    public init(options: RunOptions) {
        self.options = options
        files = LiveFiles(folder: options.workingDirectory, vault: SecretVault())
    }

    /// The folders that are searched, in order: `./runbooks`, `RUNBOOK_PATH`, those of the project, the shipped ones.
    public var folders: [String] {
        var folders = [options.workingDirectory + "/runbooks"]
        folders += (options.environment["RUNBOOK_PATH"] ?? "").split(separator: ":").map(String.init)
        folders += options.project.runbookFolders
        if let shipped = options.shippedFolder { folders.append(shipped) }
        var seen: Set<String> = []
        return folders.filter { seen.insert($0).inserted }
    }

    /// Reads the runbook that is meant by a name or path.
    ///
    /// - Parameter verbs: What else the word may be a slip of.
    /// - Throws: `RunbookError` with code `usage` that lists where it was looked for and the nearest name.
    public func find(_ name: String, verbs: [String] = []) throws -> RunbookSource {
        let spellings = name.hasSuffix(".lua") ? [name] : [name, name + ".lua"]
        var tried: [String] = []
        for spelling in spellings {
            let path = spelling.hasPrefix("/") ? spelling : options.workingDirectory + "/" + spelling
            if let source = try read(path) { return source }
            tried.append(path)
        }
        if !name.hasPrefix("/") && !name.hasPrefix("./") && !name.hasPrefix("../") {
            for folder in folders {
                for spelling in spellings {
                    if let source = try read(folder + "/" + spelling) { return source }
                }
                tried.append(folder)
            }
        }
        let near =
            NearestName.of(name.hasSuffix(".lua") ? name : name + ".lua", among: neighbours(of: name))
            ?? NearestName.of(name, among: verbs).map { "runbook \($0)" }
        if let folder = spellings.first(where: { files.status(files.absolute($0))?.isFolder == true }), !name.isEmpty {
            throw RunbookError(
                .usage, "`\(folder)` is a folder, not a runbook",
                remedy: "name a file in it, such as \(folder)/FILE.lua")
        }
        throw RunbookError(
            .usage, "no runbook `\(name)`" + (near.map { "; did you mean `\($0)`?" } ?? ""),
            details: ["looked in " + tried.map(shown).joined(separator: ", ")],
            remedy: "`runbook list` shows the runbooks that can be found")
    }

    /// What a misspelled name may have meant: the Lua files of the folder that it names, and every runbook in the folders.
    private func neighbours(of name: String) -> [String] {
        let prefix = name.lastIndex(of: "/").map { String(name[...$0]) } ?? ""
        let folder = prefix.hasPrefix("/") ? prefix : options.workingDirectory + "/" + prefix
        let beside = ((try? files.names(folder)) ?? []).filter { $0.hasSuffix(".lua") }.map { prefix + $0 }
        return beside + all().map { $0.name + ".lua" }
    }

    /// Every runbook in the working directory and the folders, by name, the first of each name.
    ///
    /// The folders hold nothing but runbooks; in the working directory other Lua files may lie about.
    public func all() -> [(name: String, path: String)] {
        var seen: Set<String> = []
        var found: [(name: String, path: String)] = []
        for folder in [options.workingDirectory] + folders {
            for file in (try? files.names(folder)) ?? [] where file.hasSuffix(".lua") {
                let path = folder + "/" + file
                if folder == options.workingDirectory, !hasHeader(path) { continue }
                let name = String(file.dropLast(4))
                if seen.insert(name).inserted { found.append((name, path)) }
            }
        }
        return found.sorted { $0.name < $1.name }
    }

    /// Whether a line of a file begins with a call of `runbook`.
    private func hasHeader(_ path: String) -> Bool {
        guard let text = try? files.read(path) else { return false }
        return text.split(separator: 10).contains { line in
            let word = Array("runbook".utf8)
            guard line.starts(with: word) else { return false }
            let next = line.dropFirst(word.count).first { $0 != 32 && $0 != 9 }
            return next == UInt8(ascii: "{") || next == UInt8(ascii: "(")
        }
    }

    /// Reads a file as a runbook; nil when there is none.
    public func read(_ path: String) throws -> RunbookSource? {
        guard let status = files.status(path) else { return nil }
        if status.isFolder { return nil }
        return RunbookSource(path: Self.normal(path), displayName: shown(path), text: try files.read(path))
    }

    /// Whether a text can require a module, or a folder of modules, of this dotted name.
    ///
    /// A library or a test is run for a runbook of some folder above it, so that all of them are looked in.
    public func hasModule(_ name: String, for source: RunbookSource, isRunbook: Bool) -> Bool {
        guard let path = try? LibraryLoader.path(of: name) else { return false }
        var folder = source.folder
        while true {
            for root in LibraryLoader.roots(folder, options.shippedFolder) {
                let isFile = LibraryLoader.files(of: path).contains { file in
                    files.status("\(root.folder)/\(file)")?.isFolder == false
                }
                if isFile || files.status("\(root.folder)/\(path)")?.isFolder == true { return true }
            }
            guard !isRunbook, let slash = folder.lastIndex(of: "/"), folder != "/" else { return false }
            folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
        }
    }

    private func shown(_ path: String) -> String {
        let path = Self.normal(path)
        let prefix = options.workingDirectory == "/" ? "/" : options.workingDirectory + "/"
        return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
    }

    /// A path without `.`, `..` and doubled slashes.
    static func normal(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }
}
