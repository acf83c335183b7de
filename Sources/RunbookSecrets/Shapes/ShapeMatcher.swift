/// Finds credentials by their form in a stream that arrives in parts.
///
/// An automaton finds the texts that announce a credential; a scanner for each shape follows it. One scanner of a shape runs
/// at a time, from the leftmost announcement: no shape can begin inside another of its kind.
struct ShapeMatcher {
    /// A text that announces a credential.
    private struct Trigger {
        let text: String
        let shape: CredentialShape
        /// Makes the scanner, given where the text begins and ends.
        let makeScanner: @Sendable (_ start: Int, _ end: Int) -> any ShapeScanner
        /// Whether the text must not follow a word byte.
        var needsBoundary = true
    }

    private struct Active {
        let start: Int
        let name: Int32
        var position: Int
        var scanner: any ShapeScanner
    }

    private static let triggers: [Trigger] = {
        var triggers = [
            Trigger(text: "eyJ", shape: .jwt, makeScanner: { start, _ in JWTScanner(start: start) }),
            Trigger(
                text: "-----BEGIN ", shape: .privateKey, makeScanner: { start, _ in PrivateKeyScanner(start: start) },
                needsBoundary: false),
            Trigger(
                text: "://", shape: .urlPassword, makeScanner: { URLPasswordScanner(authorityStart: $1) },
                needsBoundary: false),
            Trigger(
                text: "github_pat_", shape: .gitHubToken,
                makeScanner: { RunScanner(start: $0, bodyStart: $1, lengths: 22...255, upperOnly: false) }),
        ]
        for letter in ["p", "o", "u", "s", "r"] {
            triggers.append(
                Trigger(text: "gh\(letter)_", shape: .gitHubToken) {
                    RunScanner(start: $0, bodyStart: $1, lengths: 36...255, upperOnly: false)
                })
        }
        for prefix in ["AKIA", "ASIA"] {
            triggers.append(
                Trigger(text: prefix, shape: .awsAccessKeyID) {
                    RunScanner(start: $0, bodyStart: $1, lengths: 16...16, upperOnly: true)
                })
        }
        for name in ["secret_access_key", "SECRET_ACCESS_KEY", "SecretAccessKey", "secretAccessKey"] {
            triggers.append(
                Trigger(
                    text: name, shape: .awsSecretKey, makeScanner: { AWSSecretKeyScanner(nameEnd: $1) },
                    needsBoundary: false))
        }
        return triggers
    }()

    private let shapes: [CredentialShape]
    private let firstName: Int32
    private var announcements: LiteralMatcher
    private var active: [Active] = []
    /// Where the last credential or rejected text of each shape ended.
    private var resumeAt: [Int32: Int] = [:]

    /// A matcher for some shapes, whose names begin at an index.
    init(shapes: Set<CredentialShape>, firstName: Int32) {
        self.shapes = CredentialShape.allCases.filter(shapes.contains)
        self.firstName = firstName
        var trie = TrieBuilder()
        for (index, trigger) in Self.triggers.enumerated() where shapes.contains(trigger.shape) {
            trie.add(SecretForm(bytes: Array(trigger.text.utf8)), name: Int32(index), wholeToken: false)
        }
        let automaton = Automaton(trie)
        announcements = LiteralMatcher(automaton: automaton, filter: PairFilter(automaton))
    }

    /// The first position at which a match that is not reported yet may begin.
    func safePosition(in window: Window) -> Int {
        active.reduce(announcements.safePosition(in: window)) { min($0, $1.start) }
    }

    /// Looks at the bytes of a window that were not looked at before, and reports the credentials that end there.
    mutating func scan(_ window: Window, into matches: inout [Match]) {
        var announced: [Match] = []
        announcements.scan(window, into: &announced)
        let running = active
        active.removeAll(keepingCapacity: true)
        for candidate in running { follow(candidate, in: window, into: &matches) }
        for match in announced {
            let trigger = Self.triggers[Int(match.name)]
            let name = firstName + Int32(shapes.firstIndex(of: trigger.shape) ?? 0)
            guard match.start >= resumeAt[name, default: 0], !active.contains(where: { $0.name == name }),
                !trigger.needsBoundary || window.isBoundary(match.start)
            else { continue }
            let candidate = Active(
                start: match.start, name: name, position: match.end,
                scanner: trigger.makeScanner(match.start, match.end))
            follow(candidate, in: window, into: &matches)
        }
    }

    private mutating func follow(_ candidate: Active, in window: Window, into matches: inout [Match]) {
        var candidate = candidate
        while candidate.position < window.end || window.isFinal {
            switch candidate.scanner.take(window.byte(at: candidate.position), at: candidate.position) {
            case .undecided:
                candidate.position += 1
                continue
            case .rejected: break
            case .found(let start, let end):
                matches.append(Match(start: start, end: end, name: candidate.name))
            }
            resumeAt[candidate.name] = candidate.position - candidate.scanner.overlap
            return
        }
        active.append(candidate)
    }
}
