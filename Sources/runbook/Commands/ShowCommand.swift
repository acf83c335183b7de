import ArgumentParser
import Foundation
import RunbookHost
import RunbookLua
import RunbookTerminal

/// Shows what a runbook does, takes and needs.
struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a runbook's description, parameters and needs.",
        usage: "runbook show <file> | runbook show --api[=<name>]",
        discussion: "`--api` lists the modules, `--api helm` shows one of them, `--api helm.upgrade` one function.")

    @Argument(help: "The runbook.")
    var file: String?

    @Option(help: ArgumentHelp("Show the API instead: all of it, a module, or a function.", valueName: "name"))
    var api: String?

    @OptionGroup var group: LookupOptionsGroup

    mutating func run() async throws {
        if let api { return try show(api) }
        guard let file else { throw ValidationError("name a runbook, or a module with --api") }
        let options = try RunOptions.here()
        let runner = Runner.ofHeaders(options)
        do {
            let source = try RunbookLocator(options: options).find(file)
            let header = try await runner.header(of: source)
            Terminal.out(
                group.output == .json ? HeaderText.json(header, source) : HeaderText.text(header, source))
        } catch let error as RunbookError {
            Terminal.error(ErrorText.of(error))
            throw ExitCode(2)
        }
    }

    private func show(_ name: String) throws {
        if name == OptionalValues.wholeAPI { return showModules() }
        let parts = name.split(separator: ".").map(String.init)
        let first = parts.first ?? ""
        guard
            var module = BuiltinModules.specs.first(where: {
                $0.name == first || $0.isGlobal && $0.function(named: first) != nil
            })
        else {
            let names = BuiltinModules.specs.map(\.name)
            let near = NearestName.of(first, among: names).map { "; did you mean `\($0)`?" } ?? ";"
            throw ValidationError("no module `\(name)`\(near) there are \(names.joined(separator: ", "))")
        }
        if let last = parts.last, parts.count == 2 || module.isGlobal && last != module.name {
            guard let function = module.function(named: last) else {
                let near =
                    NearestName.of(last, among: module.functions.map(\.name)).map { "; did you mean `\($0)`?" } ?? ""
                throw ValidationError("`\(module.name)` has no function `\(last)`\(near)")
            }
            module.functions = [function]
        }
        if group.output == .json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            Terminal.out(String(decoding: try encoder.encode(module), as: UTF8.self))
        } else {
            Terminal.write(APIText(module: module, width: Terminal.size(1)?.columns ?? 100).text, to: 1)
        }
    }

    private func showModules() {
        let modules = BuiltinModules.specs
        if group.output == .json {
            let list = modules.map { ["name": .string($0.name), "summary": .string($0.summary)] as LuaValue }
            return Terminal.out(JSONText.encode(["modules": .list(list)], pretty: false))
        }
        let width = modules.map(\.name.count).max() ?? 0
        for module in modules {
            for line in TableRow([module.name.padding(to: width)], module.summary).lines(indent: 2) {
                Terminal.out(line)
            }
        }
        Terminal.out("\nrunbook show --api NAME shows a module, runbook show --api NAME.FUNCTION a function")
    }
}
