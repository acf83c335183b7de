import Foundation
import Testing

@testable import ClusterSim

/// Runs the commands of the recorded tapes against the simulator and compares exit codes and the forms of JSON answers.
@Suite("The tapes of a real cluster, run against the simulator")
struct TapeTests {
    /// A tape, the helm that it was made with, and its commands that cannot be compared.
    struct Tape: CustomStringConvertible, Sendable {
        let file: String
        let helm: Int
        var description: String { file }
    }

    static let tapes = [
        Tape(file: "kubectl-1.37-lifecycle.jsonl", helm: 4), Tape(file: "helm-4.3-lifecycle.jsonl", helm: 4),
        Tape(file: "helm-3.8-lifecycle.jsonl", helm: 3),
    ]

    @Test("exit codes and shapes agree", .timeLimit(.minutes(4)), arguments: tapes)
    func agrees(_ tape: Tape) async throws {
        let kubectl = try Tools.kubectl()
        let helm = try await Tools.helm(tape.helm)
        let lines = try String(contentsOfFile: "\(Fixtures.recordings)/\(tape.file)", encoding: .utf8).split(
            separator: "\n")
        try await Lab.run(speed: 4, images: ["busybox:1.36"]) { lab in
            for name in try FileManager.default.contentsOfDirectory(atPath: Fixtures.recordings)
            where !name.hasSuffix(".jsonl") {
                try FileManager.default.copyItem(
                    atPath: "\(Fixtures.recordings)/\(name)", toPath: "\(lab.folder)/\(name)")
            }
            try FileManager.default.copyItem(atPath: "\(Fixtures.recordings)/todo-chart", toPath: "\(lab.folder)/todo")
            var count = 0
            for line in lines {
                let record = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                let argv = try #require(record["argv"] as? [String])
                let exit = try #require(record["exit"] as? Int)
                // Another server, and the name of the context, are no matter of the simulator.
                if argv.contains(where: { $0.contains("127.0.0.1:6443") }) || argv.contains("current-context") {
                    continue
                }
                let run =
                    [argv[0] == "helm" ? helm : kubectl] + shortened(Array(argv.dropFirst()), isFailure: exit != 0)
                let output = try await lab.run(run, stdin: record["stdin"] as? String)
                let name = argv.joined(separator: " ")
                #expect(Int(output.status) == exit, "\(name): \(output.stderr)")
                compare(output, record, name)
                count += 1
            }
            #expect(count > 20)
        }
    }

    /// What ran into its time limit on the real cluster does so here too, sooner.
    private func shortened(_ arguments: [String], isFailure: Bool) -> [String] {
        guard isFailure else { return arguments }
        return arguments.enumerated().map { index, argument in
            if argument.hasPrefix("--timeout=") { return "--timeout=4s" }
            return index > 0 && arguments[index - 1] == "--timeout" ? "4s" : argument
        }
    }

    private func compare(_ output: Tools.Output, _ record: [String: Any], _ name: String) {
        let recorded = Data((record["stdout"] as? String ?? "").utf8)
        guard let wanted = try? JSONSerialization.jsonObject(with: recorded), wanted is [Any] || wanted is [String: Any]
        else {
            compareTexts(output, record, name)
            return
        }
        guard let given = output.json else {
            Issue.record("\(name): no JSON: \(output.stdout.prefix(300))")
            return
        }
        let missing = Shape.paths(wanted).subtracting(Shape.paths(given)).filter {
            !isTransient($0) && !$0.contains(".status.currentMetrics: null")
        }
        // The recorded cluster had no autoscaling controller, which would have written conditions.
        let isAutoscaler = name.hasSuffix("get hpa -o json")
        let surplus = Shape.paths(given).subtracting(Shape.paths(wanted)).filter {
            !isTransient($0) && !(isAutoscaler && $0.contains(".status."))
        }
        #expect(missing.isEmpty, "\(name) lacks \(missing.sorted())")
        #expect(surplus.isEmpty, "\(name) has more: \(surplus.sorted())")
    }

    /// Fields that come and go within seconds on the real cluster, so that the moment of the look decides.
    private func isTransient(_ path: String) -> Bool {
        [
            "status.resources", "terminatingReplicas", "unavailableReplicas", "Replicas: number", ".lastState",
            "node-role", ".state.",
            "allocatedResources", "status.conditions[].message", "status.conditions[].reason", "firstTimestamp",
            "lastTimestamp", "eventTime",
            ".count:", ".source", ".action", ".series",
        ].contains { path.contains($0) }
    }

    /// The error texts agree word by word, but for names and times that are made up.
    private func compareTexts(_ output: Tools.Output, _ record: [String: Any], _ name: String) {
        let wanted = record["stderr"] as? String ?? ""
        if name.contains(" exec ") {
            let identifier = /[0-9a-f]{64}/
            #expect(output.stdout == record["stdout"] as? String, "\(name)")
            #expect(
                output.stderr.replacing(identifier, with: "ID") == wanted.replacing(identifier, with: "ID"), "\(name)")
            return
        }
        guard (record["exit"] as? Int) != 0, wanted.hasPrefix("Error from server") else { return }
        #expect(output.stderr == wanted, "\(name)")
    }
}
