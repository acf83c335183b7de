import Foundation
import Testing

/// A preview of a cluster that is not the program's own leaves nothing anywhere: kubectl and helm would keep caches at home.
@Suite("what a preview leaves", .serialized)
struct PreviewTracesTests {
    @Test("nothing at home, none of the folders of the state, no object", arguments: [false, true])
    func home(hasRepositories: Bool) throws {
        var bench = try Bench()
        defer { bench.remove() }
        bench.environment["PATH"] = ProcessInfo.processInfo.environment["PATH"]
        let cluster = try Started.simulator(&bench)
        defer { cluster.stop() }
        try bench.write("chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n")
        try bench.write(
            "chart/templates/map.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: b}\n")
        if hasRepositories {
            try bench.write(".cache/helm/repository/own-index.yaml", "apiVersion: v1\nentries: {}\n")
        }
        try bench.write(
            "deploy.lua",
            """
            runbook { name = "deploy", requires = { helm = ">=3.12", kubectl = ">=1.28" }, lock = "deploy" }
            step("Deploy", function()
              kubectl.ensure_namespace { name = "shop" }
              kubectl.apply { namespace = "shop", text = "apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: a}\\n" }
              helm.upgrade { release = "web", chart = "chart", namespace = "default" }
              kubectl.get { resource = "pods", all_namespaces = true }
            end)
            """)
        let before = try paths(bench)
        for option in ["--dry-run", "--dry-run=server"] {
            let result = try bench.run("deploy.lua", option, "--output", "json")
            #expect(result.status == 0, "\(result.errors)")
            #expect(try result.json()["plan"].list.count == 3, "\(result.out)")
            #expect(try paths(bench) == before)
        }
    }

    /// Everything below the folder, folders too.
    private func paths(_ bench: Bench) throws -> [String] {
        // The simulator's own folder and the program's output files stand below tmp.
        try FileManager.default.subpathsOfDirectory(atPath: bench.folder).filter { !$0.hasPrefix("tmp/") }.sorted()
    }
}
