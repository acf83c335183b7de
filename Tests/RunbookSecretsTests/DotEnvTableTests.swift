import RunbookSecrets
import Testing

/// One row of the comparison of `.env` readers, with the decision for this one.
struct DotEnvRow: Sendable, CustomTestStringConvertible {
    let name: String
    let input: [UInt8]
    let expected: [String]
    let problem: DotEnvError.Problem?
    let line: Int
    let interpolates: Bool

    var testDescription: String { name }

    /// A row that parses, to `NAME=value` in order.
    static func accept(
        _ name: String, _ input: String, _ expected: [String], interpolated: Bool = false
    ) -> DotEnvRow {
        DotEnvRow(
            name: name, input: Array(input.utf8), expected: expected, problem: nil, line: 0, interpolates: interpolated)
    }

    /// A row that is an error.
    static func refuse(
        _ name: String, _ input: String, _ problem: DotEnvError.Problem, line: Int = 1, interpolated: Bool = false
    ) -> DotEnvRow {
        refuse(name, bytes: Array(input.utf8), problem, line: line, interpolated: interpolated)
    }

    /// A row of any bytes that is an error.
    static func refuse(
        _ name: String, bytes: [UInt8], _ problem: DotEnvError.Problem, line: Int = 1, interpolated: Bool = false
    ) -> DotEnvRow {
        DotEnvRow(name: name, input: bytes, expected: [], problem: problem, line: line, interpolates: interpolated)
    }
}

@Suite("The .env grammar, row by row")
struct DotEnvTableTests {
    static let quoting: [DotEnvRow] = [
        .accept("double quotes", "A=\"v 1\"\n", ["A=v 1"]),
        .accept("single quotes", "A='v 1'\n", ["A=v 1"]),
        .accept("backticks are ordinary characters", "A=`v 1`\n", ["A=`v 1`"]),
        .accept("unquoted with inner space", "A=v 1\n", ["A=v 1"]),
        .accept("trailing spaces", "A=v  \n", ["A=v"]),
        .accept("space around =", "A = v\n", ["A=v"]),
        .accept("leading space line", "  A=v\n", ["A=v"]),
        .refuse("colon sep", "A: v\n", .missingEquals),
        .refuse("colon no space", "A:v\n", .missingEquals),
        .accept("export", "export A=v\n", ["A=v"]),
        .accept("full comment", "# c\nA=v\n", ["A=v"]),
        .accept("inline ' #'", "A=v # c\n", ["A=v"]),
        .accept("inline '#' no space", "A=v#c\n", ["A=v#c"]),
        .accept("leading # value", "A=#c\n", ["A=#c"]),
        .accept("quoted then comment", "A=\"v\" # c\n", ["A=v"]),
        .accept("hash in dq", "A=\"v # c\"\n", ["A=v # c"]),
        .accept("tab then #", "A=v\t# c\n", ["A=v"]),
        .accept("multiline dq", "A=\"l1\nl2\"\nB=2\n", ["A=l1\nl2", "B=2"]),
        .accept("multiline sq", "A='l1\nl2'\nB=2\n", ["A=l1\nl2", "B=2"]),
        .refuse("backslash continuation", "A=l1\\\nl2\nB=2\n", .missingEquals, line: 2),
        .accept("\\n in dq", "A=\"x\\ny\"\n", ["A=x\ny"]),
        .accept("\\n in sq", "A='x\\ny'\n", ["A=x\\ny"]),
        .accept("\\n unquoted", "A=x\\ny\n", ["A=x\\ny"]),
        .accept("\\t in dq", "A=\"x\\ty\"\n", ["A=x\ty"]),
        .accept("\\\" in dq", "A=\"x\\\"y\"\n", ["A=x\"y"]),
        .refuse("\\' in sq ends the quote", "A='x\\'y'\n", .textAfterQuote),
        .accept("\\\\ in dq", "A=\"x\\\\y\"\n", ["A=x\\y"]),
        .accept("\\$ in dq", "A=\"x\\$HOMEX y\"\n", ["A=x$HOMEX y"]),
        .refuse("unterminated dq", "A=\"v\nB=2\n", .unterminatedQuote),
        .refuse("text after quote", "A=\"v\"x\n", .textAfterQuote),
        .accept("quote mid", "A=x\"y\"z\n", ["A=x\"y\"z"]),
    ]

    static let references: [DotEnvRow] = [
        .accept("$B defined earlier unquoted", "B=b\nA=$B\n", ["B=b", "A=$B"]),
        .accept("${B}", "B=b\nA=${B}\n", ["B=b", "A=${B}"]),
        .accept("${B} dq", "B=b\nA=\"${B}\"\n", ["B=b", "A=${B}"]),
        .accept("${B} sq", "B=b\nA='${B}'\n", ["B=b", "A=${B}"]),
        .accept("${ENVV} process env", "A=${ENVV}\n", ["A=${ENVV}"]),
        .accept("file vs process env", "ENVV=file\nA=${ENVV}\n", ["ENVV=file", "A=${ENVV}"]),
        .accept("${X:-d}", "A=${X:-d}\n", ["A=${X:-d}"]),
        .accept("${X} undefined", "A=${X}\n", ["A=${X}"]),
        .accept("${X:?e}", "A=${X:?e}\n", ["A=${X:?e}"]),
        .accept("$$", "A=$$x\n", ["A=$$x"]),
        .accept("lone $ at end", "A=pa$\n", ["A=pa$"]),
        .accept("$1 digit", "A=pa$1x\n", ["A=pa$1x"]),
        .accept("p$w@d", "A=p$w@d\n", ["A=p$w@d"]),
        .accept("forward reference", "A=${B}\nB=b\n", ["A=${B}", "B=b"]),
    ]

    static let interpolated: [DotEnvRow] = [
        .accept("on: $B", "B=b\nA=$B\n", ["B=b", "A=$B"], interpolated: true),
        .accept("on: ${B}", "B=b\nA=x${B}y\n", ["B=b", "A=xby"], interpolated: true),
        .accept("on: ${B} dq", "B=b\nA=\"${B}\"\n", ["B=b", "A=b"], interpolated: true),
        .accept("on: ${B} sq", "B=b\nA='${B}'\n", ["B=b", "A=${B}"], interpolated: true),
        .accept("on: \\${B} dq", "B=b\nA=\"\\${B}\"\n", ["B=b", "A=${B}"], interpolated: true),
        .accept("on: ${ENVV} process env", "A=${ENVV}\n", ["A=penv"], interpolated: true),
        .accept("on: the file wins", "ENVV=file\nA=${ENVV}\n", ["ENVV=file", "A=file"], interpolated: true),
        .refuse("on: ${X:-d}", "A=${X:-d}\n", .invalidReference, interpolated: true),
        .refuse("on: ${X} undefined", "B=1\nA=${X}\n", .undefinedReference, line: 2, interpolated: true),
        .refuse("on: ${X:?e}", "A=${X:?e}\n", .invalidReference, interpolated: true),
        .refuse("on: ${ without end", "A=\"${B\n\"\n", .invalidReference, interpolated: true),
        .refuse("on: ${1}", "A=${1}\n", .invalidReference, interpolated: true),
        .accept("on: $$", "A=$$x\n", ["A=$$x"], interpolated: true),
        .accept("on: lone $ at end", "A=pa$\n", ["A=pa$"], interpolated: true),
        .accept("on: p$w@d", "A=p$w@d\n", ["A=p$w@d"], interpolated: true),
        .refuse("on: forward reference", "A=${B}\nB=b\n", .undefinedReference, interpolated: true),
    ]

    static let files: [DotEnvRow] = [
        .accept("CRLF", "A=v\r\nB=w\r\n", ["A=v", "B=w"]),
        .accept("CRLF dq", "A=\"v\"\r\nB=w\r\n", ["A=v", "B=w"]),
        .accept("CRLF inside dq", "A=\"v\r\nw\"\r\n", ["A=v\nw"]),
        .refuse("CR only", "A=v\rB=w\r", .loneCarriageReturn),
        .accept("BOM", "\u{feff}A=v\n", ["A=v"]),
        .accept("BOM+comment", "\u{feff}# c\nA=v\n", ["A=v"]),
        .refuse("two BOMs", "\u{feff}\u{feff}A=v\n", .invalidName),
        .refuse("dup keys", "A=1\n\nA=2\n", .duplicate(firstLine: 1), line: 3),
        .accept("empty value", "A=\n", ["A="]),
        .accept("empty dq", "A=\"\"\n", ["A="]),
        .accept("empty value with comment", "A= # c\n", ["A="]),
        .refuse("no =  (unset)", "NOPE\nB=2\n", .missingEquals),
        .refuse("no = (set in env)", "ENVV\nB=2\n", .missingEquals),
        .accept("value with =", "A=a=b=c\n", ["A=a=b=c"]),
        .accept("json value", "A={\"a\":\"b c\"}\n", ["A={\"a\":\"b c\"}"]),
        .accept("url with #", "A=http://h/p#frag\n", ["A=http://h/p#frag"]),
        .refuse("digit-first key", "1A=v\n", .invalidName),
        .refuse("dot key", "a.b=v\n", .invalidName),
        .refuse("dash key", "a-b=v\n", .invalidName),
        .refuse("space in key", "A B=v\n", .invalidName),
        .refuse("empty key", "=v\n", .emptyName),
        .refuse("non-ascii key", "é=v\n", .invalidName),
        .refuse("invalid utf8 value", bytes: Array("B=1\nA=".utf8) + [0xff, 0x0a], .notUTF8, line: 2),
        .refuse("overlong utf8", bytes: Array("A=".utf8) + [0xc0, 0xaf, 0x0a], .notUTF8),
        .accept("no final newline", "A=v", ["A=v"]),
        .refuse("NUL byte", bytes: Array("A=v".utf8) + [0] + Array("w\n".utf8), .nul),
        .accept(
            "70k line then B", "A=\(String(repeating: "x", count: 70_000))\nB=2\n",
            ["A=\(String(repeating: "x", count: 70_000))", "B=2"]),
        .refuse("line starts with ;", "; c\nA=v\n", .missingEquals),
        .accept("nothing", "", []),
        .accept("only blanks", " \t\n\r\n", []),
        .accept("a name like export", "export=1\n", ["export=1"]),
        .accept("a name like export, with blanks", "export = 2\n", ["export=2"]),
        .refuse("unknown escape", "A=\"C:\\dir\"\n", .unknownEscape),
        .refuse("escape at the end", "A=\"x\\", .unterminatedQuote),
        .refuse("unterminated sq on a later line", "B=1\nA='v\nw\n", .unterminatedQuote, line: 2),
        .refuse("quote and comment without a blank", "A='v'# c\n", .textAfterQuote),
        .refuse("unknown class", "# class: public\nA=v\n", .unknownClass),
    ]

    @Test("Each row", arguments: quoting + references + interpolated + files)
    func row(_ row: DotEnvRow) throws {
        let interpolation: DotEnv.Interpolation =
            row.interpolates ? .on { $0 == "ENVV" ? Array("penv".utf8) : nil } : .off
        guard let problem = row.problem else {
            let entries = try DotEnv.parse(row.input, file: ".env", interpolation: interpolation)
            #expect(entries.map { "\($0.name)=\(String(decoding: $0.value, as: UTF8.self))" } == row.expected)
            return
        }
        let error = #expect(throws: DotEnvError.self) {
            try DotEnv.parse(row.input, file: ".env", interpolation: interpolation)
        }
        #expect(error?.problem == problem)
        #expect(error?.line == row.line)
    }
}
