#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A stretch of the stream that must not be shown.
struct Match {
    /// Where it begins, counted from the start of the stream.
    let start: Int
    /// Where it ends: the first position after it.
    let end: Int
    /// Which name it betrays.
    let name: Int32
}

/// A part of the stream that is in memory.
struct Window {
    /// The bytes.
    let bytes: UnsafeBufferPointer<UInt8>
    /// The position of the first of them in the stream.
    let origin: Int
    /// Whether the stream ends with them.
    let isFinal: Bool
    /// The byte before the first one; `nil` at the start of the stream.
    let previous: UInt8?
    /// How many base64 digits stand directly before the first byte; counted up to ``FoldedMatcher/longRun``.
    let previousRun: Int

    /// The position after the last byte.
    var end: Int { origin + bytes.count }

    /// The byte at a position; `nil` before the bytes that are known and after the end.
    func byte(at position: Int) -> UInt8? {
        if position >= origin, position < end { return bytes[position - origin] }
        return position == origin - 1 ? previous : nil
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The index of the first line feed from an index on; `nil` where there is none.
    func nextLineFeed(from start: Int) -> Int? {
        guard start < count, let base = baseAddress else { return nil }
        guard let found = memchr(base + start, Int32(UInt8.lineFeed), count - start) else { return nil }
        return UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
    }
}
