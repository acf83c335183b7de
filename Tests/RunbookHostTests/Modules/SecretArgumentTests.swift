import RunbookLua
import RunbookSecrets
import RunbookSpec
import Synchronization
import Testing

@testable import RunbookHost

/// Over every binding: a secret is refused where it would end in an argument list, and is in none where it is taken.
@Suite("secrets as arguments")
struct SecretArgumentTests {
    /// A place in a function's options that takes plain text.
    struct Place: Sendable, CustomTestStringConvertible {
        let function: String
        let path: String
        /// The call's arguments, with the secret in that place, as Lua.
        let call: String
        let takesSecret: Bool
        let testDescription: String
    }

    static let places: [Place] = BuiltinModules.specs.flatMap { module in
        module.functions.flatMap { function in
            let name = module.isGlobal ? function.name : "\(module.name).\(function.name)"
            return function.parameters.flatMap { parameter in
                fillings(parameter.type, parameter.name).map { path, value, takesSecret in
                    Place(
                        function: name, path: path, call: call(name, function, parameter.name, value),
                        takesSecret: takesSecret, testDescription: "\(name) \(path)")
                }
            }
        }
    }

    static let refusing = places.filter { !$0.takesSecret }
    static let taking = places.filter { place in
        place.takesSecret && place.function.contains(".")
            && !["ai", "http", "json", "yaml", "text"].contains { place.function.hasPrefix($0 + ".") }
    }

    /// The ways to put `s` into a value of a type.
    private static func fillings(_ type: ValueType, _ path: String) -> [(path: String, value: String, takes: Bool)] {
        switch type {
        case .string, .path: [(path, "s", false), (path, "'x' .. s", false)]
        case .text, .any: [(path, "s", true)]
        case .list(let element): fillings(element, "\(path)[1]").map { ($0.path, "{ \($0.value) }", $0.takes) }
        case .map(let element): fillings(element, "\(path).x").map { ($0.path, "{ x = \($0.value) }", $0.takes) }
        case .record(let fields):
            fields.flatMap { field in
                let others = fields.filter { $0.isRequired && $0.name != field.name }
                    .map { "\($0.name) = \(sample($0.type))" }
                return fillings(field.type, "\(path).\(field.name)").map { filling in
                    let all = others + ["\(field.name) = \(filling.value)"]
                    return (filling.path, "{ \(all.joined(separator: ", ")) }", filling.takes)
                }
            }
        // Where one alternative takes a secret, a secret is meant for that one.
        case .either(let types):
            types.contains(.text) || types.contains(.any)
                ? [(path, "s", true)] : types.flatMap { fillings($0, path) }
        default: []
        }
    }

    private static func sample(_ type: ValueType) -> String {
        switch type {
        case .string, .text, .any: "'a'"
        case .path: "'.'"
        case .integer, .number, .size: "1"
        case .bounded(let range): "\(range.lowerBound)"
        case .boolean: "true"
        case .duration: "'1s'"
        case .enumeration(let words): "'\(words.first ?? "")'"
        case .list(let element): "{ \(sample(element)) }"
        case .map(let element): "{ a = \(sample(element)) }"
        case .record(let fields):
            "{ \(fields.filter(\.isRequired).map { "\($0.name) = \(sample($0.type))" }.joined(separator: ", ")) }"
        case .function: "function() end"
        case .either(let types): types.first.map(sample) ?? "nil"
        default: "nil"
        }
    }

    private static func call(_ name: String, _ function: FunctionSpec, _ target: String, _ value: String) -> String {
        switch function.style {
        case .options:
            let fields = function.parameters.filter { $0.isRequired && $0.name != target }
                .map { "\($0.name) = \(sample($0.type))" }
            return "\(name) { \((fields + ["\(target) = \(value)"]).joined(separator: ", ")) }"
        case .positional:
            let last = function.parameters.firstIndex { $0.name == target } ?? 0
            let values = function.parameters[...last].map { $0.name == target ? value : sample($0.type) }
            return "\(name)(\(values.joined(separator: ", ")))"
        }
    }

    private static let value = "Sesame-Street-4711"

    /// Runs a call; gives the error that ended it and the commands that were asked for.
    private func run(_ call: String) async throws -> (message: String, remedy: String?, commands: [Command]) {
        var run = try ModuleRun()
        defer { run.remove() }
        run.environment["TOKEN"] = Self.value
        let world = CommandRecorder()
        run.wrap = { _, _ in world }
        let outcome = await run("runbook { secrets = { \"TOKEN\" } }\nlocal s = secrets.TOKEN\nlocal r = \(call)")
        return (outcome.message, outcome.remedy, world.commands.withLock { $0 })
    }

    @Test("refused, with the safe ways, before anything is run", arguments: refusing)
    func refused(_ place: Place) async throws {
        // The prelude's own functions look at their argument by themselves.
        if ["require", "require_all", "runbook"].contains(place.function) { return }
        let result = try await run(place.call)
        #expect(result.message.contains("would put "), "\(place.call): \(result.message)")
        #expect(result.message.contains("‹secret TOKEN›"))
        #expect(result.remedy == "pass it in `env`, `stdin` or an option that takes a secret")
        #expect(result.commands.isEmpty)
    }

    @Test("taken, and in no argument list, not even as a mask", arguments: taking)
    func taken(_ place: Place) async throws {
        let result = try await run(place.call)
        for command in result.commands {
            for argument in command.argv {
                #expect(
                    !argument.contains(Self.value) && !argument.contains("‹secret"), "\(place.call): \(command.display)"
                )
            }
        }
    }

    @Test("every text option of the API is among them")
    func all() {
        #expect(Self.refusing.count > 500)
        #expect(Self.taking.count > 20)
    }
}

/// Answers every command with success and every look with nothing.
private final class CommandRecorder: World {
    let commands = Mutex<[Command]>([])

    func perform(_ request: Request) async throws -> Response {
        switch request.action {
        case .process(let command), .terminal(let command):
            let count = commands.withLock { commands in
                commands.append(command)
                return commands.count
            }
            // A call that polls would go on for as long as its time limit.
            if count > 20 { throw RunbookError(.failed, "enough was asked for") }
            return .process(ProcessResult(status: 0, stdout: Array(Self.answer(command.argv).utf8)))
        case .file(.read): return .bytes([])
        case .file(.status): return .status(nil)
        case .file(.list): return .names([])
        case .file: return .done
        case .http: return .http(HTTPAnswer(status: 200))
        case .sleep: throw RunbookError(.failed, "nothing is waited for")
        case .prompt: return .answer("yes")
        case .environment: return .variable(nil)
        case .now: return .time(0)
        }
    }

    private static func answer(_ argv: [String]) -> String {
        if argv.contains("current-context") { return "minikube" }
        if argv.contains("version") { return "v1.37.0" }
        return argv.contains("json") ? "{}" : "default"
    }
}
