import RunbookSpec
import Testing

@testable import RunbookHost

/// The examples of the reference, each in a preview on a machine that has none of the tools.
@Suite("examples of docker, minikube and ai")
struct DockerExamplesTests {
    static let examples: [(String, String)] = BuiltinModules.all
        .filter { ["docker", "minikube", "ai"].contains($0.spec.name) }
        .flatMap { module in
            module.spec.functions.flatMap { function in
                function.examples.map { ("\(module.spec.name).\(function.name)", $0.code) }
            }
        }

    @Test("runs to its end without any tool", arguments: examples)
    func preview(name: String, code: String) async throws {
        var run = try ModuleRun()
        run.environment["PATH"] = "/nonexistent"
        defer { run.remove() }
        let outcome = await run(code, dryRun: .preview)
        #expect(outcome.message == "", "\(name)")
        #expect(outcome.summary.status == .ok)
    }

    @Test("every function has an example")
    func everyFunction() {
        for module in BuiltinModules.all where ["docker", "minikube", "ai"].contains(module.spec.name) {
            for function in module.spec.functions {
                #expect(!function.examples.isEmpty, "\(module.spec.name).\(function.name)")
            }
        }
    }
}
