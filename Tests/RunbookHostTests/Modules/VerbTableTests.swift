import Foundation
import RunbookSpec
import Testing

@testable import RunbookHost

/// The guide's tables of verbs against the modules: nothing is named that is not there, nothing is there that is not named.
@Suite("verbs of the bindings")
struct VerbTableTests {
    /// One function of a table, with the class that its row gives.
    struct Row: Sendable, CustomTestStringConvertible {
        let module: String
        let function: String
        let effect: String
        var testDescription: String { "\(module).\(function)" }
    }

    static let modules = ["docker", "minikube", "helm", "kubectl"]

    static let rows: [Row] = {
        let path = RepositoryFiles.root + "/docs/guide/bindings.md"
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").flatMap { line -> [Row] in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard line.hasPrefix("| "), cells.count == 3, ["read", "write", "interactive"].contains(cells[2]) else {
                return []
            }
            return cells[1].split(separator: "`").compactMap { name in
                let parts = name.split(separator: ".").map(String.init)
                return parts.count == 2 && modules.contains(parts[0])
                    ? Row(module: parts[0], function: parts[1], effect: cells[2]) : nil
            }
        }
    }()

    @Test("a function of the table is there, with its class", arguments: rows)
    func isThere(row: Row) throws {
        let module = try #require(BuiltinModules.specs.first { $0.name == row.module })
        let function = try #require(module.function(named: row.function), "\(row.testDescription) is not there")
        #expect(function.effect.rawValue == row.effect)
    }

    @Test("every function stands in a table once", arguments: modules)
    func isNamed(module name: String) throws {
        let module = try #require(BuiltinModules.specs.first { $0.name == name })
        let named = Self.rows.filter { $0.module == name }.map(\.function).sorted()
        #expect(named == module.functions.map(\.name).sorted())
    }
}
