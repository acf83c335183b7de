import Foundation
import Testing

@testable import RunbookHost

/// `fs` on the real file system.
@Suite("fs")
struct FilesTests {
    private func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test("a write replaces the file in one step and leaves nothing beside it")
    func write() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        try run.write("a.txt", "old\n")
        let before = try FileManager.default.attributesOfItem(atPath: run.folder + "/a.txt")[.systemFileNumber] as? Int
        let outcome = await run(
            "fs.write { path = \"a.txt\", text = \"new\\n\" }\nassert(fs.read(\"a.txt\") == \"new\\n\")")
        #expect(outcome.message == "")
        let after = try FileManager.default.attributesOfItem(atPath: run.folder + "/a.txt")[.systemFileNumber] as? Int
        #expect(before != after, "another file took its name")
        #expect(try FileManager.default.contentsOfDirectory(atPath: run.folder).filter { $0.contains(".tmp") } == [])
    }

    @Test("permissions: those of the file, those asked for, and private where a secret is in it")
    func permissions() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        try run.write("private", "x", mode: 0o640)
        let outcome = await run(
            """
            fs.write { path = "private", text = "y" }
            fs.write { path = "fresh", text = "y" }
            fs.write { path = "script", text = "y", mode = "755" }
            fs.write { path = "secret", text = secret.random { name = "S" } }
            """)
        #expect(outcome.message == "")
        #expect(try mode(run.folder + "/private") == 0o640)
        #expect(try mode(run.folder + "/fresh") == 0o644)
        #expect(try mode(run.folder + "/script") == 0o755)
        #expect(try mode(run.folder + "/secret") == 0o600)
    }

    @Test("a symbolic link stays one, and what it points to is written")
    func link() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        try run.write("real/values.yaml", "a: 1\n")
        try FileManager.default.createSymbolicLink(
            atPath: run.folder + "/values.yaml", withDestinationPath: "real/values.yaml")
        #expect(await run("fs.write { path = \"values.yaml\", text = \"a: 2\\n\" }").message == "")
        #expect(
            try FileManager.default.destinationOfSymbolicLink(atPath: run.folder + "/values.yaml") == "real/values.yaml"
        )
        #expect(try String(contentsOfFile: run.folder + "/real/values.yaml", encoding: .utf8) == "a: 2\n")
    }

    @Test(
        "what goes wrong names the path that was given",
        arguments: [
            ("fs.read(\"no\")", "/no: no such file or directory"),
            ("fs.write { path = \"no/a\", text = \"\" }", "/no/a: no such file or directory"),
            ("fs.write { path = \".\", text = \"\" }", "`fs.write`: . is a folder"),
            (
                "fs.write { path = \"a\", text = \"\", mode = \"9\" }",
                "`fs.write`: `mode` is \"9\"; it takes octal digits such as \"644\""
            ),
            ("fs.write { path = \"a\", text = \"\", mode = \"77777\" }", "it takes octal digits such as \"644\""),
            ("fs.list(\"no\")", "/no: no such file or directory"),
            ("fs.copy { from = \"no\", to = \"a\" }", "/no: no such file or directory"),
            ("fs.move { from = \"no\", to = \"a\" }", "cannot move no: no such file or directory"),
        ])
    func failures(_ lua: String, _ message: String) async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        let outcome = await run(lua)
        #expect(outcome.message.hasSuffix(message), "\(outcome.message)")
        #expect(!outcome.message.contains(".tmp"))
    }

    @Test("folders, copies, moves and removals")
    func life() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        let outcome = await run(
            """
            fs.mkdir("a/b")
            fs.write { path = "a/b/x", text = "1" }
            fs.copy { from = "a/b/x", to = "a/b/y" }
            fs.move { from = "a/b/y", to = "a/z" }
            assert(table.concat(fs.list("a"), ",") == "b,z")
            assert(fs.stat("a").folder and fs.stat("a/z").size == 1 and fs.stat("a/no") == nil)
            fs.remove("a/b")
            fs.remove("a/b")
            assert(not fs.exists("a/b") and fs.exists("a/z"))
            """)
        #expect(outcome.message == "")
    }

    @Test("an undo puts files back: written, moved over, removed")
    func undo() async throws {
        var run = try ModuleRun()
        defer { run.remove() }
        try run.write("a", "A", mode: 0o600)
        try run.write("b", "B")
        let list = InverseRecorder.Inverses()
        run.wrap = { world, _ in InverseRecorder(base: world, list: list) }
        #expect(
            await run(
                "fs.write { path = \"a\", text = \"new\" }\nfs.move { from = \"a\", to = \"b\" }\nfs.remove(\"b\")"
            ).message == "")
        #expect(!FileManager.default.fileExists(atPath: run.folder + "/b"))
        for file in list.all.reversed().flatMap(\.files) {
            let path = run.folder + "/" + file.path
            if let content = file.content.flatMap({ Data(base64Encoded: $0) }) {
                try content.write(to: URL(fileURLWithPath: path))
                try FileManager.default.setAttributes([.posixPermissions: file.mode], ofItemAtPath: path)
            } else {
                try? FileManager.default.removeItem(atPath: path)
            }
        }
        #expect(try String(contentsOfFile: run.folder + "/a", encoding: .utf8) == "A")
        #expect(try String(contentsOfFile: run.folder + "/b", encoding: .utf8) == "B")
        #expect(try mode(run.folder + "/a") == 0o600)
    }

    @Test("a preview writes nothing and shows the difference")
    func preview() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        try run.write("a", "one\ntwo\n")
        let outcome = await run(
            "fs.write { path = \"a\", text = \"one\\n2\\n\" }\nfs.mkdir(\"f\")\nfs.move { from = \"a\", to = \"b\" }",
            dryRun: .preview)
        #expect(outcome.message == "")
        #expect(try FileManager.default.contentsOfDirectory(atPath: run.folder).filter { $0 != "state" } == ["a"])
        let lines = outcome.summary.plan.flatMap { $0.difference?.lines ?? [] }
        #expect(lines.contains("-two") && lines.contains("+2"))
    }

    @Test("a template is filled, carries secrets as secrets, and has no holes")
    func template() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        try run.write("t.yaml", "name: {{name}}\n{{#ports}}\n- {{.}}\n{{/ports}}\nhost: {{db.host}}\n")
        let outcome = await run(
            """
            local text = fs.template { file = "t.yaml", values = { name = "<a&b>", ports = { 80, 443 }, db = { host = "db" } } }
            assert(text == "name: <a&b>\\n- 80\\n- 443\\nhost: db\\n", text)
            local s = secret.random { name = "PW" }
            print(fs.template { text = "url: {{url}}", values = { url = s } })
            """)
        #expect(outcome.message == "")
        #expect(outcome.notes(.print) == ["‹secret PW›"] || outcome.notes(.print) == ["url: ‹secret PW›"])
        #expect(
            await run("fs.template { file = \"t.yaml\", values = { nam = 1, ports = {}, db = { host = 1 } } }").message
                == "t.yaml, line 1: there is no value for `name`")
        #expect(
            await run("fs.template { file = \"t.yaml\", values = { name = 1, db = {} } }").message
                == "t.yaml, line 5: there is no value for `db.host`")
        #expect(
            await run("fs.template { text = \"{{#a}}x\", values = { a = 1 } }").message.hasPrefix(
                "the template cannot be filled: line 1"))
    }
}
