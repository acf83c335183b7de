/// The indexes of a Job with `completionMode: Indexed`: which are done, which are to be done.
struct IndexedJob {
    static let label = "batch.kubernetes.io/job-completion-index"

    private let count: Int?
    private var done: Set<Int> = []
    private var running: Set<Int> = []

    /// - Parameter pods: the Job's pods.
    init(_ job: ObjectVersion, _ pods: [ObjectVersion]) {
        let spec = job.json["spec"]
        count = spec["completionMode"].string == "Indexed" ? spec["completions"].int ?? 1 : nil
        for pod in pods {
            guard let index = pod.json["metadata"]["annotations"][Self.label].string.flatMap({ Int($0) }) else {
                continue
            }
            if pod.json["status"]["phase"].string == "Succeeded" {
                done.insert(index)
            } else if !Pods.isFinished(pod), !pod.isTerminating {
                running.insert(index)
            }
        }
    }

    /// How many indexes are done; nil for a Job without indexes.
    var succeeded: Int? { count == nil ? nil : done.count }

    /// What the pods that are to be made stand for: the lowest free indexes, or nil for each in a Job without indexes.
    func free(_ room: Int) -> [Int?] {
        guard let count else { return Array(repeating: nil, count: room) }
        return (0..<count).filter { !done.contains($0) && !running.contains($0) }.prefix(room).map { Optional($0) }
    }

    /// The indexes that are done, as ranges: `0-2,4`; nil for a Job without indexes, or when there are none.
    var completed: String? {
        guard count != nil, !done.isEmpty else { return nil }
        var ranges: [ClosedRange<Int>] = []
        for index in done.sorted() {
            if let last = ranges.last, last.upperBound == index - 1 {
                ranges[ranges.count - 1] = last.lowerBound...index
            } else {
                ranges.append(index...index)
            }
        }
        return ranges.map { range in
            // Two neighbours are written one by one.
            switch range.count {
            case 1: "\(range.lowerBound)"
            case 2: "\(range.lowerBound),\(range.upperBound)"
            default: "\(range.lowerBound)-\(range.upperBound)"
            }
        }.joined(separator: ",")
    }

    /// Writes an index into a new pod, where its program finds it.
    static func mark(_ pod: inout JSON, _ index: Int, of job: ObjectVersion) {
        let text: JSON = .string(String(index))
        pod["metadata"]["annotations"][label] = text
        pod["metadata"]["labels"][label] = text
        pod["metadata"]["generateName"] = .string("\(job.key.name)-\(index)-")
        pod["spec"]["hostname"] = .string("\(job.key.name)-\(index)")
        for list in ["initContainers", "containers"] {
            for place in pod["spec"][list].array.indices {
                let names = pod["spec"][list][place]["env"].array.map { $0["name"].string }
                if names.contains("JOB_COMPLETION_INDEX") { continue }
                pod["spec"][list][place]["env"].append([
                    "name": "JOB_COMPLETION_INDEX",
                    "valueFrom": [
                        "fieldRef": ["apiVersion": "v1", "fieldPath": .string("metadata.labels['\(label)']")]
                    ],
                ])
            }
        }
    }
}
