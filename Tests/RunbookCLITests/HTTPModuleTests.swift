import Foundation
import Testing

/// `http` by the real program against a real server.
@Suite("http")
struct HTTPModuleTests {
    /// Runs a text with `URL` as the server's address.
    private func run(_ lua: String, _ arguments: [String] = []) throws -> (Bench.Result, Bench) {
        let bench = try Bench()
        let server = Process()
        let (input, output) = (Pipe(), Pipe())
        server.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        server.arguments = ["python3", Program.root + "/Tests/Fixtures/http-server.py"]
        server.standardInput = input
        server.standardOutput = output
        try server.run()
        defer {
            try? input.fileHandleForWriting.close()
            server.waitUntilExit()
        }
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let port = try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines)))
        try bench.write("test.lua", "runbook { name = \"test\" }\nlocal URL = \"http://127.0.0.1:\(port)\"\n" + lua)
        return (try bench.run(list: ["test.lua"] + arguments), bench)
    }

    private func succeeds(_ lua: String) throws {
        let (result, bench) = try run(lua)
        defer { bench.remove() }
        #expect(result.status == 0, "\(result.errors)")
    }

    private func failure(_ lua: String) throws -> String {
        let (result, bench) = try run(lua, ["--output", "json"])
        defer { bench.remove() }
        #expect(result.status == 1)
        return try result.json()["error"]["message"].text ?? ""
    }

    @Test("requests: methods, headers, bodies, JSON both ways")
    func requests() throws {
        try succeeds(
            """
            local r = http.request { url = URL .. "/echo", method = "POST", json = { a = { 1, 2 }, list = json.decode("[]") }, headers = { ["X-Name"] = "ops" } }
            assert(r.status == 200 and r.json.method == "POST" and r.headers["content-type"] == "application/json" and r.ms > 0)
            assert(r.json.body == '{"a":[1,2],"list":[]}', r.json.body)
            assert(r.json.headers["x-name"] == "ops" and r.json.headers["content-type"] == "application/json")
            assert(http.request { url = URL .. "/echo", method = "PUT", body = "plain" }.json.body == "plain")
            assert(http.get(URL .. "/ok").body == "ok" and http.get(URL .. "/moved").body == "ok")
            assert(http.request { url = URL .. "/ok", method = "HEAD" }.body == "")
            local bad = http.get(URL .. "/nothing", { check = false })
            assert(bad.status == 404 and bad.body == "nothing here" and bad.json == nil)
            assert(http.get(URL .. "/no-json").json == nil)
            assert(http.get(URL .. "/bytes").body == "\\xff\\xfe")
            """)
    }

    @Test(
        "what fails is told with the address and the reason",
        arguments: [
            ("http.get(URL .. \"/broken\")", "/broken answered 500"),
            ("http.get(URL .. \"/slow\", { timeout = \"300ms\" })", "/slow: no answer in time"),
            ("http.get(\"http://127.0.0.1:1/\")", "GET http://127.0.0.1:1/: connection refused"),
            ("http.get(\"nonsense\")", "`nonsense` is no address of the web"),
            (
                "http.wait_until { url = URL .. \"/nothing\", timeout = \"300ms\", interval = \"100ms\" }",
                "did not answer 200 within 0.3s: status 404"
            ),
            (
                "http.wait_until { url = URL .. \"/ok\", contains = \"ready\", timeout = \"300ms\", interval = \"100ms\" }",
                "within 0.3s: the body does not hold \"ready\""
            ),
            (
                "http.wait_until { url = \"http://127.0.0.1:1/\", timeout = \"300ms\", interval = \"100ms\" }",
                "within 0.3s: GET http://127.0.0.1:1/: connection refused"
            ),
        ])
    func failures(_ lua: String, _ message: String) throws {
        let said = try failure(lua)
        #expect(said.hasSuffix(message), "\(said)")
    }

    @Test("wait_until goes on until status and text are as wanted")
    func waitUntil() throws {
        try succeeds(
            """
            assert(http.wait_until { url = URL .. "/flaky", interval = "20ms", timeout = "20s" }.body == "ready")
            assert(http.wait_until { url = URL .. "/late-text", contains = "ready", interval = "20ms", timeout = "20s" }.status == 200)
            assert(http.wait_until { url = URL .. "/nothing", status = 404, timeout = "20s" }.status == 404)
            local counts = http.get(URL .. "/count").json
            assert(counts["/flaky"] == 3 and counts["/late-text"] == 3, json.encode(counts))
            """)
    }

    @Test("a secret goes in a header and shows nowhere")
    func secrets() throws {
        let (result, bench) = try run(
            """
            local s = secret.random { name = "TOKEN", length = 40 }
            local r = http.request { url = URL .. "/echo", headers = { authorization = "Bearer " .. s }, method = "POST", body = "key=" .. s, read = true }
            print(r.body)
            """)
        defer { bench.remove() }
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.out.contains("Bearer ‹secret TOKEN›") && result.out.contains("key=‹secret TOKEN›"))
    }

    @Test("the load generator counts what was sent, what failed and how long it took")
    func load() throws {
        try succeeds(
            """
            step("load", function()
              local r = http.load { url = URL .. "/half", users = 4, duration = "1s", pause = "5ms" }
              local total = http.get(URL .. "/count").json["/half"]
              assert(r.requests == total, r.requests .. " of " .. total)
              assert(r.statuses["200"] + r.statuses["500"] == r.requests and r.failed == r.statuses["500"])
              assert(math.abs(r.error_rate - 0.5) < 0.1 and r.rps > 1)
              assert(r.p50 <= r.p90 and r.p90 <= r.p95 and r.p95 <= r.p99 and r.p99 <= r.max and r.p50 > 0)
              local down = http.load { url = "http://127.0.0.1:1/", users = 2, duration = "200ms" }
              assert(down.error_rate == 1 and next(down.statuses) == nil)
            end)
            """)
    }

    @Test("a preview sends reads, and shows writes and load")
    func preview() throws {
        let (result, bench) = try run(
            """
            step("all", function()
              assert(http.get(URL .. "/ok").body == "ok")
              local r = http.request { url = URL .. "/echo", method = "DELETE" }
              http.load { url = URL .. "/ok", users = 3, duration = "1s" }
              local counts = http.get(URL .. "/count").json
              assert(counts["/echo"] == nil and counts["/ok"] == 1, json.encode(counts))
              log(r.status)
            end)
            """, ["--dry-run"])
        defer { bench.remove() }
        #expect(result.status == 0, "\(result.errors)")
        #expect((result.out + result.errors).contains("DELETE http://127.0.0.1:"))
        #expect((result.out + result.errors).contains("3 users for 1.0s"))
    }
}
