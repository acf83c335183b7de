/// The members of a JSON object, sorted by name.
///
/// A sorted array takes a third of the memory of a dictionary, and objects of the API have few members.
struct JSONObject: Sendable, Hashable {
    /// One member.
    struct Entry: Sendable, Hashable {
        var key: String
        var value: JSON
    }

    var entries: [Entry] = []

    init() {}

    /// Members in any order; of two with one name, the later stays.
    init(_ pairs: [(String, JSON)]) {
        self.init(unsorted: pairs.map { Entry(key: $0.0, value: $0.1) })
    }

    /// Members in any order; of two with one name, the later stays.
    init(unsorted: [Entry]) {
        var sorted = true
        for index in unsorted.indices.dropFirst() where unsorted[index - 1].key >= unsorted[index].key {
            sorted = false
            break
        }
        guard !sorted else {
            entries = unsorted
            return
        }
        // Swift's sort is stable, so the later of two equal names comes last.
        for entry in unsorted.sorted(by: { $0.key < $1.key }) {
            if entries.last?.key == entry.key { entries.removeLast() }
            entries.append(entry)
        }
    }

    var isEmpty: Bool { entries.isEmpty }
    var count: Int { entries.count }
    var keys: [String] { entries.map(\.key) }

    private func position(_ key: String) -> (index: Int, found: Bool) {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            let candidate = entries[middle].key
            if candidate == key { return (middle, true) }
            if candidate < key { low = middle + 1 } else { high = middle }
        }
        return (low, false)
    }

    /// The place of a member, which is made (as null) when it is absent.
    mutating func slot(_ key: String) -> (index: Int, inserted: Bool) {
        let (index, found) = position(key)
        if !found { entries.insert(Entry(key: key, value: .null), at: index) }
        return (index, !found)
    }

    mutating func remove(_ key: String) {
        let (index, found) = position(key)
        if found { entries.remove(at: index) }
    }

    /// The value of a member; nil when there is none.
    subscript(key: String) -> JSON? {
        get {
            let (index, found) = position(key)
            return found ? entries[index].value : nil
        }
        set {
            let (index, found) = position(key)
            switch (found, newValue) {
            case (true, .some(let value)): entries[index].value = value
            case (false, .some(let value)): entries.insert(Entry(key: key, value: value), at: index)
            case (true, .none): entries.remove(at: index)
            case (false, .none): break
            }
        }
    }
}
