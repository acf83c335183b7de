import Foundation

/// A Lease as JSON.
struct LeaseObject {
    private var fields: [String: Any]

    static func identity(_ holder: LockHolder) -> String { "\(holder.run)@\(holder.host)" }

    init(_ name: String, _ holder: LockHolder, version: String?, transitions: Int) {
        // The API keeps microseconds and wants to see them.
        func micro(_ seconds: Double) -> String { SystemClock.text(seconds).dropLast() + "000Z" }
        var metadata: [String: Any] = [
            "name": name,
            "labels": ["app.kubernetes.io/managed-by": "runbook"],
            "annotations": [
                "runbook/lock": holder.lock, "runbook/runbook": holder.runbook, "runbook/user": holder.user,
                "runbook/pid": String(holder.pid),
            ],
        ]
        if let version { metadata["resourceVersion"] = version }
        fields = [
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata,
            "spec": [
                "holderIdentity": Self.identity(holder), "leaseDurationSeconds": ClusterLease.seconds,
                "acquireTime": micro(holder.since), "renewTime": micro(SystemClock.now()),
                "leaseTransitions": transitions,
            ] as [String: Any],
        ]
    }

    /// Takes the holder out.
    mutating func clear() {
        let transitions = (fields["spec"] as? [String: Any])?["leaseTransitions"] ?? 0
        fields["spec"] =
            ["holderIdentity": "", "leaseDurationSeconds": 1, "leaseTransitions": transitions] as [String: Any]
    }

    var text: String {
        let data = try? JSONSerialization.data(withJSONObject: fields, options: [.sortedKeys, .withoutEscapingSlashes])
        return data.map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    /// A Lease as the server has it.
    struct Read {
        let version: String
        /// `run@host`; empty when nobody holds it.
        let identity: String
        let transitions: Int
        private let acquired: Double
        private let renewed: Double
        private let duration: Double
        private let annotations: [String: String]

        var holder: String { identity }
        var run: String { String(identity.prefix { $0 != "@" }) }
        var expires: Double { renewed + duration }
        /// How long a holder that is alive may take to renew it: two fifths of its time, where a quarter is usual.
        var patience: Duration { .seconds(min(max(duration, 0) * 0.4, 60)) }

        init?(_ bytes: [UInt8]) {
            guard let object = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any],
                let metadata = object["metadata"] as? [String: Any],
                let version = metadata["resourceVersion"] as? String
            else { return nil }
            let spec = object["spec"] as? [String: Any] ?? [:]
            self.version = version
            identity = spec["holderIdentity"] as? String ?? ""
            transitions = spec["leaseTransitions"] as? Int ?? 0
            duration = Double(spec["leaseDurationSeconds"] as? Int ?? 0)
            renewed = (spec["renewTime"] as? String).flatMap(Self.seconds) ?? 0
            acquired = (spec["acquireTime"] as? String).flatMap(Self.seconds) ?? renewed
            annotations = metadata["annotations"] as? [String: String] ?? [:]
        }

        func description(now: Double) -> String {
            let parts = identity.split(separator: "@", maxSplits: 1)
            let holder = LockHolder(
                lock: "", run: run, runbook: annotations["runbook/runbook"] ?? "another tool",
                user: annotations["runbook/user"] ?? "somebody", host: parts.count > 1 ? String(parts[1]) : "?",
                pid: annotations["runbook/pid"].flatMap(Int.init) ?? 0, since: acquired)
            return holder.description(now: now)
        }

        private static func seconds(_ text: String) -> Double? {
            let plain = text.prefix(19) + "Z"
            return try? Date(String(plain), strategy: .iso8601).timeIntervalSince1970
        }
    }
}
