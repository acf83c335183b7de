/// A tar file of one small file, as `docker save` writes one at least: what the simulated docker saves and loads.
enum TarFile {
    /// The archive.
    static func make(name: String, content: [UInt8]) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
        }
        func octal(_ number: Int, digits: Int) -> String {
            let text = String(number, radix: 8)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        put(String(name.prefix(99)), at: 0)
        put(octal(0o644, digits: 7), at: 100)
        put(octal(0, digits: 7), at: 108)
        put(octal(0, digits: 7), at: 116)
        put(octal(content.count, digits: 11), at: 124)
        put(octal(0, digits: 11), at: 136)
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar", at: 257)
        put("00", at: 263)
        put(octal(header.reduce(0) { $0 + Int($1) }, digits: 6), at: 148)
        header[154] = 0
        let padding = (512 - content.count % 512) % 512
        return header + content + [UInt8](repeating: 0, count: padding + 1024)
    }

    /// The content of a file in an archive, or nil when it has none of that name.
    static func content(of name: String, in archive: [UInt8]) -> [UInt8]? {
        var offset = 0
        while offset + 512 <= archive.count, archive[offset] != 0 {
            let entry = text(archive[offset..<(offset + 100)])
            guard let size = Int(text(archive[(offset + 124)..<(offset + 136)]), radix: 8), size >= 0 else {
                return nil
            }
            let start = offset + 512
            guard start + size <= archive.count else { return nil }
            if entry == name { return Array(archive[start..<(start + size)]) }
            offset = start + (size + 511) / 512 * 512
        }
        return nil
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix { $0 != 0 && $0 != 32 }, as: UTF8.self)
    }
}
