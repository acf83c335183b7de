/// A PEM or PGP block with a private key, after `-----BEGIN `.
///
/// Its lines may be indented, prefixed as a log prefixes them, or joined by `\n` in a JSON string. A block that is
/// cut off is masked up to its last long run of base64.
struct PrivateKeyScanner: ShapeScanner {
    private static let longest = 16 << 10
    private static let longestLabel = 64
    private static let longRun = 20
    private static let dashes = 5
    private static let labelEnds = [Array("PRIVATE KEY".utf8), Array("PRIVATE KEY BLOCK".utf8)]
    private static let footer = Array("-----END ".utf8)
    private static let bodyPunctuation = Set("\\-:,\"'|_.()[]+/= \t\r\n".utf8)

    private enum Part {
        case label
        case body
        case footer
    }

    let start: Int
    private var part = Part.label
    private var label: [UInt8] = []
    private var dashCount = 0
    /// How many bytes of the footer's first text the body ends with.
    private var footerProgress = 0
    private var runStart: Int?
    private var lastRunEnd: Int?

    init(start: Int) {
        self.start = start
    }

    mutating func take(_ byte: UInt8?, at position: Int) -> ShapeVerdict {
        guard let byte, position - start < Self.longest else { return cutOff(at: position) }
        switch part {
        case .label: return takeLabel(byte)
        case .body: return takeBody(byte, at: position)
        case .footer: return takeFooter(byte, at: position)
        }
    }

    /// The dashes that end a label can begin the next header.
    var overlap: Int { part == .label ? Self.dashes - 1 : 0 }

    private mutating func takeLabel(_ byte: UInt8) -> ShapeVerdict {
        if byte == UInt8(ascii: "-") {
            dashCount += 1
            if dashCount < Self.dashes { return .undecided }
            let isPrivate = Self.labelEnds.contains { label.suffix($0.count).elementsEqual($0) }
            guard isPrivate else { return .rejected }
            part = .body
            return .undecided
        }
        guard dashCount == 0, label.count < Self.longestLabel, byte == 0x20 || byte.isASCIILetterOrDigit else {
            return .rejected
        }
        label.append(byte)
        return .undecided
    }

    private mutating func takeBody(_ byte: UInt8, at position: Int) -> ShapeVerdict {
        if byte.isBase64 {
            if runStart == nil { runStart = position }
        } else {
            endRun(at: position)
            guard Self.bodyPunctuation.contains(byte) else { return cutOff(at: position) }
        }
        if byte == Self.footer[footerProgress] {
            footerProgress += 1
        } else if byte == UInt8(ascii: "-") {
            footerProgress = min(footerProgress, Self.dashes)
        } else {
            footerProgress = 0
        }
        if footerProgress == Self.footer.count {
            part = .footer
            dashCount = 0
        }
        return .undecided
    }

    private mutating func takeFooter(_ byte: UInt8, at position: Int) -> ShapeVerdict {
        if byte == UInt8(ascii: "-") {
            dashCount += 1
            return dashCount == Self.dashes ? .found(start: start, end: position + 1) : .undecided
        }
        guard dashCount == 0, byte == 0x20 || byte.isASCIILetterOrDigit else { return cutOff(at: position) }
        return .undecided
    }

    private mutating func endRun(at position: Int) {
        if let start = runStart, position - start >= Self.longRun { lastRunEnd = position }
        runStart = nil
    }

    private mutating func cutOff(at position: Int) -> ShapeVerdict {
        endRun(at: position)
        guard let end = lastRunEnd else { return .rejected }
        return .found(start: start, end: end)
    }
}
