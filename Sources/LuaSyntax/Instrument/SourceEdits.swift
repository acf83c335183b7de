/// One change of a source text that adds no line.
struct SourceEdit {
    /// How an edit stands to the text at its offset.
    enum Role: Int {
        /// Closes a call after an expression.
        case close
        /// Opens a call before an expression.
        case open
        /// Takes the place of a token.
        case replace
    }

    var offset: Int
    var role: Role
    /// The number of the expression that it belongs to: greater for the outer of two that start or end together.
    var rank: Int
    var removed = 0
    var text: String
}

/// A set of edits in the order of the text.
struct SourceEdits {
    private let edits: [SourceEdit]

    init(_ unordered: [SourceEdit]) {
        edits = unordered.sorted { left, right in
            if left.offset != right.offset { return left.offset < right.offset }
            if left.role != right.role { return left.role.rawValue < right.role.rawValue }
            // The inner expression closes first and opens last.
            return left.role == .close ? left.rank < right.rank : left.rank > right.rank
        }
    }

    /// How many of the added calls stand inside each other at the deepest place.
    var nesting: Int {
        var depth = 0
        var deepest = 0
        for edit in edits {
            depth += edit.text.count { $0 == "(" } - edit.text.count { $0 == ")" }
            deepest = max(deepest, depth)
        }
        return deepest
    }

    /// The text with all edits made.
    func applied(to bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + edits.count * 16)
        var copied = 0
        for edit in edits {
            result.append(contentsOf: bytes[copied..<edit.offset])
            copied = edit.offset + edit.removed
            // `and"x"` is two tokens, but a name put between them would become part of the first.
            if edit.role != .close, let last = result.last, last.isNamePart, edit.text.utf8.first?.isNameStart == true {
                result.append(0x20)
            }
            result.append(contentsOf: edit.text.utf8)
        }
        result.append(contentsOf: bytes[copied...])
        return result
    }
}
