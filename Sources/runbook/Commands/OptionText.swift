import ArgumentParser
import RunbookHost

/// The meaning of options that are taken as texts, with the way out in the message.
enum OptionText {
    /// The case that a word names, nil for an option that is not given.
    ///
    /// - Parameter option: The option's name, with its dashes.
    /// - Throws: `ValidationError` that lists the words.
    static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ text: String?, of option: String
    ) throws -> Choice? {
        guard let text else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let words = Choice.allCases.map(\.rawValue)
        let near = NearestName.of(text, among: words).map { "; did you mean \($0)?" } ?? ""
        throw ValidationError(
            "`\(option) \(text)`: write \(words.dropLast().joined(separator: ", ")) or \(words.last ?? "")\(near)")
    }

    /// A span of time, nil for an option that is not given.
    ///
    /// - Throws: `ValidationError` that shows how to write one.
    static func duration(_ text: String?, of option: String) throws -> Duration? {
        guard let text else { return nil }
        if let duration = DurationText.parse(text) { return duration }
        throw ValidationError("`\(option) \(text)`: write a duration such as 90s, 5m or 1h")
    }
}
