import Testing

@testable import RunbookHost

/// The load generator's percentiles are those of the nearest rank.
@Suite struct PercentileTests {
    @Test(arguments: [
        (100, 0.5, 50.0), (100, 0.9, 90), (100, 0.95, 95), (100, 0.99, 99), (1, 0.5, 1), (1, 0.99, 1), (2, 0.5, 1),
        (2, 0.9, 2), (10, 0.95, 10), (1000, 0.999, 999), (3, 1, 3),
    ])
    func nearestRank(count: Int, share: Double, expected: Double) {
        #expect(Percentile.of((1...count).map(Double.init), share) == expected)
    }

    @Test func nothingMeasuredIsZero() {
        #expect(Percentile.of([], 0.5) == 0)
    }
}
