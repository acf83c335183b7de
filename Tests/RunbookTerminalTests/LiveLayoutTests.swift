import Testing

@testable import RunbookHost
@testable import RunbookTerminal

/// The running part of a run, laid out for terminals of all sizes.
@Suite("live layout")
struct LiveLayoutTests {
    private let start = ContinuousClock.now

    static func step(
        _ number: Int, _ name: String, parent: Int? = nil, depth: Int = 0, status: StepRecord.Status = .running,
        milliseconds: Int = 0, budget: Int? = nil, detail: String? = nil
    ) -> StepRecord {
        StepRecord(
            number: number, parent: parent, depth: depth, name: name, status: status, milliseconds: milliseconds,
            attempt: 1, budget: budget, detail: detail, error: nil, site: nil)
    }

    @Test(
        "the name of a step that has ended takes no more than its line, however long it is", arguments: [40, 80, nil])
    func longName(columns: Int?) {
        let step = Self.step(1, String(repeating: "x", count: 1_000_000), status: .ok, milliseconds: 1200)
        let line = StepLine(style: Style(isColored: false), columns: columns).ended(step)[0]
        #expect(line.count <= columns ?? 1100)
        #expect(line.hasSuffix("1.2s"))
    }

    static func action(_ number: Int, step: Int?, _ display: String) -> ActionRecord {
        ActionRecord(
            number: number, step: step, display: display, isWrite: true, exit: nil, milliseconds: nil, error: nil,
            site: nil)
    }

    private func layout(_ columns: Int = 80, _ rows: Int = 24) -> LiveLayout {
        LiveLayout(style: Style(isColored: false), columns: columns, rows: rows, isSimple: false)
    }

    private func progress(_ events: [RunEvent]) -> RunProgress {
        var progress = RunProgress()
        for event in events { progress.apply(event, at: start) }
        return progress
    }

    private var deploy: RunProgress {
        progress([
            .stepStarted(Self.step(1, "Build images", budget: 180_000)),
            .stepStarted(Self.step(2, "backend", parent: 1, depth: 1)),
            .actionStarted(Self.action(1, step: 2, "docker build todo-chatbot/backend")),
            .stepStarted(Self.step(3, "frontend", parent: 1, depth: 1)),
            .actionStarted(Self.action(2, step: 3, "docker build todo-chatbot/frontend")),
            .output(action: 2, stream: .stderr, line: "#7 [3/5] COPY\u{1B}[K . ."),
            .stepEnded(
                Self.step(
                    2, "backend", parent: 1, depth: 1, status: .ok, milliseconds: 31_000,
                    detail: "todo-backend:v1.0.0  142 MB of 500 MB")),
        ])
    }

    @Test("running steps turn and count against their budget; what they do now stands below")
    func view() {
        #expect(
            layout().lines(deploy, now: start + .seconds(12), turn: 2) == [
                "⠹ Build images                                               12s of 3m",
                "  ✓ backend  todo-backend:v1.0.0  142 MB of 500 MB           31s",
                "  ⠹ frontend                                                 12s",
                "      #7 [3/5] COPY^[[K . .",
            ])
    }

    @Test("a narrow terminal gets the same in fewer columns")
    func narrow() {
        let lines = layout(40).lines(deploy, now: start + .seconds(12), turn: 0)
        #expect(
            lines == [
                "⠋ Build images               12s of 3m",
                "  ✓ backend  todo-bac…       31s",
                "  ⠋ frontend                 12s",
                "      #7 [3/5] COPY^[[K . .",
            ])
    }

    @Test("a command that says nothing is shown itself after a while")
    func silent() {
        let state = progress([
            .stepStarted(Self.step(1, "Wait")), .actionStarted(Self.action(1, step: 1, "kubectl wait pod/x")),
        ])
        #expect(layout().lines(state, now: start + .milliseconds(100), turn: 0).count == 1)
        #expect(layout().lines(state, now: start + .seconds(1), turn: 0).last == "    kubectl wait pod/x")
    }

    @Test("a command outside of any step is shown after a while")
    func loose() {
        let state = progress([.actionStarted(Self.action(1, step: nil, "minikube status"))])
        #expect(layout().lines(state, now: start, turn: 0).isEmpty)
        let lines = layout().lines(state, now: start + .seconds(3), turn: 0)
        #expect(lines.count == 1 && lines[0].hasPrefix("⠋ minikube status") && lines[0].hasSuffix("3s"))
    }

    @Test("more branches than rows: what has ended goes first, then what they do, then the rest is counted")
    func tooMany() {
        var events: [RunEvent] = [.stepStarted(Self.step(1, "All"))]
        for number in 2...41 {
            events.append(.stepStarted(Self.step(number, "branch \(number)", parent: 1, depth: 1)))
            events.append(.actionStarted(Self.action(number, step: number, "work \(number)")))
        }
        for number in 2...11 {
            events.append(
                .stepEnded(Self.step(number, "branch \(number)", parent: 1, depth: 1, status: .ok, milliseconds: 5)))
        }
        let lines = layout(80, 24).lines(progress(events), now: start + .seconds(2), turn: 0)
        #expect(lines.count == 20)
        #expect(lines[0].hasPrefix("⠋ All"))
        #expect(lines.last == "… and 12 more")
        #expect(!lines.contains { $0.contains("✓") || $0.contains("work") })
    }

    @Test("every line fits and never more of them than rows, whatever the names", arguments: [12, 20, 40, 80, 200])
    func fits(_ columns: Int) {
        var dice = Dice(UInt64(columns))
        let names = [
            "x", "部署后端服务到集群", "👩\u{200D}🚀👩\u{200D}🚀👩\u{200D}🚀👩\u{200D}🚀", String(repeating: "long ", count: 60),
            "e\u{301}\u{302}\u{303}", "\u{1B}[2J\r\n\t", "", "שלום\u{202E}",
        ]
        for rows in [1, 2, 5, 24] {
            for _ in 0..<60 {
                var events: [RunEvent] = []
                var depths: [Int] = []
                for number in 1...Int.random(in: 1...30, using: &dice) {
                    let isRoot = depths.isEmpty || Bool.random(using: &dice)
                    let parent = isRoot ? nil : Int.random(in: 1...depths.count, using: &dice)
                    let depth = parent.map { depths[$0 - 1] + 1 } ?? 0
                    depths.append(depth)
                    let name = names.randomElement(using: &dice) ?? ""
                    let step = Self.step(
                        number, name, parent: parent, depth: depth, budget: Bool.random(using: &dice) ? 90_000 : nil,
                        detail: Bool.random(using: &dice) ? names.randomElement(using: &dice) : nil)
                    events.append(.stepStarted(step))
                    events.append(.actionStarted(Self.action(number, step: number, name)))
                    if Bool.random(using: &dice) {
                        let line = names.randomElement(using: &dice) ?? ""
                        events.append(.output(action: number, stream: .stdout, line: line))
                    }
                }
                let lines = layout(columns, rows).lines(progress(events), now: start + .seconds(3700), turn: 3)
                #expect(lines.count <= max(1, rows - 1))
                for line in lines {
                    #expect(CellWidth.of(line) < columns, "\(columns): \(line)")
                    #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
                }
            }
        }
    }
}
