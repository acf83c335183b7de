import RunbookSecrets

/// What a request is recognised by on a tape.
struct TapeKey: Hashable, Sendable {
    let kind: String?
    let argv: [String]
    let stdin: String?

    init(_ record: TapeRecord) {
        kind = record.kind
        argv = record.argv
        stdin = record.stdin
    }

    /// The key of a request; nil for one that no tape holds: a wait, a variable, a command that gives secrets.
    init?(_ action: Action, redactor: Redactor) {
        func masked(_ text: SensitiveText?) -> String? { text.map { redactor.redact($0.description) } }
        switch action {
        case .process(let command), .terminal(let command):
            if command.isOffTape { return nil }
            kind = nil
            argv = command.argv.map { redactor.redact($0) }
            stdin = masked(command.input)
        case .http(let call):
            kind = "http"
            argv = [call.method, redactor.redact(call.url)]
            stdin = masked(call.body)
        case .file(let file):
            kind = "file"
            switch file {
            case .read(let path): argv = ["read", redactor.redact(path)]
            case .status(let path): argv = ["status", redactor.redact(path)]
            case .list(let path): argv = ["list", redactor.redact(path)]
            case .makeFolder(let path): argv = ["mkdir", redactor.redact(path)]
            case .remove(let path): argv = ["remove", redactor.redact(path)]
            case .copy(let from, let to): argv = ["copy", redactor.redact(from), redactor.redact(to)]
            case .move(let from, let to): argv = ["move", redactor.redact(from), redactor.redact(to)]
            case .write(let path, let text, _):
                argv = ["write", redactor.redact(path)]
                stdin = masked(text)
                return
            }
            stdin = nil
        case .prompt(let prompt):
            kind = "prompt"
            argv = [redactor.redact(prompt.text)]
            stdin = nil
        case .now:
            kind = "now"
            argv = []
            stdin = nil
        case .sleep, .environment: return nil
        }
    }
}
