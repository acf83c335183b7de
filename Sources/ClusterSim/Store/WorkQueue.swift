/// What the controllers still have to look at: each object once, in the order of arrival.
struct WorkQueue {
    private var order: [ObjectKey] = []
    private var head = 0
    private var waiting: Set<ObjectKey> = []

    var isEmpty: Bool { head == order.count }

    mutating func insert(_ key: ObjectKey) {
        if waiting.insert(key).inserted { order.append(key) }
    }

    mutating func pop() -> ObjectKey? {
        guard head < order.count else { return nil }
        let key = order[head]
        head += 1
        waiting.remove(key)
        if head > 1024, head * 2 > order.count {
            order.removeFirst(head)
            head = 0
        }
        return key
    }
}

/// Things to do at a later time, the earliest first.
struct TimerHeap<Action: Sendable>: Sendable {
    private struct Item: Sendable {
        let time: Double
        /// Keeps timers of one time in the order in which they were set.
        let number: Int
        let action: Action
    }

    private var items: [Item] = []
    private var counter = 0

    /// The time of the earliest action.
    var next: Double? { items.first?.time }

    private static func isEarlier(_ left: Item, _ right: Item) -> Bool {
        (left.time, left.number) < (right.time, right.number)
    }

    mutating func insert(_ action: Action, at time: Double) {
        counter += 1
        items.append(Item(time: time, number: counter, action: action))
        var child = items.count - 1
        while child > 0, Self.isEarlier(items[child], items[(child - 1) / 2]) {
            items.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Takes the earliest action, if its time has come.
    mutating func pop(until time: Double) -> Action? {
        guard let first = items.first, first.time <= time else { return nil }
        let last = items.removeLast()
        if !items.isEmpty {
            items[0] = last
            var parent = 0
            while true {
                var least = parent
                for child in [2 * parent + 1, 2 * parent + 2]
                where child < items.count && Self.isEarlier(items[child], items[least]) { least = child }
                if least == parent { break }
                items.swapAt(parent, least)
                parent = least
            }
        }
        return first.action
    }
}
