/// The parts of objects that have paths of their own: scale, status, log, eviction and others.
extension Cluster {
    func subresourceAnswer(
        _ request: APIRequest, type: ResourceType, target: APIRequest.Target, subresource: String, scope: WriteScope
    ) throws -> Answer {
        guard type.subresources.contains(subresource) else { throw APIError.noSuchResource }
        let key = ObjectKey(type: storageType(type), namespace: target.namespace ?? "", name: target.name ?? "")
        scope.subresource = subresource
        switch subresource {
        case "scale": return try scale(request, key: key, scope: scope)
        case "status": return try status(request, key: key, scope: scope)
        case "log":
            guard request.method == "GET" else { throw APIError.methodNotAllowed() }
            return try log(request, key: key)
        case "eviction": return try evict(request, key: key, scope: scope)
        case "binding": return try bind(try request.decodedBody(), key: key)
        case "token": return try token(try request.decodedBody(), key, scope: scope)
        case "finalize", "ephemeralcontainers", "resize":
            scope.subresource = subresource == "finalize" ? "" : subresource
            switch request.method {
            case "PUT": return .object(try replace(key, with: try request.decodedBody(), scope: scope), 200)
            case "PATCH": return .object(try patch(key, request: request, scope: scope).0, 200)
            default: break
            }
            guard let object = store.object(key) else { throw APIError.notFound(type, key.name) }
            return .object(object, 200)
        case "exec", "attach", "portforward":
            // A client that asks rightly has left HTTP before it comes here.
            _ = try streamRequest(request)
            throw APIError.badRequest("Upgrade request required")
        default:
            throw APIError(
                code: 501, reason: "NotImplemented",
                message: "the simulated cluster has no \(type.plural)/\(subresource)")
        }
    }

    // MARK: - Scale

    private func scaleObject(_ object: ObjectVersion) -> JSON {
        let json = object.json
        var metadata: JSON = [:]
        for field in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
            metadata[field] = json["metadata"][field]
        }
        var status: JSON = ["replicas": .int(json["status"]["replicas"].int ?? 0)]
        let labels =
            json["spec"]["selector"]["matchLabels"].isNull && object.key.type.group.isEmpty
            ? json["spec"]["selector"] : json["spec"]["selector"]["matchLabels"]
        let selector = labels.members.entries.map { "\($0.key)=\($0.value.text)" }.joined(separator: ",")
        if !selector.isEmpty { status["selector"] = .string(selector) }
        var spec: JSON = [:]
        if let replicas = json["spec"]["replicas"].int, replicas != 0 { spec["replicas"] = .int(replicas) }
        return ["kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": metadata, "spec": spec, "status": status]
    }

    private func scale(_ request: APIRequest, key: ObjectKey, scope: WriteScope) throws -> Answer {
        guard let current = store.object(key) else { throw APIError.notFound(key.type, key.name) }
        let wanted: JSON
        switch request.method {
        case "GET": return .value(scaleObject(current), 200)
        case "PUT": wanted = try request.decodedBody()
        case "PATCH":
            let patch = try JSONParser.parse(request.body)
            let media = request.contentType.prefix { $0 != ";" }
            wanted =
                media == "application/json-patch+json"
                ? try JSONPatch.apply(patch, to: scaleObject(current))
                : MergePatch.apply(patch, to: scaleObject(current))
        default: throw APIError.methodNotAllowed()
        }
        if let version = wanted["metadata"]["resourceVersion"].string, !version.isEmpty,
            version != current.json["metadata"]["resourceVersion"].string
        {
            throw APIError.conflict(key.type, key.name)
        }
        let replicas = wanted["spec"]["replicas"].int ?? 0
        guard replicas >= 0 else {
            throw APIError.invalid(
                key.type, key.name,
                [.invalid("spec.replicas", .int(replicas), "must be greater than or equal to 0")])
        }
        var changed = current.json
        changed["spec"]["replicas"] = .int(replicas)
        return .value(scaleObject(try store(changed, over: current, scope: scope, managed: nil)), 200)
    }

    // MARK: - Status and others

    private func status(_ request: APIRequest, key: ObjectKey, scope: WriteScope) throws -> Answer {
        switch request.method {
        case "PUT": return .object(try replace(key, with: try request.decodedBody(), scope: scope), 200)
        case "PATCH": return .object(try patch(key, request: request, scope: scope).0, 200)
        case "GET":
            guard let object = store.object(key) else { throw APIError.notFound(key.type, key.name) }
            return .object(object, 200)
        default: throw APIError.methodNotAllowed()
        }
    }

    private func evict(_ request: APIRequest, key: ObjectKey, scope: WriteScope) throws -> Answer {
        guard request.method == "POST" else { throw APIError.methodNotAllowed() }
        guard let pod = store.object(key) else { throw APIError.notFound(types.pods, key.name) }
        for budget in store.objects(types.budgets, namespace: key.namespace)
        where LabelSelector(budget.json["spec"]["selector"]).matches(pod.labels) {
            let status = budget.json["status"]
            guard (status["disruptionsAllowed"].int ?? 0) <= 0 else { continue }
            let text =
                "The disruption budget \(budget.key.name) needs \(status["desiredHealthy"].int ?? 0) healthy pods and has \(status["currentHealthy"].int ?? 0) currently"
            throw APIError(
                code: 429, reason: "TooManyRequests",
                message: "Cannot evict pod as it would violate the pod's disruption budget.",
                details: ["causes": [["reason": "DisruptionBudget", "message": .string(text)]]])
        }
        if !scope.isDryRun { delete(key) }
        return .value(["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": 201], 201)
    }

    private func bind(_ body: JSON, key: ObjectKey) throws -> Answer {
        guard store.object(key) != nil else { throw APIError.notFound(types.pods, key.name) }
        modify(key) { $0["spec"]["nodeName"] = body["target"]["name"] }
        return .value(["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": 201], 201)
    }

    private func token(_ body: JSON, _ key: ObjectKey, scope: WriteScope) throws -> Answer {
        guard store.object(key) != nil else { throw APIError.notFound(key.type, key.name) }
        func part(_ text: String) -> String {
            Base64.encode(text.utf8).replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        }
        let seconds = body["spec"]["expirationSeconds"].int ?? 3600
        guard seconds >= 600 else {
            throw APIError.invalid(
                key.type, key.name,
                [.invalid("spec.expirationSeconds", .int(seconds), "may not specify a duration less than 10 minutes")])
        }
        let header = part(#"{"alg":"none"}"#)
        let claims = part(#"{"sub":"system:serviceaccount:\#(key.namespace):\#(key.name)"}"#)
        return .value(
            [
                "kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1",
                "metadata": ["name": .string(key.name), "namespace": .string(key.namespace)],
                "spec": ["audiences": ["https://kubernetes.default.svc"], "expirationSeconds": .int(seconds)],
                "status": [
                    "token": .string("\(header).\(claims).simulated"),
                    "expirationTimestamp": .string(Timestamp.seconds(scope.time + Double(seconds))),
                ],
            ], 201)
    }

    /// Answers who may do what: all, for everybody but the anonymous user.
    func review(_ body: JSON, type: ResourceType) throws -> JSON {
        var result = body
        result["apiVersion"] = .string(type.apiVersion)
        result["kind"] = .string(type.kind)
        result["metadata"] = [:]
        if type.kind == "SelfSubjectReview" {
            result["status"] = [
                "userInfo": ["username": "minikube-user", "groups": ["system:masters", "system:authenticated"]]
            ]
        } else if type.kind == "SelfSubjectRulesReview" {
            result["status"] = [
                "resourceRules": [["verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]]],
                "nonResourceRules": [["verbs": ["*"], "nonResourceURLs": ["*"]]], "incomplete": false,
            ]
        } else {
            result["status"] = [
                "allowed": true,
                "reason":
                    "RBAC: allowed by ClusterRoleBinding \"cluster-admin\" of ClusterRole \"cluster-admin\" to Group \"system:masters\"",
            ]
        }
        return result
    }
}
