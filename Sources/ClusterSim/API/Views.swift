/// Kinds that are served in two versions and stored in one.
enum Views {
    /// An object as the stored version has it.
    static func stored(_ object: JSON, from type: ResourceType) -> JSON {
        switch (type.group, type.version, type.plural) {
        case ("events.k8s.io", _, "events"): EventViews.core(object)
        case ("autoscaling", "v1", "horizontalpodautoscalers"): AutoscalerViews.stored(object)
        default: object
        }
    }

    /// A stored object as another version has it; nil when the stored version is the one that is wanted.
    static func presented(_ object: JSON, documentPath: String) -> JSON? {
        switch documentPath {
        case "apis/events.k8s.io/v1": EventViews.modern(object)
        case "apis/autoscaling/v1" where object["kind"].string == "HorizontalPodAutoscaler":
            AutoscalerViews.legacy(object)
        default: otherVersion(object, documentPath)
        }
    }

    /// A custom object in another version of its group than the stored one: only its version differs.
    private static func otherVersion(_ object: JSON, _ documentPath: String) -> JSON? {
        guard documentPath.hasPrefix("apis/"), let stated = object["apiVersion"].string else { return nil }
        let wanted = documentPath.dropFirst(5)
        guard stated != wanted, stated.prefix(while: { $0 != "/" }) == wanted.prefix(while: { $0 != "/" }) else {
            return nil
        }
        var result = object
        result["apiVersion"] = .string(String(wanted))
        return result
    }
}

/// The two views of events: `v1`, as they are stored, and `events.k8s.io/v1`.
enum EventViews {
    private static let names = [
        ("involvedObject", "regarding"), ("message", "note"), ("source", "deprecatedSource"),
        ("firstTimestamp", "deprecatedFirstTimestamp"), ("lastTimestamp", "deprecatedLastTimestamp"),
        ("count", "deprecatedCount"), ("reportingComponent", "reportingController"),
    ]

    /// An event of `v1` as one of `events.k8s.io/v1`.
    static func modern(_ event: JSON) -> JSON {
        var result = event
        for (core, modern) in names { rename(&result, core, modern) }
        result["apiVersion"] = "events.k8s.io/v1"
        return result
    }

    /// An event of `events.k8s.io/v1` as one of `v1`.
    static func core(_ event: JSON) -> JSON {
        var result = event
        for (core, modern) in names { rename(&result, modern, core) }
        result["apiVersion"] = "v1"
        return result
    }

    private static func rename(_ event: inout JSON, _ from: String, _ to: String) {
        guard let value = event.members[from] else { return }
        event.remove(from)
        event.put(to, value)
    }
}

/// The two views of autoscalers: `autoscaling/v2`, as they are stored, and `autoscaling/v1`.
enum AutoscalerViews {
    static func stored(_ object: JSON) -> JSON {
        var result = object
        result["apiVersion"] = "autoscaling/v2"
        if let percent = object["spec"]["targetCPUUtilizationPercentage"].int {
            result["spec"]["metrics"] = [
                [
                    "type": "Resource",
                    "resource": [
                        "name": "cpu", "target": ["type": "Utilization", "averageUtilization": .int(percent)],
                    ],
                ]
            ]
        }
        result["spec"].remove("targetCPUUtilizationPercentage")
        result.remove("status")
        return result
    }

    static func legacy(_ object: JSON) -> JSON {
        var result = object
        result["apiVersion"] = "autoscaling/v1"
        let metric = object["spec"]["metrics"].array.first { $0["resource"]["name"].string == "cpu" }
        if let percent = metric?["resource"]["target"]["averageUtilization"], !percent.isNull {
            result["spec"]["targetCPUUtilizationPercentage"] = percent
        }
        result["spec"].remove("metrics")
        let current = object["status"]["currentMetrics"].array.first?["resource"]["current"]["averageUtilization"]
        var status: JSON = [
            "currentReplicas": .int(object["status"]["currentReplicas"].int ?? 0),
            "desiredReplicas": .int(object["status"]["desiredReplicas"].int ?? 0),
        ]
        if let current, !current.isNull { status["currentCPUUtilizationPercentage"] = current }
        result["status"] = status
        return result
    }
}
