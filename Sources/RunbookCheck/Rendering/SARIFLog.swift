/// Findings as a SARIF 2.1.0 log.
///
/// Source: OASIS "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
struct SARIFLog: Encodable {
    let schema = "https://json.schemastore.org/sarif-2.1.0.json"
    let version = "2.1.0"
    let runs: [Run]

    enum CodingKeys: String, CodingKey {
        case schema = "$schema"
        case version, runs
    }

    init(_ findings: [Finding]) {
        let rules = RuleList.all
        let indexes = Dictionary(rules.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        runs = [
            Run(
                tool: Tool(driver: Driver(rules: rules.map(ReportingDescriptor.init))),
                results: findings.map { Result($0, ruleIndex: indexes[$0.rule]) })
        ]
    }

    struct Run: Encodable {
        var tool: Tool
        let columnKind = "unicodeCodePoints"
        var results: [Result]
    }

    struct Tool: Encodable {
        var driver: Driver
    }

    struct Driver: Encodable {
        let name = "runbook check"
        var rules: [ReportingDescriptor]
    }

    struct Message: Encodable {
        var text: String
    }

    struct Configuration: Encodable {
        var level: String
    }

    struct ReportingDescriptor: Encodable {
        var id: String
        var shortDescription: Message
        var fullDescription: Message
        var defaultConfiguration: Configuration

        init(_ rule: RuleDescription) {
            id = rule.id
            shortDescription = Message(text: rule.summary)
            fullDescription = Message(text: rule.rationale.split(separator: "\n").joined(separator: " "))
            defaultConfiguration = Configuration(level: rule.severity.rawValue)
        }
    }

    struct Result: Encodable {
        var ruleId: String
        var ruleIndex: Int?
        var level: String
        var message: Message
        var locations: [Location]

        init(_ finding: Finding, ruleIndex: Int?) {
            ruleId = finding.rule
            self.ruleIndex = ruleIndex
            level = finding.severity.rawValue
            message = Message(text: finding.text)
            let region = Region(
                startLine: finding.line, startColumn: finding.column, endLine: finding.endLine,
                endColumn: finding.endColumn)
            let location = PhysicalLocation(
                artifactLocation: ArtifactLocation(uri: SARIFLog.uri(finding.file)), region: region)
            locations = [Location(physicalLocation: location)]
        }
    }

    struct Location: Encodable {
        var physicalLocation: PhysicalLocation
    }

    struct PhysicalLocation: Encodable {
        var artifactLocation: ArtifactLocation
        var region: Region
    }

    struct ArtifactLocation: Encodable {
        var uri: String
    }

    struct Region: Encodable {
        var startLine: Int
        var startColumn: Int
        var endLine: Int
        var endColumn: Int
    }

    /// A path as a URI reference, with the bytes percent-encoded that a URI does not take.
    private static func uri(_ path: String) -> String {
        let encoded = path.utf8.map { byte -> String in
            let character = Character(Unicode.Scalar(byte))
            if byte < 0x80, character.isLetter || character.isNumber || "-._~/".contains(character) {
                return String(character)
            }
            let hex = String(byte, radix: 16, uppercase: true)
            return "%" + (hex.count == 1 ? "0" + hex : hex)
        }
        return (path.hasPrefix("/") ? "file://" : "") + encoded.joined()
    }
}
