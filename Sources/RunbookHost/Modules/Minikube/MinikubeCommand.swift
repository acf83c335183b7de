import RunbookLua
import RunbookSecrets
import RunbookSpec

/// What every verb of `minikube` takes, and how its command is made.
enum MinikubeCommand {
    /// The options of every verb.
    static func common(timeout: String) -> [ParameterSpec] {
        [
            ParameterSpec("profile", .string, "the profile; minikube's active one when left out"),
            ParameterSpec("timeout", .duration, default: "\"\(timeout)\"", "how long it may take"),
            ParameterSpec("args", .list(.string), "further arguments, added as they are before the names"),
        ]
    }

    /// A minikube command for a call: no emoji, no colours, no entry in minikube's audit log.
    static func make(
        _ verb: [String], _ arguments: Arguments, timeout: Duration, input: SensitiveText? = nil, isQuiet: Bool = false,
        _ options: (inout ToolLine) throws -> Void
    ) rethrows -> Command {
        var line = ToolLine(["minikube"] + verb)
        line.option("--profile", arguments.optionalString("profile"))
        try options(&line)
        return Command(
            line.argv, input: input, environment: ["MINIKUBE_IN_STYLE": "false", "NO_COLOR": "1"],
            timeout: arguments.duration("timeout") ?? timeout, isQuiet: isQuiet, inherited: inherited)
    }

    /// A command that reads; for a verb that is no more than this read, `own` takes the call's timeout and `args`.
    static func query(
        _ verb: [String], _ arguments: Arguments, timeout: Duration = .seconds(30), own: Bool = false
    ) -> Command {
        var command = make(verb + ["--skip-audit"], arguments, timeout: timeout, isQuiet: true) { line in
            if own { line.argv += arguments.strings("args") }
        }
        if !own { command.timeout = timeout }
        return command
    }

    /// The start of a command line that undoes a call later.
    static func undoing(_ verb: [String], _ arguments: Arguments) -> [String] {
        ["minikube"] + verb + (arguments.optionalString("profile").map { ["--profile", $0] } ?? [])
    }

    /// The profile's name as a person reads it.
    static func profile(_ arguments: Arguments) -> String { arguments.optionalString("profile") ?? "minikube" }

    static let inherited =
        KubeEnvironment.variables + [
            "MINIKUBE_*", "DOCKER_*", "CHANGE_MINIKUBE_NONE_USER", "LIBVIRT_*", "CONTAINER_*",
        ]

    /// The error for a command that failed: what minikube's events say, where it printed events.
    static func failure(_ command: Command, _ result: ProcessResult, _ call: CallContext) -> RunbookError {
        let events = MinikubeEvent.read(result.stdout)
        var error = call.failure(of: command, result)
        if let event = events.last(where: { $0.kind == "error" }), let message = event.data["message"] {
            let display = CommandFailure.short(call.run.vault.redactor.redact(command.display))
            error.message = "\(display) exited \(result.status): \(call.run.vault.redactor.redact(message))"
            if let advice = event.data["advice"], !advice.isEmpty { error.remedy = advice }
            error.details = events.compactMap { $0.data["message"] }.suffix(8).map {
                call.run.vault.redactor.redact($0)
            }
        }
        if error.remedy == nil { error.remedy = MinikubeExit.hint(result.status) }
        return error
    }
}

/// One of the events that minikube prints on a line each with `-o json`.
struct MinikubeEvent: Sendable {
    /// `step`, `info`, `warning`, `error`, `download` or `download.progress`.
    let kind: String
    let data: [String: String]

    /// What a person sees of a line: the event's message, nothing of a download's progress, any other line as it is.
    static let shown: @Sendable (String) -> String? = { line in
        guard let event = read(Array(line.utf8)).first else { return line }
        return event.kind == "download.progress" ? nil : event.data["message"]
    }

    private struct Line: Decodable {
        var type: String
        var data: [String: String]?
    }

    /// The events in an output; other lines are passed over.
    static func read(_ bytes: [UInt8]) -> [MinikubeEvent] {
        let command = Command(["minikube"])
        return bytes.split(separator: 10).compactMap { line in
            guard line.first == UInt8(ascii: "{"), let event = try? ToolJSON.decode(Line.self, line, of: command),
                event.type.hasPrefix("io.k8s.sigs.minikube.")
            else { return nil }
            return MinikubeEvent(
                kind: String(event.type.dropFirst("io.k8s.sigs.minikube.".count)), data: event.data ?? [:])
        }
    }
}

/// minikube's exit codes: the tens name the part, the last digit what is wrong with it.
enum MinikubeExit {
    /// The profile does not exist.
    static let profileMissing = 85

    /// What a code means; nil for one that says nothing.
    static func hint(_ code: Int) -> String? {
        let parts = [
            10: "minikube itself", 14: "the command line", 20: "the machine's resources", 30: "the host",
            40: "the internet",
            50: "the driver", 60: "the driver's service", 70: "the local network", 80: "the node",
            90: "the container runtime", 100: "the control plane", 110: "the service",
        ]
        let faults = [
            1: "is in conflict", 2: "did not answer in time", 3: "is not running", 4: "was used wrongly",
            5: "was not found", 6: "is not supported", 7: "refuses permission", 8: "is configured wrongly",
            9: "is not available",
        ]
        guard code >= 10, code < 120 else { return nil }
        guard let part = parts[code] ?? parts[code / 10 * 10] else { return nil }
        return "minikube's code \(code): \(part) \(faults[code % 10] ?? "failed"); see `minikube logs`"
    }
}
