/// Numbers of bytes as people write them.
public enum SizeText {
    /// Reads `500MB` (decimal), `2GiB` or Kubernetes' `2Gi` (binary), or a number of bytes; nil when it is none.
    public static func parse(_ text: String) -> Int? {
        let number = text.prefix { $0.isNumber || $0 == "." }
        guard let value = Double(number) else { return nil }
        let unit = text.dropFirst(number.count).drop { $0 == " " }
        guard let factor = factors[String(unit)] else { return nil }
        let bytes = value * factor
        return bytes < Double(Int.max) ? Int(bytes) : nil
    }

    private static let factors: [String: Double] = [
        "": 1, "B": 1, "k": 1e3, "kB": 1e3, "KB": 1e3, "M": 1e6, "MB": 1e6, "G": 1e9, "GB": 1e9, "T": 1e12, "TB": 1e12,
        "Ki": 1024, "KiB": 1024, "Mi": 1_048_576, "MiB": 1_048_576, "Gi": 1_073_741_824, "GiB": 1_073_741_824,
        "Ti": 1_099_511_627_776, "TiB": 1_099_511_627_776,
    ]

    /// `142 MB`, `1.4 GB`, `12 kB`, in decimal units as docker prints them.
    public static func of(_ bytes: Int) -> String {
        let units: [(Double, String)] = [(1e9, "GB"), (1e6, "MB"), (1e3, "kB")]
        for (factor, unit) in units where Double(bytes) >= factor {
            let value = Double(bytes) / factor
            if value >= 10 { return "\(Int(value.rounded())) \(unit)" }
            let tenths = Int((value * 10).rounded())
            return tenths % 10 == 0 ? "\(tenths / 10) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
        }
        return "\(bytes) B"
    }
}
