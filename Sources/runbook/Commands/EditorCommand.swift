import ArgumentParser
import Foundation
import RunbookDocs
import RunbookHost
import RunbookTerminal

/// Writes what an editor needs to know the API.
struct EditorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "editor", abstract: "Write the definitions with which lua-language-server knows the API.",
        discussion: "Writes .runbook/types/*.lua, and .luarc.json when there is none.")

    mutating func run() async throws {
        let files = FileManager.default
        let folder = ".runbook/types"
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(EditorStub.common.utf8).write(to: URL(filePath: "\(folder)/runbook.lua"))
        for module in BuiltinModules.specs {
            try Data(EditorStub.render(module).utf8).write(to: URL(filePath: "\(folder)/\(module.name).lua"))
        }
        Terminal.out("wrote \(BuiltinModules.specs.count + 1) definition files to \(folder)")
        let settings = EditorSettings.luarc(stubFolder: folder)
        if files.fileExists(atPath: ".luarc.json") {
            Terminal.out(".luarc.json exists and was left as it is; its workspace.library needs \"\(folder)\"")
        } else {
            try Data(settings.utf8).write(to: URL(filePath: ".luarc.json"))
            Terminal.out("wrote .luarc.json")
        }
    }
}
