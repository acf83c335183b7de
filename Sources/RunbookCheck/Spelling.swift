/// Finds the name that was probably meant.
enum Spelling {
    /// The candidate that differs from `name` by few letters, the first in the alphabet of several.
    static func nearest(to name: String, in candidates: some Sequence<String>) -> String? {
        // Every name of two letters is near to every other.
        guard name.count > 2 else { return nil }
        let limit = max(1, name.count / 3)
        var best: (name: String, distance: Int)?
        for candidate in candidates where abs(candidate.count - name.count) <= limit {
            let distance = distance(Array(name.lowercased()), Array(candidate.lowercased()))
            guard distance <= limit, candidate != name else { continue }
            guard let current = best else {
                best = (candidate, distance)
                continue
            }
            if (distance, candidate) < (current.distance, current.name) { best = (candidate, distance) }
        }
        return best?.name
    }

    /// The hint about the nearest name, if there is one.
    static func hint(for name: String, in candidates: some Sequence<String>) -> String? {
        nearest(to: name, in: candidates).map { "did you mean `\($0)`?" }
    }

    /// Insertions, deletions, substitutions and swaps of neighbours between two words.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for row in 0..<left.count {
            var current = [row + 1] + [Int](repeating: 0, count: right.count)
            for column in 0..<right.count {
                let cost = left[row] == right[column] ? 0 : 1
                current[column + 1] = min(last[column + 1] + 1, current[column] + 1, last[column] + cost)
                let isSwap =
                    row > 0 && column > 0 && left[row] == right[column - 1] && left[row - 1] == right[column]
                if isSwap { current[column + 1] = min(current[column + 1], beforeLast[column - 1] + 1) }
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
