import Testing

@testable import RunbookTerminal

/// What is sent to a terminal, seen by a terminal.
@Suite("live screen")
struct LiveScreenTests {
    @Test("lines that stay stand above the region in order, and the region is as it is now")
    func order() {
        for seed in 1...200 {
            var dice = Dice(UInt64(seed))
            let columns = Int.random(in: 20...60, using: &dice)
            var terminal = VirtualScreen(columns: columns, rows: 24)
            var screen = LiveScreen()
            var stays: [String] = []
            var region: [String] = []
            for turn in 0..<60 {
                var above: [String] = []
                if Int.random(in: 0..<4, using: &dice) == 0 {
                    for index in 0..<Int.random(in: 1...3, using: &dice) { above.append("stays \(turn).\(index) 部") }
                }
                if Bool.random(using: &dice) {
                    let count = Int.random(in: 0...8, using: &dice)
                    region = (0..<count).map { "\u{1B}[36mrow\u{1B}[0m \($0) of \(turn)" }
                }
                terminal.write(screen.frame(above: above, region: region, columns: columns))
                stays += above
                #expect(terminal.isAtRest)
                let plain = region.map { $0.replacing("\u{1B}[36m", with: "").replacing("\u{1B}[0m", with: "") }
                let seen = terminal.text.map { $0.replacing("\u{200B}", with: "") }
                #expect(seen == stays + plain, "seed \(seed), turn \(turn)")
            }
            #expect(terminal.offences.isEmpty)
        }
    }

    @Test("a long line that stays may take several rows")
    func long() {
        var terminal = VirtualScreen(columns: 20, rows: 24)
        var screen = LiveScreen()
        terminal.write(screen.frame(above: [], region: ["one", "two"], columns: 20))
        terminal.write(screen.frame(above: [String(repeating: "x", count: 45)], region: ["one", "two"], columns: 20))
        terminal.write(screen.frame(above: ["last"], region: ["one"], columns: 20))
        #expect(
            terminal.text == [
                String(repeating: "x", count: 20), String(repeating: "x", count: 20), "xxxxx", "last", "one",
            ])
    }

    @Test("a frame that changes nothing sends nothing; one changed line sends only that line")
    func least() {
        var screen = LiveScreen()
        _ = screen.frame(above: [], region: ["one", "two", "three"], columns: 80)
        #expect(screen.frame(above: [], region: ["one", "two", "three"], columns: 80) == "")
        #expect(
            screen.frame(above: [], region: ["one", "TWO", "three"], columns: 80)
                == "\r\u{1B}[2A\u{1B}[KTWO\r\n\r\n")
    }

    @Test("a terminal that became narrower has broken the lines")
    func narrower() {
        var screen = LiveScreen()
        _ = screen.frame(above: [], region: [String(repeating: "x", count: 70), "short"], columns: 80)
        // 70 columns are 2 rows of 40 now, and the short line is one.
        #expect(screen.frame(above: [], region: ["y"], columns: 40) == "\r\u{1B}[3A\u{1B}[Jy\r\n")
    }

    @Test("after others have written, the region begins where the cursor is")
    func forget() {
        var screen = LiveScreen()
        _ = screen.frame(above: [], region: ["one"], columns: 80)
        screen.forget()
        #expect(screen.frame(above: [], region: ["one"], columns: 80) == "one\r\n")
    }
}
