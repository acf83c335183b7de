import Mustache
import RunbookLua
import RunbookSecrets

/// Fills Mustache templates, carrying secrets through as secrets.
enum TemplateText {
    /// Stands for secret number n while the library works on plain text; private-use characters, so that no text has them.
    private static let open: Character = "\u{F5E0}"
    private static let close: Character = "\u{F5E1}"

    /// The filled text.
    ///
    /// - Parameter name: what an error calls the template.
    /// - Throws: `RunbookError` with code `argument` for a template that cannot be read, or a name without a value.
    static func fill(_ template: String, _ values: LuaValue, of name: String) throws -> LuaValue {
        var secrets: [SensitiveText] = []
        let plain = plain(values, &secrets)
        let compiled: MustacheTemplate
        do {
            compiled = try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT}}" + template)
        } catch {
            throw RunbookError(.argument, "\(name) cannot be filled: \(reason(error))")
        }
        if let missing = TemplateNames.missing(in: template, values) {
            let near = NearestName.of(missing.name, among: values.tableValue?.fields.map(\.name) ?? [])
            throw RunbookError(
                .argument, "\(name), line \(missing.line): there is no value for `\(missing.name)`",
                remedy: near.map { "did you mean `\($0)`?" })
        }
        let text = compiled.render(plain)
        if secrets.isEmpty { return .string(text) }
        var result = SensitiveText()
        var rest = Substring(text)
        while let start = rest.firstIndex(of: open), let end = rest[start...].firstIndex(of: close) {
            result.append(String(rest[..<start]))
            if let number = Int(rest[rest.index(after: start)..<end]), secrets.indices.contains(number) {
                result.append(secrets[number])
            }
            rest = rest[rest.index(after: end)...]
        }
        result.append(String(rest))
        return TextJoining.make(result)
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? MustacheTemplate.ParserError else { return "\(error)" }
        return "line \(error.context.lineNumber), column \(error.context.columnNumber): \(error.error)"
    }

    private static func plain(_ value: LuaValue, _ secrets: inout [SensitiveText]) -> Any {
        switch value {
        case .boolean(let flag): return flag
        case .list(let items): return items.map { plain($0, &secrets) }
        case .table(let table):
            var fields: [String: Any] = [:]
            for field in table.fields { fields[field.name] = plain(field.value, &secrets) }
            return fields
        case .object(let object) where object.kind == .secret:
            guard let text = object.payload as? SensitiveText else { return "" }
            secrets.append(text)
            return "\(open)\(secrets.count - 1)\(close)"
        default: return Arguments.plain(value) ?? ""
        }
    }
}
