import Foundation

extension ModuleRun {
    /// A run whose PATH has the stand-ins of AI tools.
    static func ai(_ tools: [String], _ variables: [String: String] = [:]) throws -> ModuleRun {
        var run = try ModuleRun()
        run.environment["PATH"] = (tools.map(RepositoryFiles.standIns) + ["/usr/bin", "/bin"]).joined(separator: ":")
        for (name, value) in variables { run.environment[name] = value }
        return run
    }

    /// The text of a file below the folder, empty when it is not there.
    func text(_ file: String) -> String {
        (try? String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)) ?? ""
    }
}
