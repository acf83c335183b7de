import Foundation
import Testing

/// The engine is killed, or its disk is full, at random moments; what happened is then counted in the files.
///
/// `RUNBOOK_TORTURE_KILLS=200` is the full measure (`RUNBOOK_TORTURE_SEED` chooses other moments); without it a part is done.
@Suite(.serialized) struct DurableTortureTests {
    private static let kills = ProcessInfo.processInfo.environment["RUNBOOK_TORTURE_KILLS"].flatMap { Int($0) } ?? 60
    private static let seed = ProcessInfo.processInfo.environment["RUNBOOK_TORTURE_SEED"].flatMap { UInt64($0) } ?? 1

    /// Writes append to files, so that each one that is made twice is seen.
    static func runbook(in folder: String) -> String {
        """
        runbook { name = "torture" }
        local function append(text) exec.run { "sh", "-c", "echo " .. text .. " >> \(folder)/" .. text:sub(1, 1) } end
        for i = 1, 10 do step("step " .. i, function() append("a" .. i) append("b" .. i) return i end) end
        local function branch(name)
          return function() for i = 1, 4 do step("append", function() append(name .. i) end) end return name end
        end
        local r = parallel { w = branch("w"), x = branch("x"), y = branch("y"), z = branch("z") }
        for i = 11, 14 do step("step " .. i, function() append("c" .. i) end) end
        return r.w .. r.x .. r.y .. r.z
        """
    }

    static let expected: [String] =
        (1...10).flatMap { ["a\($0)", "b\($0)"] }
        + ["w", "x", "y", "z"].flatMap { name in (1...4).map { "\(name)\($0)" } }
        + (11...14).map { "c\($0)" }

    static func counts(_ sandbox: DurableSandbox) -> [String: Int] {
        var counts: [String: Int] = [:]
        for file in ["a", "b", "c", "w", "x", "y", "z"] {
            for line in sandbox.text(file).split(separator: "\n") { counts[String(line), default: 0] += 1 }
        }
        return counts
    }

    /// What a session said it was in doubt about.
    static func doubts(_ text: String) -> Set<String> {
        Set(
            text.split(separator: "\n").filter { $0.contains("in doubt") }.compactMap { line in
                line.firstRange(of: "echo ").map { String(line[$0.upperBound...].prefix { $0 != " " }) }
            })
    }

    @Test func eachWriteHappensOnceOrIsReportedAsInDoubt() throws {
        var kills = 0
        var seed = SeededNumbers(Self.seed)
        while kills < Self.kills {
            let sandbox = try DurableSandbox()
            try sandbox.write("torture.lua", Self.runbook(in: sandbox.folder))
            var arguments = ["torture.lua", "--output", "json"]
            var doubts: Set<String> = []
            var last: DurableSandbox.Outcome?
            for session in 0..<200 {
                let running = try sandbox.start(arguments)
                // Longer and longer, so that the run comes to its end on a machine that has other work, too.
                let longest = 240 + 20 * session
                let deadline = ContinuousClock.now + .milliseconds(Int.random(in: 15...longest, using: &seed))
                while running.process.isRunning, ContinuousClock.now < deadline { usleep(2000) }
                if running.process.isRunning { running.send(SIGKILL) }
                let outcome = running.wait()
                doubts.formUnion(Self.doubts(outcome.stderr))
                if outcome.signal == nil {
                    #expect(outcome.code == 0, "\(outcome.stderr)")
                    last = outcome
                    break
                }
                kills += 1
                guard let run = try sandbox.history().first, let id = run["run"] as? String else { continue }
                // It was killed after its last entry: nothing is left to do.
                if run["status"] as? String == "ok" { break }
                #expect(run["status"] as? String == "interrupted")
                arguments = [
                    "resume", id, "--in-doubt", Bool.random(using: &seed) ? "repeat" : "skip", "--output", "json",
                ]
            }
            // Children of a killed engine may still be about to write.
            usleep(30_000)
            if let last { #expect(last.json["result"] as? String == "wxyz") }
            let counts = Self.counts(sandbox)
            for write in Self.expected where counts[write] != 1 {
                #expect(doubts.contains(write), "\(write) happened \(counts[write] ?? 0) times, and nobody was told")
            }
            #expect(Set(counts.keys).isSubset(of: Self.expected))
            let contradictions = try sandbox.query(
                "SELECT count(*) FROM writes WHERE state = 'intent' AND run IN (SELECT id FROM runs WHERE status = 'ok')"
            )
            #expect(contradictions == "0")
        }
    }

    @Test func aFullDiskStopsEveryFurtherWrite() throws {
        let disk = try SmallDisk()
        defer { disk.unmount() }
        var seed = SeededNumbers(Self.seed)
        for _ in 0..<max(10, Self.kills / 4) {
            let room = Int.random(in: 50...340, using: &seed)
            try disk.leave(kilobytes: 4000)
            let stateHome = disk.path + "/state"
            try? FileManager.default.removeItem(atPath: stateHome)
            let sandbox = try DurableSandbox(stateHome: stateHome)
            try sandbox.write("torture.lua", Self.runbook(in: sandbox.folder))
            try disk.leave(kilobytes: room)
            var outcome = try sandbox.run("torture.lua", "--output", "json")
            var doubts = Self.doubts(outcome.stderr)
            try disk.leave(kilobytes: 4000)
            if outcome.code != 0 {
                #expect(outcome.code == 1)
                let error = outcome.json["error"] as? [String: Any]
                let message = error?["message"] as? String ?? ""
                #expect(message.contains("disk is full"), "\(outcome.stderr)")
                let before = Self.counts(sandbox)
                #expect(before.values.allSatisfy { $0 == 1 })
                guard let id = try sandbox.history().first?["run"] as? String else {
                    #expect(before.isEmpty)
                    continue
                }
                outcome = try sandbox.run("resume", id, "--in-doubt", "repeat", "--output", "json")
                #expect(outcome.code == 0, "\(outcome.stderr)")
                doubts.formUnion(Self.doubts(outcome.stderr))
            }
            let counts = Self.counts(sandbox)
            for write in Self.expected where counts[write] != 1 {
                #expect(doubts.contains(write), "\(write) happened \(counts[write] ?? 0) times, and nobody was told")
            }
        }
    }
}

/// Numbers that look random, and are the same for the same seed (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// A file system of a few megabytes that can be filled.
final class SmallDisk {
    let path = NSTemporaryDirectory() + "runbook-disk-\(UUID().uuidString.prefix(8))"

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Self.run("/bin/mount", "-t", "tmpfs", "-o", "size=6m", "none", path)
    }

    /// Fills the disk up to some room.
    func leave(kilobytes: Int) throws {
        let filler = path + "/filler"
        try? FileManager.default.removeItem(atPath: filler)
        let free = try FileManager.default.attributesOfFileSystem(forPath: path)[.systemFreeSize] as? Int ?? 0
        let size = max(0, free - (kilobytes << 10))
        _ = FileManager.default.createFile(atPath: filler, contents: Data(count: size))
    }

    func unmount() { try? Self.run("/bin/umount", path) }

    private static func run(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: arguments[0])
        process.arguments = Array(arguments.dropFirst())
        try process.run()
        process.waitUntilExit()
        struct Failed: Error { let command: [String] }
        if process.terminationStatus != 0 { throw Failed(command: arguments) }
    }
}
