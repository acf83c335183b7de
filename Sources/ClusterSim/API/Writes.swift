/// Creating and changing objects for clients.
extension Cluster {
    /// Decodes, fills and checks an object, as every write does.
    private func typed(_ body: JSON, type: ResourceType, scope: WriteScope) throws -> JSON {
        guard body.object != nil else {
            throw APIError.badRequest(
                "couldn't get version/kind; json parse error: json: cannot unmarshal \(body.goKind) into Go value of type struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }"
            )
        }
        if let kind = body["kind"].string, let version = body["apiVersion"].string,
            kind != type.kind || version != type.apiVersion
        {
            if catalog.type(apiVersion: version, kind: kind) == nil {
                throw APIError.badRequest(
                    "no kind \"\(kind)\" is registered for version \"\(version)\" in scheme \"pkg/api/legacyscheme/scheme.go:30\""
                )
            }
            throw APIError.badRequest(
                "the API version in the data (\(version)) does not match the expected API version (\(type.apiVersion))")
        }
        var (object, unknown) = try TypedDecoder.decode(body, type: type, schema: schema(type))
        if let schema = structuralSchema(type) { unknown = schema.prune(&object) }
        if !unknown.isEmpty {
            let texts = unknown.map { "unknown field \"\($0)\"" }
            switch scope.validation {
            case .strict:
                throw APIError.badRequest(
                    "\(type.kind) in version \"\(type.version)\" cannot be handled as a \(type.kind): strict decoding error: "
                        + texts.joined(separator: ", "))
            case .warn: scope.warnings += texts
            case .ignore: break
            }
        }
        return object
    }

    /// Creates an object.
    func create(_ body: JSON, type: ResourceType, namespace: String, scope: WriteScope) throws -> ObjectVersion {
        var body = Views.stored(body, from: type)
        let stored = storageType(type)
        if stored != type, body["apiVersion"].string == type.apiVersion {
            body["apiVersion"] = .string(stored.apiVersion)
        }
        let type = stored
        let object = try typed(body, type: type, scope: scope)
        return try insert(object, type: type, namespace: namespace, scope: scope, managed: nil)
    }

    private func insert(
        _ body: JSON, type: ResourceType, namespace: String, scope: WriteScope, managed: ManagedFields?
    ) throws -> ObjectVersion {
        var object = body
        if let stated = object["metadata"]["namespace"].string, !stated.isEmpty, type.isNamespaced, stated != namespace
        {
            throw APIError.badRequest(
                "the namespace of the provided object does not match the namespace sent on the request")
        }
        if type.isNamespaced {
            try admitNamespace(namespace, type: type, name: object["metadata"]["name"].string ?? "")
        }
        Metadata.prepareForCreate(&object, type: type, namespace: namespace, time: scope.time)
        if object["metadata"]["name"].isEmpty, let prefix = object["metadata"]["generateName"].string, !prefix.isEmpty {
            object["metadata"]["name"] = .string(prefix.prefix(58) + Names.suffix())
        }
        let name = object["metadata"]["name"].string ?? ""
        if Validation.hasStatus(type) { object.remove("status") }
        Defaults.apply(&object, type: type)
        structuralSchema(type)?.fill(&object)
        try Validation.checkNew(object, type: type, schema: schema(type))
        try checkCustom(object, from: nil, type: type)
        let key = ObjectKey(type: type, namespace: type.isNamespaced ? namespace : "", name: name)
        if let existing = store.object(key) {
            if type == types.namespaces, existing.isTerminating {
                throw APIError(
                    code: 409, reason: "AlreadyExists",
                    message: "object is being deleted: namespaces \"\(name)\" already exists",
                    details: ["name": .string(name), "kind": "namespaces"])
            }
            throw APIError.alreadyExists(type, name)
        }
        try admit(&object, key: key, old: nil, scope: scope)
        var managed = managed
        if managed == nil {
            var fields = ManagedFields(object)
            fields.update(
                from: [:], to: object, by: manager(scope, type: type, operation: "Update"),
                at: Timestamp.seconds(scope.time), schema: schema(type))
            managed = fields
        }
        object["metadata"]["managedFields"] = managed?.json ?? []
        initializeStatus(&object, type: type)
        if scope.isDryRun { return unstored(object, key: key) }
        return commit(object, key: key)
    }

    private func manager(_ scope: WriteScope, type: ResourceType, operation: String) -> ManagedFields.Manager {
        ManagedFields.Manager(
            name: scope.manager, operation: operation, apiVersion: type.apiVersion, subresource: scope.subresource)
    }

    /// An answer that is not kept.
    private func unstored(_ object: JSON, key: ObjectKey) -> ObjectVersion {
        ObjectVersion(key: key, json: object, resourceVersion: store.resourceVersion)
    }

    /// Replaces an object.
    func replace(_ key: ObjectKey, with body: JSON, scope: WriteScope) throws -> ObjectVersion {
        let object = try typed(body, type: key.type, scope: scope)
        let name = object["metadata"]["name"].string ?? ""
        guard name == key.name else {
            throw APIError.badRequest(
                name.isEmpty
                    ? "the name of the object (\(name) based on URL) was undeterminable: name must be provided"
                    : "the name of the object (\(name)) does not match the name on the URL (\(key.name))")
        }
        guard let current = store.object(key) else { throw APIError.notFound(key.type, key.name) }
        return try store(object, over: current, scope: scope, managed: nil)
    }

    /// Stores a changed object after all checks.
    func store(_ changed: JSON, over current: ObjectVersion, scope: WriteScope, managed: ManagedFields?) throws
        -> ObjectVersion
    {
        let key = current.key
        let type = key.type
        var object = changed
        if let version = object["metadata"]["resourceVersion"].string, !version.isEmpty,
            version != current.json["metadata"]["resourceVersion"].string
        {
            throw APIError.conflict(type, key.name)
        }
        if let uid = object["metadata"]["uid"].string, !uid.isEmpty, uid != current.uid {
            throw APIError.conflict(
                type, key.name,
                "Precondition failed: UID in precondition: \(uid), UID in object meta: \(current.uid)")
        }
        Metadata.prepareForUpdate(&object, from: current.json, type: type)
        if scope.subresource == "status" {
            var kept = current.json
            kept.put("status", object["status"])
            if object["status"].isNull { kept.remove("status") }
            object = kept
        } else if Validation.hasStatus(type) {
            if current.json["status"].isNull {
                object.remove("status")
            } else {
                object["status"] = current.json["status"]
            }
        }
        Validation.carryOver(&object, from: current.json, type: type)
        Defaults.apply(&object, type: type)
        structuralSchema(type)?.fill(&object)
        try Validation.checkChange(
            object, from: current.json, type: type, subresource: scope.subresource, schema: schema(type))
        try checkCustom(object, from: current.json, type: type)
        try admit(&object, key: key, old: current.json, scope: scope)
        if Metadata.countsGenerations(type), object["spec"] != current.json["spec"] {
            object["metadata"]["generation"] = .int((current.json["metadata"]["generation"].int ?? 0) + 1)
        }
        var fields = managed ?? ManagedFields(current.json)
        if managed == nil {
            fields.update(
                from: current.json, to: object, by: manager(scope, type: type, operation: "Update"),
                at: Timestamp.seconds(scope.time), schema: schema(type))
        }
        object["metadata"]["managedFields"] = fields.json
        if fields.json.isEmpty { object["metadata"].remove("managedFields") }
        if object == current.json { return current }
        var withoutFields = object
        withoutFields["metadata"]["managedFields"] = current.json["metadata"]["managedFields"]
        if managed == nil, withoutFields == current.json { return current }
        if scope.isDryRun { return unstored(object, key: key) }
        frozen.remove(key)
        if removeIfFinished(object, key: key) { return unstored(object, key: key) }
        return commit(object, key: key)
    }

    /// Patches an object, or creates it by an apply.
    func patch(_ key: ObjectKey, request: APIRequest, scope: WriteScope) throws -> (ObjectVersion, isNew: Bool) {
        let media = String(request.contentType.prefix { $0 != ";" })
        if media == "application/apply-patch+yaml" || media == "application/apply-patch+cbor" {
            return try apply(key, request: request, scope: scope)
        }
        guard Self.patchTypes(key.type).contains(media) else {
            throw APIError.unsupportedMediaType(media, Self.patchTypes(key.type))
        }
        guard let current = store.object(key) else { throw APIError.notFound(key.type, key.name) }
        return (
            try store(
                try patched(current.json, by: request, media: media, key: key, scope: scope), over: current,
                scope: scope, managed: nil), false
        )
    }

    /// The media types of the patches that a kind takes.
    private static func patchTypes(_ type: ResourceType) -> [String] {
        ["application/json-patch+json", "application/merge-patch+json"]
            + (type.isCustom ? [] : ["application/strategic-merge-patch+json"]) + ["application/apply-patch+yaml"]
    }

    /// The object that a patch gives.
    func patched(_ target: JSON, by request: APIRequest, media: String, key: ObjectKey, scope: WriteScope) throws
        -> JSON
    {
        let patch: JSON
        do {
            patch = try JSONParser.parse(request.body)
        } catch let error as JSONError {
            throw APIError.badRequest("error decoding patch: \(error.message)")
        }
        if media != "application/json-patch+json", patch.object == nil {
            let reason = "json: cannot unmarshal \(patch.goKind) into Go value of type map[string]interface {}"
            throw APIError.badRequest(
                media == "application/merge-patch+json" ? "error decoding patch: \(reason)" : reason)
        }
        var result: JSON
        switch media {
        case "application/merge-patch+json": result = MergePatch.apply(patch, to: target)
        case "application/json-patch+json": result = try JSONPatch.apply(patch, to: target)
        default: result = try StrategicMerge.apply(patch, to: target, schema: schema(key.type))
        }
        try checkPlace(result, key)
        if patch["metadata"]["resourceVersion"].isNull { result["metadata"].remove("resourceVersion") }
        var (object, unknown) = try TypedDecoder.decode(result, type: key.type, schema: schema(key.type))
        if let schema = structuralSchema(key.type) { unknown = schema.prune(&object) }
        if !unknown.isEmpty {
            let texts = unknown.map { "unknown field \"\($0)\"" }
            switch scope.validation {
            case .strict:
                throw APIError(
                    code: 422, reason: "Invalid",
                    message:
                        " \"\" is invalid: patch: Invalid value: \(JSONWriter.text(.string(String(decoding: request.body, as: UTF8.self)))): strict decoding error: \(texts.joined(separator: ", "))",
                    details: [
                        "causes": [
                            [
                                "reason": "FieldValueInvalid", "field": "patch",
                                "message": .string("strict decoding error: \(texts.joined(separator: ", "))"),
                            ]
                        ]
                    ])
            case .warn: scope.warnings += texts
            case .ignore: break
            }
        }
        return object
    }

    /// Refuses a patch that would give an object another name or namespace.
    private func checkPlace(_ object: JSON, _ key: ObjectKey) throws {
        if let name = object["metadata"]["name"].string, name != key.name {
            throw APIError.badRequest(
                "the name of the object (\(name)) does not match the name on the URL (\(key.name))")
        }
        if let namespace = object["metadata"]["namespace"].string, !key.namespace.isEmpty, namespace != key.namespace {
            throw APIError.badRequest(
                "the namespace of the object (\(namespace)) does not match the namespace on the request (\(key.namespace))"
            )
        }
    }

    private func apply(_ key: ObjectKey, request: APIRequest, scope: WriteScope) throws -> (ObjectVersion, isNew: Bool)
    {
        guard request.query["fieldManager"]?.isEmpty == false else {
            throw APIError(
                code: 422, reason: "Invalid",
                message:
                    "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch",
                details: [
                    "group": "meta.k8s.io", "kind": "PatchOptions",
                    "causes": [
                        [
                            "reason": "FieldValueRequired", "message": "Required value: is required for apply patch",
                            "field": "fieldManager",
                        ]
                    ],
                ])
        }
        let intent = try YAMLReader.parse(request.body)
        guard let kind = intent["kind"].string, let version = intent["apiVersion"].string, !kind.isEmpty,
            !version.isEmpty
        else {
            throw APIError.badRequest("invalid object type: /, Kind=")
        }
        guard intent["metadata"]["managedFields"].isEmpty else {
            throw APIError.badRequest("metadata.managedFields must be nil")
        }
        guard kind == key.type.kind, version == key.type.apiVersion else {
            throw APIError.badRequest("invalid object type: \(version), Kind=\(kind)")
        }
        let view = schema(key.type)
        var (object, unknown) = try TypedDecoder.decode(intent, type: key.type, schema: view)
        if let schema = structuralSchema(key.type) { unknown = schema.prune(&object) }
        if !unknown.isEmpty, scope.validation != .ignore {
            let place = "\(key.namespace)/\(key.name); \(key.type.group)/\(key.type.version), Kind=\(key.type.kind)"
            throw APIError(
                code: 500, reason: "",
                message: "failed to create typed patch object (\(place)): "
                    + (unknown.count == 1 ? "" : "errors:\n")
                    + unknown.map { (unknown.count == 1 ? "" : "  ") + ".\($0): field not declared in schema" }.joined(
                        separator: "\n"))
        }
        let live = store.object(key)
        let manager = manager(scope, type: key.type, operation: "Apply")
        var fields = ManagedFields(live?.json ?? [:])
        var base = live?.json ?? ["metadata": ["name": .string(key.name)]]
        if base["metadata"]["managedFields"].isNull == false { base["metadata"].remove("managedFields") }
        let merged = try fields.apply(
            object, to: base, by: manager, force: scope.isForced, at: Timestamp.seconds(scope.time), schema: view)
        if let live {
            var changed = merged
            if let version = object["metadata"]["resourceVersion"].string {
                changed["metadata"]["resourceVersion"] = .string(version)
            } else {
                changed["metadata"].remove("resourceVersion")
            }
            return (try store(changed, over: live, scope: scope, managed: fields), false)
        }
        var fresh = merged
        fresh["metadata"]["name"] = .string(key.name)
        if !object["metadata"]["namespace"].isNull { fresh["metadata"]["namespace"] = object["metadata"]["namespace"] }
        return (try insert(fresh, type: key.type, namespace: key.namespace, scope: scope, managed: fields), true)
    }
}
