import ClusterSim
import Foundation
import Testing

/// A running simulator with a folder of its own and the tools that talk to it.
final class Lab: Sendable {
    let simulator: ClusterSimulator
    let folder: String
    private let kubectl: String

    private init(simulator: ClusterSimulator, folder: String, kubectl: String) {
        self.simulator = simulator
        self.folder = folder
        self.kubectl = kubectl
    }

    /// Starts a simulator, gives it to a body, and stops it.
    static func run(
        snapshot: String? = nil, faults: [String] = [], speed: Double = 20, metrics: Bool = false,
        images: Set<String>? = nil,
        _ body: (Lab) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "cluster-lab-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let kubectl = try Tools.kubectl()
        let simulator = try ClusterSimulator(
            SimulatorConfiguration(
                apiDocuments: Fixtures.documents, snapshot: snapshot, faults: try faults.map(Fault.init(parsing:)),
                speed: speed,
                metrics: metrics, imageIsPresent: { images?.contains($0) ?? true }))
        _ = try await simulator.start()
        let config = "\(folder)/kubeconfig"
        try simulator.kubeconfig().write(toFile: config, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: config)
        let lab = Lab(simulator: simulator, folder: folder, kubectl: kubectl)
        do {
            try await body(lab)
        } catch {
            await simulator.stop()
            throw error
        }
        await simulator.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    private var environment: [String: String] {
        [
            "KUBECONFIG": "\(folder)/kubeconfig", "HOME": folder, "HELM_CACHE_HOME": "\(folder)/helm-cache",
            "HELM_CONFIG_HOME": "\(folder)/helm-config", "HELM_DATA_HOME": "\(folder)/helm-data",
        ]
    }

    /// Runs a command with this simulator's kubeconfig.
    func run(_ argv: [String], stdin: String? = nil) async throws -> Tools.Output {
        try await Tools.run(argv, stdin: stdin, environment: environment, folder: folder)
    }

    /// Runs kubectl.
    func kubectl(_ arguments: String..., stdin: String? = nil) async throws -> Tools.Output {
        try await run([kubectl] + arguments, stdin: stdin)
    }

    /// Runs kubectl again and again until its output satisfies a test; fails after the time given.
    func until(_ seconds: Double = 20, _ arguments: String..., satisfies test: (Tools.Output) -> Bool) async throws
        -> Tools.Output
    {
        let end = Date().addingTimeInterval(seconds)
        var output = try await run([kubectl] + arguments)
        while !test(output), Date() < end {
            try await Task.sleep(for: .milliseconds(60))
            output = try await run([kubectl] + arguments)
        }
        if !test(output) {
            Issue.record(
                "not reached in \(seconds) s: kubectl \(arguments.joined(separator: " ")): \(output.stdout)\(output.stderr)"
            )
        }
        return output
    }
}

/// The form of a JSON document: the paths of its values with their kinds.
enum Shape {
    /// The paths of a document.
    ///
    /// - Parameter ignored: names of members that are left out with all below them.
    static func paths(_ value: Any, _ path: String = "", ignored: Set<String> = ["managedFields"]) -> Set<String> {
        switch value {
        case let object as [String: Any]:
            if object.isEmpty { return ["\(path){}"] }
            return object.reduce(into: []) { result, entry in
                if !ignored.contains(entry.key) {
                    result.formUnion(paths(entry.value, "\(path).\(entry.key)", ignored: ignored))
                }
            }
        case let list as [Any]:
            if list.isEmpty { return ["\(path)[]"] }
            return list.reduce(into: []) { $0.formUnion(paths($1, "\(path)[]", ignored: ignored)) }
        case is NSNull: return ["\(path): null"]
        case is String: return ["\(path): string"]
        case let number as NSNumber: return ["\(path): \(isBoolean(number) ? "bool" : "number")"]
        default: return [path]
        }
    }

    private static func isBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}

extension Lab {
    /// The text of a pod, with the end of a document.
    static func pod(_ name: String, _ resources: String = "{}") -> String {
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: \(name)}
        spec: {containers: [{name: c, image: "busybox:1.36", command: [sleep, infinity], resources: \(resources)}]}
        ---

        """
    }
}
