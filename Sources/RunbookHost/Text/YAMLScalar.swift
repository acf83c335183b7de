import RunbookLua
import Yams

/// What a scalar of YAML means.
enum YAMLScalar {
    /// Which words are more than text.
    enum Rules: Sendable {
        /// YAML 1.2's core schema, less what is read in two ways: `yes`, dates and digits with a leading zero are texts.
        case core
        /// As kubectl and helm read manifests: with YAML 1.1's `yes` and `no`, and `0644` as an octal number.
        case kubernetes
    }

    /// The value; nil when the text does not fit the tag that is set on it.
    static func value(_ scalar: Node.Scalar, tag: String, _ rules: Rules) -> LuaValue? {
        let text = scalar.string
        // Only a tag that stands in the text: the library's resolving is not asked for.
        switch tag {
        case "tag:yaml.org,2002:str": return .string(text)
        case "tag:yaml.org,2002:int":
            return integer(text, rules)
        case "tag:yaml.org,2002:float":
            return (float(text) ?? integer(text, rules)?.numberValue).map { .number($0) }
        case "tag:yaml.org,2002:bool": return boolean(text, rules)
        case "tag:yaml.org,2002:null": return .null
        case "tag:yaml.org,2002:binary":
            return Base64Text.decode(text).map { bytes in
                String(validating: bytes, as: UTF8.self).map { .string($0) } ?? .bytes(bytes)
            }
        default: break
        }
        guard scalar.style == .plain || scalar.style == .any else { return .string(text) }
        if ["", "~", "null", "Null", "NULL"].contains(text) { return .null }
        if let flag = boolean(text, rules) { return flag }
        // Only what begins like a number can be one; most scalars are spared the rest.
        guard let first = text.utf8.first, "0123456789+-.".utf8.contains(first) else { return .string(text) }
        return integer(text, rules) ?? float(text).map { .number($0) } ?? .string(text)
    }

    private static func boolean(_ text: String, _ rules: Rules) -> LuaValue? {
        switch text {
        case "true", "True", "TRUE": true
        case "false", "False", "FALSE": false
        case "yes", "Yes", "YES", "on", "On", "ON", "y", "Y": rules == .kubernetes ? true : nil
        case "no", "No", "NO", "off", "Off", "OFF", "n", "N": rules == .kubernetes ? false : nil
        default: nil
        }
    }

    private static func integer(_ text: String, _ rules: Rules) -> LuaValue? {
        if text.hasPrefix("0x") { return Int64(text.dropFirst(2), radix: 16).map { .integer($0) } }
        if text.hasPrefix("0o") { return Int64(text.dropFirst(2), radix: 8).map { .integer($0) } }
        let digits = text.hasPrefix("-") ? text.dropFirst() : Substring(text)
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        if digits.count > 1, digits.first == "0" {
            // 1.2 takes it for decimal, Kubernetes for octal, a person perhaps for a text.
            return rules == .kubernetes ? Int64(text, radix: 8).map { .integer($0) } : nil
        }
        return Int64(text).map { .integer($0) }
    }

    private static func float(_ text: String) -> Double? {
        switch text {
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .infinity
        case "-.inf", "-.Inf", "-.INF": return -.infinity
        case ".nan", ".NaN", ".NAN": return .nan
        default: break
        }
        guard text.utf8.contains(where: { $0 == 46 || $0 | 32 == 101 }),
            text.utf8.allSatisfy({ (48...57).contains($0) || [43, 45, 46, 69, 101].contains($0) }),
            text.utf8.contains(where: { (48...57).contains($0) }), let number = Double(text), number.isFinite
        else { return nil }
        return number
    }
}
