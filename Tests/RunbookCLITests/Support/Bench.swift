import Foundation
import Testing

/// A folder of its own in which the built program is run, with a state folder and a PATH that the test decides on.
struct Bench {
    /// The folder: working directory, home and temporary folder of the program.
    let folder: String
    /// The program's whole environment.
    var environment: [String: String]

    init() throws {
        let made = try Self.real(NSTemporaryDirectory() + "runbook-cli-\(UInt64.random(in: 0 ... .max))")
        folder = try #require(made)
        environment = [
            "PATH": Self.systemPath, "HOME": folder, "TMPDIR": folder + "/tmp", "XDG_STATE_HOME": folder + "/state",
            "TERM": "xterm-256color", "LANG": "C.UTF-8",
        ]
        try FileManager.default.createDirectory(atPath: folder + "/tmp", withIntermediateDirectories: true)
    }

    /// Where the tools of every machine are.
    static let systemPath = "/usr/local/bin:/usr/bin:/bin"

    private static func real(_ path: String) throws -> String? {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return realpath(path, nil).map { pointer in
            defer { free(pointer) }
            return String(cString: pointer)
        }
    }

    /// What a run of the program left.
    struct Result {
        var status: Int32
        var out: String
        var errors: String
        var seconds: Double

        /// The one JSON document on standard output.
        ///
        /// - Throws: When standard output holds anything else.
        func json() throws -> JSON {
            #expect(out.last == "\n" && out.dropLast().contains("\n") == false, "one line: \(out)")
            return JSON(try JSONSerialization.jsonObject(with: Data(out.utf8)))
        }
    }

    /// Writes a file below the folder.
    @discardableResult
    func write(_ path: String, _ text: String, mode: Int = 0o644) throws -> String {
        let full = "\(folder)/\(path)"
        try FileManager.default.createDirectory(
            atPath: (full as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: full))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: full)
        return full
    }

    /// Puts a shell script of this name before all other programs of the PATH.
    mutating func standIn(_ name: String, _ script: String) throws {
        try write("bin/\(name)", "#!/bin/sh\n\(script)\n", mode: 0o755)
        if !environment["PATH", default: ""].hasPrefix(folder) {
            environment["PATH"] = "\(folder)/bin:\(Self.systemPath)"
        }
    }

    /// The text of a file below the folder, or nil.
    func read(_ path: String) -> String? {
        FileManager.default.contents(atPath: "\(folder)/\(path)").map { String(decoding: $0, as: UTF8.self) }
    }

    /// True when something stands at a path below the folder.
    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder)/\(path)") }

    /// Every file below the folder, the folders of runs left out.
    func files() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).filter { path in
            var isFolder: ObjCBool = false
            let isThere = FileManager.default.fileExists(atPath: "\(folder)/\(path)", isDirectory: &isFolder)
            return isThere && !isFolder.boolValue && !path.hasPrefix("state/runbook/runs/")
        }.sorted()
    }

    /// Runs the program to its end, its output and errors in files, nothing on standard input.
    func run(_ arguments: String..., directory: String = ".") throws -> Result {
        try run(list: arguments, directory: directory)
    }

    /// Runs the program with a list of arguments.
    func run(list arguments: [String], directory: String = ".") throws -> Result {
        let program = try Started(self, arguments, directory: directory)
        return try program.wait()
    }

    /// Removes the folder.
    func remove() { try? FileManager.default.removeItem(atPath: folder) }
}

/// The built program.
enum Program {
    /// Its path: beside the tests, or where the package manager builds by default.
    static let path: String = {
        let beside = Bundle.allBundles.map { ($0.bundlePath as NSString).deletingLastPathComponent }
        let started = (CommandLine.arguments[0] as NSString).deletingLastPathComponent
        let candidates = [started] + beside + [root + "/.build/debug"]
        return candidates.map { $0 + "/runbook" }.first { FileManager.default.isExecutableFile(atPath: $0) }
            ?? root + "/.build/debug/runbook"
    }()

    /// The folder of the package.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
}
