import Foundation
import RunbookSecrets
import Testing

@testable import RunbookHost

/// Programs that cannot be started, and what is said of them.
@Suite("what is no program")
struct ProgramLookupTests {
    private func run() throws -> ModuleRun {
        let run = try ModuleRun()
        try run.write("plain.txt", "text")
        try run.write("bare", "echo bare", mode: 0o755)
        try run.write("orphan", "#!/no/such/interpreter -x\n", mode: 0o755)
        try run.write("folder/x", "")
        return run
    }

    static let cases: [(call: String, message: String, remedy: String?)] = [
        ("{ 'no-such-tool' }", "no-such-tool: command not found", "install no-such-tool, or put it on the PATH"),
        ("{ './no/such' }", "./no/such: command not found", "install ./no/such, or put it on the PATH"),
        ("{ './plain.txt' }", "./plain.txt may not be run", "chmod +x ./plain.txt"),
        ("{ './folder' }", "./folder is a folder, and no program", nil),
        (
            "{ './bare' }", "./bare is no program for this machine, and has no #! line that names its interpreter",
            "run the interpreter itself: exec.run { \"sh\", \"./bare\" }"
        ),
        (
            "{ './orphan' }", "./orphan: its interpreter /no/such/interpreter is not there",
            "install /no/such/interpreter, or correct the first line of ./orphan"
        ),
        (
            "{ 'echo', 'x', 'a\\0b' }", "argument 2 of echo holds a NUL byte, which no argument can",
            "hand it over by stdin or in a file"
        ),
        (
            "{ 'true', ('x'):rep(3000000) }",
            "true could not be run: its arguments (3 MB) are more than the system takes",
            "hand the data over by stdin or in a file"
        ),
        ("{ 'true' }, { cwd = 'nowhere' }", "true: the folder nowhere does not exist", nil),
        ("{ 'env' }, { env = { ['A=B'] = 'c' } }", "\"A=B\" cannot be the name of a variable of env", nil),
        ("{ 'env' }, { env = { [''] = 'c' } }", "\"\" cannot be the name of a variable of env", nil),
        ("{ 'env' }, { env = { A = 'b\\0c' } }", "the variable A of env holds a NUL byte, which no variable can", nil),
        ("{}", "`exec.run` needs the program as the first element of its list", nil),
        ("{ '' }", "`exec.run` needs the program as the first element of its list", nil),
    ]

    @Test(arguments: cases.map(\.call)) func isExplained(_ call: String) async throws {
        let run = try run()
        defer { run.remove() }
        let expected = try #require(Self.cases.first { $0.call == call })
        let outcome = await run("exec.run(\(call))")
        #expect(outcome.message == expected.message)
        #expect(outcome.remedy == expected.remedy)
        #expect(outcome.summary.failure?.site == "test.lua:1")
    }

    @Test("an environment value with = in it, and an empty argument, are handed on as they are")
    func odd() async throws {
        let run = try run()
        defer { run.remove() }
        let outcome = await run(
            "return exec.run({ 'sh', '-c', 'printf \"%s|\" \"$A\" \"$@\"', 'sh', '', 'x y', '*' }, { env = { A = 'b=c' } }).stdout"
        )
        #expect(outcome.summary.result.stringValue == "b=c||x y|*|")
    }
}
