import LuaSyntax
import RunbookLua
import Synchronization

/// Finds and compiles the modules that a runbook requires: in its `lib`, the shipped `lib`, its own folder.
struct LibraryLoader: Sendable {
    let run: Unowned

    private var roots: [(folder: String, shown: String)] {
        Self.roots(run.run.source.folder, run.run.options.shippedFolder)
    }

    /// The folders that are looked in for a runbook in `own`, in order, with what stands before a name in messages.
    static func roots(_ own: String, _ shipped: String?) -> [(folder: String, shown: String)] {
        // Libraries come before what stands beside the runbook: `require "diagnose"` means the library, not the runbook
        // of that name.
        var roots = [(own + "/lib", "lib/")]
        if let shipped, shipped != own { roots.append((shipped + "/lib", "lib/")) }
        return roots + [(own, "")]
    }

    /// The chunk of a module, compiled.
    ///
    /// - Throws: `RunbookError` with code `missing` that lists where it was looked for, or `LuaError` for its syntax.
    func chunk(_ name: String) async throws -> LuaFunction {
        let relative = try Self.path(of: name)
        for root in roots {
            for candidate in Self.files(of: relative) {
                let path = "\(root.folder)/\(candidate)"
                guard run.run.files.status(path)?.isFolder == false else { continue }
                try check(path, of: name, in: root.folder)
                let text = try run.run.files.read(path)
                run.run.libraries.add(path: path, text: text)
                return try await run.run.engine.load(
                    SourceText.prepare(text, for: run.run), name: root.shown + candidate)
            }
        }
        throw RunbookError(
            .missing, "require: no module `\(name)`",
            remedy: "looked for " + roots.map { "\($0.folder)/\(relative).lua" }.joined(separator: ", "))
    }

    /// The files that a module may be, by its path.
    static func files(of path: String) -> [String] { ["\(path).lua", "\(path)/init.lua"] }

    /// Refuses a module that a symbolic link takes out of the folder that it is looked for in.
    private func check(_ path: String, of name: String, in folder: String) throws {
        guard let real = run.run.files.real(path), let root = run.run.files.real(folder) else { return }
        // The folders themselves may be links: `lib` to what several projects share.
        if real.hasPrefix(root == "/" ? root : root + "/") { return }
        throw RunbookError(
            .refused, "require: module `\(name)` is a link to \(real), outside of \(folder)",
            remedy: "put the file itself there, or make the whole folder \(run.run.source.folder)/lib a link")
    }

    /// The names of the modules of a folder, ascending.
    func names(in folder: String) throws -> [String] {
        let relative = try Self.path(of: folder)
        var names: Set<String> = []
        for root in roots {
            for file in (try? run.run.files.names("\(root.folder)/\(relative)")) ?? [] where file.hasSuffix(".lua") {
                names.insert(String(file.dropLast(4)))
            }
        }
        names.remove("init")
        return names.sorted()
    }

    /// The path of a module below the folders that are looked in.
    ///
    /// - Throws: `RunbookError` with code `argument` for what is no dotted name.
    static func path(of name: String) throws -> String {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let isValid = parts.allSatisfy { part in
            !part.isEmpty && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
        }
        guard isValid else {
            throw RunbookError(.argument, "require: `\(name)` is no module name such as `diagnose.image`")
        }
        return parts.joined(separator: "/")
    }
}

/// The library files that a run has loaded, with their texts.
final class LibraryFiles: Sendable {
    private let list = Mutex<[(path: String, text: [UInt8])]>([])

    func add(path: String, text: [UInt8]) { list.withLock { $0.append((path, text)) } }

    var all: [(path: String, text: [UInt8])] { list.withLock { $0 } }
}

/// The text of a script as it is handed to Lua.
enum SourceText {
    /// In a preview, conditions are rewritten so that a branch on an unknown value is seen.
    ///
    /// A text that cannot be rewritten is left as it is: Lua's own compiler then says what is wrong with it.
    static func prepare(_ text: [UInt8], for run: RunSession) -> [UInt8] {
        guard run.options.dryRun != nil, let source = String(validating: text, as: UTF8.self),
            let rewritten = try? BranchInstrumenter.instrument(source)
        else { return text }
        return Array(rewritten.utf8)
    }
}
