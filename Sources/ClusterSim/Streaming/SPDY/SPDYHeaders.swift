/// The headers of SPDY/3.1 frames: names and values, packed by one zlib stream a direction.
enum SPDYHeaders {
    private static let words = [
        "options", "head", "post", "put", "delete", "trace", "accept", "accept-charset", "accept-encoding",
        "accept-language", "accept-ranges", "age", "allow", "authorization", "cache-control", "connection",
        "content-base", "content-encoding", "content-language", "content-length", "content-location", "content-md5",
        "content-range", "content-type", "date", "etag", "expect", "expires", "from", "host", "if-match",
        "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "last-modified", "location",
        "max-forwards", "pragma", "proxy-authenticate", "proxy-authorization", "range", "referer", "retry-after",
        "server", "te", "trailer", "transfer-encoding", "upgrade", "user-agent", "vary", "via", "warning",
        "www-authenticate", "method", "get", "status", "200 OK", "version", "HTTP/1.1", "url", "public", "set-cookie",
        "keep-alive", "origin",
    ]
    private static let tail =
        "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505"
        + "203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized"
        + "403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable"
        + "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT"
        + "chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,"
        + "text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0."

    /// The text that both sides know before the first header, from the SPDY/3 draft.
    static let dictionary: [UInt8] = words.flatMap { number($0.utf8.count) + Array($0.utf8) } + Array(tail.utf8)

    private static func number(_ value: Int) -> [UInt8] {
        [UInt8(value >> 24 & 255), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
    }

    /// The headers in an unpacked block, with names in lower case.
    static func decode(_ block: [UInt8]) -> [String: String]? {
        var position = 0
        func integer() -> Int? {
            guard position + 4 <= block.count else { return nil }
            defer { position += 4 }
            return block[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        func text() -> String? {
            guard let length = integer(), position + length <= block.count else { return nil }
            defer { position += length }
            return String(decoding: block[position..<position + length], as: UTF8.self)
        }
        guard let count = integer(), count < 256 else { return nil }
        var result: [String: String] = [:]
        for _ in 0..<count {
            guard let name = text(), let value = text() else { return nil }
            result[name.lowercased()] = value
        }
        return result
    }

    /// A block without headers.
    ///
    /// It is stored, not packed, which every reader of zlib takes, and ends with a flush: Go's
    /// reader would look for a further block otherwise, and fail.
    ///
    /// - Parameter isFirst: whether it begins the stream of its direction.
    static func emptyBlock(isFirst: Bool) -> [UInt8] {
        let flush: [UInt8] = [0x00, 0x00, 0x00, 0xFF, 0xFF]
        return (isFirst ? [0x78, 0x01] : []) + [0x00, 0x04, 0x00, 0xFB, 0xFF] + number(0) + flush
    }
}
