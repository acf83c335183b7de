/// An Aho–Corasick automaton over the forms of all secrets.
///
/// Nodes are numbered breadth first, so that the children of a node are neighbours and a node is three numbers.
/// The root and its children have complete tables; deeper nodes follow failure links, which costs at most one step
/// back for each step forward: the time is linear in the input, whatever the secrets are.
final class Automaton: @unchecked Sendable {
    // Sendable is unchecked because the tables are written in `init` and `deinit` only.

    /// A string that ends at a node.
    struct Output {
        /// The length of the string.
        let length: Int32
        /// Which name it betrays.
        let name: Int32
        /// See ``SecretForm/leftEdge``.
        let leftEdge: UInt64
        /// Whether it counts only where it stands alone.
        let wholeToken: Bool
        /// The next shorter string that ends at the same place, -1 for none.
        let shorter: Int32
    }

    let nodeCount: Int
    /// The first child of each node; the children end where those of the next node begin.
    let childStart: UnsafeMutablePointer<UInt32>
    let label: UnsafeMutablePointer<UInt8>
    let failure: UnsafeMutablePointer<UInt32>
    let depth: UnsafeMutablePointer<Int32>
    /// The longest string that ends at each node, as an index into `outputs`, -1 for none.
    let longestOutput: UnsafeMutablePointer<Int32>
    let outputs: [Output]
    /// The number of nodes that have a complete row in `rows`.
    let rowCount: Int
    let rows: UnsafeMutablePointer<UInt32>
    /// The bytes that may be a left edge of some string.
    let leftEdgeBytes: [Bool]
    /// The length of the shortest string.
    let shortest: Int
    /// The length of the longest string.
    let longest: Int

    init(_ trie: borrowing TrieBuilder) {
        nodeCount = trie.labels.count
        shortest = trie.shortest
        childStart = .allocate(capacity: nodeCount + 1)
        label = .allocate(capacity: nodeCount)
        failure = .allocate(capacity: nodeCount)
        depth = .allocate(capacity: nodeCount)
        longestOutput = .allocate(capacity: nodeCount)

        var order: [UInt32] = [0]
        order.reserveCapacity(nodeCount)
        label[0] = 0
        depth[0] = 0
        var index = 0
        while index < order.count {
            childStart[index] = UInt32(order.count)
            var child = trie.firstChild[Int(order[index])]
            while child != 0 {
                label[order.count] = trie.labels[Int(child)]
                depth[order.count] = depth[index] + 1
                order.append(child)
                child = trie.nextSibling[Int(child)]
            }
            index += 1
        }
        childStart[nodeCount] = UInt32(nodeCount)

        rowCount = 1 + (nodeCount > 1 ? Int(childStart[1] - childStart[0]) : 0)
        rows = .allocate(capacity: rowCount * 256)
        var outputs: [Output] = []
        Self.link(
            nodeCount: nodeCount, childStart: childStart, label: label, failure: failure, rowCount: rowCount, rows: rows
        )
        for node in 0..<nodeCount {
            let inherited = node == 0 ? -1 : longestOutput[Int(failure[node])]
            let index = Int(trie.endingIndex[Int(order[node])])
            guard index >= 0 else {
                longestOutput[node] = inherited
                continue
            }
            let ending = trie.endings[index]
            longestOutput[node] = Int32(outputs.count)
            outputs.append(
                Output(
                    length: depth[node], name: ending.name, leftEdge: ending.leftEdge, wholeToken: ending.wholeToken,
                    shorter: inherited))
        }
        self.outputs = outputs
        longest = Int(depth[nodeCount - 1])

        let edges = outputs.reduce(0) { $0 | $1.leftEdge }
        leftEdgeBytes = (0..<256).map { byte in
            let value = Base64.digitValues[byte]
            return value < 64 && edges >> UInt64(value) & 1 == 1
        }
    }

    deinit {
        wipe(UnsafeMutableRawBufferPointer(start: label, count: nodeCount))
        childStart.deallocate()
        label.deallocate()
        failure.deallocate()
        depth.deallocate()
        longestOutput.deallocate()
        rows.deallocate()
    }

    /// Fills the failure links and the complete rows; parents come before children in the numbering.
    private static func link(
        nodeCount: Int, childStart: UnsafeMutablePointer<UInt32>, label: UnsafeMutablePointer<UInt8>,
        failure: UnsafeMutablePointer<UInt32>, rowCount: Int, rows: UnsafeMutablePointer<UInt32>
    ) {
        failure[0] = 0
        for node in 0..<nodeCount {
            if node < rowCount {
                let row = rows + node * 256
                for byte in 0..<256 { row[byte] = node == 0 ? 0 : rows[byte] }
                for child in childStart[node]..<childStart[node + 1] { row[Int(label[Int(child)])] = child }
            }
            for child in childStart[node]..<childStart[node + 1] {
                let byte = label[Int(child)]
                var state = failure[node]
                if node == 0 {
                    failure[Int(child)] = 0
                    continue
                }
                while true {
                    if Int(state) < rowCount {
                        failure[Int(child)] = rows[Int(state) * 256 + Int(byte)]
                        break
                    }
                    if let next = find(byte, under: state, childStart: childStart, label: label) {
                        failure[Int(child)] = next
                        break
                    }
                    state = failure[Int(state)]
                }
            }
        }
    }

    @inline(__always)
    private static func find(
        _ byte: UInt8, under node: UInt32, childStart: UnsafeMutablePointer<UInt32>, label: UnsafeMutablePointer<UInt8>
    ) -> UInt32? {
        var child = childStart[Int(node)]
        let end = childStart[Int(node) + 1]
        while child < end {
            if label[Int(child)] == byte { return child }
            child += 1
        }
        return nil
    }

    /// The state after one more byte.
    @inline(__always)
    func step(_ state: UInt32, _ byte: UInt8) -> UInt32 {
        var state = state
        while true {
            if Int(state) < rowCount { return rows[Int(state) << 8 | Int(byte)] }
            if let next = Self.find(byte, under: state, childStart: childStart, label: label) { return next }
            state = failure[Int(state)]
        }
    }
}

extension Automaton: CustomReflectable {
    /// Shows nothing, because the labels spell the secrets.
    var customMirror: Mirror { .opaque(self) }
}
