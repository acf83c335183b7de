import RunbookSecrets

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Works on the real file system.
struct LiveFiles: Sendable {
    let folder: String
    let vault: SecretVault

    /// The largest file that is read whole.
    private static let readLimit: Int64 = 256 << 20

    func perform(_ action: FileAction) throws -> Response {
        switch action {
        case .read(let path): return .bytes(try read(absolute(path)))
        case .status(let path): return .status(status(absolute(path)))
        case .list(let path): return .names(try names(absolute(path)))
        case .write(let path, let text, let mode):
            try replace(absolute(path), try vault.reveal(text), mode: mode)
            return .done
        case .makeFolder(let path):
            try makeFolder(absolute(path), mode: 0o755)
            return .done
        case .remove(let path):
            try remove(absolute(path))
            return .done
        case .copy(let from, let to):
            let source = absolute(from)
            try replace(absolute(to), try read(source), mode: status(source)?.mode ?? 0o644)
            return .done
        case .move(let from, let to):
            guard rename(absolute(from), absolute(to)) == 0 else { throw failure("move", from) }
            return .done
        }
    }

    /// A path from the root: relative ones start at the runbook's folder, `~/` at the home folder.
    func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        if path == "." { return folder }
        if path.hasPrefix("~/"), let home = getenv("HOME") { return String(cString: home) + path.dropFirst() }
        return folder + "/" + (path.hasPrefix("./") ? String(path.dropFirst(2)) : path)
    }

    func status(_ path: String) -> FileStatus? {
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        #if canImport(Darwin)
            let modified = info.st_mtimespec
        #else
            let modified = info.st_mtim
        #endif
        return FileStatus(
            isFolder: info.st_mode & S_IFMT == S_IFDIR, size: Int64(info.st_size), mode: UInt16(info.st_mode & 0o7777),
            modified: Double(modified.tv_sec) + Double(modified.tv_nsec) / 1e9)
    }

    /// A path without links, or nil when nothing stands there.
    func real(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    /// True for a file that may be run.
    func isExecutable(_ path: String) -> Bool {
        access(path, X_OK) == 0 && status(path)?.isFolder == false
    }

    func read(_ path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("read", path) }
        defer { close(descriptor) }
        if let status = status(path), status.size > Self.readLimit {
            throw RunbookError(.io, "\(path) has \(SizeText.of(Int(status.size))); at most 256 MiB are read whole")
        }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = readBytes(descriptor, &buffer, buffer.count)
            if count == 0 { return content }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw failure("read", path)
            }
            content.append(contentsOf: buffer[..<count])
        }
    }

    func names(_ path: String) throws -> [String] {
        guard let directory = opendir(path) else { throw failure("list", path) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Writes beside the file and renames, so that a crash leaves the old content or the new.
    func replace(_ path: String, _ content: [UInt8], mode: UInt16) throws {
        let target = linked(path)
        let temporary = "\(target).\(UInt32.random(in: .min ... .max)).tmp"
        do {
            try writeNew(temporary, content, mode: mode, for: path)
            guard rename(temporary, target) == 0 else { throw failure("write", path) }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// What a symbolic link points to, so that the link itself is not replaced; other paths as they are.
    private func linked(_ path: String) -> String {
        var info = stat()
        guard lstat(path, &info) == 0, info.st_mode & S_IFMT == S_IFLNK, let real = realpath(path, nil) else {
            return path
        }
        defer { free(real) }
        return String(cString: real)
    }

    /// Writes a file that is not there yet; `shown` is the path that an error names.
    func writeNew(_ path: String, _ content: [UInt8], mode: UInt16, for shown: String? = nil) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(mode))
        guard descriptor >= 0 else { throw failure("write", shown ?? path) }
        defer { close(descriptor) }
        fchmod(descriptor, mode_t(mode))
        var offset = 0
        while offset < content.count {
            let count = content.withUnsafeBytes { bytes in
                bytes.baseAddress.map { writeBytes(descriptor, $0 + offset, bytes.count - offset) } ?? -1
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw failure("write", shown ?? path) }
            offset += count
        }
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure("write", shown ?? path) }
    }

    func makePrivateFolder(_ path: String) throws {
        try makeFolder(path, mode: 0o700)
    }

    func makeFolder(_ path: String, mode: UInt16) throws {
        if mkdir(path, mode_t(mode)) == 0 { return }
        if errno == EEXIST, status(path)?.isFolder == true { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw failure("make the folder", path)
        }
        try makeFolder(String(path[..<slash]), mode: mode)
        guard mkdir(path, mode_t(mode)) == 0 || errno == EEXIST else { throw failure("make the folder", path) }
    }

    func remove(_ path: String) throws {
        var info = stat()
        guard lstat(path, &info) == 0 else { throw failure("remove", path) }
        guard info.st_mode & S_IFMT == S_IFDIR else {
            guard unlink(path) == 0 else { throw failure("remove", path) }
            return
        }
        for name in try names(path) { try remove("\(path)/\(name)") }
        guard rmdir(path) == 0 else { throw failure("remove", path) }
    }

    func removeQuietly(_ path: String) {
        unlink(path)
    }

    private func failure(_ verb: String, _ path: String) -> RunbookError {
        let code: RunbookError.Code = errno == ENOENT ? .missing : .io
        let reason = String(cString: strerror(errno)).lowercased()
        var remedy: String?
        if code == .missing, verb == "write", let slash = path.lastIndex(of: "/") {
            remedy = "make the folder first: fs.mkdir(\"\(path[..<slash])\")"
        }
        return RunbookError(code, "cannot \(verb) \(path): \(reason)", remedy: remedy)
    }
}

// The type's own `read` and `write` hide the functions of the C library.
private func readBytes(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}

private func writeBytes(_ descriptor: Int32, _ buffer: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, buffer, count)
}
