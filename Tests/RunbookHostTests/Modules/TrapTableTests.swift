import Foundation
import Testing

/// The guide's table of what the tools hide names tests that are there.
@Suite("traps of the tools")
struct TrapTableTests {
    /// One line of a table.
    struct Row: Sendable, CustomTestStringConvertible {
        let trap: String
        let tests: [String]
        var testDescription: String { trap }
    }

    static let rows: [Row] = {
        let path = RepositoryFiles.root + "/docs/guide/traps.md"
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard line.hasPrefix("| "), cells.count == 3, cells[2].hasPrefix("`") else { return nil }
            return Row(trap: cells[0], tests: spans(cells[2]))
        }
    }()

    /// The texts between marks of code; a text that holds one stands between two.
    private static func spans(_ cell: String) -> [String] {
        if cell.hasPrefix("``") { return [String(cell.dropFirst(2).dropLast(2))] }
        return cell.split(separator: "`").map(String.init).filter { $0 != ", " }
    }

    /// The names of all tests, of functions and as they are shown.
    static let names: Set<String> = {
        var names: Set<String> = []
        let shown = /@Test\(\s*"((?:[^"\\]|\\.)*)"|\bfunc (\w+)\(|\bit\("([^"]*)"/
        for folder in ["Tests", "runbooks/tests"] {
            let root = "\(RepositoryFiles.root)/\(folder)"
            for file in FileManager.default.enumerator(atPath: root)?.compactMap({ $0 as? String }) ?? []
            where file.hasSuffix("Tests.swift") || file.hasSuffix("_test.lua") {
                let text = (try? String(contentsOfFile: "\(root)/\(file)", encoding: .utf8)) ?? ""
                for match in text.matches(of: shown) {
                    let name = match.1 ?? match.2 ?? match.3 ?? ""
                    names.insert(String(name).replacing("\\\"", with: "\""))
                }
            }
        }
        return names
    }()

    @Test("a trap of the table has its tests", arguments: rows)
    func isHeld(row: Row) {
        #expect(!row.tests.isEmpty)
        for test in row.tests { #expect(Self.names.contains(test), "there is no test \"\(test)\"") }
    }

    @Test("the table has the traps of every tool")
    func isComplete() {
        #expect(Self.rows.count >= 75)
        #expect(Self.names.count > 500)
    }
}
