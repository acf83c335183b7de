import Foundation
import RunbookLua

/// The flags and operands of a simulated command, read as docker's and minikube's own parser reads them.
struct ToolFlags: Sendable {
    /// A flag that the command does not have, or one without its value.
    struct Unknown: Error {
        let message: String
    }

    private(set) var values: [String: [String]] = [:]
    private(set) var operands: [String] = []

    /// Reads arguments.
    ///
    /// - Parameters:
    ///   - valued: The flags that take a value, without dashes.
    ///   - plain: The flags that take none.
    ///   - short: Letters for some of them.
    ///   - stopsAtOperand: True where the first operand ends the flags, as in `docker run`.
    /// - Throws: `Unknown` with the tool's words.
    init(
        _ arguments: some Sequence<String>, valued: Set<String>, plain: Set<String> = [],
        short: [Character: String] = [:],
        stopsAtOperand: Bool = false
    ) throws {
        var rest = Array(arguments)[...]
        while let argument = rest.popFirst() {
            if argument == "--" {
                operands += rest
                return
            }
            guard argument.hasPrefix("-"), argument != "-" else {
                operands.append(argument)
                if stopsAtOperand {
                    operands += rest
                    return
                }
                continue
            }
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            let isLong = argument.hasPrefix("--")
            let letter = parts[0].dropFirst().first
            guard let name = isLong ? String(parts[0].dropFirst(2)) : letter.flatMap({ short[$0] }),
                valued.contains(name) || plain.contains(name)
            else {
                throw Unknown(
                    message: isLong
                        ? "unknown flag: \(parts[0])"
                        : "unknown shorthand flag: '\(letter.map(String.init) ?? "")' in \(parts[0])")
            }
            if parts.count == 2 {
                values[name, default: []].append(parts[1])
            } else if plain.contains(name) {
                values[name, default: []].append("true")
            } else if !isLong, argument.count > 2 {
                values[name, default: []].append(String(argument.dropFirst(2)))
            } else if let value = rest.popFirst() {
                values[name, default: []].append(value)
            } else {
                throw Unknown(message: "flag needs an argument: \(argument)")
            }
        }
    }

    /// The last value of a flag.
    subscript(_ name: String) -> String? { values[name]?.last }

    /// True when a flag without a value was given.
    func has(_ name: String) -> Bool { values[name].map { $0.last != "false" } ?? false }

    /// All values of a flag.
    func all(_ name: String) -> [String] { values[name] ?? [] }
}

/// A template as docker's `--format` takes it, as far as people write them: fields, `json`, text.
enum ToolTemplate {
    /// What is wrong with a template.
    struct Failure: Error {
        let message: String
    }

    /// The text of one row.
    ///
    /// - Throws: `Failure` with Go's words.
    static func render(_ template: String, _ row: LuaValue) throws -> String {
        if template == "json" { return JSONText.encode(row, pretty: false) }
        var result = ""
        var rest = Substring(template.replacing("\\t", with: "\t").replacing("\\n", with: "\n"))
        if rest.hasPrefix("table ") { rest = rest.dropFirst(6) }
        while let open = rest.range(of: "{{") {
            result += rest[..<open.lowerBound]
            guard let close = rest[open.upperBound...].range(of: "}}") else {
                throw Failure(message: "template parsing error: template: :1: unclosed action")
            }
            result += try value(of: rest[open.upperBound..<close.lowerBound], row)
            rest = rest[close.upperBound...]
        }
        return result + rest
    }

    private static func value(of action: Substring, _ row: LuaValue) throws -> String {
        var words = action.split(whereSeparator: \.isWhitespace)
        let isJSON = words.first == "json"
        if isJSON { words.removeFirst() }
        guard words.count == 1, let path = words.first, path.hasPrefix(".") else {
            throw Failure(
                message: "template parsing error: template: :1: function \"\(words.first ?? "")\" not defined")
        }
        var value = row
        for field in path.split(separator: ".") {
            guard let next = value.tableValue?[String(field)] else {
                throw Failure(
                    message:
                        "template: :1:2: executing \"\" at <\(path)>: can't evaluate field \(field) in type *formatter.Context"
                )
            }
            value = next
        }
        return isJSON ? JSONText.encode(value, pretty: false) : Display.text(value)
    }
}
