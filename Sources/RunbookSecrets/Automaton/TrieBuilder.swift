/// A trie of the byte strings to find, as it grows.
struct TrieBuilder {
    /// What is known of a string that ends at a node.
    struct Ending {
        /// Which name the string betrays.
        var name: Int32
        /// See ``SecretForm/leftEdge``.
        var leftEdge: UInt64
        /// Whether the string counts only where it stands alone.
        var wholeToken: Bool
    }

    /// The byte on the way into each node; node 0 is the root.
    private(set) var labels: [UInt8] = [0]
    /// The first child of each node, 0 for none.
    private(set) var firstChild: [UInt32] = [0]
    /// The next child of the same parent, 0 for none.
    private(set) var nextSibling: [UInt32] = [0]
    /// The ending of a string at each node, as an index into `endings`, -1 for none.
    private(set) var endingIndex: [Int32] = [-1]
    /// What is known of the strings that end at nodes.
    private(set) var endings: [Ending] = []
    /// The length of the shortest string, `Int.max` when there is none.
    private(set) var shortest = Int.max

    /// Adds a form of a secret, with each of its tails.
    mutating func add(_ form: SecretForm, name: Int32, wholeToken: Bool) {
        guard !form.bytes.isEmpty else { return }
        let ending = Ending(name: name, leftEdge: form.leftEdge, wholeToken: wholeToken)
        let node = descend(form.bytes, from: 0)
        shortest = min(shortest, form.bytes.count)
        end(ending, at: node)
        for tail in form.tails { end(ending, at: descend(tail, from: node)) }
    }

    private mutating func end(_ ending: Ending, at node: UInt32) {
        let index = Int(endingIndex[Int(node)])
        guard index >= 0 else {
            endingIndex[Int(node)] = Int32(endings.count)
            endings.append(ending)
            return
        }
        endings[index].leftEdge |= ending.leftEdge
        endings[index].wholeToken = endings[index].wholeToken && ending.wholeToken
    }

    private mutating func descend(_ bytes: [UInt8], from start: UInt32) -> UInt32 {
        var node = start
        for byte in bytes {
            var child = firstChild[Int(node)]
            while child != 0, labels[Int(child)] != byte { child = nextSibling[Int(child)] }
            if child == 0 {
                child = UInt32(labels.count)
                labels.append(byte)
                firstChild.append(0)
                endingIndex.append(-1)
                nextSibling.append(firstChild[Int(node)])
                firstChild[Int(node)] = child
            }
            node = child
        }
        return node
    }

    /// Overwrites the labels, which spell the secrets.
    mutating func wipeLabels() {
        wipe(&labels)
    }
}
