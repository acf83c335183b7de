import RunbookLua

/// Objects that a preview has shown as made, and that no cluster has yet.
enum PlannedObject {
    /// The number of the change that makes what a call reads: the object that it names, or one of those that it lists.
    static func maker(_ arguments: Arguments, _ kubectl: Kubectl, _ call: CallContext) -> Int? {
        let parts = (arguments.optionalString("resource") ?? "").split(separator: "/", maxSplits: 1).map(String.init)
        guard let kind = parts.first.map({ ResourceNames.singular($0) }) else { return nil }
        let plan = call.run.plan
        if let name = parts.dropFirst().first ?? arguments["name"].stringValue {
            return plan.maker(of: kind, "\(kubectl.namespace)/\(name)")
        }
        guard arguments["name"].isNil else { return nil }
        let isNew = plan.maker(of: "namespace", kubectl.namespace) != nil
        // In a namespace that is made first, workloads make what is listed: pods, endpoints, events.
        let made = plan.changes.last { change in
            change.kind == .create && change.name.hasPrefix(kubectl.namespace + "/") && (isNew || change.object == kind)
        }
        return made?.number
    }
}
