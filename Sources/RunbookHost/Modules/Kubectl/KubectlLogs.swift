import RunbookLua
import RunbookSpec

/// `kubectl.logs` and `events`: what containers wrote and what the cluster noted.
enum KubectlLogs {
    static let functions = [logs, events]

    private static let logs = ModuleFunction(
        FunctionSpec(
            "logs", summary: "Get what containers wrote",
            details:
                "Give one of `pod`, `resource` and `selector`. With `check = false` the result is `{ status, stdout, stderr }`.",
            effect: .read,
            parameters: [
                ParameterSpec("pod", .string, "the pod"),
                ParameterSpec(
                    "resource", .string, "an object with pods, such as `deployment/backend`: one of its pods"),
                KubectlOptions.selector, KubectlOptions.container,
                ParameterSpec("all_containers", .boolean, default: "false", "those of all containers"),
                ParameterSpec("previous", .boolean, default: "false", "those of the container before its last restart"),
                ParameterSpec("tail", .bounded(-1...Int.max), default: "200", "how many lines from the end; -1: all"),
                ParameterSpec("since", .duration, "only what is not older"),
                ParameterSpec("timestamps", .boolean, default: "false", "begin each line with its time"),
                ParameterSpec("prefix", .boolean, default: "false", "begin each line with its pod and container"),
                KubectlOptions.namespace, KubectlOptions.context, KubectlOptions.timeout("60s"), KubectlOptions.check,
                KubectlOptions.args,
            ], returns: ReturnSpec(.any, "the text, or the result"),
            examples: [
                ExampleSpec(
                    "print(kubectl.logs { resource = \"deployment/backend\", namespace = \"shop\", tail = 20 })")
            ])
    ) { arguments, call in
        let kubectl = try await Kubectl(arguments, call)
        let since = arguments.duration("since").map { max(1, $0.milliseconds / 1000) }
        var verb = ["logs"] + (try source(arguments, call))
        if let container = arguments.optionalString("container") { verb += ["--container", container] }
        for (option, flag) in flags where arguments.boolean(option) { verb.append(flag) }
        verb += ["--tail", String(arguments.integer("tail") ?? 200)]
        if let since { verb += ["--since", "\(since)s"] }
        let command = Kubectl.command(kubectl.argv(verb), timeout: arguments.duration("timeout") ?? .seconds(60))
        guard arguments.boolean("check", default: true) else {
            let result = try await call.world.read(command)
            return KubectlGet.answer(result, .nil)
        }
        let result = try await kubectl.read(command)
        return .string(String(decoding: result.stdout, as: UTF8.self))
    }

    private static let flags = [
        ("all_containers", "--all-containers"), ("previous", "--previous"), ("timestamps", "--timestamps"),
        ("prefix", "--prefix"),
    ]

    private static func source(_ arguments: Arguments, _ call: CallContext) throws -> [String] {
        let given = ["pod", "resource", "selector"].filter { arguments.has($0) }
        guard given.count == 1 else {
            throw RunbookError(.argument, "`kubectl.logs` needs one of `pod`, `resource` and `selector`")
        }
        if let pod = arguments.optionalString("pod") { return [try Kubectl.plainName(pod, "pod", of: call)] }
        if let resource = arguments.optionalString("resource") {
            return [try Kubectl.plainName(resource, "resource", of: call)]
        }
        return ["--selector", arguments.string("selector"), "--max-log-requests", "50"]
    }

    private static let events = ModuleFunction(
        FunctionSpec(
            "events", summary: "List what the cluster noted, the oldest first",
            details: """
                Sorted by when each was last seen, also those of the newer events API that have no `lastTimestamp`.
                """, effect: .read,
            parameters: [
                ParameterSpec("object", .string, "those about one object, such as `pod/backend-1`"),
                ParameterSpec("type", .enumeration(["Normal", "Warning"]), "those of one type"),
                ParameterSpec("limit", .positive, "only so many of the newest"), KubectlOptions.namespace,
                KubectlOptions.allNamespaces, KubectlOptions.context, KubectlOptions.timeout("60s"),
                KubectlOptions.args,
            ],
            returns: ReturnSpec(
                .list(
                    .record([
                        .required("time", .string, "when it was last seen"),
                        .required("type", .string, "Normal or Warning"),
                        .required("reason", .string, "the reason in a word"),
                        .required("object", .string, "what it is about, such as `pod/backend-1`"),
                        .required("namespace", .string, "the namespace of that"),
                        .required("message", .string, "the text"), .required("count", .integer, "how often"),
                        .required("source", .string, "who noted it"),
                    ]))),
            examples: [
                ExampleSpec(
                    "for _, e in ipairs(kubectl.events { namespace = \"shop\", limit = 5 }) do print(e.time, e.message) end"
                )
            ])
    ) { arguments, call in
        let kubectl = try await Kubectl(arguments, call)
        var verb = ["get", "events", "--output", "json"]
        let fields = try fieldSelector(arguments)
        if !fields.isEmpty { verb += ["--field-selector", fields.joined(separator: ",")] }
        let command = Kubectl.command(
            kubectl.argv(verb, allNamespaces: arguments.boolean("all_namespaces")),
            timeout: arguments.duration("timeout") ?? .seconds(60))
        let result = try await kubectl.read(command)
        let items = JSONReading.value(result.stdout)?["items"].listValue ?? []
        let kind = arguments.optionalString("object").map { ResourceNames.singular($0.prefix { $0 != "/" }) }
        var events = items.map(ClusterEvent.init).filter { kind == nil || $0.kind == kind }
        events.sort { $0.order < $1.order }
        if let limit = arguments.integer("limit") { events = events.suffix(max(0, limit)) }
        return .list(events.map(\.value))
    }

    private static func fieldSelector(_ arguments: Arguments) throws -> [String] {
        var fields: [String] = []
        if let type = arguments.optionalString("type") { fields.append("type=\(type)") }
        if let object = arguments.optionalString("object") {
            let parts = object.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[1].isEmpty else {
                throw RunbookError(
                    .argument, "`kubectl.events`: `object` is \"\(object)\"; write it as \"pod/backend-1\"")
            }
            fields.append("involvedObject.name=\(parts[1])")
        }
        return fields
    }
}

/// An event of the cluster, of either events API.
struct ClusterEvent: Sendable {
    /// The kind of what it is about, in lower case.
    let kind: String
    /// What it is ordered by: the time at which it was last seen, without its zone.
    let order: String
    let value: LuaValue

    init(_ event: LuaValue) {
        let about = event["involvedObject"].isNil ? event["regarding"] : event["involvedObject"]
        kind = (about["kind"].stringValue ?? "").lowercased()
        // One that comes through the newer API has null where the older one has its times.
        let time =
            event.at("series", "lastObservedTime")?.stringValue ?? event["lastTimestamp"].stringValue
            ?? event["eventTime"].stringValue ?? event["firstTimestamp"].stringValue
            ?? event.at("metadata", "creationTimestamp")?.stringValue ?? ""
        order = time.hasSuffix("Z") ? String(time.dropLast()) : time
        let source = event["reportingComponent"].stringValue.flatMap { $0.isEmpty ? nil : $0 }
        value = [
            "time": .string(time), "type": event["type"], "reason": event["reason"],
            "object": .string("\(kind)/\(about["name"].stringValue ?? "")"), "namespace": about["namespace"],
            "message": event["message"].isNil ? event["note"] : event["message"],
            "count": event.at("series", "count") ?? (event["count"].isNil ? 1 : event["count"]),
            "source": source.map { .string($0) } ?? event.at("source", "component") ?? "",
        ]
    }
}
