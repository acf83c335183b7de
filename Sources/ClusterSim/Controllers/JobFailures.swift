/// What a Job's `podFailurePolicy` makes of its failed pods.
struct JobFailures {
    /// What is done about each failed pod, by its uid: `Count`, `Ignore`, `FailIndex` or `FailJob`.
    private(set) var actions: [String: String] = [:]
    /// Why the Job fails at once, by reason and message; nil when no rule says so.
    private(set) var verdict: (String, String)?

    /// How many failures count.
    var counted: Int { actions.values.count { $0 != "Ignore" } }

    init(_ job: ObjectVersion, _ pods: [ObjectVersion]) {
        let rules = job.json["spec"]["podFailurePolicy"]["rules"].array
        for pod in pods.sorted(by: { $0.resourceVersion < $1.resourceVersion })
        where pod.json["status"]["phase"].string == "Failed" {
            var action = "Count"
            for (index, rule) in rules.enumerated() {
                guard let reason = Self.match(rule, pod) else { continue }
                action = rule["action"].text
                if action == "FailJob", verdict == nil {
                    verdict = ("PodFailurePolicy", "\(reason) matching FailJob rule at index \(index)")
                }
                break
            }
            actions[pod.uid] = action
        }
    }

    private static func match(_ rule: JSON, _ pod: ObjectVersion) -> String? {
        let place = "\(pod.key.namespace)/\(pod.key.name)"
        let codes = rule["onExitCodes"]
        if !codes.isNull {
            let values = Set(codes["values"].array.compactMap(\.int))
            for list in ["containerStatuses", "initContainerStatuses"] {
                for status in pod.json["status"][list].array {
                    guard let code = status["state"]["terminated"]["exitCode"].int, code != 0 else { continue }
                    if let name = codes["containerName"].string, name != status["name"].string { continue }
                    if values.contains(code) == (codes["operator"].string == "In") {
                        return "Container \(status["name"].text) for pod \(place) failed with exit code \(code)"
                    }
                }
            }
        }
        for pattern in rule["onPodConditions"].array {
            let type = pattern["type"].text
            let condition = pod.json["status"]["conditions"].element(where: "type", is: type)
            if let condition, condition["status"].text == pattern["status"].string ?? "True" {
                return "Pod \(place) has condition \(type)"
            }
        }
        return nil
    }
}
