import ArgumentParser
import ClusterSim
import Foundation
import RunbookHTTP
import RunbookHost
import RunbookTerminal

/// Runs tests of runbooks.
struct TestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Run tests of runbooks (*_test.lua) against stubs, tapes or the simulator.")

    @Argument(help: "Folders with tests, or test files (default: this folder).")
    var paths: [String] = ["."]

    @Option(help: "How results are printed: text, tap or junit.")
    var output: TestFormat = .text

    @Option(help: ArgumentHelp("Run only the tests whose name holds this text.", valueName: "text"))
    var filter: String?

    @Option(help: "How many files are run at the same time.")
    var jobs: Int = 4

    @Flag(help: "Run again whenever a file changes.")
    var watch = false

    mutating func run() async throws {
        var code = try await once()
        while watch {
            let state = TestFiles.modified(paths)
            while TestFiles.modified(paths) == state { try await Task.sleep(for: .milliseconds(300)) }
            code = try await once()
        }
        throw ExitCode(code)
    }

    private func once() async throws -> Int32 {
        let options = try RunOptionsGroup.parse([]).options()
        let locator = RunbookLocator(options: options)
        let files = TestFiles.find(paths)
        guard !files.isEmpty else {
            Terminal.error("no test (*_test.lua) in \(paths.joined(separator: ", "))")
            return 2
        }
        let start = ContinuousClock.now
        let runner = TestFileRunner(options: options, http: AsyncHTTPSender(), filter: filter, worlds: Self.world)
        let results = try await withThrowingTaskGroup(of: (Int, [TestResult]).self) { group in
            var waiting = files.enumerated().makeIterator()
            func next() throws {
                guard let (index, file) = waiting.next() else { return }
                let path = file.hasPrefix("/") ? file : options.workingDirectory + "/" + file
                guard let source = try locator.read(path) else { throw ValidationError("\(file) cannot be read") }
                group.addTask { (index, await runner.run(source)) }
            }
            for _ in 0..<max(1, jobs) { try next() }
            var all: [Int: [TestResult]] = [:]
            while let (index, results) = try await group.next() {
                all[index] = results
                try next()
            }
            return all.sorted { $0.key < $1.key }.flatMap(\.value)
        }
        if let filter, results.isEmpty {
            Terminal.error("no test whose name holds \"\(filter)\"")
            return 2
        }
        Terminal.write(TestReport(results: results, elapsed: ContinuousClock.now - start).text(as: output), to: 1)
        return results.allSatisfy(\.passed) ? 0 : 1
    }

    @Sendable private static func world(_ request: TestRunRequest, _ options: inout RunOptions) async throws
        -> TestWorld?
    {
        if let tape = request.tape {
            let records = try ReplayWorld.read(path: tape.hasPrefix("/") ? tape : options.workingDirectory + "/" + tape)
            options.isReplay = true
            return TestWorld(wrap: { ReplayWorld(base: $0, vault: $1, path: tape, records: records) }, end: {})
        }
        guard let snapshot = request.simulator else { return nil }
        let configuration = try SimulationOptions.configuration(
            snapshot: snapshot, faults: request.faults, speed: 50, port: 0)
        let session = try await SimulatorSession(configuration, real: [], &options)
        return TestWorld(wrap: { world, vault in session.wrap(world, vault) }, end: { await session.stop() })
    }
}

/// How test results are printed.
enum TestFormat: String, ExpressibleByArgument, CaseIterable {
    case text, tap, junit
}

/// Finds test files.
enum TestFiles {
    static func find(_ paths: [String]) -> [String] {
        paths.flatMap { path -> [String] in
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return [] }
            if !isFolder.boolValue { return [path] }
            let below = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
            return below.filter { $0.hasSuffix("_test.lua") && !$0.contains("node_modules/") }.sorted().map {
                path == "." ? $0 : "\(path)/\($0)"
            }
        }
    }

    /// When the Lua files were changed: in the folders with tests, and those that are tested, beside and above them.
    static func modified(_ paths: [String]) -> [String: Date] {
        var dates: [String: Date] = [:]
        func note(_ path: String) {
            dates[path] = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
        }
        for path in paths {
            let parent = URL(filePath: path).standardizedFileURL.deletingLastPathComponent().path
            for name in (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
            where name.hasSuffix(".lua") {
                note("\(parent)/\(name)")
            }
            let library = FileManager.default.enumerator(atPath: "\(parent)/lib")?.compactMap { $0 as? String } ?? []
            for file in library where file.hasSuffix(".lua") { note("\(parent)/lib/\(file)") }
            let below = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? [""]
            for file in below where file.hasSuffix(".lua") || file.isEmpty {
                note(file.isEmpty ? path : "\(path)/\(file)")
            }
        }
        return dates
    }
}
