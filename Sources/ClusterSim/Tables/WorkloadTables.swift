/// The columns of workloads.
enum WorkloadTables {
    static func printer(_ type: ResourceType) -> TablePrinter? {
        let images: [TableColumn] = [.wide("Containers"), .wide("Images"), .wide("Selector")]
        @Sendable func template(_ object: JSON) -> [JSON] {
            let spec = object["spec"]["template"]["spec"]
            return [TablePrinter.containers(spec, "name"), TablePrinter.containers(spec, "image")]
        }
        @Sendable func count(_ value: JSON) -> JSON { .int(value.int ?? 0) }
        switch type.plural {
        case "pods":
            let columns: [TableColumn] = [
                .name, .text("Ready"), .text("Status"), .text("Restarts"), .age, .wide("IP"), .wide("Node"),
                .wide("Nominated Node"), .wide("Readiness Gates"),
            ]
            return TablePrinter(columns: columns, cells: PodRow.cells)
        case "deployments":
            return TablePrinter(
                columns: [.name, .text("Ready"), .number("Up-to-date"), .number("Available"), .age] + images
            ) { object, now in
                let status = object["status"]
                return [
                    object["metadata"]["name"],
                    .string("\(status["readyReplicas"].int ?? 0)/\(object["spec"]["replicas"].int ?? 0)"),
                    count(status["updatedReplicas"]), count(status["availableReplicas"]), TablePrinter.age(object, now),
                ] + template(object) + [TablePrinter.selector(object["spec"]["selector"])]
            }
        case "replicasets":
            return TablePrinter(
                columns: [.name, .number("Desired"), .number("Current"), .number("Ready"), .age] + images
            ) { object, now in
                [
                    object["metadata"]["name"], count(object["spec"]["replicas"]), count(object["status"]["replicas"]),
                    count(object["status"]["readyReplicas"]), TablePrinter.age(object, now),
                ] + template(object) + [TablePrinter.selector(object["spec"]["selector"])]
            }
        case "statefulsets":
            return TablePrinter(columns: [.name, .text("Ready"), .age, .wide("Containers"), .wide("Images")]) {
                object, now in
                [
                    object["metadata"]["name"],
                    .string("\(object["status"]["readyReplicas"].int ?? 0)/\(object["spec"]["replicas"].int ?? 0)"),
                    TablePrinter.age(object, now),
                ] + template(object)
            }
        case "daemonsets":
            let columns: [TableColumn] = [
                .name, .number("Desired"), .number("Current"), .number("Ready"), .number("Up-to-date"),
                .number("Available"),
                .text("Node Selector"), .age,
            ]
            return TablePrinter(columns: columns + images) { object, now in
                let status = object["status"]
                return [
                    object["metadata"]["name"], count(status["desiredNumberScheduled"]),
                    count(status["currentNumberScheduled"]),
                    count(status["numberReady"]), count(status["updatedNumberScheduled"]),
                    count(status["numberAvailable"]),
                    TablePrinter.labels(object["spec"]["template"]["spec"]["nodeSelector"]),
                    TablePrinter.age(object, now),
                ] + template(object) + [TablePrinter.selector(object["spec"]["selector"])]
            }
        case "jobs":
            return TablePrinter(
                columns: [.name, .text("Status"), .text("Completions"), .text("Duration"), .age] + images
            ) { object, now in
                let status = object["status"]
                let wanted = object["spec"]["completions"].int ?? 1
                var state = "Running"
                for (condition, word) in [
                    ("Complete", "Complete"), ("Failed", "Failed"), ("Suspended", "Suspended"),
                    ("FailureTarget", "FailureTarget"), ("SuccessCriteriaMet", "SuccessCriteriaMet"),
                ]
                where status["conditions"].element(where: "type", is: condition)?["status"].string == "True" {
                    state = word
                    break
                }
                if !object["metadata"]["deletionTimestamp"].isNull { state = "Terminating" }
                var duration: JSON = ""
                if let start = status["startTime"].string.flatMap(Timestamp.parse) {
                    let end = status["completionTime"].string.flatMap(Timestamp.parse) ?? now
                    duration = .string(Timestamp.age(end - start))
                }
                return [
                    object["metadata"]["name"], .string(state), .string("\(status["succeeded"].int ?? 0)/\(wanted)"),
                    duration,
                    TablePrinter.age(object, now),
                ] + template(object) + [TablePrinter.selector(object["spec"]["selector"])]
            }
        case "cronjobs":
            let columns: [TableColumn] = [
                .name, .text("Schedule"), .text("Timezone"), .text("Suspend"), .number("Active"),
                .text("Last Schedule"), .age,
            ]
            return TablePrinter(columns: columns + images) { object, now in
                let last = object["status"]["lastScheduleTime"]
                let spec = object["spec"]["jobTemplate"]["spec"]["template"]["spec"]
                return [
                    object["metadata"]["name"], object["spec"]["schedule"], TablePrinter.or(object["spec"]["timeZone"]),
                    .string(object["spec"]["suspend"].bool == true ? "True" : "False"),
                    .int(object["status"]["active"].array.count),
                    last.isNull ? "<none>" : TablePrinter.age(object, now, last), TablePrinter.age(object, now),
                    TablePrinter.containers(spec, "name"), TablePrinter.containers(spec, "image"), "<none>",
                ]
            }
        default: return nil
        }
    }
}

/// A pod as a row, with the status that the states of its containers give.
enum PodRow {
    static func cells(_ pod: JSON, _ now: Double) -> [JSON] {
        let status = pod["status"]
        let spec = pod["spec"]
        var reason = status["reason"].string ?? status["phase"].string ?? "Unknown"
        if status["conditions"].element(where: "type", is: "PodScheduled")?["reason"].string == "SchedulingGated" {
            reason = "SchedulingGated"
        }
        var restarts = 0
        var lastRestart: Double?
        var isInitializing = false
        var ready = 0
        var total = spec["containers"].array.count
        func note(_ container: JSON) {
            restarts += container["restartCount"].int ?? 0
            if let time = container["lastState"]["terminated"]["finishedAt"].string.flatMap(Timestamp.parse) {
                lastRestart = max(lastRestart ?? 0, time)
            }
        }
        let sidecars = Set(
            spec["initContainers"].array.filter { $0["restartPolicy"].string == "Always" }.compactMap {
                $0["name"].string
            })
        total += sidecars.count
        let inits = status["initContainerStatuses"].array
        for (index, container) in inits.enumerated() {
            note(container)
            let isSidecar = sidecars.contains(container["name"].text)
            if isSidecar, container["ready"].bool == true { ready += 1 }
            if isInitializing { continue }
            let terminated = container["state"]["terminated"]
            if terminated["exitCode"].int == 0 || (isSidecar && container["started"].bool == true) { continue }
            isInitializing = true
            if !terminated.isNull {
                reason =
                    "Init:"
                    + (terminated["reason"].isEmpty
                        ? "ExitCode:\(terminated["exitCode"].text)" : terminated["reason"].text)
            } else if let waiting = container["state"]["waiting"]["reason"].string, waiting != "PodInitializing" {
                reason = "Init:\(waiting)"
            } else {
                reason = "Init:\(index)/\(spec["initContainers"].array.count)"
            }
        }
        if !isInitializing {
            var hasRunning = false
            for container in status["containerStatuses"].array.reversed() {
                note(container)
                let state = container["state"]
                if let waiting = state["waiting"]["reason"].string {
                    reason = waiting
                } else if !state["terminated"].isNull {
                    reason = state["terminated"]["reason"].string ?? "ExitCode:\(state["terminated"]["exitCode"].text)"
                } else if container["ready"].bool == true, !state["running"].isNull {
                    hasRunning = true
                    ready += 1
                }
            }
            if reason == "Completed", hasRunning {
                reason =
                    status["conditions"].element(where: "type", is: "Ready")?["status"].string == "True"
                    ? "Running" : "NotReady"
            }
        }
        if !pod["metadata"]["deletionTimestamp"].isNull {
            reason = status["reason"].string == "NodeLost" ? "Unknown" : "Terminating"
        }
        let restartText =
            restarts > 0 && lastRestart != nil
            ? "\(restarts) (\(Timestamp.age(now - (lastRestart ?? now))) ago)" : String(restarts)
        let gates = spec["readinessGates"].array
        let passed = gates.filter {
            status["conditions"].element(where: "type", is: $0["conditionType"].text)?["status"].string == "True"
        }
        return [
            pod["metadata"]["name"], .string("\(ready)/\(total)"), .string(reason), .string(restartText),
            TablePrinter.age(pod, now),
            TablePrinter.or(status["podIP"]), TablePrinter.or(spec["nodeName"]),
            TablePrinter.or(status["nominatedNodeName"]),
            .string(gates.isEmpty ? "<none>" : "\(passed.count)/\(gates.count)"),
        ]
    }
}
