import Synchronization

/// The steps of a run, in the order in which they began.
final class StepLog: Sendable {
    private let records = Mutex<[StepRecord]>([])

    /// Takes a new step in and numbers it.
    func begin(_ name: String, parent: StepScope?, budget: Duration?, site: String?) -> StepRecord {
        records.withLock { list in
            let record = StepRecord(
                number: list.count + 1, parent: parent?.number, depth: (parent?.depth ?? -1) + 1, name: name,
                status: .running, milliseconds: 0, attempt: 1, budget: budget?.milliseconds, detail: nil, error: nil,
                site: site)
            list.append(record)
            return record
        }
    }

    func update(_ record: StepRecord) {
        records.withLock { $0[record.number - 1] = record }
    }

    func detail(_ number: Int, _ text: String) {
        records.withLock { $0[number - 1].detail = text }
    }

    func detail(of number: Int) -> String? {
        records.withLock { $0[number - 1].detail }
    }

    var all: [StepRecord] { records.withLock { $0 } }
}
