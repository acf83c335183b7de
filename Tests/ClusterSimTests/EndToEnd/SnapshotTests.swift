import Foundation
import Testing

@testable import ClusterSim

/// Every recorded namespace is served as it was recorded.
@Suite("Recorded namespaces")
struct SnapshotTests {
    static let names: [String] = ((try? FileManager.default.contentsOfDirectory(atPath: Fixtures.snapshots)) ?? [])
        .filter { !$0.hasSuffix(".json") }.sorted()

    @Test("there are twelve of them")
    func areThere() { #expect(Self.names.count == 12) }

    @Test("kubectl gets each object as it was recorded, describes it, and reads its logs", arguments: names)
    func serves(_ name: String) async throws {
        let folder = "\(Fixtures.snapshots)/\(name)"
        let list = try #require(try read("\(folder)/objects.json") as? [String: Any])
        let objects = try #require(list["items"] as? [[String: Any]])
        let logs = try #require(try read("\(folder)/logs.json") as? [String: [String: Any]])
        try await Lab.run(snapshot: folder, speed: 100) { lab in
            // Long enough for any controller that would touch a recorded object.
            try await Task.sleep(for: .milliseconds(500))
            for object in objects {
                let metadata = try #require(object["metadata"] as? [String: Any])
                let kind = try #require(object["kind"] as? String)
                let version = try #require(object["apiVersion"] as? String).split(separator: "/").map(String.init)
                let type = version.count == 2 ? "\(kind).\(version[1]).\(version[0])" : kind
                let namespace = metadata["namespace"] as? String ?? "default"
                let title = try #require(metadata["name"] as? String)
                let output = try await lab.kubectl("-n", namespace, "get", type, title, "-o", "json")
                #expect(output.status == 0, "\(kind)/\(title): \(output.stderr)")
                let given = try #require(output.json as? [String: Any], "\(kind)/\(title)")
                #expect(NSDictionary(dictionary: given) == NSDictionary(dictionary: object), "\(kind)/\(title)")
            }
            for (key, texts) in logs {
                let parts = key.split(separator: "/").map(String.init)
                for (field, flag) in [("current", "--previous=false"), ("previous", "--previous=true")] {
                    guard let text = texts[field] as? String else { continue }
                    let output = try await lab.kubectl("-n", name, "logs", parts[0], "-c", parts[1], flag)
                    #expect(output.stdout == text, "\(key) \(field): \(output.stderr)")
                }
                let described = try await lab.kubectl("-n", name, "describe", "pod", parts[0])
                #expect(described.status == 0)
                #expect(
                    described.stdout.contains("Name:") && described.stdout.contains(parts[0])
                        && described.stdout.contains("Events:"))
            }
        }
    }

    private func read(_ path: String) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path)))
    }
}
