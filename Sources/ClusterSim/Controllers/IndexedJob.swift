/// The indexes of a Job with `completionMode: Indexed`: which are done, which are to be done.
struct IndexedJob {
    static let label = "batch.kubernetes.io/job-completion-index"

    private let count: Int?
    private var done: Set<Int> = []
    private var running: Set<Int> = []
    /// The indexes that are given up.
    private var lost: Set<Int> = []
    private let mostLost: Int?

    /// - Parameters:
    ///   - pods: the Job's pods.
    ///   - failures: what the Job's rules say of those that failed.
    init(_ job: ObjectVersion, _ pods: [ObjectVersion], _ failures: JobFailures) {
        let spec = job.json["spec"]
        mostLost = spec["maxFailedIndexes"].int
        var tries: [Int: Int] = [:]
        count = spec["completionMode"].string == "Indexed" ? spec["completions"].int ?? 1 : nil
        for pod in pods {
            guard let index = pod.json["metadata"]["annotations"][Self.label].string.flatMap({ Int($0) }) else {
                continue
            }
            if pod.json["status"]["phase"].string == "Succeeded" {
                done.insert(index)
            } else if !Pods.isFinished(pod), !pod.isTerminating {
                running.insert(index)
            } else if let sort = failures.actions[pod.uid] {
                if sort == "FailIndex" { lost.insert(index) }
                if sort != "Ignore" { tries[index, default: 0] += 1 }
            }
        }
        guard let limit = spec["backoffLimitPerIndex"].int else { return }
        lost.formUnion(tries.filter { $0.value > limit }.keys)
        lost.subtract(done)
    }

    /// Why the Job has failed, by its failed indexes; nil while it has not.
    var verdict: (String, String)? {
        if let mostLost, lost.count > mostLost {
            return ("MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes")
        }
        guard let count, !lost.isEmpty, done.count + lost.count >= count else { return nil }
        return ("FailedIndexes", "Job has failed indexes")
    }

    /// The first rule of a success policy that is met.
    func metRule(of policy: JSON) -> Int? {
        guard count != nil else { return nil }
        return policy["rules"].array.firstIndex { rule in
            let named = rule["succeededIndexes"].string.map { Self.indexes($0) }
            let met = named.map { done.intersection($0) } ?? done
            return met.count >= rule["succeededCount"].int ?? named?.count ?? Int.max
        }
    }

    /// The numbers of a text such as `0,2-4`.
    private static func indexes(_ text: String) -> Set<Int> {
        text.split(separator: ",").reduce(into: []) { result, part in
            let ends = part.split(separator: "-").compactMap { Int($0) }
            if let first = ends.first, let last = ends.last, first <= last { result.formUnion(first...last) }
        }
    }

    /// How many indexes are done; nil for a Job without indexes.
    var succeeded: Int? { count == nil ? nil : done.count }

    /// What the pods that are to be made stand for: the lowest free indexes, or nil for each in a Job without indexes.
    func free(_ room: Int) -> [Int?] {
        guard let count else { return Array(repeating: nil, count: room) }
        return (0..<count).filter { !done.contains($0) && !running.contains($0) && !lost.contains($0) }.prefix(room).map
        { Optional($0) }
    }

    /// The indexes that are done, as ranges: `0-2,4`; nil for a Job without indexes, or when there are none.
    var completed: String? { count == nil || done.isEmpty ? nil : Self.text(done) }

    /// The indexes that are given up; nil when there are none.
    var failed: String? { count == nil || lost.isEmpty ? nil : Self.text(lost) }

    private static func text(_ indexes: Set<Int>) -> String {
        var ranges: [ClosedRange<Int>] = []
        for index in indexes.sorted() {
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
