import ArgumentParser
import Foundation
import RunbookHost
import RunbookTerminal

/// Writes a runbook to start from.
struct NewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Write a runbook and its test to start from.")

    @Argument(help: "The name, such as restart-backend.")
    var name: String

    mutating func run() async throws {
        let name = name.hasSuffix(".lua") ? String(name.dropLast(4)) : name
        guard name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]*/) != nil else {
            throw ValidationError("`\(name)` is no name for a runbook: use letters, digits, '-', '_' and '.'")
        }
        let files = FileManager.default
        let folder = files.fileExists(atPath: "runbooks") ? "runbooks/" : ""
        let runbook = "\(folder)\(name).lua"
        let test = "\(folder)\(name)_test.lua"
        for path in [runbook, test] where files.fileExists(atPath: path) {
            Terminal.error("\(path) exists already; nothing was written")
            throw ExitCode(2)
        }
        for (path, text) in [(runbook, Self.runbook(name)), (test, Self.test(name))] {
            guard files.createFile(atPath: path, contents: Data(text.utf8)) else {
                Terminal.error("\(path) cannot be written")
                throw ExitCode(1)
            }
            Terminal.out("wrote \(path)")
        }
        Terminal.out("try: runbook \(runbook) --dry-run    runbook test \(test)")
    }

    private static func runbook(_ name: String) -> String {
        """
        runbook {
          name = "\(name)",
          description = "Restart a deployment and wait until it is ready",
          params = {
            deployment = { type = "string", default = "backend", help = "deployment to restart" },
            namespace = { type = "string", default = "default", help = "namespace that it is in" },
          },
          requires = { kubectl = ">=1.28" },
          lock = "\(name)/${params.namespace}",
        }

        step("Restart " .. params.deployment, { timeout = "5m" }, function()
          kubectl.rollout_restart { resource = "deployment/" .. params.deployment, namespace = params.namespace }
          kubectl.rollout_status { resource = "deployment/" .. params.deployment, namespace = params.namespace, timeout = "4m" }
        end)

        """
    }

    private static func test(_ name: String) -> String {
        """
        describe("\(name)", function()
          it("restarts the deployment that is asked for", function()
            on { "kubectl", "version" }:returns { stdout = "Client Version: v1.30.0" }
            on { "kubectl", "get" }:returns { stdout = { metadata = { name = "web" } } }
            on { "kubectl", "rollout", "restart" }:returns { stdout = "deployment.apps/web restarted" }
            on { "kubectl", "rollout", "status" }:returns { stdout = "successfully rolled out" }

            local result = runbook.run("\(name).lua", { params = { deployment = "web" } })

            expect(result.exit).to_equal(0)
            expect(result.writes[1]).to_contain("rollout restart")
            expect(result.writes[1]).to_contain("web")
          end)
        end)

        """
    }
}
