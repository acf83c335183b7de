/// Base64 as RFC 4648 defines it, and what of it a secret in the middle of other bytes determines.
enum Base64 {
    static let standard = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    static let urlSafe = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// The value of each byte as a digit of either alphabet; 255 for a byte that is none.
    static let digitValues: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for alphabet in [standard, urlSafe] {
            for (value, digit) in alphabet.enumerated() { values[Int(digit)] = UInt8(value) }
        }
        return values
    }()

    /// The encoding of a value that stands alone.
    static func whole(_ value: [UInt8], padded: Bool) -> [UInt8] {
        var digits = Alignment(prefix: 0, count: value.count).fullDigits(of: value)
        let rest = value.count % 3
        guard rest > 0 else { return digits.map { standard[Int($0)] } }
        digits.append(rest == 1 ? (value[value.count - 1] & 3) << 4 : (value[value.count - 1] & 15) << 2)
        return digits.map { standard[Int($0)] } + (padded ? [UInt8](repeating: UInt8(ascii: "="), count: 3 - rest) : [])
    }

    /// The digits that a value determines at each of the three alignments, in both alphabets.
    ///
    /// At its two ends a value may share a digit with its neighbours. Those digits are listed as edges: what they
    /// can be is known from the bits that the value contributes.
    static func forms(of value: [UInt8]) -> [SecretForm] {
        (0..<3).flatMap { prefix -> [SecretForm] in
            let alignment = Alignment(prefix: prefix, count: value.count)
            let digits = alignment.fullDigits(of: value)
            guard digits.count >= 3 else { return [] }
            let needsURL = digits.contains { $0 >= 62 } || alignment.rightEdge(of: value).contains { $0 >= 62 }
            return (needsURL ? [standard, urlSafe] : [standard]).map { alphabet in
                SecretForm(
                    bytes: digits.map { alphabet[Int($0)] }, tails: alignment.tails(of: value, in: alphabet),
                    leftEdge: alignment.leftEdge(of: value))
            }
        }
    }
}

/// Where a value lies among the digits of an encoding: after `prefix` unknown bytes (0, 1 or 2), followed by unknown bytes.
private struct Alignment {
    let prefix: Int
    let count: Int

    private var firstBit: Int { 8 * prefix }
    private var endBit: Int { 8 * (prefix + count) }

    /// The digits of which every bit comes from the value.
    func fullDigits(of value: [UInt8]) -> [UInt8] {
        let first = (firstBit + 5) / 6
        let end = endBit / 6
        guard first < end else { return [] }
        return (first..<end).map { digit in
            let bit = digit * 6 - firstBit
            let byte = bit / 8
            let pair = UInt16(value[byte]) << 8 | (byte + 1 < count ? UInt16(value[byte + 1]) : 0)
            return UInt8(pair >> UInt16(10 - bit % 8) & 63)
        }
    }

    /// The digits, as a bit set, that can hold the first bits of the value after other bytes.
    func leftEdge(of value: [UInt8]) -> UInt64 {
        let known: Int
        switch prefix {
        case 1: known = 4
        case 2: known = 2
        default: return 0
        }
        let low = Int(value[0]) >> (8 - known)
        return stride(from: low, to: 64, by: 1 << known).reduce(0) { $0 | 1 << UInt64($1) }
    }

    /// The digits that can hold the last bits of the value before other bytes; the first is the one before the end.
    func rightEdge(of value: [UInt8]) -> ClosedRange<UInt8> {
        let known = endBit % 6
        guard known > 0 else { return 0...0 }
        let high = (value[count - 1] & (1 << UInt8(known) - 1)) << UInt8(6 - known)
        return high...(high | (1 << UInt8(6 - known) - 1))
    }

    func tails(of value: [UInt8], in alphabet: [UInt8]) -> [[UInt8]] {
        let known = endBit % 6
        guard known > 0 else { return [] }
        let edge = rightEdge(of: value).map { [alphabet[Int($0)]] }
        return edge + [edge[0] + [UInt8](repeating: UInt8(ascii: "="), count: known == 2 ? 2 : 1)]
    }
}
