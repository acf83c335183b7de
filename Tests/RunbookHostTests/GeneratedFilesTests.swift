import Foundation
import RunbookCheck
import RunbookDocs
import RunbookSpec
import Testing

@testable import RunbookHost

/// What is written from the descriptions of the modules is as they are, and what is written by hand agrees with them.
@Suite("generated files and examples")
struct GeneratedFilesTests {
    /// Path below the repository to content.
    static let files: [(String, String)] =
        BuiltinModules.specs.flatMap { module in
            [
                ("docs/reference/\(module.name).md", ReferencePage.render(module)),
                ("runbooks/types/\(module.name).lua", EditorStub.render(module)),
            ]
        } + [("runbooks/types/runbook.lua", EditorStub.common)]

    /// Set `UPDATE_DOCS=1` to write them anew.
    @Test("the reference and the editor's definitions are up to date", arguments: files)
    func generated(_ path: String, _ content: String) throws {
        let file = URL(fileURLWithPath: RepositoryFiles.root + "/" + path)
        if ProcessInfo.processInfo.environment["UPDATE_DOCS"] != nil {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(content.utf8).write(to: file)
        }
        let text = try? String(contentsOf: file, encoding: .utf8)
        #expect(text == content, "write it anew: UPDATE_DOCS=1 swift test --filter GeneratedFilesTests")
    }

    @Test("there is no page of a module that is gone", arguments: ["docs/reference", "runbooks/types"])
    func leftovers(_ folder: String) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(RepositoryFiles.root)/\(folder)")
        let wanted = Self.files.map(\.0).filter { $0.hasPrefix(folder + "/") }.map {
            String($0.dropFirst(folder.count + 1))
        }
        #expect(Set(names).subtracting(wanted).isEmpty)
    }

    static let examples: [(String, String)] = BuiltinModules.all.flatMap { module in
        module.spec.functions.flatMap { function in
            function.examples.map { ("\(module.spec.name).\(function.name)", $0.code) }
        }
    }

    @Test("every example of the reference runs to its end in a preview", arguments: examples)
    func example(_ name: String, _ code: String) async throws {
        var run = try ModuleRun()
        run.environment["PATH"] = "/nonexistent"
        defer { run.remove() }
        let outcome = await run(code, dryRun: .preview)
        #expect(outcome.message == "", "\(name)")
        #expect(outcome.summary.status == .ok, "\(name)")
    }

    /// `require` and `require_all` need files of their own.
    @Test("every function has an example")
    func everyFunctionHasAnExample() {
        let without = BuiltinModules.specs.flatMap { module in
            module.functions.filter(\.examples.isEmpty).map { "\(module.name).\($0.name)" }
        }
        #expect(Set(without) == ["core.require", "core.require_all"])
    }

    private static let checker = Checker(modules: BuiltinModules.specs, globals: [])

    static let shipped: [String] = {
        let folder = RepositoryFiles.root + "/runbooks"
        let below = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return below.filter { $0.hasSuffix(".lua") && !$0.hasPrefix("types/") && !$0.contains("node_modules/") }
            .sorted()
            .map { "runbooks/" + $0 }
    }()

    @Test("what ships has no finding", arguments: shipped)
    func finding(_ path: String) throws {
        let text = try String(contentsOfFile: RepositoryFiles.root + "/" + path, encoding: .utf8)
        let findings = Self.checker.check(source: text, file: path)
        #expect(findings.map { "\($0.file):\($0.line):\($0.column): \($0.rule): \($0.message)" } == [])
    }

    /// A piece of Lua in a guide.
    struct Block: Sendable, CustomTestStringConvertible {
        let file: String
        let line: Int
        let text: String
        var testDescription: String { "\(file):\(line)" }
    }

    // The guide of the checker shows mistakes; the tests of its rules try them.
    static let blocks: [Block] = {
        let guides = (try? FileManager.default.contentsOfDirectory(atPath: RepositoryFiles.root + "/docs/guide")) ?? []
        let files =
            ["README.md"]
            + guides.filter { $0.hasSuffix(".md") && $0 != "check.md" }.sorted().map { "docs/guide/" + $0 }
        return files.flatMap(blocks(of:))
    }()

    private static func blocks(of file: String) -> [Block] {
        let text = (try? String(contentsOfFile: RepositoryFiles.root + "/" + file, encoding: .utf8)) ?? ""
        var blocks: [Block] = []
        var lines: [String] = []
        var start: Int?
        var previous = ""
        for (index, line) in text.components(separatedBy: "\n").enumerated() {
            if let first = start {
                if line.hasPrefix("```") {
                    blocks.append(Block(file: file, line: first, text: lines.joined(separator: "\n")))
                    start = nil
                } else {
                    lines.append(line)
                }
            } else if line == "```lua" && previous != "<!-- no-check -->" {
                start = index + 2
                lines = []
            }
            if !line.isEmpty { previous = line }
        }
        return blocks
    }

    @Test("the Lua in the guides is Lua, and calls what there is", arguments: blocks)
    func guide(_ block: Block) {
        let rules: Set<String> = [
            "syntax", "unknown-api", "unknown-option", "missing-option", "wrong-option-type", "too-many-arguments",
            "header-literal", "header-parameter", "secret-in-argv",
        ]
        let name = block.text.contains("describe(") ? "guide_test.lua" : "guide.lua"
        let findings = Self.checker.check(source: block.text, file: name).filter { rules.contains($0.rule) }
        #expect(findings.map { "\(block.file):\(block.line + $0.line - 1): \($0.message)" } == [])
    }

    @Test("there are examples, runbooks and guides to try")
    func found() {
        #expect(Self.examples.count > 50)
        #expect(Self.shipped.count > 50)
        #expect(Self.blocks.count > 5)
    }
}
