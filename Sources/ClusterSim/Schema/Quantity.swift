/// An amount such as `500m`, `1.5Gi` or `2`, exact to a thousandth.
struct Quantity: Sendable, Hashable, Comparable {
    /// The amount in thousandths.
    private(set) var milli: Int
    private var isBinary = false

    static let zero = Quantity(units: 0)

    /// A whole amount.
    init(units: Int) { milli = units.multipliedReportingOverflow(by: 1000).overflow ? Int.max : units * 1000 }

    /// Reads the API's form; nil when the text has another.
    init?(_ text: String) {
        let number = text.prefix { "+-.0123456789".contains($0) }
        var suffix = String(text.dropFirst(number.count))
        guard !number.isEmpty, number.contains(where: \.isNumber) else { return nil }
        var factor = 1000.0
        if let first = suffix.first, "eE".contains(first), let exponent = Int(suffix.dropFirst()) {
            for _ in 0..<abs(exponent) { factor = exponent > 0 ? factor * 10 : factor / 10 }
            suffix = ""
        }
        let binary = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
        let decimal = ["k", "M", "G", "T", "P", "E"]
        if let power = binary.firstIndex(of: suffix) {
            isBinary = true
            for _ in 0...power { factor *= 1024 }
        } else if let power = decimal.firstIndex(of: suffix) {
            for _ in 0...power { factor *= 1000 }
        } else {
            switch suffix {
            case "": break
            case "m": factor = 1
            case "u": factor = 0.001
            case "n": factor = 0.000001
            default: return nil
            }
        }
        if let whole = Int(number), factor < 1e18, !whole.multipliedReportingOverflow(by: Int(factor)).overflow, factor >= 1 {
            milli = whole * Int(factor)
            return
        }
        guard let value = Double(number) else { return nil }
        let scaled = (value * factor).rounded(.up)
        milli = scaled < 9e18 ? Int(scaled) : Int.max
    }

    /// The amount in whole units, rounded up.
    var units: Int { milli / 1000 + (milli % 1000 > 0 ? 1 : 0) }

    /// The canonical form.
    var text: String {
        if milli % 1000 != 0 { return "\(milli)m" }
        let units = milli / 1000
        if units == 0 { return "0" }
        let steps = isBinary ? ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"] : ["k", "M", "G", "T", "P", "E"]
        let base = isBinary ? 1024 : 1000
        var value = units
        var suffix = ""
        for step in steps where value % base == 0 {
            value /= base
            suffix = step
        }
        return "\(value)\(suffix)"
    }

    static func < (left: Quantity, right: Quantity) -> Bool { left.milli < right.milli }

    static func + (left: Quantity, right: Quantity) -> Quantity {
        var sum = left
        sum.isBinary = left.isBinary || right.isBinary
        let (value, isTooLarge) = left.milli.addingReportingOverflow(right.milli)
        sum.milli = isTooLarge ? Int.max : value
        return sum
    }

    static func - (left: Quantity, right: Quantity) -> Quantity {
        var rest = left
        rest.milli -= right.milli
        return rest
    }

    static func == (left: Quantity, right: Quantity) -> Bool { left.milli == right.milli }
    func hash(into hasher: inout Hasher) { hasher.combine(milli) }
}
