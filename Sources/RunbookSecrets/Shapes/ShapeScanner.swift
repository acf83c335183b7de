/// Follows one credential from the text that announces it to its end, byte by byte.
protocol ShapeScanner: Sendable {
    /// Takes the byte at a position; `nil` after the last byte of the stream.
    mutating func take(_ byte: UInt8?, at position: Int) -> ShapeVerdict

    /// How many of the bytes before the one that decided can be the beginning of the next announcement.
    var overlap: Int { get }
}

extension ShapeScanner {
    var overlap: Int { 0 }
}

/// What a scanner knows after a byte.
enum ShapeVerdict {
    /// More bytes decide.
    case undecided
    /// This is no credential.
    case rejected
    /// The bytes from `start` to before `end` are the credential.
    case found(start: Int, end: Int)
}

extension UInt8 {
    /// Whether the byte is a digit of base64url.
    var isBase64URL: Bool { isASCIILetterOrDigit || self == UInt8(ascii: "-") || self == UInt8(ascii: "_") }
    /// Whether the byte is a digit of base64 or its padding.
    var isBase64: Bool {
        isASCIILetterOrDigit || self == UInt8(ascii: "+") || self == UInt8(ascii: "/") || self == UInt8(ascii: "=")
    }
}

/// `header.payload.signature` after `eyJ`, which is how `{"` begins in base64.
struct JWTScanner: ShapeScanner {
    private static let longest = 16 << 10
    private static let shortestHeader = 10
    private static let shortestPayload = 4

    let start: Int
    private var dots: [Int] = []

    init(start: Int) {
        self.start = start
    }

    mutating func take(_ byte: UInt8?, at position: Int) -> ShapeVerdict {
        if let byte, position - start < Self.longest {
            if byte.isBase64URL { return .undecided }
            if byte == UInt8(ascii: "."), dots.count < 4, dots.last != position - 1 {
                dots.append(position)
                return dots.count == 1 && position - start < Self.shortestHeader ? .rejected : .undecided
            }
        }
        guard dots.count >= 2, dots[1] - dots[0] > Self.shortestPayload else { return .rejected }
        // A full stop after the token ends a sentence.
        let end = dots.count > 2 && dots.last == position - 1 ? position - 1 : position
        return .found(start: start, end: end)
    }
}

/// A run of word bytes after a fixed prefix, such as a GitHub token or an AWS access key id.
struct RunScanner: ShapeScanner {
    let start: Int
    /// Where the prefix ends.
    let bodyStart: Int
    /// How long the run after the prefix may be.
    let lengths: ClosedRange<Int>
    /// Whether only upper-case letters and digits count.
    let upperOnly: Bool

    mutating func take(_ byte: UInt8?, at position: Int) -> ShapeVerdict {
        let length = position - bodyStart
        if let byte, byte.isWordByte {
            let lower = (UInt8(ascii: "_")...UInt8(ascii: "z")).contains(byte)
            return length >= lengths.upperBound || byte >= 0x80 || (upperOnly && lower) ? .rejected : .undecided
        }
        return lengths.contains(length) ? .found(start: start, end: position) : .rejected
    }
}

/// Forty base64 digits that are assigned to the name of an AWS secret access key.
struct AWSSecretKeyScanner: ShapeScanner {
    private static let longestSeparator = 8
    private static let length = 40

    let nameEnd: Int
    private var hasSign = false
    private var valueStart: Int?

    init(nameEnd: Int) {
        self.nameEnd = nameEnd
    }

    mutating func take(_ byte: UInt8?, at position: Int) -> ShapeVerdict {
        if let start = valueStart {
            if let byte, byte.isBase64 { return position - start >= Self.length ? .rejected : .undecided }
            return position - start == Self.length ? .found(start: start, end: position) : .rejected
        }
        guard let byte, position - nameEnd <= Self.longestSeparator else { return .rejected }
        switch byte {
        case UInt8(ascii: "="), UInt8(ascii: ":"):
            hasSign = true
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"),
            UInt8(ascii: ">"):
            break
        default:
            guard hasSign, byte.isBase64 else { return .rejected }
            valueStart = position
        }
        return .undecided
    }
}

/// The password between the first colon and the last `@` of what follows `://`.
struct URLPasswordScanner: ShapeScanner {
    private static let longest = 512

    let authorityStart: Int
    private var passwordStart: Int?
    private var lastAt: Int?
    private var looksLikePort = true

    init(authorityStart: Int) {
        self.authorityStart = authorityStart
    }

    mutating func take(_ byte: UInt8?, at position: Int) -> ShapeVerdict {
        guard let byte, position - authorityStart < Self.longest, !endsAuthority(byte) else {
            guard let start = passwordStart, let end = lastAt, end > start else { return .rejected }
            return .found(start: start, end: end)
        }
        if byte == UInt8(ascii: "@") {
            guard passwordStart != nil else { return .rejected }
            lastAt = position
        } else if byte == UInt8(ascii: ":"), passwordStart == nil {
            passwordStart = position + 1
        } else if passwordStart != nil, !(0x30...0x39).contains(byte) {
            looksLikePort = false
        }
        return .undecided
    }

    /// The colon of `://`, whose slash ends the authority.
    var overlap: Int { 1 }

    private func endsAuthority(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, 0x7f, UInt8(ascii: "/"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"),
            UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"):
            true
        case UInt8(ascii: "?"), UInt8(ascii: "#"): passwordStart == nil || (looksLikePort && lastAt == nil)
        default: false
        }
    }
}
