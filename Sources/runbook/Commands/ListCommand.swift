import ArgumentParser
import RunbookHost
import RunbookLua
import RunbookTerminal

/// Lists the runbooks that can be found.
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the runbooks that can be found.")

    @OptionGroup var group: LookupOptionsGroup

    mutating func run() async throws {
        let options = try RunOptions.here()
        let locator = RunbookLocator(options: options)
        let runner = Runner.ofHeaders(options)
        var rows: [(name: String, text: String, path: String)] = []
        for (name, path) in locator.all() {
            guard let source = try locator.read(path) else { continue }
            do {
                rows.append((name, try await runner.header(of: source).description, source.displayName))
            } catch let error as RunbookError {
                rows.append((name, "cannot be read: " + error.message, source.displayName))
            }
        }
        if group.output == .json {
            let list = rows.map {
                LuaValue.table(
                    LuaTable(fields: [
                        "name": .string($0.name), "description": .string($0.text), "path": .string($0.path),
                    ]))
            }
            Terminal.out(JSONText.encode(["runbooks": .list(list)], pretty: false))
            return
        }
        if rows.isEmpty { Terminal.out("no runbooks in " + locator.folders.joined(separator: ", ")) }
        let width = rows.map { CellWidth.of($0.name) }.max() ?? 0
        for row in rows {
            for line in TableRow([row.name.padding(to: width)], row.text).lines(indent: 2) { Terminal.out(line) }
        }
        if Terminal.size(1) != nil, !rows.isEmpty {
            Terminal.out("\nrunbook show NAME tells what one takes, runbook NAME --dry-run what it would do")
        }
    }
}
