/// Tells, mostly without looking at a byte more than once in eight, that no string of an automaton begins nearby.
///
/// Holds for every group of four bytes in the first `reach` bytes of a string at which distances from the string's
/// start it occurs, by hash. A group that occurs nowhere excludes a start at every distance at once. Wrong answers
/// are possible in one direction only: the filter may stop where nothing begins.
final class GramFilter: SkipFilter {
    /// The number of bytes that a group has.
    static let width = 4
    /// The largest number of bytes of a string that the filter looks at: eight distances fit a byte.
    static let longestReach = 11

    private let table: [UInt8]
    private let shift: UInt32
    /// How many bytes of a string the filter looks at; no more than the shortest one has.
    let reach: Int

    var stopDepth: Int { Self.width - 1 }

    init(_ automaton: Automaton) {
        reach = min(automaton.shortest, Self.longestReach)
        var groups = [UInt32](repeating: 0, count: 1)
        var found: [(group: UInt32, distance: UInt8)] = []
        for node in 0..<automaton.nodeCount where automaton.depth[node] < reach {
            for child in automaton.childStart[node]..<automaton.childStart[node + 1] {
                // The first byte of a group is the lowest, as a little-endian load has it.
                let group = groups[node] >> 8 | UInt32(automaton.label[Int(child)]) << 24
                groups.append(group)
                let distance = Int(automaton.depth[Int(child)]) - Self.width
                if distance >= 0 { found.append((group, UInt8(distance))) }
            }
        }
        var bits: UInt32 = 12
        while bits < 18, 1 << bits < found.count * 10 { bits += 1 }
        shift = 32 - bits
        var table = [UInt8](repeating: 0, count: 1 << Int(bits))
        for (group, distance) in found { table[Self.slot(group, shift)] |= 1 << distance }
        self.table = table
    }

    @inline(__always)
    private static func slot(_ group: UInt32, _ shift: UInt32) -> Int {
        Int((group &* 0x9e37_79b1) >> shift)
    }

    func nextCandidate(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        let last = bytes.count - reach
        guard start <= last, let base = bytes.baseAddress.map(UnsafeRawPointer.init) else { return start }
        let shift = shift
        let furthest = reach - Self.width
        return table.withUnsafeBufferPointer { table in
            var position = start
            while position <= last {
                let group = UInt32(
                    littleEndian: base.loadUnaligned(fromByteOffset: position + furthest, as: UInt32.self))
                let distances = table[Self.slot(group, shift)]
                if distances == 0 {
                    position += furthest + 1
                    continue
                }
                // Larger distances are earlier starts.
                var remaining = distances
                while remaining != 0 {
                    let distance = 7 - remaining.leadingZeroBitCount
                    remaining &= ~(1 << UInt8(distance))
                    let candidate = position + furthest - distance
                    let first = UInt32(littleEndian: base.loadUnaligned(fromByteOffset: candidate, as: UInt32.self))
                    if table[Self.slot(first, shift)] & 1 != 0 { return candidate }
                }
                position += furthest + 1
            }
            return position
        }
    }
}
