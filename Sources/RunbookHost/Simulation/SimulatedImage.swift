import Crypto

/// An image in a simulated engine.
struct SimulatedImage: Sendable {
    /// A layer, newest first in lists.
    struct Layer: Sendable {
        var instruction: String
        var size: Int
    }

    /// `sha256:` and 64 digits.
    var id: String
    /// Bytes.
    var size: Int
    /// Oldest first.
    var layers: [Layer]
    var labels: [String: String] = [:]
    /// Seconds since 1970.
    var created: Double = 0

    /// A digest of texts: the same texts give the same image.
    static func digest(of texts: [String]) -> String {
        var hash = SHA256()
        for text in texts {
            hash.update(data: Array(text.utf8))
            hash.update(data: [0])
        }
        return "sha256:"
            + hash.finalize().map { byte in
                let digits = String(byte, radix: 16)
                return digits.count == 1 ? "0" + digits : digits
            }.joined()
    }

    /// A number that a text always gives.
    static func number(of text: String) -> Int {
        digest(of: [text]).utf8.suffix(8).reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFF_FFFF }
    }

    /// The size of a public image as its registry has it, about.
    static func size(ofBase name: String) -> Int {
        let (repository, tag) = ImageName.parts(ImageName.short(ImageName.full(name)))
        let word = repository.split(separator: "/").last.map(String.init) ?? repository
        let variant = tag.contains("alpine") ? 0 : tag.contains("slim") ? 1 : 2
        if word == "scratch" { return 0 }
        return (known[word] ?? [60_000_000, 110_000_000, 240_000_000])[variant]
    }

    // Alpine, slim and full variants.
    private static let known: [String: [Int]] = [
        "alpine": [8_320_000, 8_320_000, 8_320_000], "busybox": [4_270_000, 4_270_000, 4_270_000],
        "debian": [117_000_000, 74_800_000, 117_000_000], "ubuntu": [78_100_000, 78_100_000, 78_100_000],
        "python": [46_900_000, 124_000_000, 1_020_000_000], "node": [161_000_000, 226_000_000, 1_120_000_000],
        "nginx": [52_500_000, 192_000_000, 192_000_000], "nginx-unprivileged": [52_600_000, 192_000_000, 192_000_000],
        "postgres": [276_000_000, 438_000_000, 438_000_000], "redis": [41_400_000, 117_000_000, 117_000_000],
        "golang": [260_000_000, 823_000_000, 823_000_000], "uv": [46_000_000, 130_000_000, 46_000_000],
        "distroless": [20_000_000, 20_000_000, 20_000_000],
    ]

    /// What an instruction that runs something adds, about.
    static func size(ofRun command: String) -> Int {
        let costs: [(String, Int)] = [
            ("apt-get install", 38_000_000), ("apk add", 9_000_000), ("npm ci", 148_000_000),
            ("npm install", 152_000_000), ("npm run build", 3_400_000), ("pip install", 54_000_000),
            ("uv sync", 52_000_000), ("poetry install", 58_000_000), ("go build", 24_000_000), ("yarn", 150_000_000),
        ]
        return costs.filter { command.contains($0.0) }.map(\.1).max() ?? 4_100
    }
}
