import RunbookHost

/// An error of the command line for a person.
package enum ErrorText {
    /// The message, what belongs to it and the way out, each on its own line.
    package static func of(_ error: RunbookError) -> String {
        let details = error.details.map { "  " + ScreenText.line($0) }
        let remedy = error.remedy.map { ["  Try      " + ScreenText.line($0)] } ?? []
        return (ScreenText.lines(error.message) + details + remedy).joined(separator: "\n")
    }
}
