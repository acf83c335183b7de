import RunbookLua
import RunbookSpec

/// How a step is to be run.
struct StepOptions: Sendable {
    var retries = 0
    var backoff: Duration = .seconds(1)
    var timeout: Duration?
    var budget: Duration?
    var when: LuaValue = true
    var unless: LuaValue = false
    var undo: LuaFunction?
    var confirm: String?
    var allowsFailure = false
    var isIdempotent = false

    static let fields: [ParameterSpec] = [
        ParameterSpec("retries", .bounded(0...1000), default: "0", "how often it is tried again after a failure"),
        ParameterSpec(
            "backoff", .duration, default: "\"1s\"", "the wait before the first new try; it doubles, up to a minute"),
        ParameterSpec("timeout", .duration, "how long one try may take"),
        ParameterSpec("budget", .duration, "how long it should take: a warning when it takes longer"),
        ParameterSpec("when", .either([.boolean, .function]), default: "true", "false: the step is skipped"),
        ParameterSpec(
            "unless", .either([.boolean, .function]), default: "false",
            "true: it already holds, and the step is skipped"),
        ParameterSpec("undo", .function, "takes the step back; it wins over what its calls know themselves"),
        ParameterSpec("confirm", .either([.boolean, .string]), "ask before it runs"),
        ParameterSpec("allow_failure", .boolean, default: "false", "the run goes on when the step fails"),
        ParameterSpec("idempotent", .boolean, default: "false", "a resume may run it again without asking"),
    ]

    init() {}

    init(_ arguments: Arguments, name: String) {
        retries = arguments.integer("retries") ?? 0
        backoff = arguments.duration("backoff") ?? .seconds(1)
        timeout = arguments.duration("timeout")
        budget = arguments.duration("budget")
        if arguments.has("when") { when = arguments["when"] }
        if arguments.has("unless") { unless = arguments["unless"] }
        undo = arguments.function("undo")
        confirm = arguments.optionalString("confirm") ?? (arguments.boolean("confirm") ? "\(name)?" : nil)
        allowsFailure = arguments.boolean("allow_failure")
        isIdempotent = arguments.boolean("idempotent")
    }
}
