/// How findings are written out.
public enum FindingFormat: String, Sendable, CaseIterable {
    /// A line each: `FILE:LINE:COLUMN: RULE: message`.
    case text
    /// One JSON document: `{"findings": [{"file", "line", "column", "rule", "severity", "message", "fix", …}]}`.
    case json
    /// A SARIF 2.1.0 log, as code hosts show it beside the lines.
    case sarif
}

/// Writes findings out; a text that is not empty ends with a line break.
public func render(_ findings: [Finding], as format: FindingFormat) -> String {
    switch format {
    case .text: findings.map { "\($0.file):\($0.line):\($0.column): \($0.rule): \($0.text)\n" }.joined()
    case .json: JSONText.encode(FindingDocument(findings: findings))
    case .sarif: JSONText.encode(SARIFLog(findings))
    }
}

private struct FindingDocument: Encodable {
    var findings: [Finding]
}
