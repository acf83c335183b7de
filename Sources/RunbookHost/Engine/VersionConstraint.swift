/// A version number as tools print it, read leniently: `v4.3.1+gc0d08d0`, `1.37`, `28.2.2`.
public struct ToolVersion: Sendable, Comparable, CustomStringConvertible {
    /// The numbers, the most significant first.
    public var numbers: [Int]

    /// Reads the first dotted number in a text; nil when there is none.
    public init?(_ text: String) {
        var rest = Substring(text)
        while let start = rest.firstIndex(where: \.isNumber) {
            let candidate = rest[start...].prefix { $0.isNumber || $0 == "." }
            let parts = candidate.split(separator: ".").compactMap { Int($0) }
            if !parts.isEmpty {
                numbers = parts
                return
            }
            rest = rest[candidate.endIndex...]
        }
        return nil
    }

    /// The first number.
    public var major: Int { numbers[0] }

    /// The numbers with dots.
    public var description: String { numbers.map(String.init).joined(separator: ".") }

    /// Missing numbers count as 0.
    public static func < (left: ToolVersion, right: ToolVersion) -> Bool {
        for index in 0..<max(left.numbers.count, right.numbers.count) {
            let a = index < left.numbers.count ? left.numbers[index] : 0
            let b = index < right.numbers.count ? right.numbers[index] : 0
            if a != b { return a < b }
        }
        return false
    }

    /// Equal when neither is less.
    public static func == (left: ToolVersion, right: ToolVersion) -> Bool { !(left < right) && !(right < left) }
}

/// A condition on a version: `>=3.12`, `>=1.28 <2`, `4`.
public struct VersionConstraint: Sendable {
    private enum Comparison: String, CaseIterable {
        case atLeast = ">="
        case atMost = "<="
        case above = ">"
        case below = "<"
        case equal = "="
    }
    private var terms: [(Comparison, ToolVersion)] = []

    /// Reads a condition; nil when it is none.
    public init?(_ text: String) {
        if text == "*" { return }
        for term in text.split(whereSeparator: { $0 == " " || $0 == "," }) {
            let comparison = Comparison.allCases.first { term.hasPrefix($0.rawValue) }
            let number = term.dropFirst(comparison?.rawValue.count ?? 0)
            guard number.first?.isNumber == true, let version = ToolVersion(String(number)) else { return nil }
            terms.append((comparison ?? .atLeast, version))
        }
        if terms.isEmpty { return nil }
    }

    /// True when a version meets every term.
    public func holds(for version: ToolVersion) -> Bool {
        terms.allSatisfy { comparison, bound in
            switch comparison {
            case .atLeast: version >= bound
            case .atMost: version <= bound
            case .above: version > bound
            case .below: version < bound
            case .equal: version == bound
            }
        }
    }
}
