import RunbookSecrets
import Synchronization

/// Keeps a rehearsal's changes of files beside the real ones, which stay as they are.
///
/// A changed file stands below `folder` under its whole path; reads see the changes, and so do programs whose arguments
/// name a changed path.
final class FileOverlay: Sendable {
    /// What a path is now, where that differs from what it was.
    enum Entry: Equatable { case file, folder, removed }

    /// Where the changed files stand.
    let folder: String
    let files: LiveFiles
    private let entries = Mutex<[String: Entry]>([:])
    private let written = Mutex<Set<String>>([])

    /// - Parameter base: The folder that relative paths start from.
    init(folder: String, base: String, vault: SecretVault) {
        self.folder = folder
        files = LiveFiles(folder: base, vault: vault)
    }

    /// An overlay of the same changes for another run in the same place.
    func followed(by vault: SecretVault) -> FileOverlay {
        let next = FileOverlay(folder: folder, base: files.folder, vault: vault)
        next.entries.withLock { $0 = all }
        next.written.withLock { $0 = written.withLock { $0 } }
        return next
    }

    var all: [String: Entry] { entries.withLock { $0 } }

    /// The path from the root.
    func absolute(_ path: String) -> String { RunbookLocator.normal(files.absolute(path)) }

    /// The place of a changed path.
    func place(_ path: String) -> String { folder + path }

    /// What became of a path; nil: it is as it was.
    func entry(_ path: String) -> Entry? {
        entries.withLock { entries in
            if let entry = entries[path] { return entry }
            var above = path
            while let slash = above.lastIndex(of: "/"), slash != above.startIndex {
                above = String(above[..<slash])
                if entries[above] == .removed { return .removed }
            }
            return nil
        }
    }

    /// Carries an action out; nil for a read of what is as it was.
    func perform(_ action: FileAction) throws -> Response? {
        let path = absolute(action.path)
        switch action {
        case .read:
            switch entry(path) {
            case .file?: return .bytes(try files.read(place(path)))
            case .folder?: throw RunbookError(.io, "cannot read \(path): is a directory")
            case .removed?: throw Self.missing("read", path)
            case nil: return nil
            }
        case .status:
            if entry(path) == nil { return nil }
            return .status(status(path))
        case .list: return .names(try names(path))
        case .write(_, let text, let mode):
            try checkFolder(of: path)
            try files.makeFolder(parent(place(path)), mode: 0o700)
            try files.replace(place(path), try files.vault.reveal(text), mode: mode)
            set(path, .file)
        case .makeFolder: try makeFolder(path)
        case .remove:
            guard status(path) != nil else { throw Self.missing("remove", path) }
            forget(path)
        case .copy(let from, _): try copy(absolute(from), to: path)
        case .move(let from, _): try move(absolute(from), to: path)
        }
        return .done
    }

    /// An argument with the places of changed paths in their stead.
    func argument(_ text: String, in directory: String?) -> String {
        guard !all.isEmpty else { return text }
        let start = text.firstIndex(of: "=").map { text.index(after: $0) } ?? text.startIndex
        for from in Set([text.startIndex, start]) {
            let named = String(text[from...])
            // A bare word may be a name as well as a path.
            guard named.contains("/") || named.contains(".") else { continue }
            let path = absolute(named.hasPrefix("/") || directory == nil ? named : "\(directory ?? "")/\(named)")
            if let entry = all[path], entry != .removed { return text[..<from] + place(path) }
        }
        return text
    }

    /// What differs from the files as they were: the state that a rehearsal compares.
    var state: [String: [String: String]] {
        var state: [String: [String: String]] = [:]
        for (path, entry) in all {
            let before = files.status(path)
            switch entry {
            case .removed: if before != nil { state["file \(path)"] = ["is": "removed"] }
            case .folder: if before == nil { state["file \(path)"] = ["is": "a folder"] }
            case .file:
                guard let now = files.status(place(path)), let content = try? files.read(place(path)) else { continue }
                if let before, !before.isFolder, before.mode == now.mode, let old = try? files.read(path),
                    old == content
                {
                    continue
                }
                // Archives and indexes of programs hold the time at which they were made.
                let isTimed = written.withLock { $0.contains(path) }
                state["file \(path)"] = [
                    "content": isTimed ? "a program's" : Fingerprint.of(content), "mode": String(now.mode, radix: 8),
                ]
            }
        }
        return state
    }

    /// The changed files that more than their owner may read, with what is in them.
    var open: [(path: String, content: [UInt8])] {
        all.filter { $0.value == .file }.keys.sorted().compactMap { path in
            guard let status = files.status(place(path)), status.mode & 0o077 != 0,
                let content = try? files.read(place(path))
            else { return nil }
            return (path, content)
        }
    }

    // MARK: Parts

    /// - Parameter isWritten: True for a file that a program made.
    func set(_ path: String, _ entry: Entry, isWritten: Bool = false) {
        entries.withLock { $0[path] = entry }
        written.withLock { if isWritten { $0.insert(path) } else { $0.remove(path) } }
    }

    func status(_ path: String) -> FileStatus? {
        switch entry(path) {
        case nil: files.status(path)
        case .file?: files.status(place(path))
        case .folder?: FileStatus(isFolder: true, size: 4096, mode: 0o755, modified: 0)
        case .removed?: nil
        }
    }

    func forget(_ path: String) {
        entries.withLock { entries in
            entries = entries.filter { !$0.key.hasPrefix(path + "/") }
            entries[path] = .removed
        }
    }

    func copy(_ source: String, to path: String) throws {
        guard let status = status(source) else { throw Self.missing("read", source) }
        let content = entry(source) == .file ? try files.read(place(source)) : try files.read(source)
        try checkFolder(of: path)
        try files.makeFolder(parent(place(path)), mode: 0o700)
        try files.replace(place(path), content, mode: status.mode)
        set(path, .file)
    }

    private func move(_ source: String, to path: String) throws {
        guard let status = status(source) else { throw Self.missing("move", source) }
        if status.isFolder {
            try makeFolder(path)
            for name in try names(source) { try move("\(source)/\(name)", to: "\(path)/\(name)") }
        } else {
            try copy(source, to: path)
        }
        forget(source)
    }

    func names(_ path: String) throws -> [String] {
        guard let status = status(path) else { throw Self.missing("list", path) }
        guard status.isFolder else { throw RunbookError(.io, "cannot list \(path): not a directory") }
        var names = Set(entry(path) == nil ? try files.names(path) : [])
        for (changed, entry) in all where parent(changed) == path {
            let name = String(changed[changed.index(after: changed.lastIndex(of: "/") ?? changed.startIndex)...])
            if entry == .removed { names.remove(name) } else { names.insert(name) }
        }
        return names.sorted()
    }

    private func makeFolder(_ path: String) throws {
        if let status = status(path) {
            guard status.isFolder else { throw RunbookError(.io, "cannot make the folder \(path): file exists") }
            return
        }
        if path != "/" { try makeFolder(parent(path)) }
        try files.makeFolder(place(path), mode: 0o700)
        set(path, .folder)
    }

    private func checkFolder(of path: String) throws {
        guard status(parent(path))?.isFolder == true else { throw Self.missing("write", path) }
    }

    func parent(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    private static func missing(_ verb: String, _ path: String) -> RunbookError {
        RunbookError(.missing, "cannot \(verb) \(path): no such file or directory")
    }
}

/// Puts an overlay before the real files.
struct OverlayWorld: World {
    let base: any World
    let overlay: FileOverlay

    func perform(_ request: Request) async throws -> Response {
        switch request.action {
        case .file(let action):
            if let response = try overlay.perform(action) { return response }
            return try await base.perform(request)
        case .process(var command):
            let folders = request.isWrite ? hosted(command) : [:]
            for (index, argument) in command.argv.enumerated() {
                let written = try folders[index].map { try overlay.prepare($0.path, isFilled: $0.isFilled) }
                command.argv[index] = written ?? overlay.argument(argument, in: command.directory)
            }
            if let directory = command.directory { command.directory = overlay.argument(directory, in: nil) }
            let response = try await base.perform(Request(action: .process(command), change: request.change))
            for folder in folders.values { overlay.adopt(folder.path) }
            return folders.isEmpty ? response : overlay.shown(response)
        default: return try await base.perform(request)
        }
    }

    /// The folders that a command writes into, by the argument that names them.
    private func hosted(_ command: Command) -> [Int: (path: String, isFilled: Bool)] {
        WrittenFolder.of(command.argv).reduce(into: [:]) { folders, written in
            let named = command.argv[written.argument]
            let isRelative = !named.hasPrefix("/") && command.directory != nil
            let path = isRelative ? "\(command.directory ?? "")/\(named)" : named
            folders[written.argument] = (path, written.isFilled)
        }
    }
}
