/// Encodes answers in the form that a client asked for: objects, or tables for people.
struct AnswerEncoder: Sendable {
    let wantsTable: Bool
    let call: APIRequest
    let target: APIRequest.Target
    let cluster: Cluster

    /// - Returns: the response, and the number of the watch that ends with it.
    func encode(_ answer: Answer) throws -> (APIResponse, watch: Int?) {
        switch answer {
        case .value(let json, let status): return (.value(json, status: status), nil)
        case .text(let text): return (.text(text), nil)
        case .logs(let stream): return (.stream(type: "text/plain", stream), nil)
        case .object(let object, let status):
            if wantsTable {
                return (
                    .json(
                        status,
                        table(
                            [object], type: object.key.type,
                            metadata: ["resourceVersion": object.json["metadata"]["resourceVersion"]])), nil
                )
            }
            return (.json(status, bytes(object)), nil)
        case .list(let type, let objects, let continuation, let remaining, let version):
            var metadata: JSON = ["resourceVersion": .string(String(version))]
            if let continuation { metadata["continue"] = .string(continuation) }
            if let remaining { metadata["remainingItemCount"] = .int(remaining) }
            if wantsTable { return (.json(200, table(objects, type: type, metadata: metadata)), nil) }
            return (.json(200, list(objects, type: type, metadata: metadata)), nil)
        case .watch(let type, let items, let number):
            return (.stream(type: "application/json", lines(items, type: type)), number)
        }
    }

    private func bytes(_ object: ObjectVersion) -> [UInt8] {
        Views.presented(object.json, documentPath: target.documentPath).map(JSONWriter.bytes) ?? object.bytes
    }

    private func list(_ objects: [ObjectVersion], type: ResourceType, metadata: JSON) -> [UInt8] {
        var output: [UInt8] = []
        let texts = objects.map(bytes)
        output.reserveCapacity(texts.reduce(256) { $0 + $1.count + 1 })
        output += Array("{\"kind\":\"\(type.kind)List\",\"apiVersion\":\"\(type.apiVersion)\",\"metadata\":".utf8)
        JSONWriter.write(metadata, to: &output)
        output += Array(",\"items\":[".utf8)
        for (index, text) in texts.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            output += text
        }
        output += Array("]}\n".utf8)
        return output
    }

    private func table(_ objects: [ObjectVersion], type: ResourceType, metadata: JSON, withColumns: Bool = true)
        -> [UInt8]
    {
        let printer = TablePrinter.printer(for: type)
        let now = Timestamp.now
        let rows = objects.map { object -> JSON in
            var partial: JSON = [
                "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object.json["metadata"],
            ]
            partial["metadata"].remove("managedFields")
            if call.query["includeObject"] == "Object" { partial = object.json }
            var row: JSON = ["cells": .array(printer.cells(object.json, now))]
            if call.query["includeObject"] != "None" { row["object"] = partial } else { row.put("object", .null) }
            return row
        }
        var table: JSON = ["kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata, "rows": .array(rows)]
        table.put("columnDefinitions", withColumns ? .array(printer.columns.map(\.json)) : .null)
        return JSONWriter.bytes(table)
    }

    private func lines(_ items: AsyncStream<WatchItem>, type: ResourceType) -> AsyncStream<[UInt8]> {
        let timeout = call.query["timeoutSeconds"].flatMap { Double($0) }
        let sendsBookmarks = call.flag("allowWatchBookmarks")
        return AsyncStream { continuation in
            let task = Task {
                var isFirst = true
                for await item in items {
                    switch item {
                    case .endOfInitial(let version):
                        continuation.yield(mark(type, version: version, endsInitial: true))
                    case .failure(let error):
                        continuation.yield(JSONWriter.bytes(["type": "ERROR", "object": error.status]) + [0x0A])
                        continuation.finish()
                    case .event(let event):
                        continuation.yield(line(event, type: type, withColumns: isFirst))
                        isFirst = false
                    }
                }
                continuation.finish()
            }
            let timer = timeout.map { seconds in
                Task {
                    try? await Task.sleep(for: .seconds(seconds))
                    continuation.finish()
                }
            }
            let bookmarks =
                sendsBookmarks
                ? Task {
                    while !Task.isCancelled {
                        try? await Task.sleep(for: .seconds(30))
                        if Task.isCancelled { break }
                        continuation.yield(mark(type, version: await cluster.store.resourceVersion, endsInitial: false))
                    }
                } : nil
            continuation.onTermination = { _ in
                task.cancel()
                timer?.cancel()
                bookmarks?.cancel()
            }
        }
    }

    private func line(_ event: WatchEvent, type: ResourceType, withColumns: Bool) -> [UInt8] {
        let metadata: JSON = ["resourceVersion": event.object.json["metadata"]["resourceVersion"]]
        var line = Array("{\"type\":\"\(event.kind.rawValue)\",\"object\":".utf8)
        line +=
            wantsTable
            ? table([event.object], type: type, metadata: metadata, withColumns: withColumns) : bytes(event.object)
        line += Array("}\n".utf8)
        return line
    }

    private func mark(_ type: ResourceType, version: Int, endsInitial: Bool) -> [UInt8] {
        var metadata: JSON = ["resourceVersion": .string(String(version))]
        metadata.put("creationTimestamp", .null)
        if endsInitial { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
        var object: JSON = ["kind": .string(type.kind), "apiVersion": .string(type.apiVersion), "metadata": metadata]
        if wantsTable {
            object = ["kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata, "rows": []];
            object.put("columnDefinitions", .null)
        }
        return JSONWriter.bytes(["type": "BOOKMARK", "object": object]) + [0x0A]
    }
}
