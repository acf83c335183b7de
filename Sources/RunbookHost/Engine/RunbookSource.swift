/// A runbook's file.
public struct RunbookSource: Sendable {
    /// The path, absolute.
    public var path: String
    /// The name in messages: relative to the working directory where it stands below it.
    public var displayName: String
    /// The text.
    public var text: [UInt8]

    /// Describes a file.
    public init(path: String, displayName: String, text: [UInt8]) {
        self.path = path
        self.displayName = displayName
        self.text = text
    }

    /// The folder that it stands in: relative paths of the run start here.
    public var folder: String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    /// The file's name without `.lua`.
    public var name: String {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        return file.hasSuffix(".lua") ? String(file.dropLast(4)) : file
    }
}
