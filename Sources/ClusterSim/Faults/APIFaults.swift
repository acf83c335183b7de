/// The faults of the API itself, with how often and how long they still occur.
struct APIFaults: Sendable {
    private struct Active {
        let fault: Fault
        var remaining: Int?
        let duration: Double?
        /// When the fault ends: its time begins with the first request that it concerns.
        var end: Double?
    }

    private var active: [Active]

    init(faults: [Fault], speed: Double) {
        active = faults.filter(\.kind.isOfAPI).map { fault in
            Active(
                fault: fault, remaining: fault.value.flatMap { Int($0) },
                duration: fault.value.flatMap(Fault.seconds).map { $0 / speed })
        }
    }

    private func concerns(_ target: String, _ type: ResourceType?, _ name: String?) -> Bool {
        if target == "*" { return true }
        guard let type else { return false }
        let parts = target.split(separator: "/").map(String.init)
        guard [type.plural, type.singular, type.kind.lowercased()].contains(parts[0]) else { return false }
        return parts.count == 1 || parts[1] == "*" || parts[1] == name
    }

    /// Whether the connection is to be cut, because the API cannot be reached for a while.
    mutating func isUnreachable(at now: Double) -> Bool {
        for index in active.indices where active[index].fault.kind == .apiUnreachable {
            if takes(index, at: now) { return true }
        }
        return false
    }

    private mutating func takes(_ index: Int, at now: Double) -> Bool {
        if let duration = active[index].duration {
            let end = active[index].end ?? now + duration
            active[index].end = end
            if now > end { return false }
        }
        if let remaining = active[index].remaining {
            if remaining <= 0 { return false }
            active[index].remaining = remaining - 1
        }
        return true
    }

    /// - Throws: the `APIError` of a fault that concerns a request.
    mutating func check(_ request: APIRequest, type: ResourceType, target: APIRequest.Target) throws {
        for index in active.indices {
            let fault = active[index].fault
            guard fault.kind != .apiUnreachable, concerns(fault.target, type, target.name) else { continue }
            let isChange = request.method == "PUT" || request.method == "PATCH"
            if fault.kind == .apiConflict, !isChange { continue }
            guard takes(index, at: Timestamp.now) else { continue }
            switch fault.kind {
            case .api429:
                throw APIError(
                    code: 429, reason: "TooManyRequests",
                    message: "Too many requests, please try again later.", retryAfter: 1, isText: true)
            case .api500: throw APIError.internalError("etcdserver: request timed out")
            default: throw APIError.conflict(type, target.name ?? "")
            }
        }
    }
}
