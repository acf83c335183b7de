/// Finds the places where a string of an automaton may begin, faster than the automaton.
protocol SkipFilter: AnyObject, Sendable {
    /// The largest depth of the automaton's state at which the filter can take over again.
    ///
    /// No string is as short as this, or what was found would be found once more.
    var stopDepth: Int { get }

    /// The first index from `start` at which a string may begin.
    ///
    /// Where there is none, the first index about which the bytes do not tell enough.
    func nextCandidate(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int
}

/// Finds the strings of one automaton in a stream that arrives in parts.
///
/// Two modes take turns: a filter that skips where nothing begins, and the automaton from where something may.
struct LiteralMatcher {
    private let automaton: Automaton
    private let filter: any SkipFilter
    /// The position of the next byte to look at.
    private var position = 0
    private var state: UInt32 = 0
    /// Where the automaton took over from the filter; `nil` while the filter skips.
    private var engagedAt: Int?

    init(automaton: Automaton, filter: any SkipFilter) {
        self.automaton = automaton
        self.filter = filter
    }

    /// The first position at which a match that is not reported yet may begin.
    func safePosition(in window: Window) -> Int {
        let start = position - Int(automaton.depth[Int(state)])
        guard start > window.origin, automaton.leftEdgeBytes[Int(window.bytes[start - 1 - window.origin])] else {
            return start
        }
        return start - 1
    }

    /// Looks at the bytes of a window that were not looked at before, and reports what ends there.
    mutating func scan(_ window: Window, into matches: inout [Match]) {
        while position < window.end {
            if engagedAt == nil { skip(in: window) }
            runAutomaton(in: window, into: &matches)
        }
        if window.isFinal { reportTokens(endingAt: window.end, in: window, into: &matches) }
    }

    private mutating func skip(in window: Window) {
        position = window.origin + filter.nextCandidate(in: window.bytes, from: position - window.origin)
        engagedAt = position
    }

    /// Runs until the end of the window, or until the filter can take over again.
    private mutating func runAutomaton(in window: Window, into matches: inout [Match]) {
        guard let engagedAt else { return }
        let automaton = automaton
        let end = window.end
        var state = state
        var position = position
        // The filter resumes where the automaton's state began, which must be later than where the automaton took
        // over: so it has to read one byte more than the depth at which it may stop.
        let stopDepth = Int32(filter.stopDepth)
        let earliestStop = engagedAt + filter.stopDepth + 1
        var stopped = false
        while position < end {
            if automaton.longestOutput[Int(state)] >= 0 {
                self.state = state
                reportTokens(endingAt: position, in: window, into: &matches)
            }
            state = automaton.step(state, window.bytes[position - window.origin])
            position += 1
            let output = automaton.longestOutput[Int(state)]
            if output >= 0 {
                report(output, endingAt: position, in: window, into: &matches)
            } else if automaton.depth[Int(state)] <= stopDepth, position >= earliestStop {
                position -= Int(automaton.depth[Int(state)])
                stopped = true
                break
            }
        }
        self.position = position
        self.state = stopped ? 0 : state
        if stopped { self.engagedAt = nil }
    }

    /// Reports the longest string that ends at a position and needs no boundary after it.
    private func report(_ output: Int32, endingAt end: Int, in window: Window, into matches: inout [Match]) {
        var index = output
        while index >= 0 {
            let output = automaton.outputs[Int(index)]
            if !output.wholeToken {
                append(output, endingAt: end, in: window, to: &matches)
                return
            }
            index = output.shorter
        }
    }

    /// Reports the longest string that ends at a position and stands alone; called when the byte after it is known.
    private func reportTokens(endingAt end: Int, in window: Window, into matches: inout [Match]) {
        var index = automaton.longestOutput[Int(state)]
        while index >= 0 {
            let output = automaton.outputs[Int(index)]
            let start = end - Int(output.length)
            if output.wholeToken, window.isBoundary(start), window.isBoundary(end) {
                append(output, endingAt: end, in: window, to: &matches)
                return
            }
            index = output.shorter
        }
    }

    private func append(
        _ output: Automaton.Output, endingAt end: Int, in window: Window, to matches: inout [Match]
    ) {
        var start = end - Int(output.length)
        if output.leftEdge != 0, start > window.origin {
            let digit = Base64.digitValues[Int(window.bytes[start - 1 - window.origin])]
            if digit < 64, output.leftEdge >> UInt64(digit) & 1 == 1 { start -= 1 }
        }
        matches.append(Match(start: start, end: end, name: output.name))
    }
}

extension Window {
    /// Whether two bytes that both belong to words do not meet at a position.
    func isBoundary(_ position: Int) -> Bool {
        guard let before = byte(at: position - 1), let after = byte(at: position) else { return true }
        return !(before.isWordByte && after.isWordByte)
    }
}

extension UInt8 {
    /// Whether the byte is a letter, a digit, an underscore or part of a character beyond ASCII.
    var isWordByte: Bool {
        isASCIILetterOrDigit || self == UInt8(ascii: "_") || self >= 0x80
    }
}
