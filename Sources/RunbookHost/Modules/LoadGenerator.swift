import RunbookLua
import Synchronization

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

    /// Whether the time of all users is over.
    private final class Time: Sendable {
        let isOver = Atomic<Bool>(false)
    }

    func run() async throws -> LuaValue {
        let start = try await world.now()
        let time = Time()
        let total = try await withThrowingTaskGroup(of: Measure?.self) { group in
            group.addTask { [world, duration] in
                _ = try await world.perform(.read(.sleep(duration)))
                time.isOver.store(true, ordering: .relaxed)
                return nil
            }
            for _ in 0..<users { group.addTask { try await user(until: time) } }
            var total = Measure()
            for try await part in group {
                guard let part else { continue }
                total.times += part.times
                total.failed += part.failed
                total.statuses.merge(part.statuses, uniquingKeysWith: +)
            }
            return total
        }
        let seconds = try await world.now() - start
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

    /// One user, who sends at least one request.
    private func user(until time: Time) async throws -> Measure {
        var measure = Measure()
        repeat {
            try Task.checkCancellation()
            let start = try await world.now()
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
                _ = try await world.perform(.read(.sleep(.milliseconds(20))))
            }
            measure.times.append(max(0, try await world.now() - start) * 1000)
            if pause > .zero { _ = try await world.perform(.read(.sleep(pause))) }
        } while !time.isOver.load(ordering: .relaxed)
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
