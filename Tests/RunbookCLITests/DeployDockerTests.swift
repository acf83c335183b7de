import Foundation
import RunbookTestSupport
import Testing

/// `deploy-local.lua` with a real docker engine: base images cannot be pulled everywhere, so stand-ins are built.
@Suite("deploy-local.lua with a docker engine", .enabled(if: DockerEngine.isAvailable), .serialized)
struct DeployDockerTests {
    private let bench: Bench
    private let engine: Docker

    init() throws {
        var bench = try Bench()
        // Debian's docker where it is there: the oldest that is supported, and without BuildKit.
        let docker = ["/usr/bin/docker", "/usr/local/bin/docker"].first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
        engine = Docker(program: try #require(docker), host: try #require(DockerEngine.host))
        try FileManager.default.createDirectory(atPath: bench.folder + "/bin", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: bench.folder + "/bin/docker", withDestinationPath: engine.program)
        bench.environment["PATH"] = "\(bench.folder)/bin:\(Program.root)/.tools/bin:\(Bench.systemPath)"
        bench.environment["DOCKER_HOST"] = engine.host
        try FileManager.default.copyItem(atPath: Program.root + "/runbooks", toPath: bench.folder + "/runbooks")
        try bench.write(
            ".env",
            "DATABASE_URL=postgresql://todo:\(String(repeating: "p", count: 20))@db.example.com/todo\n"
                + "BETTER_AUTH_SECRET=\(String(repeating: "s", count: 40))\n")
        self.bench = bench
        for service in ["backend", "frontend"] { try standIn(service) }
    }

    /// Makes a service an image of two stages with nothing but busybox, and more bytes where they are wanted.
    private func standIn(_ service: String, bytes: UInt64 = 0) throws {
        let folder = "runbooks/todo-chatbot/\(service)"
        let busybox = try #require(
            ["/usr/bin/busybox", "/bin/busybox"].first { FileManager.default.isExecutableFile(atPath: $0) })
        try? FileManager.default.copyItem(atPath: busybox, toPath: "\(bench.folder)/\(folder)/busybox")
        let ballast = try bench.write("\(folder)/ballast", "")
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: ballast))
        try file.truncate(atOffset: bytes)
        try file.close()
        try bench.write("\(folder)/.dockerignore", "")
        try bench.write(
            "\(folder)/Dockerfile",
            """
            FROM scratch AS build
            COPY busybox ballast /bin/

            FROM scratch
            COPY --from=build /bin/busybox /bin/sh
            COPY --from=build /bin/ballast /srv/ballast
            LABEL service=\(service)
            USER 10001:10001
            CMD ["/bin/sh", "httpd", "-f"]

            """)
    }

    private func deploy(_ arguments: String...) throws -> Bench.Result {
        try bench.run(
            list: ["runbooks/deploy-local.lua", "--sim", "--real", "docker", "--yes", "--output", "json"] + arguments)
    }

    private static let images = ["backend": "todo-backend:v1.0.0", "frontend": "todo-frontend:v1.0.0"]

    @Test(
        "builds two real images, in the node's engine or for loading, and ends with both services ready",
        arguments: ["minikube", "load"])
    func builds(how: String) throws {
        defer { clean() }
        let result = try deploy("-p", "build=\(how)")
        #expect(result.status == 0, "\(result.errors)")
        let document = try result.json()
        #expect(document["status"].text == "ok")
        for (service, image) in Self.images {
            let built = document["result"]["images"][service]
            let id = try #require(built["id"].text)
            #expect(try engine.inspect(image, "{{.Id}} {{.Size}}") == "\(id) \(built["size"].number ?? 0)")
            #expect(
                try engine.inspect(image, "{{.Config.User}} {{index .Config.Labels \"service\"}}")
                    == "10001:10001 \(service)")
            #expect(result.errors.contains("\(service.padding(toLength: 9, withPad: " ", startingAt: 0)) ready  "))
        }
        // What was built is there for a run that builds nothing.
        if how == "minikube" {
            let again = try deploy("-p", "skip_build=true")
            #expect(again.status == 0, "\(again.errors)")
        }
    }

    @Test("an image over its budget fails the run with its name, its size and the limit, and nothing stays")
    func tooLarge() throws {
        defer { clean() }
        try standIn("frontend", bytes: 301_000_000)
        let result = try deploy()
        #expect(result.status == 4, "\(result.errors)")
        let document = try result.json()
        let message = document["error"]["message"].text ?? ""
        #expect(message.hasPrefix("image todo-frontend:v1.0.0 is 30"), "\(message)")
        #expect(message.hasSuffix(" bytes), over its limit of 300 MB"), "\(message)")
        #expect(document["error"]["step"].text == "frontend")
        #expect(document["steps"].list.allSatisfy { $0["name"].text != "Deploy" })
        for image in Self.images.values { #expect(try engine.inspect(image, "{{.Id}}") == "") }
    }

    private func clean() {
        _ = try? engine.run(["rmi", "--force"] + Array(Self.images.values))
        _ = try? engine.run(["image", "prune", "--force"])
        bench.remove()
    }
}

/// The engine, asked without the program.
private struct Docker {
    let program: String
    let host: String

    /// What docker prints; its errors are left out.
    func run(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["--host", host] + arguments
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// A property of an image; empty when there is no such image.
    func inspect(_ image: String, _ format: String) throws -> String {
        try run(["image", "inspect", "--format", format, image])
    }
}
