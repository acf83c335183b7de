import RunbookLua
import RunbookSpec

/// `kubectl.scale` and `autoscale`.
enum KubectlScale {
    static let functions = [scale, autoscale]

    private static let scale = ModuleFunction(
        FunctionSpec(
            "scale", summary: "Set how many replicas a workload has", effect: .write,
            parameters: [
                KubectlOptions.object, KubectlOptions.name, .required("replicas", .count, "how many"),
                ParameterSpec("current", .count, "refuse when it has another number now"), KubectlOptions.namespace,
                KubectlOptions.timeout("60s"), KubectlOptions.args,
            ],
            returns: ReturnSpec(
                .record([
                    .required("replicas", .integer, "how many it is to have"),
                    ParameterSpec("before", .integer, "how many it was to have before"),
                ])), examples: [ExampleSpec("kubectl.scale { resource = \"deployment/backend\", replicas = 3 }")])
    ) { arguments, call in
        let kubectl = try await Kubectl(arguments, call)
        let object = try kubectl.object(arguments)
        let replicas = arguments.integer("replicas") ?? 0
        guard replicas >= 0 else {
            throw RunbookError(.argument, "`kubectl.scale`: `replicas` is \(replicas), and must be 0 or more")
        }
        let path = "jsonpath={.spec.replicas}"
        let read = Kubectl.command(kubectl.argv(["get", object, "--output", path], extra: []))
        let before = try await call.prepare { Int(try await kubectl.read(read).text) } ?? nil
        var verb = ["scale", object, "--replicas", String(replicas)]
        if let current = arguments.integer("current") { verb += ["--current-replicas", String(current)] }
        let name = ResourceNames.object(object)
        let change = Change(
            .modify, String(name.prefix { $0 != "/" }), "\(kubectl.namespace)/\(name.drop { $0 != "/" }.dropFirst())",
            summary: "replicas \(before.map(String.init) ?? "?") → \(replicas)", isIdempotent: true,
            capability: "kubectl", namespace: kubectl.namespace,
            inverse: { _ in
                before.map { count in
                    Inverse(
                        "kubectl scale \(name) --replicas \(count)",
                        commands: [
                            InverseCommand(
                                kubectl.argv(["scale", object, "--replicas", String(count)], extra: []), timeout: 60)
                        ],
                        guards: [
                            InverseGuard(
                                kubectl.argv(["get", object, "--output", path], extra: []), expected: String(replicas),
                                complaint: "\(name) was scaled since")
                        ])
                }
            },
            difference: { _ in
                before == nil
                    ? Difference(unknown: "the number of replicas was not read")
                    : Difference(
                        isEmpty: before == replicas,
                        lines: before == replicas ? [] : ["spec.replicas  \(before ?? 0) → \(replicas)"])
            }, serverDryRun: Kubectl.command(kubectl.argv(verb + ["--dry-run=server"])),
            tookEffect: { world in try await world.read(read).text == String(replicas) })
        let command = Kubectl.command(
            kubectl.argv(verb), timeout: arguments.duration("timeout") ?? .seconds(60), isQuiet: false)
        _ = try await kubectl.write(command, change)
        return [
            "replicas": .integer(Int64(replicas)), "before": before.map { .integer(Int64($0)) } ?? .nil,
        ]
    }

    private static let autoscale = ModuleFunction(
        FunctionSpec(
            "autoscale", summary: "Let the number of replicas follow the load",
            details: "Makes a HorizontalPodAutoscaler with the workload's name, or changes the one that is there.",
            effect: .write,
            parameters: [
                KubectlOptions.object, .required("max", .positive, "the most replicas"),
                ParameterSpec("min", .positive, default: "1", "the fewest"),
                ParameterSpec(
                    "cpu", .bounded(1...1000), default: "80", "the use of the requested CPU to aim at, in percent"),
                ParameterSpec("memory", .bounded(1...1000), "the use of the requested memory to aim at, in percent"),
                ParameterSpec("name", .string, "the autoscaler's name"), KubectlOptions.namespace,
                KubectlOptions.timeout("60s"),
            ], returns: ReturnSpec(.record([.required("name", .string, "the autoscaler's name")])),
            examples: [
                ExampleSpec("kubectl.autoscale { resource = \"deployment/backend\", min = 2, max = 5, cpu = 70 }")
            ])
    ) { arguments, call in
        let parts = arguments.string("resource").split(separator: "/", maxSplits: 1)
        guard parts.count == 2, let kind = kinds[ResourceNames.singular(parts[0])] else {
            throw RunbookError(
                .argument, "`kubectl.autoscale`: `resource` is \"\(arguments.string("resource"))\"",
                remedy: "write it as \"deployment/NAME\", \"statefulset/NAME\" or \"replicaset/NAME\"")
        }
        let (least, most) = (arguments.integer("min") ?? 1, arguments.integer("max") ?? 1)
        guard least >= 1, most >= least else {
            throw RunbookError(.argument, "`kubectl.autoscale`: `min` is \(least) and `max` is \(most)")
        }
        func metric(_ name: String, _ percent: Int) -> LuaValue {
            let target: LuaValue = ["type": "Utilization", "averageUtilization": .integer(Int64(percent))]
            return ["type": "Resource", "resource": ["name": .string(name), "target": target]]
        }
        var metrics = [metric("cpu", arguments.integer("cpu") ?? 80)]
        if let memory = arguments.integer("memory") { metrics.append(metric("memory", memory)) }
        let name = arguments.optionalString("name") ?? String(parts[1])
        let manifest: LuaValue = [
            "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": ["name": .string(name)],
            "spec": [
                "scaleTargetRef": ["apiVersion": "apps/v1", "kind": .string(kind), "name": .string(String(parts[1]))],
                "minReplicas": .integer(Int64(least)), "maxReplicas": .integer(Int64(most)), "metrics": .list(metrics),
            ],
        ]
        try await KubectlApply.ensure(manifest, arguments, call)
        return ["name": .string(name)]
    }

    private static let kinds = ["deployment": "Deployment", "statefulset": "StatefulSet", "replicaset": "ReplicaSet"]
}
