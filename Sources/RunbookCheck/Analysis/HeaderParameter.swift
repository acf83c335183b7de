import LuaSyntax
import RunbookSpec

/// One parameter of a header, checked against its own type and limits.
struct HeaderParameter {
    let name: String
    let table: ExpressionID
    let shapes: Shapes
    private var chunk: Chunk { shapes.chunk }

    private static let types = [
        "string", "integer", "number", "boolean", "enum", "list", "path", "duration", "size",
    ]

    func violations() -> [Violation] {
        let fields = Header.named(table, chunk)
        var violations: [Violation] = []
        let type = fields["type"].flatMap { chunk.string($0) }
        if let type, let place = fields["type"], !Self.types.contains(type) {
            violations.append(
                violation(place, "has the unknown type \"\(type)\"", fix: Spelling.hint(for: type, in: Self.types)))
        }
        if type == "enum", fields["values"] == nil {
            violations.append(violation(table, "is an enum without `values`", fix: "add `values = { … }`"))
        }
        if let low = number(fields["min"]), let high = number(fields["max"]), low > high, let place = fields["min"] {
            violations.append(violation(place, "has a `min` that is greater than its `max`"))
        }
        if let place = fields["default"] { violations += defaultViolations(place, type, fields) }
        return violations
    }

    private func defaultViolations(
        _ place: ExpressionID, _ type: String?, _ fields: [String: ExpressionID]
    ) -> [Violation] {
        let shape = shapes.shape(place)
        if let type, !fits(shape, type) {
            return [violation(place, "has the type \(type) and \(shape.display) as default")]
        }
        if let value = number(place) {
            if let low = number(fields["min"]), value < low {
                return [violation(place, "has a default below its `min`")]
            }
            if let high = number(fields["max"]), value > high {
                return [violation(place, "has a default above its `max`")]
            }
        }
        guard type == "enum", case .string(let text) = shape, let values = fields["values"],
            case .table(let items) = chunk[values].kind
        else { return [] }
        let words = items.compactMap { chunk.string($0.value) }
        guard words.count == items.count, !words.contains(text) else { return [] }
        return [
            violation(
                place, "has the default \"\(text)\", which is none of its values",
                fix: Spelling.hint(for: text, in: words))
        ]
    }

    private func fits(_ shape: Shape, _ type: String) -> Bool {
        switch type {
        case "string", "path": TypeFit.fits(shape, .string)
        case "integer": TypeFit.fits(shape, .integer)
        case "number": TypeFit.fits(shape, .number)
        case "boolean": TypeFit.fits(shape, .boolean)
        case "duration": TypeFit.fits(shape, .duration)
        case "size": TypeFit.fits(shape, .size)
        default: true
        }
    }

    private func number(_ id: ExpressionID?) -> Double? {
        guard let id else { return nil }
        switch shapes.shape(id) {
        case .integer(let value): return Double(value)
        case .number(let value): return value
        default: return nil
        }
    }

    private func violation(_ place: ExpressionID, _ what: String, fix: String? = nil) -> Violation {
        Violation(range: chunk[place].range, message: "parameter `\(name)` \(what)", fix: fix)
    }
}
