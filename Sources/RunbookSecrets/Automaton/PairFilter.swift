/// Tells that no string of an automaton begins with two given bytes; for strings too short for ``GramFilter``.
final class PairFilter: SkipFilter {
    private let bits: [UInt64]

    var stopDepth: Int { 0 }

    init(_ automaton: Automaton) {
        var bits = [UInt64](repeating: 0, count: 65536 / 64)
        func allow(_ first: UInt8, _ second: UInt8) {
            let pair = Int(first) | Int(second) << 8
            bits[pair >> 6] |= 1 << UInt64(pair & 63)
        }
        for first in automaton.childStart[0]..<automaton.childStart[1] {
            let node = Int(first)
            if automaton.longestOutput[node] >= 0 {
                for second in UInt8.min...UInt8.max { allow(automaton.label[node], second) }
            }
            for second in automaton.childStart[node]..<automaton.childStart[node + 1] {
                allow(automaton.label[node], automaton.label[Int(second)])
            }
        }
        self.bits = bits
    }

    func nextCandidate(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        let last = bytes.count - 2
        guard start <= last, let base = bytes.baseAddress.map(UnsafeRawPointer.init) else { return start }
        return bits.withUnsafeBufferPointer { bits in
            var position = start
            while position <= last {
                let pair = Int(
                    UInt16(littleEndian: base.loadUnaligned(fromByteOffset: position, as: UInt16.self)))
                if bits[pair >> 6] >> UInt64(pair & 63) & 1 != 0 { return position }
                position += 1
            }
            return position
        }
    }
}
