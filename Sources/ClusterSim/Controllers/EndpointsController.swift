/// Keeps the addresses of a Service's pods, in both forms: EndpointSlice and Endpoints.
enum EndpointsController {
    static func reconcile(_ key: ObjectKey, _ cluster: isolated Cluster) {
        let sliceType = cluster.types.slices
        guard let service = cluster.store.object(key) else {
            cluster.erase(ObjectKey(type: cluster.types.endpoints, namespace: key.namespace, name: key.name))
            return
        }
        let selector = service.json["spec"]["selector"]
        guard !selector.isEmpty, service.json["spec"]["type"].string != "ExternalName" else { return }
        let match = LabelSelector(equal: selector)
        let pods = cluster.store.sorted(cluster.types.pods, namespace: key.namespace).filter {
            match.matches($0.labels) && !$0.json["status"]["podIP"].isEmpty && !Pods.isFinished($0)
        }
        let slice = cluster.store.dependents(of: service.uid).first { $0.type == sliceType }
        write(
            slice ?? ObjectKey(type: sliceType, namespace: key.namespace, name: "\(key.name)-\(Names.suffix())"),
            service, pods, cluster)
        writeEndpoints(service, pods.filter { !$0.isTerminating }, cluster)
    }

    private static func target(_ pod: ObjectVersion) -> JSON {
        [
            "kind": "Pod", "namespace": .string(pod.key.namespace), "name": .string(pod.key.name),
            "uid": .string(pod.uid),
        ]
    }

    /// The port of a Service on a pod: a number, or the container port of that name.
    static func port(_ port: JSON, on pod: ObjectVersion?) -> Int? {
        if let number = port["targetPort"].int { return number }
        guard let name = port["targetPort"].string else { return port["port"].int }
        for container in pod?.json["spec"]["containers"].array ?? [] {
            if let match = container["ports"].element(where: "name", is: name) { return match["containerPort"].int }
        }
        return nil
    }

    private static func publishes(_ service: ObjectVersion) -> Bool {
        service.json["spec"]["publishNotReadyAddresses"].bool == true
    }

    private static func write(
        _ key: ObjectKey, _ service: ObjectVersion, _ pods: [ObjectVersion], _ cluster: isolated Cluster
    ) {
        let endpoints = pods.map { pod -> JSON in
            let isServing = Pods.isReady(pod)
            var endpoint: JSON = [
                "addresses": [pod.json["status"]["podIP"]],
                "conditions": [
                    "ready": .bool((isServing || publishes(service)) && !pod.isTerminating),
                    "serving": .bool(isServing),
                    "terminating": .bool(pod.isTerminating),
                ],
                "targetRef": target(pod), "nodeName": pod.json["spec"]["nodeName"],
            ]
            if !pod.json["spec"]["hostname"].isNull, !pod.json["spec"]["subdomain"].isNull {
                endpoint["hostname"] = pod.json["spec"]["hostname"]
            }
            return endpoint
        }
        let ports = service.json["spec"]["ports"].array.compactMap { item -> JSON? in
            guard let number = port(item, on: pods.first) else { return nil }
            var result: JSON = [
                "name": .string(item["name"].string ?? ""), "protocol": item["protocol"], "port": .int(number),
            ]
            if !item["appProtocol"].isNull { result["appProtocol"] = item["appProtocol"] }
            return result
        }
        let endpointsJSON: JSON = endpoints.isEmpty ? .null : .array(endpoints)
        let portsJSON: JSON = endpoints.isEmpty ? .null : .array(ports)
        if cluster.store.object(key) == nil {
            var slice: JSON = [
                "metadata": [
                    "name": .string(key.name), "generateName": .string("\(service.key.name)-"),
                    "labels": labels(service),
                    "annotations": [
                        "endpoints.kubernetes.io/last-change-trigger-time": .string(Timestamp.seconds(Timestamp.now))
                    ],
                    "ownerReferences": [DeploymentController.owner(service)],
                ],
                "addressType": "IPv4",
            ]
            slice.put("endpoints", endpointsJSON)
            slice.put("ports", portsJSON)
            Metadata.prepareForCreate(&slice, type: key.type, namespace: key.namespace, time: Timestamp.now)
            slice["metadata"]["generation"] = 1
            cluster.commit(slice, key: key)
            return
        }
        cluster.modify(key) { slice in
            if slice["endpoints"] == endpointsJSON, slice["ports"] == portsJSON { return }
            slice.put("endpoints", endpointsJSON)
            slice.put("ports", portsJSON)
            slice["metadata"]["generation"] = .int((slice["metadata"]["generation"].int ?? 1) + 1)
        }
    }

    private static func labels(_ service: ObjectVersion) -> JSON {
        var labels = service.labels.isNull ? [:] : service.labels
        labels["endpointslice.kubernetes.io/managed-by"] = "endpointslice-controller.k8s.io"
        labels["kubernetes.io/service-name"] = .string(service.key.name)
        if service.json["spec"]["clusterIP"].string == "None" { labels["service.kubernetes.io/headless"] = "" }
        return labels
    }

    private static func writeEndpoints(_ service: ObjectVersion, _ pods: [ObjectVersion], _ cluster: isolated Cluster) {
        let key = ObjectKey(type: cluster.types.endpoints, namespace: service.key.namespace, name: service.key.name)
        func addresses(_ pods: [ObjectVersion]) -> JSON {
            .array(
                pods.map {
                    [
                        "ip": $0.json["status"]["podIP"], "nodeName": $0.json["spec"]["nodeName"],
                        "targetRef": target($0),
                    ]
                })
        }
        let ready = pods.filter { Pods.isReady($0) || publishes(service) }
        let waiting = pods.filter { !Pods.isReady($0) && !publishes(service) }
        var subset: JSON = [:]
        if !ready.isEmpty { subset["addresses"] = addresses(ready) }
        if !waiting.isEmpty { subset["notReadyAddresses"] = addresses(waiting) }
        let ports = service.json["spec"]["ports"].array.compactMap { item -> JSON? in
            guard let number = port(item, on: pods.first) else { return nil }
            var result: JSON = ["port": .int(number), "protocol": item["protocol"]]
            if let name = item["name"].string { result["name"] = .string(name) }
            return result
        }
        if !ports.isEmpty { subset["ports"] = .array(ports) }
        let subsets: JSON = pods.isEmpty ? .null : [subset]
        if cluster.store.object(key) == nil {
            var labels = service.labels.isNull ? [:] : service.labels
            labels["endpoints.kubernetes.io/managed-by"] = "endpoint-controller"
            var object: JSON = [
                "metadata": [
                    "name": .string(key.name), "labels": labels,
                    "annotations": [
                        "endpoints.kubernetes.io/last-change-trigger-time": .string(Timestamp.seconds(Timestamp.now))
                    ],
                ]
            ]
            if !subsets.isNull { object["subsets"] = subsets }
            Metadata.prepareForCreate(&object, type: key.type, namespace: key.namespace, time: Timestamp.now)
            cluster.commit(object, key: key)
            return
        }
        cluster.modify(key) { object in
            if subsets.isNull { object.remove("subsets") } else { object["subsets"] = subsets }
        }
    }
}
