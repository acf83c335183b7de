import Subprocess

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// Finds the file of a program, and says why one cannot be run.
struct ProgramLookup: Sendable {
    let files: LiveFiles
    let searchPath: String?

    /// The program's file: a path as it is, a name on the PATH.
    ///
    /// - Throws: `RunbookError` with code `argument` for what can be no program, or `missing`.
    func find(_ argv: [String]) throws -> Executable {
        guard let program = argv.first, !program.isEmpty else {
            throw RunbookError(.argument, "a command needs a program as its first element")
        }
        for (number, argument) in argv.enumerated() where argument.utf8.contains(0) {
            // The system ends an argument there: the program would be given something else than what was meant.
            throw RunbookError(
                .argument, "argument \(number) of \(Self.shown(program)) holds a NUL byte, which no argument can",
                remedy: "hand it over by stdin or in a file")
        }
        if program.contains("/") { return try check(program) }
        // The library would also look in folders that are not on the PATH.
        for folder in (searchPath ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":") {
            let path = "\(folder)/\(program)"
            if files.isExecutable(path) { return .path(FilePath(path)) }
        }
        throw Self.notFound(program)
    }

    private func check(_ program: String) throws -> Executable {
        let path = files.absolute(program)
        guard let status = files.status(path) else { throw Self.notFound(program) }
        if status.isFolder { throw RunbookError(.missing, "\(program) is a folder, and no program") }
        guard files.isExecutable(path) else {
            throw RunbookError(.missing, "\(program) may not be run", remedy: "chmod +x \(program)")
        }
        return .path(FilePath(path))
    }

    /// The error for a program that could not be started.
    func explain(_ error: SubprocessError, _ command: Command) -> RunbookError {
        let program = command.argv.first ?? ""
        if error.code == .failedToChangeWorkingDirectory {
            return RunbookError(.missing, "\(program): the folder \(command.directory ?? files.folder) does not exist")
        }
        if error.underlyingError == .argListTooLong {
            let size = command.argv.reduce(0) { $0 + $1.utf8.count + 1 }
            return RunbookError(
                .argument,
                "\(program) could not be run: its arguments (\(SizeText.of(size))) are more than the system takes",
                remedy: "hand the data over by stdin or in a file")
        }
        if error.underlyingError == .execFormatError {
            return RunbookError(
                .missing, "\(program) is no program for this machine, and has no #! line that names its interpreter",
                remedy: "run the interpreter itself: exec.run { \"sh\", \"\(program)\" }")
        }
        if error.code == .executableNotFound {
            if let interpreter = interpreter(of: program) {
                return RunbookError(
                    .missing, "\(program): its interpreter \(interpreter) is not there",
                    remedy: "install \(interpreter), or correct the first line of \(program)")
            }
            return Self.notFound(program)
        }
        let reason = error.underlyingError.map { String(describing: $0).lowercased() }
        return RunbookError(.io, "\(program) could not be run: \(reason ?? "the system gave no reason")")
    }

    // The system says of a script without its interpreter that the script is not there.
    private func interpreter(of program: String) -> String? {
        guard program.contains("/"), let text = try? files.read(files.absolute(program)), text.starts(with: "#!".utf8)
        else { return nil }
        let line = String(decoding: text.dropFirst(2).prefix { $0 != 10 }.prefix(200), as: UTF8.self)
        guard let path = line.split(separator: " ").first.map(String.init) else { return nil }
        return files.status(path) == nil ? path : nil
    }

    private static func notFound(_ program: String) -> RunbookError {
        RunbookError(.missing, "\(program): command not found", remedy: "install \(program), or put it on the PATH")
    }

    private static func shown(_ program: String) -> String {
        String(program.prefix { $0 != "\0" })
    }
}
