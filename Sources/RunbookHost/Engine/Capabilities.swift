import RunbookLua

/// What a runbook may do, as its header narrows it; enforced by the host.
public struct Capabilities: Sendable {
    /// How far a module may be used.
    public enum Level: String, Sendable {
        /// Not at all.
        case none
        /// To look only.
        case read
        /// Without limits.
        case write
    }
    /// The modules' levels; one that is not named may do nothing but compute.
    public var modules: [String: Level] = [:]
    /// The namespaces whose objects may be changed; nil: all.
    public var namespaces: [String]?

    init(_ table: LuaTable) throws {
        for (name, value) in table.fields {
            if name == "namespaces" {
                guard let list = value.listValue else {
                    throw RunbookError(.usage, "`allow.namespaces` must be a list of names")
                }
                namespaces = list.compactMap(\.stringValue)
            } else if let text = value.stringValue, let level = Level(rawValue: text) {
                modules[name] = level
            } else {
                throw RunbookError(.usage, "`allow.\(name)` must be \"none\", \"read\" or \"write\"")
            }
        }
    }

    /// Checks a request.
    ///
    /// - Throws: `RunbookError` with code `refused`.
    func check(module: String, isWrite: Bool, namespace: String?) throws {
        let level = modules[module] ?? .none
        if level == .none || (isWrite && level == .read) {
            throw RunbookError(
                .refused, "the header allows \(module) \(level == .none ? "nothing" : "reads only")",
                remedy: "add `\(module) = \"\(isWrite ? "write" : "read")\"` to `allow` in the header")
        }
        if isWrite, let namespace, let namespaces, !namespaces.contains(namespace) {
            throw RunbookError(
                .refused, "the header allows changes in \(namespaces.joined(separator: ", ")) only, not in \(namespace)"
            )
        }
    }
}
