/// A place in a source text as people and editors count it.
public struct SourcePosition: Hashable, Comparable, Sendable {
    /// The line, from 1.
    public var line: Int
    /// The column in Unicode code points, from 1.
    public var column: Int

    /// Makes a position.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// Orders positions as they are read.
    public static func < (left: SourcePosition, right: SourcePosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// The bytes of a Lua file with the index that turns byte offsets into lines and columns.
///
/// A line ends at `\n`, `\r`, `\r\n` or `\n\r`, as the Lua compiler counts them.
public struct SourceText: Sendable {
    /// The text as it was read.
    public let bytes: [UInt8]
    /// The byte offset at which each line starts; the first is 0.
    public let lineStarts: [Int]
    /// UTF-8 continuation bytes before each multiple of `stride`, so that a column costs no scan of a long line.
    private let continuations: [Int]

    private static let stride = 1024

    /// Indexes a text.
    public init(bytes: [UInt8]) {
        self.bytes = bytes
        var starts = [0]
        var counts: [Int] = []
        counts.reserveCapacity(bytes.count / Self.stride + 1)
        var continuation = 0
        var isSecondOfPair = false
        for (offset, byte) in bytes.enumerated() {
            if offset % Self.stride == 0 { counts.append(continuation) }
            if byte & 0xC0 == 0x80 { continuation += 1 }
            let isBreak = byte == 0x0A || byte == 0x0D
            if isBreak, !isSecondOfPair, offset + 1 < bytes.count {
                let next = bytes[offset + 1]
                if (next == 0x0A || next == 0x0D) && next != byte {
                    isSecondOfPair = true
                    continue
                }
            }
            if isBreak { starts.append(offset + 1) }
            isSecondOfPair = false
        }
        lineStarts = starts
        continuations = counts
    }

    /// Indexes a text given as a string.
    public init(_ text: String) {
        self.init(bytes: Array(text.utf8))
    }

    /// The number of the line that holds an offset, from 1.
    public func line(at offset: Int) -> Int {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return low + 1
    }

    /// The line and column of an offset.
    public func position(at offset: Int) -> SourcePosition {
        let line = line(at: offset)
        let start = lineStarts[line - 1]
        let column = offset - start - (continuationBytes(before: offset) - continuationBytes(before: start))
        return SourcePosition(line: line, column: column + 1)
    }

    /// The text between two offsets, with invalid UTF-8 replaced.
    public func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    private func continuationBytes(before offset: Int) -> Int {
        guard !continuations.isEmpty else { return 0 }
        let mark = min(offset / Self.stride, continuations.count - 1)
        return bytes[(mark * Self.stride)..<offset].reduce(continuations[mark]) { $0 + ($1 & 0xC0 == 0x80 ? 1 : 0) }
    }
}
