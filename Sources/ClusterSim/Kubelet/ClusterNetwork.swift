/// The names and addresses that a pod reaches.
extension Cluster {
    /// Looks hosts up for a command in a pod.
    ///
    /// - Parameters:
    ///   - text: the command; only hosts that it or a variable names are looked at. Nil when what is typed comes later.
    ///   - environment: the container's variables.
    func network(of pod: ObjectVersion, naming text: String?, _ environment: [String: String])
        -> @Sendable (String) -> ReachedHost?
    {
        let words = text.map { $0 + "\n" + environment.values.joined(separator: "\n") }
        func isNamed(_ name: String) -> Bool { words.map { !name.isEmpty && $0.contains(name) } ?? true }
        var hosts: [String: ReachedHost] = [:]
        for service in store.objects(types.services) {
            let name = service.key.name
            let address = service.json["spec"]["clusterIP"].text
            guard isNamed(name) || isNamed(address) else { continue }
            let host = ReachedHost(address: address, ask: answers(of: service))
            let full = "\(name).\(service.key.namespace)"
            for name in [full, "\(full).svc", "\(full).svc.cluster.local", address] { hosts[name] = host }
            if service.key.namespace == pod.key.namespace { hosts[name] = host }
        }
        for other in store.objects(types.pods, namespace: pod.key.namespace) {
            let address = other.json["status"]["podIP"].text
            guard !address.isEmpty, isNamed(address) else { continue }
            let servers = servers(of: other)
            hosts[address] = ReachedHost(address: address) { port, path in
                PodServer.answer(servers, port: port, path: path)
            }
        }
        let found = hosts
        return { found[$0] }
    }

    /// What a service answers; nothing where no pod is ready behind it.
    private func answers(of service: ObjectVersion) -> @Sendable (Int, String) -> PodAnswer {
        var backends: [Int: (servers: [PodServer], port: Int)] = [:]
        for port in service.json["spec"]["ports"].array {
            guard let (pod, number) = try? backend(service, port["port"].text) else { continue }
            backends[port["port"].int ?? 0] = (servers(of: pod), number)
        }
        let found = backends
        return { port, path in
            guard let backend = found[port] else { return .refused }
            return PodServer.answer(backend.servers, port: backend.port, path: path)
        }
    }
}
