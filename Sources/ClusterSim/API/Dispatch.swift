import Foundation

/// The requests that name objects.
extension Cluster {
    /// Answers a request for objects; the bytes of lists are put together by the caller.
    func answer(_ request: APIRequest, target: APIRequest.Target) throws -> (Answer, warnings: [String]) {
        guard let type = catalog.type(documentPath: target.documentPath, plural: target.plural) else {
            throw APIError.noSuchResource
        }
        let scope = WriteScope(request)
        try authorize(request, type: type, target: target)
        try apiFaults.check(request, type: type, target: target)
        if !type.isNamespaced, target.namespace != nil { throw APIError.noSuchResource }
        let answer: Answer
        if let subresource = target.subresource {
            answer = try subresourceAnswer(request, type: type, target: target, subresource: subresource, scope: scope)
        } else if let name = target.name {
            if type.isNamespaced, target.namespace == nil { throw APIError.noSuchResource }
            answer = try objectAnswer(
                request, key: ObjectKey(type: storageType(type), namespace: target.namespace ?? "", name: name),
                type: type, scope: scope)
        } else {
            answer = try collectionAnswer(request, type: type, namespace: target.namespace, scope: scope)
        }
        return (answer, scope.warnings)
    }

    /// The kind under which objects are stored: events have two names for one kind of object.
    func storageType(_ type: ResourceType) -> ResourceType {
        if type.group == "events.k8s.io" { return types.events }
        return type.group == "autoscaling" ? types.autoscalers : catalog.stored(type) ?? type
    }

    private func authorize(_ request: APIRequest, type: ResourceType, target: APIRequest.Target) throws {
        guard request.impersonated == "system:anonymous" else { return }
        let verb: String
        switch request.method {
        case "POST": verb = "create"
        case "PUT": verb = "update"
        case "PATCH": verb = "patch"
        case "DELETE": verb = target.name == nil ? "deletecollection" : "delete"
        default: verb = request.flag("watch") ? "watch" : target.name == nil ? "list" : "get"
        }
        let scope = target.namespace.map { "in the namespace \"\($0)\"" } ?? "at the cluster scope"
        let name = target.name.map { " \"\($0)\"" } ?? ""
        throw APIError(
            code: 403, reason: "Forbidden",
            message:
                "\(type.qualifiedName)\(name) is forbidden: User \"system:anonymous\" cannot \(verb) resource \"\(type.plural)\" in API group \"\(type.group)\" \(scope)",
            details: ["kind": .string(type.plural)])
    }

    private func objectAnswer(_ request: APIRequest, key: ObjectKey, type: ResourceType, scope: WriteScope) throws
        -> Answer
    {
        switch request.method {
        case "GET":
            if request.flag("watch") {
                var narrowed = request
                narrowed.query["fieldSelector"] = "metadata.name=\(key.name)"
                return try collectionAnswer(narrowed, type: type, namespace: key.namespace, scope: scope)
            }
            guard let object = store.object(key) else { throw APIError.notFound(type, key.name) }
            return .object(object, 200)
        case "PUT":
            return .object(
                try replace(key, with: Views.stored(try request.decodedBody(), from: type), scope: scope), 200)
        case "PATCH":
            let (object, isNew) = try patch(key, request: request, scope: scope)
            return .object(object, isNew ? 201 : 200)
        case "DELETE":
            return try delete(key, request: request, scope: scope)
        default: throw APIError.methodNotAllowed()
        }
    }

    private func collectionAnswer(_ request: APIRequest, type: ResourceType, namespace: String?, scope: WriteScope)
        throws -> Answer
    {
        switch request.method {
        case "GET":
            let filter = try filter(request, type: type, namespace: namespace)
            if request.flag("watch") { return try startWatch(request, type: type, filter: filter) }
            guard type.verbs.contains("list") else { throw APIError.methodNotAllowed() }
            return try list(request, type: type, filter: filter)
        case "POST":
            if type.group == "authorization.k8s.io" || type.group == "authentication.k8s.io" {
                return .value(try review(try request.decodedBody(), type: type), 201)
            }
            guard type.verbs.contains("create") else { throw APIError.methodNotAllowed() }
            if type.isNamespaced, namespace == nil { throw APIError.methodNotAllowed() }
            return .object(
                try create(try request.decodedBody(), type: type, namespace: namespace ?? "", scope: scope), 201)
        case "DELETE":
            let filter = try filter(request, type: type, namespace: namespace)
            let matches = store.sorted(storageType(type), namespace: namespace).filter(filter.matches)
            for object in matches { _ = try? delete(object.key, request: request, scope: scope) }
            return .list(type, matches, continuation: nil, remaining: nil, version: store.resourceVersion)
        default: throw APIError.methodNotAllowed()
        }
    }

    func filter(_ request: APIRequest, type: ResourceType, namespace: String?) throws -> WatchFilter {
        var filter = WatchFilter(namespace: namespace)
        if let text = request.query["labelSelector"], !text.isEmpty { filter.labels = try LabelSelector(parsing: text) }
        if let text = request.query["fieldSelector"], !text.isEmpty {
            filter.fields = try FieldSelector(parsing: text, for: type)
        }
        return filter
    }

    /// Refuses numbers of a list's options that are none, and versions that the cluster has not reached yet.
    private func checkOptions(_ request: APIRequest) throws {
        for name in ["limit", "timeoutSeconds"] {
            if let text = request.query[name], !text.isEmpty, Int(text) == nil {
                throw APIError.badRequest("strconv.ParseInt: parsing \"\(text)\": invalid syntax")
            }
        }
        if let version = request.query["resourceVersion"].flatMap({ Int($0) }), version > store.resourceVersion {
            throw APIError.tooLarge(version, store.resourceVersion)
        }
    }

    private func list(_ request: APIRequest, type: ResourceType, filter: WatchFilter) throws -> Answer {
        try checkOptions(request)
        var matches: [ObjectVersion]
        if let name = filter.fields?.name, let namespace = filter.namespace ?? (type.isNamespaced ? nil : "") {
            matches =
                store.object(ObjectKey(type: storageType(type), namespace: namespace, name: name)).map { [$0] } ?? []
        } else {
            matches = store.page(storageType(type), namespace: filter.namespace)
        }
        if filter.labels != nil || filter.fields != nil { matches = matches.filter(filter.matches) }
        var continuation: String?
        var remaining: Int?
        var version = store.resourceVersion
        if let token = request.query["continue"], !token.isEmpty {
            guard let bytes = Base64.decode(token), let place = try? JSONParser.parse(bytes),
                let start = place["start"].string
            else {
                throw APIError.badRequest("continue key is not valid: illegal base64 data at input byte 0")
            }
            version = place["rv"].int ?? version
            let (namespace, name) = start.split(around: "/") ?? ("", start)
            let first = matches.partitioningIndex { ($0.key.namespace, $0.key.name) > (namespace, name) }
            matches = Array(matches[first...])
        }
        if let limit = request.query["limit"].flatMap({ Int($0) }), limit > 0, matches.count > limit {
            let last = matches[limit - 1].key
            remaining = matches.count - limit
            matches = Array(matches.prefix(limit))
            let token: JSON = [
                "v": "meta.k8s.io/v1", "rv": .int(version), "start": .string("\(last.namespace)/\(last.name)"),
            ]
            continuation = Base64.encode(JSONWriter.bytes(token))
        }
        return .list(type, matches, continuation: continuation, remaining: remaining, version: version)
    }

    private func startWatch(_ request: APIRequest, type: ResourceType, filter: WatchFilter) throws -> Answer {
        let stored = storageType(type)
        let (stream, continuation) = AsyncStream<WatchItem>.makeStream()
        let requested = request.query["resourceVersion"].flatMap { Int($0) }
        let sendsInitial = request.flag("sendInitialEvents")
        if sendsInitial || requested == nil || requested == 0 {
            for object in store.sorted(stored, namespace: filter.namespace) where filter.matches(object) {
                continuation.yield(.event(WatchEvent(kind: .added, object: object, previous: nil)))
            }
        } else if let requested {
            if let missed = store.changes(stored, after: requested) {
                for event in missed { if let seen = filter.view(event) { continuation.yield(.event(seen)) } }
            } else {
                // A real server begins the watch, and says it there.
                continuation.yield(.failure(APIError.gone(requested, store.resourceVersion)))
            }
        }
        if sendsInitial { continuation.yield(.endOfInitial(store.resourceVersion)) }
        let number = addWatcher(Watcher(type: stored, filter: filter, continuation: continuation))
        return .watch(type, stream, number: number)
    }
}

extension Array {
    /// The index of the first element that satisfies a condition which all elements after it satisfy too.
    fileprivate func partitioningIndex(where isAfter: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isAfter(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

/// What a request for objects gives, before it is encoded.
enum Answer: Sendable {
    case object(ObjectVersion, Int)
    case value(JSON, Int)
    case list(ResourceType, [ObjectVersion], continuation: String?, remaining: Int?, version: Int)
    case watch(ResourceType, AsyncStream<WatchItem>, number: Int)
    case text(String)
    case logs(AsyncStream<[UInt8]>)
}
