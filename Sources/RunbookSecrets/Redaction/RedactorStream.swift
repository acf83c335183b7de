/// Masks secrets in a stream that arrives in parts.
///
/// The output is the same for every way to cut the input into parts. Only bytes that may be the beginning of a
/// secret are held back, until more input or ``finish()`` decides.
public struct RedactorStream: Sendable {
    /// The number of bytes that are looked at together; bounds the memory, whatever is written at once.
    private static let blockSize = 1 << 16

    private var redactor: Redactor
    private let place: String
    private var matchers: [LiteralMatcher]
    private var foldedMatchers: [FoldedMatcher]
    private var shapeMatcher: ShapeMatcher?
    /// The bytes that are not decided yet, and those being looked at.
    private var buffer: [UInt8] = []
    /// The position in the stream of the first byte of the buffer.
    private var origin = 0
    /// The byte before the buffer.
    private var previous: UInt8?
    /// The number of base64 digits directly before the buffer.
    private var previousRun = 0
    /// What was found and is not masked yet.
    private var matches: [Match] = []
    /// The position up to which the output is written, as text or as masks.
    private var written = 0
    /// The name in the last mask.
    private var lastMask: Int32 = -1
    /// The masks so far, by name and under the stream's place.
    public private(set) var summary = RedactionSummary()

    /// A stream through a redactor.
    /// - Parameter place: Where the output goes, such as `stdout`; the summary counts under this label.
    public init(_ redactor: Redactor, place: String = "") {
        self.redactor = redactor
        self.place = place
        matchers = redactor.literalMatchers
        foldedMatchers = redactor.foldedMatchers
        shapeMatcher = redactor.shapeMatcher
    }

    /// The number of bytes that are held back.
    public var heldBack: Int { max(0, origin + buffer.count - written) }

    /// Takes the next bytes and gives what is safe to show.
    public mutating func write(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        write(bytes) { output.append(contentsOf: $0) }
        return output
    }

    /// Takes the next bytes and gives what is safe to show.
    public mutating func write(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { write($0) }
    }

    /// Takes the next bytes and gives what is safe to show.
    public mutating func write(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        bytes.withUnsafeBytes { write($0) }
    }

    /// Takes the next bytes and hands what is safe to show to a closure, stretch by stretch and without a copy.
    ///
    /// The stretches are valid during the call only. After an error of the closure the stream must not be used.
    public mutating func write(
        _ bytes: UnsafeRawBufferPointer, emit: (UnsafeRawBufferPointer) throws -> Void
    ) rethrows {
        for start in stride(from: 0, to: bytes.count, by: Self.blockSize) {
            let end = min(start + Self.blockSize, bytes.count)
            buffer.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
            try advance(isFinal: false, emit)
        }
    }

    /// Ends the stream and gives what was held back.
    public mutating func finish() -> [UInt8] {
        var output: [UInt8] = []
        finish { output.append(contentsOf: $0) }
        return output
    }

    /// Ends the stream and hands what was held back to a closure.
    public mutating func finish(emit: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        try advance(isFinal: true, emit)
    }

    /// Goes on with another redactor, which also looks at the bytes that are held back.
    ///
    /// For a secret that is loaded while the stream runs: what was already shown stays shown.
    public mutating func adopt(_ newer: Redactor) {
        guard newer !== redactor else { return }
        var successor = RedactorStream(newer, place: place)
        successor.summary = summary
        successor.buffer = buffer
        successor.previous = previous
        successor.previousRun = previousRun
        successor.written = max(0, written - origin)
        if lastMask >= 0 {
            let name = redactor.names[Int(lastMask)].name
            successor.lastMask = newer.names.firstIndex { $0.name == name }.map { Int32($0) } ?? -1
        }
        self = successor
    }

    private mutating func advance(isFinal: Bool, _ emit: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        var safe = origin + buffer.count
        buffer.withUnsafeBufferPointer { bytes in
            let window = Window(
                bytes: bytes, origin: origin, isFinal: isFinal, previous: previous, previousRun: previousRun)
            for index in matchers.indices {
                matchers[index].scan(window, into: &matches)
                if !isFinal { safe = min(safe, matchers[index].safePosition(in: window)) }
            }
            for index in foldedMatchers.indices {
                foldedMatchers[index].scan(window, into: &matches)
                if !isFinal { safe = min(safe, foldedMatchers[index].safePosition(in: window)) }
            }
            shapeMatcher?.scan(window, into: &matches)
            if !isFinal, let shapeMatcher { safe = min(safe, shapeMatcher.safePosition(in: window)) }
        }
        try drain(upTo: safe, emit)
        let decided = safe - origin
        if decided > 0 {
            previous = buffer[decided - 1]
            let digits = buffer[..<decided].suffix(FoldedMatcher.longRun).reversed().prefix(while: \.isBase64Digit)
                .count
            previousRun = digits == decided ? min(previousRun + digits, FoldedMatcher.longRun) : digits
            buffer.removeSubrange(..<decided)
            origin = safe
        }
    }

    /// Writes everything before a position: no match that is found later begins there.
    private mutating func drain(
        upTo safe: Int, _ emit: (UnsafeRawBufferPointer) throws -> Void
    ) rethrows {
        if !matches.isEmpty {
            matches.sort { ($0.start, $1.end, $0.name) < ($1.start, $0.end, $1.name) }
            var index = 0
            while index < matches.count, matches[index].start < safe {
                try mask(matches[index], emit)
                index += 1
            }
            matches.removeSubrange(..<index)
        }
        try writeText(upTo: safe, emit)
    }

    /// Masks a match; one that overlaps what is masked already adds its name only where it covers more.
    private mutating func mask(_ match: Match, _ emit: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        guard match.end > written else { return }
        let continues = match.start < written
        try writeText(upTo: match.start, emit)
        written = match.end
        if continues, match.name == lastMask { return }
        lastMask = match.name
        let name = redactor.names[Int(match.name)]
        summary.add(name.name, place: place)
        try name.mask.withUnsafeBytes(emit)
    }

    private mutating func writeText(
        upTo end: Int, _ emit: (UnsafeRawBufferPointer) throws -> Void
    ) rethrows {
        guard end > written else { return }
        let range = written - origin..<end - origin
        try buffer.withUnsafeBytes { try emit(UnsafeRawBufferPointer(rebasing: $0[range])) }
        written = end
    }
}

extension RedactorStream: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Where the stream goes and what it masked so far.
    public var description: String { "RedactorStream(\(place), \(summary.total) masked)" }
    /// The same as ``description``.
    public var debugDescription: String { description }
    /// Shows nothing of what is held back.
    public var customMirror: Mirror { .opaque(self) }
}
