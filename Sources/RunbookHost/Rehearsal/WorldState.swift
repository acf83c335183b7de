/// All that a run can change, as far as a rehearsal sees it: things by their title, each with its fields.
struct WorldState: Sendable, Equatable {
    var things: [String: [String: String]] = [:]

    mutating func add(_ other: [String: [String: String]]) { things.merge(other) { $1 } }

    /// A field of a thing.
    struct Field: Hashable, Sendable {
        let thing: String
        let path: String
    }

    /// The fields of things in both whose values differ.
    func fieldsThatDiffer(from other: WorldState) -> Set<Field> {
        var fields: Set<Field> = []
        for (thing, mine) in things {
            guard let theirs = other.things[thing] else { continue }
            for path in Set(mine.keys).union(theirs.keys) where mine[path] != theirs[path] {
                fields.insert(Field(thing: thing, path: path))
            }
        }
        return fields
    }

    /// What is not as in another state, one line a thing; empty when nothing differs.
    ///
    /// - Parameter ignored: Fields whose values tell nothing, such as times and random values.
    func differences(from other: WorldState, ignoring ignored: Set<Field> = []) -> [String] {
        var lines: [String] = []
        for thing in Set(things.keys).union(other.things.keys).sorted() {
            switch (things[thing], other.things[thing]) {
            case (_?, nil): lines.append("+ \(thing)")
            case (nil, _?): lines.append("- \(thing)")
            case (let mine?, let theirs?):
                let paths = Set(mine.keys).union(theirs.keys).sorted().filter {
                    mine[$0] != theirs[$0] && !ignored.contains(Field(thing: thing, path: $0))
                }
                guard !paths.isEmpty else { continue }
                let shown = paths.prefix(3).map { Self.change($0, theirs[$0], mine[$0]) }
                let more = paths.count > 3 ? ", and \(paths.count - 3) more" : ""
                lines.append("~ \(thing)  " + shown.joined(separator: ", ") + more)
            case (nil, nil): break
            }
        }
        return lines
    }

    private static func change(_ path: String, _ old: String?, _ new: String?) -> String {
        func isPlain(_ text: String?) -> Bool { (text?.count ?? 0) <= 40 && text?.hasPrefix("#") != true }
        guard isPlain(old), isPlain(new) else { return path }
        return "\(path) \(old ?? "none") → \(new ?? "none")"
    }
}
