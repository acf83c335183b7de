/// Requests that the API server passes on to pods and services.
extension Cluster {
    /// Answers `…/pods/NAME[:PORT]/proxy/PATH` and `…/services/NAME[:PORT]/proxy/PATH`; nil for other requests.
    func proxied(_ request: APIRequest) throws -> APIResponse? {
        guard let target = request.target, target.subresource == "proxy", let id = target.name,
            let type = catalog.type(documentPath: target.documentPath, plural: target.plural),
            type == types.pods || type == types.services
        else { return nil }
        try apiFaults.check(request, type: type, target: target)
        let parts = id.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let hasScheme = parts.count == 3 || (parts.count == 2 && ["http", "https"].contains(parts[0]))
        let name = hasScheme ? parts[1] : parts[0]
        let wanted = hasScheme ? parts.dropFirst(2).first ?? "" : parts.dropFirst().first ?? ""
        let key = ObjectKey(type: type, namespace: target.namespace ?? "", name: name)
        guard let object = store.object(key) else { throw APIError.notFound(type, name) }
        let (pod, port) = type == types.pods ? (object, try podPort(object, wanted)) : try backend(object, wanted)
        let address = "\(pod.json["status"]["podIP"].text):\(port)"
        switch PodServer.answer(servers(of: pod), port: port, path: request.proxiedPath) {
        case .refused:
            throw APIError.unavailable(
                "error trying to reach service: dial tcp \(address): connect: connection refused")
        case .response(let status, let type, let body):
            return .raw(status: status, type: type, body: body, encoding: nil)
        }
    }

    private func podPort(_ pod: ObjectVersion, _ wanted: String) throws -> Int {
        guard !pod.json["status"]["podIP"].isEmpty else {
            throw APIError.badRequest("address not allowed")
        }
        if let number = Int(wanted) { return number }
        let ports = pod.json["spec"]["containers"].array.flatMap { $0["ports"].array }
        let port = wanted.isEmpty ? ports.first : ports.first { $0["name"].string == wanted }
        return port?["containerPort"].int ?? 80
    }

    /// The pod and the port that a service leads to.
    func backend(_ service: ObjectVersion, _ wanted: String) throws -> (ObjectVersion, Int) {
        let ports = service.json["spec"]["ports"].array
        let isOnly = wanted.isEmpty && ports.count == 1
        let port = ports.first { isOnly || $0["name"].string == wanted || $0["port"].text == wanted }
        guard let port else {
            throw APIError.unavailable("no service port \"\(wanted)\" found for service \"\(service.key.name)\"")
        }
        let selector = service.json["spec"]["selector"]
        let pods = store.sorted(types.pods, namespace: service.key.namespace).filter {
            !selector.isEmpty && LabelSelector(equal: selector).matches($0.labels) && Pods.isReady($0)
                && !$0.isTerminating
        }
        for pod in pods {
            if let number = EndpointsController.port(port, on: pod) { return (pod, number) }
        }
        throw APIError.unavailable("no endpoints available for service \"\(service.key.name)\"")
    }
}

extension APIRequest {
    /// The path, with its query, that the request has for the pod behind the proxy.
    fileprivate var proxiedPath: String {
        let (path, query) = rawTarget.split(around: "?") ?? (rawTarget, "")
        let rest = path.split(around: "/proxy")?.1 ?? ""
        return (rest.isEmpty ? "/" : rest) + (query.isEmpty ? "" : "?\(query)")
    }
}
