import Testing

@testable import RunbookHost

/// What a header's `allow` lets a module do.
@Suite("allow, module by module")
struct CapabilityTests {
    private func message(_ allow: String, _ lua: String) async throws -> String {
        let run = try ModuleRun()
        defer { run.remove() }
        return await run("runbook { name = \"t\", allow = { \(allow) } }\n\(lua)").message
    }

    @Test("a call that says that it reads needs no more than `read`")
    func readsOnRequest() async throws {
        #expect(try await message("exec = \"read\"", "exec.run({ \"true\" }, { read = true })") == "")
        #expect(
            try await message("exec = \"read\"", "exec.run({ \"true\" })") == "the header allows exec reads only")
        #expect(
            try await message("fs = \"read\"", "exec.run({ \"true\" }, { read = true })")
                == "the header allows exec nothing")
        let request = "http.request { url = \"http://127.0.0.1:1/\", method = "
        #expect(
            try await message("http = \"read\"", request + "\"POST\" }") == "the header allows http reads only")
        #expect(try await message("http = \"read\"", request + "\"GET\" }") != "the header allows http reads only")
    }

    @Test("a write needs `write`, and what is not named may do nothing")
    func writes() async throws {
        let write = "fs.write { path = \"a\", text = \"b\" }"
        #expect(try await message("fs = \"write\"", write) == "")
        #expect(try await message("fs = \"read\"", write) == "the header allows fs reads only")
        #expect(try await message("exec = \"write\"", write) == "the header allows fs nothing")
        #expect(try await message("fs = \"read\"", "fs.exists(\"a\")") == "")
    }
}
