@testable import RunbookTerminal

/// A small terminal: what the live view may send, obeyed as terminals do; anything else is kept as an offence.
struct VirtualScreen {
    let columns: Int
    let rows: Int
    private(set) var lines: [[Character]] = [[]]
    private(set) var offences: [String] = []
    private var row = 0
    private var column = 0

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }

    /// What stands on the screen and above it, without blanks at the ends.
    var text: [String] {
        var result = lines.map { String($0).trimmingEnd() }
        while result.last == "" { result.removeLast() }
        return result
    }

    /// True when the cursor rests at the start of the last row.
    var isAtRest: Bool { column == 0 && row == lines.count - 1 }

    mutating func write(_ text: String) {
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\r": column = 0
            case "\n":
                row += 1
                if row == lines.count { lines.append([]) }
            case "\u{1B}": escape(&rest)
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: offences.append("control \(scalar.value)")
            default: put(Character(scalar), CellWidth.of(scalar))
            }
        }
    }

    private mutating func put(_ character: Character, _ width: Int) {
        guard width > 0 else { return }
        if column + width > columns {
            row += 1
            column = 0
            if row == lines.count { lines.append([]) }
        }
        while lines[row].count < column + width { lines[row].append(" ") }
        lines[row][column] = character
        if width == 2 { lines[row][column + 1] = "\u{200B}" }
        column += width
    }

    private mutating func escape(_ rest: inout Substring.UnicodeScalarView) {
        guard rest.popFirst() == "[" else { return offences.append("escape") }
        var digits = ""
        while let next = rest.first, next == ";" || ("0"..."9").contains(next) {
            digits.unicodeScalars.append(next)
            rest.removeFirst()
        }
        switch rest.popFirst() {
        case "m": break
        case "A":
            let first = max(0, lines.count - rows)
            row = max(first, row - max(1, Int(digits) ?? 1))
        case "K": lines[row] = Array(lines[row].prefix(column))
        case "J":
            lines[row] = Array(lines[row].prefix(column))
            lines.removeSubrange((row + 1)...)
        case let other: offences.append("escape [\(digits)\(other.map(String.init) ?? "")")
        }
    }
}

/// Numbers that are the same in every run of a test.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
