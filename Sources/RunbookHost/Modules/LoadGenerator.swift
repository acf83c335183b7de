import RunbookLua

/// Sends the same request by several users for a while, and measures.
struct LoadGenerator: Sendable {
    let world: any World
    let request: HTTPCall
    let users: Int
    let duration: Duration
    let pause: Duration

    private struct Measure: Sendable {
        var times: [Double] = []
        var failed = 0
        var statuses: [Int: Int] = [:]
    }

    func run() async throws -> LuaValue {
        let start = ContinuousClock.now
        let end = start + duration
        let total = try await withThrowingTaskGroup(of: Measure.self) { group in
            for _ in 0..<users { group.addTask { try await user(until: end) } }
            var total = Measure()
            for try await part in group {
                total.times += part.times
                total.failed += part.failed
                total.statuses.merge(part.statuses, uniquingKeysWith: +)
            }
            return total
        }
        let seconds = (ContinuousClock.now - start).seconds
        let times = total.times.sorted()
        func percentile(_ share: Double) -> LuaValue { .number(Percentile.of(times, share)) }
        let count = times.count
        return .table(
            LuaTable(fields: [
                "requests": .integer(Int64(count)), "failed": .integer(Int64(total.failed)),
                "error_rate": .number(count == 0 ? 0 : Double(total.failed) / Double(count)),
                "rps": .number(seconds > 0 ? Double(count) / seconds : 0), "p50": percentile(0.5),
                "p90": percentile(0.9),
                "p95": percentile(0.95), "p99": percentile(0.99), "max": .number(times.last ?? 0),
                "statuses": .table(
                    LuaTable(
                        total.statuses.sorted { $0.key < $1.key }.map {
                            (.string(String($0.key)), .integer(Int64($0.value)))
                        })),
            ]))
    }

    private func user(until end: ContinuousClock.Instant) async throws -> Measure {
        var measure = Measure()
        while ContinuousClock.now < end {
            try Task.checkCancellation()
            let start = ContinuousClock.now
            do {
                if case .http(let answer) = try await OutputTap.$current.withValue(
                    nil, operation: { try await world.perform(.read(.http(request))) })
                {
                    measure.statuses[answer.status, default: 0] += 1
                    if answer.status >= 400 { measure.failed += 1 }
                }
            } catch let error as RunbookError where error.code == .io {
                measure.failed += 1
                // A server that is down answers at once; without a wait the loop would only burn the machine.
                try await Task.sleep(for: .milliseconds(20))
            }
            measure.times.append((ContinuousClock.now - start).seconds * 1000)
            if pause > .zero { try await Task.sleep(for: pause) }
        }
        return measure
    }
}

/// Percentiles by the nearest rank: the smallest value that so many of all do not exceed.
enum Percentile {
    /// `times` ascending; 0 when there are none.
    static func of(_ times: [Double], _ share: Double) -> Double {
        guard !times.isEmpty else { return 0 }
        // 0.95 of 100 is a little more than 95 in binary, which must not become the 96th.
        let rank = Int((share * Double(times.count) - 1e-9).rounded(.up))
        return times[min(times.count, max(1, rank)) - 1]
    }
}
