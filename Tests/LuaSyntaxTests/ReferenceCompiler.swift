import Foundation
import Testing

/// The real Lua 5.4, asked about many texts in one process.
enum ReferenceCompiler {
    /// What `load` says of each text: nil where it takes it, the message otherwise.
    static func messages(for snippets: [String]) throws -> [String?] {
        let script = """
            local f = assert(io.open(arg[1], "rb"))
            while true do
              local size = f:read("n")
              if not size then break end
              f:read(1)
              local text = size == 0 and "" or f:read(size)
              local chunk, message = load(text, "=x")
              io.write(chunk and "ok" or "no " .. message:gsub("\\n.*", ""):gsub("\\r", "\\\\r"), "\\0")
            end
            """
        var data = Data()
        for snippet in snippets {
            data.append(Data("\(snippet.utf8.count)\n".utf8))
            data.append(Data(snippet.utf8))
        }
        let output = try run(script: script, input: data)
        let answers = output.split(separator: 0, omittingEmptySubsequences: true)
            .map { String(decoding: $0, as: UTF8.self) }
        try #require(answers.count == snippets.count)
        return answers.map { $0 == "ok" ? nil : String($0.dropFirst(3)) }
    }

    /// Standard output of `lua5.4 script input`, both given as content.
    static func run(script: String, input: Data) throws -> [UInt8] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lua-syntax-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let scriptFile = folder.appending(path: "script.lua")
        let inputFile = folder.appending(path: "input")
        let outputFile = folder.appending(path: "output")
        try Data(script.utf8).write(to: scriptFile)
        try input.write(to: inputFile)
        try Data().write(to: outputFile)
        let process = Process()
        process.executableURL = URL(filePath: try interpreter())
        process.arguments = [scriptFile.path, inputFile.path]
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return Array(try Data(contentsOf: outputFile))
    }

    /// Where Lua 5.4 is installed: on the path, or where Homebrew keeps it.
    private static func interpreter() throws -> String {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let folders = path.split(separator: ":").map(String.init) + ["/opt/homebrew/opt/lua@5.4/bin"]
        let candidates = folders.flatMap { ["\($0)/lua5.4", "\($0)/lua-5.4"] }
        return try #require(candidates.first { FileManager.default.isExecutableFile(atPath: $0) })
    }
}
