/// A failure to unpack a gzip file.
struct InflateError: Error {
    let message: String
}

/// Unpacks gzip data (RFC 1951, RFC 1952), so that the library needs no C library for the few documents that it reads.
struct Inflate {
    private var input: [UInt8]
    private var position: Int
    private var bitBuffer: UInt32 = 0
    private var bitCount = 0
    private var output: [UInt8] = []

    /// The unpacked content of one gzip member.
    static func gunzip(_ data: [UInt8]) throws -> [UInt8] {
        guard data.count > 18, data[0] == 0x1F, data[1] == 0x8B, data[2] == 8 else {
            throw InflateError(message: "not a gzip file")
        }
        var start = 10
        let flags = data[3]
        if flags & 4 != 0 { start += 2 + Int(data[start]) + Int(data[start + 1]) << 8 }
        for flag in [UInt8(8), 16] where flags & flag != 0 {
            while start < data.count, data[start] != 0 { start += 1 }
            start += 1
        }
        if flags & 2 != 0 { start += 2 }
        var inflate = Inflate(input: data, position: start)
        let tail = data.suffix(4)
        let size = tail.reversed().reduce(0) { $0 << 8 | Int($1) }
        inflate.output.reserveCapacity(min(size, 1 << 26))
        try inflate.run()
        return inflate.output
    }

    private init(input: [UInt8], position: Int) {
        self.input = input
        self.position = position
    }

    private mutating func bits(_ count: Int) throws -> Int {
        while bitCount < count {
            guard position < input.count else { throw InflateError(message: "the gzip file ends too early") }
            bitBuffer |= UInt32(input[position]) << UInt32(bitCount)
            position += 1
            bitCount += 8
        }
        let result = Int(bitBuffer & ((1 << UInt32(count)) - 1))
        bitBuffer >>= UInt32(count)
        bitCount -= count
        return result
    }

    /// Unpacks a part of a stream whose parts end at a flush, after what the parts before gave.
    fileprivate static func unpack(_ part: [UInt8], after history: [UInt8]) throws -> [UInt8] {
        var inflate = Inflate(input: part, position: 0)
        inflate.output = history
        while inflate.position < part.count { _ = try inflate.block() }
        return Array(inflate.output[history.count...])
    }

    private mutating func run() throws {
        while try !block() {}
    }

    /// Unpacks a block, and says whether it is the last.
    private mutating func block() throws -> Bool {
        let isLast = try bits(1) == 1
        switch try bits(2) {
        case 0: try stored()
        case 1: try compressed(literals: Self.fixedLiterals, distances: Self.fixedDistances)
        case 2:
            let (literals, distances) = try dynamicTables()
            try compressed(literals: literals, distances: distances)
        default: throw InflateError(message: "the gzip file has a block of an unknown kind")
        }
        return isLast
    }

    private mutating func stored() throws {
        bitBuffer = 0
        bitCount = 0
        guard position + 4 <= input.count else { throw InflateError(message: "the gzip file ends too early") }
        let length = Int(input[position]) | Int(input[position + 1]) << 8
        position += 4
        guard position + length <= input.count else { throw InflateError(message: "the gzip file ends too early") }
        output.append(contentsOf: input[position..<position + length])
        position += length
    }

    /// A canonical Huffman code: how many codes of each length, and the symbols in order.
    private struct Huffman {
        var counts = [Int](repeating: 0, count: 16)
        var symbols: [Int]

        init(lengths: ArraySlice<Int>) {
            symbols = [Int](repeating: 0, count: lengths.count)
            for length in lengths { counts[length] += 1 }
            counts[0] = 0
            var offsets = [Int](repeating: 0, count: 16)
            for length in 1..<15 { offsets[length + 1] = offsets[length] + counts[length] }
            for (symbol, length) in lengths.enumerated() where length != 0 {
                symbols[offsets[length]] = symbol
                offsets[length] += 1
            }
        }
    }

    private mutating func symbol(_ code: borrowing Huffman) throws -> Int {
        var value = 0
        var first = 0
        var index = 0
        for length in 1...15 {
            value |= try bits(1)
            let count = code.counts[length]
            if value - count < first { return code.symbols[index + value - first] }
            index += count
            first = (first + count) << 1
            value <<= 1
        }
        throw InflateError(message: "the gzip file has an unknown code")
    }

    private mutating func dynamicTables() throws -> (Huffman, Huffman) {
        let literalCount = try bits(5) + 257
        let distanceCount = try bits(5) + 1
        let lengthCount = try bits(4) + 4
        let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
        var lengths = [Int](repeating: 0, count: 19)
        for index in 0..<lengthCount { lengths[order[index]] = try bits(3) }
        let lengthCode = Huffman(lengths: lengths[...])
        var all: [Int] = []
        while all.count < literalCount + distanceCount {
            switch try symbol(lengthCode) {
            case 16:
                guard let last = all.last else { throw InflateError(message: "the gzip file has a bad code table") }
                all.append(contentsOf: repeatElement(last, count: try bits(2) + 3))
            case 17: all.append(contentsOf: repeatElement(0, count: try bits(3) + 3))
            case 18: all.append(contentsOf: repeatElement(0, count: try bits(7) + 11))
            case let length: all.append(length)
            }
        }
        guard all.count == literalCount + distanceCount else {
            throw InflateError(message: "the gzip file has a bad code table")
        }
        return (Huffman(lengths: all[..<literalCount]), Huffman(lengths: all[literalCount...]))
    }

    private mutating func compressed(literals: Huffman, distances: Huffman) throws {
        while true {
            let code = try symbol(literals)
            if code < 256 {
                output.append(UInt8(code))
            } else if code == 256 {
                return
            } else {
                guard code <= 285 else { throw InflateError(message: "the gzip file has an unknown code") }
                let length = Self.lengthBase[code - 257] + (try bits(Self.lengthBits[code - 257]))
                let distanceCode = try symbol(distances)
                guard distanceCode < 30 else { throw InflateError(message: "the gzip file has an unknown code") }
                let distance = Self.distanceBase[distanceCode] + (try bits(Self.distanceBits[distanceCode]))
                guard distance <= output.count else { throw InflateError(message: "the gzip file is damaged") }
                var source = output.count - distance
                for _ in 0..<length {
                    output.append(output[source])
                    source += 1
                }
            }
        }
    }

    private static let fixedLiterals = Huffman(
        lengths: ([Int](repeating: 8, count: 144) + [Int](repeating: 9, count: 112) + [Int](repeating: 7, count: 24)
            + [Int](repeating: 8, count: 8))[...])
    private static let fixedDistances = Huffman(lengths: [Int](repeating: 5, count: 30)[...])
    private static let lengthBase = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let lengthBits = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distanceBase = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
        6145,
        8193, 12289, 16385, 24577,
    ]
    private static let distanceBits = [
        0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
    ]
}

/// Unpacks a zlib stream (RFC 1950) that comes in parts, each ended by a flush.
struct InflateStream: Sendable {
    private static let window = 32_768
    private var history: [UInt8]
    private var hasBegun = false

    /// - Parameter dictionary: the text that the sender refers to from the start.
    init(dictionary: [UInt8]) { history = dictionary }

    /// The content of the next part.
    mutating func unpack(_ part: [UInt8]) throws -> [UInt8] {
        var part = part
        if !hasBegun {
            guard part.count >= 2, part[0] & 0x0F == 8 else { throw InflateError(message: "not a zlib stream") }
            part.removeFirst(part[1] & 0x20 != 0 ? min(6, part.count) : 2)
            hasBegun = true
        }
        let content = try Inflate.unpack(part, after: history)
        history = Array((history + content).suffix(Self.window))
        return content
    }
}
