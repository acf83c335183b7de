import RunbookSpec
import Testing

@testable import RunbookHost

/// The examples of the reference, each in a preview.
@Suite struct KubectlHelmExamplesTests {
    static let examples: [(String, String)] = BuiltinModules.all
        .filter { ["kubectl", "helm"].contains($0.spec.name) }
        .flatMap { module in
            module.spec.functions.flatMap { function in
                function.examples.map { ("\(module.spec.name).\(function.name)", $0.code) }
            }
        }

    @Test(arguments: examples)
    func runsToItsEndWithoutATool(name: String, code: String) async throws {
        var run = try ModuleRun()
        run.environment["PATH"] = "/nonexistent"
        defer { run.remove() }
        let outcome = await run(code, dryRun: .preview)
        #expect(outcome.message == "", "\(name)")
        #expect(outcome.summary.status == .ok)
    }

    @Test func everyFunctionHasAnExample() {
        for module in BuiltinModules.all where ["kubectl", "helm"].contains(module.spec.name) {
            for function in module.spec.functions {
                #expect(!function.examples.isEmpty, "\(module.spec.name).\(function.name)")
            }
        }
    }

    /// tools.md 2.3, 2.4: what reads is not shown as a write, and the other way round.
    @Test func everyVerbHasItsClass() throws {
        let reads: [String: Set<String>] = [
            "kubectl": [
                "get", "list", "describe", "logs", "events", "diff", "wait", "wait_for_absence", "rollout_status",
                "rollout_history", "top", "contexts", "can_i", "version", "api_resources", "explain", "port_forward",
            ],
            "helm": [
                "lint", "template", "diff", "show", "history", "status", "list", "version", "get_values", "get_manifest",
                "get_notes", "get_hooks", "get_metadata", "repo_list",
            ],
        ]
        for (name, reads) in reads {
            let module = try #require(BuiltinModules.specs.first { $0.name == name })
            #expect(Set(module.functions.filter { $0.effect == .read }.map(\.name)) == reads)
            #expect(module.functions.allSatisfy { $0.effect == .read || $0.effect == .write })
        }
    }
}
