/// Differences of texts as `diff -u` shows them.
public enum UnifiedDiff {
    /// The lines of the hunks: `@@ … @@`, then lines with ` `, `-` or `+` before them.
    public static func lines(from old: String, to new: String, context: Int = 3) -> [String] {
        let left = split(old)
        let right = split(new)
        let rows = rows(left, right)
        var result: [String] = []
        var index = 0
        while let first = rows[index...].firstIndex(where: { $0.sign != " " }) {
            var last = first
            var cursor = first
            while let next = rows[(cursor + 1)...].firstIndex(where: { $0.sign != " " }), next - last <= 2 * context {
                last = next
                cursor = next
            }
            let hunk = rows[max(index, first - context)..<min(rows.count, last + context + 1)]
            result.append(heading(hunk))
            result += hunk.map { $0.sign + $0.text }
            index = min(rows.count, last + context + 1)
        }
        return result
    }

    private struct Row {
        var sign: String
        var text: String
        var left: Int
        var right: Int
    }

    private static func split(_ text: String) -> [Substring] {
        // By bytes: a carriage return and a line feed are one character of a text.
        var lines = text.utf8.split(separator: 10, omittingEmptySubsequences: false).map { Substring($0) }
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    private static func rows(_ left: [Substring], _ right: [Substring]) -> [Row] {
        let difference = right.difference(from: left)
        var removed: Set<Int> = []
        var inserted: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var rows: [Row] = []
        var i = 0
        var j = 0
        while i < left.count || j < right.count {
            if i < left.count, removed.contains(i) {
                rows.append(Row(sign: "-", text: String(left[i]), left: i, right: j))
                i += 1
            } else if j < right.count, inserted.contains(j) {
                rows.append(Row(sign: "+", text: String(right[j]), left: i, right: j))
                j += 1
            } else {
                rows.append(Row(sign: " ", text: String(left[i]), left: i, right: j))
                i += 1
                j += 1
            }
        }
        return rows
    }

    private static func heading(_ hunk: ArraySlice<Row>) -> String {
        let old = hunk.filter { $0.sign != "+" }.count
        let new = hunk.filter { $0.sign != "-" }.count
        guard let first = hunk.first else { return "" }
        return
            "@@ -\(old == 0 ? first.left : first.left + 1),\(old) +\(new == 0 ? first.right : first.right + 1),\(new) @@"
    }
}
