/// Scales workloads by what their pods use, and keeps disruption budgets.
enum AutoscalerController {
    /// How often an autoscaler looks, in seconds of the simulated cluster.
    static let period = 15.0

    static func reconcile(_ key: ObjectKey, _ cluster: isolated Cluster) {
        guard let scaler = cluster.store.object(key), !scaler.isTerminating else { return }
        let last = cluster.lastAutoscaling[scaler.uid] ?? 0
        let now = Timestamp.now
        // A change of the autoscaler's own status brings it here again; the next look is due later.
        guard now - last >= period / cluster.settings.speed * 0.9 else { return }
        cluster.lastAutoscaling[scaler.uid] = now
        cluster.schedule(.reconcile(key), after: period)
        var conditions = scaler.json["status"]["conditions"]
        func set(_ type: String, _ status: String, _ reason: String, _ message: String) {
            Conditions.set(&conditions, type, status, reason: reason, message: message, now: now, updates: false)
        }
        let reference = scaler.json["spec"]["scaleTargetRef"]
        let name = reference["name"].text
        let kind = reference["kind"].text
        var status: JSON = ["desiredReplicas": .int(scaler.json["status"]["desiredReplicas"].int ?? 0)]
        status.put("currentMetrics", .null)
        guard let type = cluster.catalog.type(apiVersion: reference["apiVersion"].string ?? "apps/v1", kind: kind),
            let target = cluster.object(type, key.namespace, name)
        else {
            let text = "\(kind.lowercased())s.apps \"\(name)\" not found"
            set(
                "AbleToScale", "False", "FailedGetScale",
                "the HPA controller was unable to get the target's current scale: \(text)")
            cluster.record(scaler, "FailedGetScale", text, source: .autoscaler, isWarning: true)
            write(key, &status, conditions, cluster)
            return
        }
        let current = target.json["spec"]["replicas"].int ?? 1
        status["currentReplicas"] = .int(current)
        set("AbleToScale", "True", "SucceededGetScale", "the HPA controller was able to get the target's current scale")
        if current == 0 {
            set(
                "ScalingActive", "False", "ScalingDisabled",
                "scaling is disabled since the replica count of the target is zero")
            write(key, &status, conditions, cluster)
            return
        }
        // The bounds hold whether or not there are metrics.
        let bounds = (
            least: scaler.json["spec"]["minReplicas"].int ?? 1, most: scaler.json["spec"]["maxReplicas"].int ?? 1
        )
        if current < bounds.least || current > bounds.most {
            let wanted = min(max(current, bounds.least), bounds.most)
            cluster.modify(target.key) { $0["spec"]["replicas"] = .int(wanted) }
            let side = current < bounds.least ? "below Spec.MinReplicas" : "above Spec.MaxReplicas"
            cluster.record(
                scaler, "SuccessfulRescale", "New size: \(wanted); reason: Current number of replicas \(side)",
                source: .autoscaler)
            set(
                "AbleToScale", "True", "SucceededRescale",
                "the HPA controller was able to update the target scale to \(wanted)")
            status["desiredReplicas"] = .int(wanted)
            status["lastScaleTime"] = .string(Timestamp.seconds(now))
            write(key, &status, conditions, cluster)
            return
        }
        let measured = measure(scaler, target, cluster)
        switch measured {
        case .failure(let problem):
            set(
                "ScalingActive", "False", "FailedGetResourceMetric",
                "the HPA was unable to compute the replica count: \(problem.message)")
            cluster.record(scaler, "FailedGetResourceMetric", problem.message, source: .autoscaler, isWarning: true)
            cluster.record(
                scaler, "FailedComputeMetricsReplicas",
                "invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: \(problem.message)",
                source: .autoscaler, isWarning: true)
        case .success(let measure):
            status["currentMetrics"] = measure.metrics
            set(
                "ScalingActive", "True", "ValidMetricFound",
                "the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)"
            )
            let least = scaler.json["spec"]["minReplicas"].int ?? 1
            let most = scaler.json["spec"]["maxReplicas"].int ?? 1
            let wanted = min(max(measure.replicas, least), most)
            if measure.replicas > most {
                set(
                    "ScalingLimited", "True", "TooManyReplicas",
                    "the desired replica count is more than the maximum replica count")
            } else if measure.replicas < least {
                set(
                    "ScalingLimited", "True", "TooFewReplicas",
                    "the desired replica count is less than the minimum replica count")
            } else {
                set("ScalingLimited", "False", "DesiredWithinRange", "the desired count is within the acceptable range")
            }
            set("AbleToScale", "True", "ReadyForNewScale", "recommended size matches current size")
            status["desiredReplicas"] = .int(wanted)
            if wanted != current {
                set(
                    "AbleToScale", "True", "SucceededRescale",
                    "the HPA controller was able to update the target scale to \(wanted)")
                cluster.modify(target.key) { $0["spec"]["replicas"] = .int(wanted) }
                let reason =
                    measure.replicas < least || current < least
                    ? "Current number of replicas below Spec.MinReplicas"
                    : wanted > current
                        ? "cpu resource utilization (percentage of request) above target" : "All metrics below target"
                cluster.record(
                    scaler, "SuccessfulRescale", "New size: \(wanted); reason: \(reason)", source: .autoscaler)
                status["lastScaleTime"] = .string(Timestamp.seconds(now))
            }
        }
        write(key, &status, conditions, cluster)
    }

    private static func write(_ key: ObjectKey, _ status: inout JSON, _ conditions: JSON, _ cluster: isolated Cluster) {
        status["conditions"] = conditions
        let final = status
        cluster.modify(key) { object in
            let last = object["status"]["lastScaleTime"]
            object["status"] = final
            if final["lastScaleTime"].isNull, !last.isNull { object["status"]["lastScaleTime"] = last }
        }
    }

    private struct Measure {
        let replicas: Int
        let metrics: JSON
    }

    private static func measure(_ scaler: ObjectVersion, _ target: ObjectVersion, _ cluster: isolated Cluster)
        -> Result<Measure, JSONError>
    {
        let metric =
            scaler.json["spec"]["metrics"].array.first ?? [
                "resource": ["name": "cpu", "target": ["averageUtilization": 80]]
            ]
        let resource = metric["resource"]["name"].string ?? "cpu"
        guard cluster.settings.metricsAreServed() else {
            return .failure(
                JSONError(
                    message:
                        "failed to get \(resource) utilization: unable to get metrics for resource \(resource): unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)"
                ))
        }
        let selector = LabelSelector(target.json["spec"]["selector"])
        let pods = cluster.store.sorted(cluster.types.pods, namespace: target.key.namespace).filter {
            selector.matches($0.labels) && Pods.isReady($0)
        }
        guard !pods.isEmpty else {
            return .failure(
                JSONError(
                    message:
                        "failed to get \(resource) utilization: unable to get metrics for resource \(resource): no metrics returned from resource metrics API"
                ))
        }
        var used = 0
        var requested = 0
        for pod in pods {
            for container in pod.json["spec"]["containers"].array {
                guard let request = Quantity(container["resources"]["requests"][resource].text) else {
                    return .failure(
                        JSONError(
                            message:
                                "failed to get \(resource) utilization: missing request for \(resource) in container \(container["name"].text) of Pod \(pod.key.name)"
                        ))
                }
                let usage = cluster.usage(of: container)
                used += resource == "cpu" ? usage.cpu : usage.memory * 1000
                requested += request.milli
            }
        }
        let percent = requested > 0 ? used * 100 / requested : 0
        let goal = metric["resource"]["target"]["averageUtilization"].int ?? 80
        let ratio = Double(percent) / Double(max(1, goal))
        let replicas = abs(ratio - 1) <= 0.1 ? pods.count : Int((ratio * Double(pods.count)).rounded(.up))
        let average = used / max(1, pods.count)
        let metrics: JSON = [
            [
                "type": "Resource",
                "resource": [
                    "name": .string(resource),
                    "current": [
                        "averageUtilization": .int(percent),
                        "averageValue": .string(resource == "cpu" ? "\(average)m" : String(average / 1000)),
                    ],
                ],
            ]
        ]
        return .success(Measure(replicas: replicas, metrics: metrics))
    }
}

/// Keeps the status of disruption budgets.
enum BudgetController {
    static func reconcile(_ key: ObjectKey, _ cluster: isolated Cluster) {
        guard let budget = cluster.store.object(key) else { return }
        let spec = budget.json["spec"]
        let selector = LabelSelector(spec["selector"])
        let pods = cluster.store.objects(cluster.types.pods, namespace: key.namespace).filter {
            selector.matches($0.labels) && !$0.isTerminating
        }
        let healthy = pods.filter(Pods.isReady).count
        func amount(_ value: JSON) -> Int {
            if let number = value.int { return number }
            return (pods.count * (Int(value.text.dropLast()) ?? 0) + 99) / 100
        }
        let desired =
            spec["maxUnavailable"].isNull
            ? amount(spec["minAvailable"]) : max(0, pods.count - amount(spec["maxUnavailable"]))
        let allowed = max(0, healthy - desired)
        var conditions = budget.json["status"]["conditions"]
        Conditions.set(
            &conditions, "DisruptionAllowed", allowed > 0 ? "True" : "False",
            reason: allowed > 0 ? "SufficientPods" : "InsufficientPods",
            message: "", now: Timestamp.now, updates: false)
        if let index = conditions.index(where: "type", is: "DisruptionAllowed") {
            conditions[index]["observedGeneration"] = budget.json["metadata"]["generation"]
        }
        let status: JSON = [
            "observedGeneration": budget.json["metadata"]["generation"], "currentHealthy": .int(healthy),
            "desiredHealthy": .int(desired),
            "disruptionsAllowed": .int(allowed), "expectedPods": .int(pods.count), "conditions": conditions,
        ]
        cluster.modify(key) { $0["status"] = status }
    }
}
