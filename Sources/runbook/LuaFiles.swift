import Foundation

/// Lua files that the command line names.
enum LuaFiles {
    /// The files of a folder, at any depth; any other name as it is.
    static func expand(_ name: String) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: name, isDirectory: &isFolder), isFolder.boolValue else {
            return [name]
        }
        let below = FileManager.default.enumerator(atPath: name)?.compactMap { $0 as? String } ?? []
        let prefix = name == "." ? "" : name + "/"
        return below.filter { $0.hasSuffix(".lua") && !$0.contains("node_modules/") }.sorted().map { prefix + $0 }
    }
}
