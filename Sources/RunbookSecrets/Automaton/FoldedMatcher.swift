/// Finds strings that a tool broke over lines, as `base64` does after 76 digits and `xxd -p` after 60.
///
/// Looks at line ends that follow a long run of base64 digits only: there the run goes on after the break, and the
/// automaton sees the lines as one. Everything else is ``LiteralMatcher``'s.
struct FoldedMatcher {
    /// The number of digits before a line end that make it a break inside an encoding.
    static let longRun = 40
    /// The number of bytes that a break may have, with the indentation after it.
    private static let longestBreak = 64

    private let automaton: Automaton
    private let filter: any SkipFilter
    /// The position of the next byte to look at.
    private var position = 0
    /// The automaton's state after the folded digits; `nil` outside of a broken encoding.
    private var state: UInt32?
    /// The digits since the last break.
    private var sinceBreak = 0
    /// The bytes of the break that is being read; 0 inside a line.
    private var breakLength = 0
    /// Whether the last byte was a carriage return, which must be part of a CRLF.
    private var afterReturn = false

    init(automaton: Automaton, filter: any SkipFilter) {
        self.automaton = automaton
        self.filter = filter
    }

    /// The first position at which a match that is not reported yet may begin.
    func safePosition(in window: Window) -> Int {
        guard let state else { return window.end }
        return stepBack(over: Int(automaton.depth[Int(state)]) + 1, from: position, in: window)
    }

    /// Looks at the bytes of a window that were not looked at before, and reports what ends there.
    mutating func scan(_ window: Window, into matches: inout [Match]) {
        while position < window.end {
            if state == nil {
                guard let lineEnd = nextLineEnd(in: window) else {
                    position = window.end
                    return
                }
                position = window.origin + lineEnd + 1
                beginFolding(after: lineEnd, in: window)
            } else {
                take(window.bytes[position - window.origin], in: window, into: &matches)
            }
        }
    }

    /// The index of the next line feed, or of a carriage return at the end that one may follow.
    private func nextLineEnd(in window: Window) -> Int? {
        if let index = window.bytes.nextLineFeed(from: position - window.origin) { return index }
        return window.bytes.last == .carriageReturn ? window.bytes.count - 1 : nil
    }

    private mutating func beginFolding(after lineEnd: Int, in window: Window) {
        let bytes = window.bytes
        let isAfterReturn = bytes[lineEnd] == .lineFeed && lineEnd > 0 && bytes[lineEnd - 1] == .carriageReturn
        let end = isAfterReturn ? lineEnd - 1 : lineEnd
        // Most lines end with ordinary words: four bytes tell, with one branch.
        if end >= Self.longRun {
            let digits =
                bytes[end - 1].base64Flag & bytes[end - 12].base64Flag & bytes[end - 24].base64Flag
                & bytes[end - Self.longRun].base64Flag
            guard digits == 1 else { return }
        }
        var start = end
        let limit = max(0, end - max(automaton.longest, Self.longRun))
        while start > limit, bytes[start - 1].isBase64Digit { start -= 1 }
        let run = end - start + (start == 0 ? window.previousRun : 0)
        guard run >= Self.longRun else { return }
        var state: UInt32 = 0
        // What begins before the first candidate does not reach the end of the line.
        start += filter.nextCandidate(in: UnsafeBufferPointer(rebasing: bytes[start..<end]), from: 0)
        for index in start..<end { state = automaton.step(state, bytes[index]) }
        guard state != 0 else { return }
        self.state = state
        sinceBreak = 0
        breakLength = lineEnd - end + 1
        afterReturn = bytes[lineEnd] == .carriageReturn
    }

    private mutating func take(_ byte: UInt8, in window: Window, into matches: inout [Match]) {
        guard let state else { return }
        if afterReturn, byte != .lineFeed {
            self.state = nil
        } else if byte.isBase64Digit {
            let next = automaton.step(state, byte)
            position += 1
            breakLength = 0
            sinceBreak += 1
            report(next, in: window, into: &matches)
            // What no longer reaches over the break is found without folding.
            self.state = Int(automaton.depth[Int(next)]) > sinceBreak ? next : nil
        } else if byte == .lineFeed || byte == .carriageReturn || (breakLength > 0 && byte.isBlank),
            breakLength < Self.longestBreak
        {
            position += 1
            breakLength += 1
            sinceBreak = 0
            afterReturn = byte == .carriageReturn
        } else {
            self.state = nil
        }
    }

    private func report(_ state: UInt32, in window: Window, into matches: inout [Match]) {
        var index = automaton.longestOutput[Int(state)]
        while index >= 0, automaton.outputs[Int(index)].wholeToken { index = automaton.outputs[Int(index)].shorter }
        guard index >= 0 else { return }
        let output = automaton.outputs[Int(index)]
        guard Int(output.length) > sinceBreak else { return }
        var start = stepBack(over: Int(output.length), from: position, in: window)
        if output.leftEdge != 0 {
            let edge = stepBack(over: 1, from: start, in: window)
            let digit = edge < start ? Base64.digitValues[Int(window.bytes[edge - window.origin])] : 255
            if digit < 64, output.leftEdge >> UInt64(digit) & 1 == 1 { start = edge }
        }
        matches.append(Match(start: start, end: position, name: output.name))
    }

    /// The position of the digit that lies some digits back, over breaks; not before the window.
    private func stepBack(over count: Int, from position: Int, in window: Window) -> Int {
        var index = position - window.origin
        var remaining = count
        var result = index
        while remaining > 0, index > 0 {
            index -= 1
            let byte = window.bytes[index]
            if byte.isBase64Digit {
                remaining -= 1
                result = index
            } else if byte != .lineFeed, byte != .carriageReturn, !byte.isBlank {
                break
            }
        }
        return window.origin + result
    }
}

extension UInt8 {
    /// The digits below `@` of either base64 alphabet, as a bit set: `+`, `-`, `/` and the decimal digits.
    private static let lowDigits: UInt64 = 0x03ff_a800_0000_0000
    /// The digits from `@` on, as a bit set: the letters and `_`.
    private static let highDigits: UInt64 = 0x07ff_fffe_87ff_fffe

    /// 1 for a digit of either base64 alphabet, 0 for other bytes; computed without a branch.
    @inline(__always)
    var base64Flag: UInt64 {
        let digits = self < 64 ? Self.lowDigits : Self.highDigits
        return digits &>> UInt64(self & 63) & UInt64(1 ^ self >> 7) & 1
    }

    /// Whether the byte is a digit of either base64 alphabet.
    @inline(__always)
    var isBase64Digit: Bool { base64Flag == 1 }
}
