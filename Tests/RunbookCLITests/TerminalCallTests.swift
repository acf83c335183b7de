import Foundation
import RunbookTestSupport
import Testing

/// Calls that hand the terminal to a person, on a terminal.
@Suite("the terminal in a person's hands")
struct TerminalCallTests {
    @Test("Gordon gets the terminal, and its answer is the person's alone")
    func gordon() throws {
        var bench = try Bench()
        defer { bench.remove() }
        try bench.standIn(
            "docker",
            """
            [ "$*" = 'ai version' ] && { echo 'Docker AI Agent v1.9.11'; exit 0; }
            [ "$1" = ai ] || exit 1
            [ -t 0 ] && [ -t 1 ] || { echo 'no terminal' >&2; exit 1; }
            printf 'Gordon was asked: %s\\nMay I look? ' "$2"
            read -r answer
            echo "Gordon heard $answer"
            """)
        try bench.write(
            "ask.lua",
            """
            runbook { name = "ask" }
            local answer = step("Ask", function()
              return ai.ask { prompt = "why?", tool = "docker-ai", fallback = function() return "by hand" end }
            end)
            print("kept: " .. answer.text)
            """)
        let result = try PseudoTerminal.run(bench, ["ask.lua"], question: "May I look? ", keys: "yes\n")
        #expect(result.status == 0)
        #expect(result.screen.contains("Gordon was asked: why?"))
        #expect(result.screen.contains("Gordon heard yes"))
        #expect(result.screen.contains("kept: by hand"))
        #expect(result.screen.contains("showed its answer on the terminal"))
    }

    @Test(
        "docker.shell is a shell in the container, and its exit code comes back", .enabled(if: DockerEngine.isAvailable)
    )
    func shell() throws {
        var bench = try Bench()
        defer { bench.remove() }
        bench.environment["DOCKER_HOST"] = try #require(DockerEngine.host)
        try bench.write("app/Dockerfile", "FROM scratch\nCOPY busybox /bin/busybox\nCOPY busybox /bin/sh\n")
        try FileManager.default.copyItem(atPath: "/bin/busybox", toPath: "\(bench.folder)/app/busybox")
        try bench.write(
            "look.lua",
            """
            runbook { name = "look" }
            step("Start", function()
              docker.build { context = "app", tag = "rb-terminal:v1" }
              docker.run { image = "rb-terminal:v1", name = "rb-terminal", detach = true, network = "host", command = { "/bin/busybox", "sleep", "300" } }
            end)
            local status = step("Look", function() return docker.shell { container = "rb-terminal" } end)
            step("Stop", function() docker.rm { container = "rb-terminal", force = true } end)
            print("the shell exited " .. status)
            """)
        let result = try PseudoTerminal.run(
            bench, ["look.lua"], question: "/ # ", keys: "echo sum $((40 + 2))\nexit 3\n")
        #expect(result.status == 0, "\(result.screen)")
        #expect(result.screen.contains("sum 42"))
        #expect(result.screen.contains("the shell exited 3"))
    }
}
