/// Finding the faults that concern a pod.
enum PodFaults {
    /// The faults of a pod: those asked for by flag for it or one of its owners, and those that annotations ask for.
    static func faults(of object: ObjectVersion, _ cluster: isolated Cluster) -> [Fault] {
        var result: [Fault] = []
        var current: ObjectVersion? = object
        var depth = 0
        while let object = current, depth < 6 {
            let name = "\(object.key.type.singular)/\(object.key.name)"
            result += cluster.settings.faults.filter { fault in
                !fault.kind.isOfAPI && (fault.target == name || (fault.target == "*" && depth == 0))
            }
            for text in (object.json["metadata"]["annotations"][Fault.annotation].string ?? "").split(separator: ",") {
                if let fault = Fault(annotation: String(text).trimmingBlanks()), !result.contains(where: { $0.kind == fault.kind }) {
                    result.append(fault)
                }
            }
            current = object.controller.flatMap { owner in
                cluster.catalog.type(apiVersion: owner["apiVersion"].string ?? "", kind: owner["kind"].string ?? "").flatMap {
                    cluster.object($0, object.key.namespace, owner["name"].string ?? "")
                }
            }
            depth += 1
        }
        return result
    }
}
