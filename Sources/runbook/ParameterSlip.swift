import ArgumentParser
import RunbookHost

/// A parameter of a runbook that is written like an option, as many tools have it: `--env dev` for `-p env=dev`.
enum ParameterSlip {
    /// What to say instead of an error of the command line, when it is about such a slip.
    ///
    /// The runbook's header is read for it, and its body is not run.
    static func explanation(of error: any Error, _ arguments: [String]) async -> ValidationError? {
        // The library tells the option only in its message, maybe beside one that it takes for what was meant.
        let message = RunbookCommand.message(for: error)
        let told = arguments.map(name).filter { $0.hasPrefix("--") && message.contains("'\($0)'") }
        guard !told.isEmpty, let (file, header) = await runbook(among: arguments) else { return nil }
        let slips = told.lazy.compactMap { option in
            let wanted = option.dropFirst(2).replacing("-", with: "_")
            return header.parameters.first { $0.name == wanted }.map { (option, $0) }
        }
        guard let (option, parameter) = slips.first else { return nil }
        // The value may be none for a log.
        let value = parameter.kind == .boolean ? "true" : "…"
        return ValidationError(
            "`\(option)` is a parameter of \(file), not an option: write -p \(parameter.name)=\(value)")
    }

    private static func name(of option: String) -> String { String(option.prefix { $0 != "=" }) }

    /// The first of some words that names a runbook.
    private static func runbook(among words: [String]) async -> (file: String, header: RunbookHeader)? {
        guard let options = try? RunOptions.here() else { return nil }
        let locator = RunbookLocator(options: options)
        for word in words where !word.hasPrefix("-") {
            if let source = try? locator.find(word),
                let header = try? await Runner.ofHeaders(options).header(of: source)
            {
                return (word, header)
            }
        }
        return nil
    }
}
