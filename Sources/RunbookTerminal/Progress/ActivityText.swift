/// What a running command's last line says, in few words.
enum ActivityText {
    /// The line, safe to show; what `kubectl rollout status` says is put shortly.
    static func of(_ line: String) -> String {
        let text = ScreenText.line(line).trimmingPrefix { $0 == " " }
        return rollout(text) ?? String(text)
    }

    // kubectl's own words, from its polymorphic status viewer: a deployment, a daemon set, a stateful set.
    private static func rollout(_ text: Substring) -> String? {
        guard text.hasPrefix("Waiting for ") else { return nil }
        if let match = text.firstMatch(of: replicas) {
            let kind = match.1 == "daemon set" ? "daemonset" : String(match.1)
            let state = match.5.contains("available") ? "ready" : "started"
            return "\(kind)/\(match.2) \(match.3) of \(match.4) \(state)"
        }
        if let match = text.firstMatch(of: ending) {
            return "deployment/\(match.1) \(match.2) old pod\(match.2 == "1" ? "" : "s") still there"
        }
        if let match = text.firstMatch(of: pods) { return "\(match.1) pod\(match.1 == "1" ? "" : "s") not ready yet" }
        return nil
    }

    private static var replicas: Regex<(Substring, Substring, Substring, Substring, Substring, Substring)> {
        /Waiting for (deployment|daemon set) "([^"]+)" rollout to finish: (\d+) (?:out )?of (\d+) (.*)/
    }
    private static var ending: Regex<(Substring, Substring, Substring)> {
        /Waiting for deployment "([^"]+)" rollout to finish: (\d+) old replicas are pending termination/
    }
    private static var pods: Regex<(Substring, Substring)> { /Waiting for (\d+) pods to be ready/ }
}
