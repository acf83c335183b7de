import RunbookSecrets

/// Work on the file system.
///
/// Paths are absolute, or relative to the runbook's folder.
public enum FileAction: Sendable {
    /// Reads a file whole.
    case read(String)
    /// Looks what stands at a path.
    case status(String)
    /// Lists a folder.
    case list(String)
    /// Replaces a file in one step, so that a reader sees the old content or the new; `mode` are its permissions.
    case write(String, SensitiveText, mode: UInt16)
    /// Makes a folder and those above it.
    case makeFolder(String)
    /// Removes a file, or a folder with all that it holds.
    case remove(String)
    /// Copies a file.
    case copy(from: String, to: String)
    /// Renames a file or folder.
    case move(from: String, to: String)

    /// The path that is read or changed.
    public var path: String {
        switch self {
        case .read(let path), .status(let path), .list(let path), .write(let path, _, _), .makeFolder(let path),
            .remove(let path):
            path
        case .copy(_, let target), .move(_, let target): target
        }
    }
}

/// What stands at a path.
public struct FileStatus: Sendable, Equatable {
    /// True for a folder.
    public var isFolder: Bool
    /// Bytes.
    public var size: Int64
    /// Permission bits.
    public var mode: UInt16
    /// Seconds since 1970 of the last change.
    public var modified: Double

    /// Describes a file or folder.
    public init(isFolder: Bool, size: Int64, mode: UInt16, modified: Double) {
        self.isFolder = isFolder
        self.size = size
        self.mode = mode
        self.modified = modified
    }
}
