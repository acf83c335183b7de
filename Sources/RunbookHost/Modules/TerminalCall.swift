import RunbookLua
import RunbookSpec

/// Calls that hand the terminal to a person: a shell in a pod, a container or a node.
enum TerminalCall {
    /// Describes one; `place` is what the shell runs in.
    static func spec(
        _ place: String, _ parameters: [ParameterSpec], details: String = "", example: String
    ) -> FunctionSpec {
        FunctionSpec(
            "shell", summary: "Hand the terminal to the person, in \(place)",
            details: """
                It needs a person on a terminal: a run without one ends with exit code 6, and `--yes` does not help. What is done
                there is in no report and cannot be undone.\(details.isEmpty ? "" : " " + details)
                """,
            effect: .interactive, parameters: parameters,
            returns: ReturnSpec(.integer, "the exit code of the shell"), examples: [ExampleSpec(example)])
    }

    /// Runs the command on the terminal; gives its exit code, 0 in a preview.
    ///
    /// - Throws: `RunbookError` with code `declined` when nobody is there.
    static func run(_ command: Command, _ change: Change, _ call: CallContext) async throws -> LuaValue {
        guard call.isPreview || call.run.options.isInteractive else {
            throw RunbookError(
                .declined, "`\(call.function)` hands the terminal to a person, and this run has none",
                remedy: "run it on a terminal, or use a call that runs one command")
        }
        guard case .process(let result)? = try await call.write(.terminal(command), change) else { return 0 }
        return .integer(Int64(result.status))
    }
}
