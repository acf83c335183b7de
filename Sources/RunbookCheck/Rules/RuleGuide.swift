/// Writes the list of rules for the guide, from the rules themselves.
public enum RuleGuide {
    /// The line before which the guide is written by hand.
    public static let marker = "<!-- The rules below are written from the sources; do not edit. -->"

    /// The marker and all rules as Markdown.
    public static var markdown: String {
        var lines = [marker, "", "| rule | severity | what holds |", "| --- | --- | --- |"]
        lines += RuleList.all.map { "| [`\($0.id)`](#\($0.id)) | \($0.severity.rawValue) | \($0.summary) |" }
        for rule in RuleList.all {
            lines += ["", "### \(rule.id)", "", "\(rule.summary).", "", rule.rationale, ""]
            lines += ["```lua", "-- found", rule.bad, "```", "", "```lua", "-- good", rule.good, "```"]
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
