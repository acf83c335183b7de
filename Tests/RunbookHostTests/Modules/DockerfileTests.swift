import Testing

@testable import RunbookHost

@Suite("Dockerfiles")
struct DockerfileTests {
    @Test("reads instructions over comments, continuation lines, flags and here-documents")
    func reading() throws {
        let file = try Dockerfile(
            """
            # syntax=docker/dockerfile:1
            ARG BASE=python:3.12
            FROM ${BASE} AS Build
            RUN pip install \\
                # why
                poetry

            COPY --chown=app:app --from=other /a /b
            COPY <<EOF /etc/motd
            RUNN not an instruction
            EOF
            COPY src/ ["a b", "/app/"]
            FROM build
            """)
        #expect(file.instructions.map(\.name) == ["ARG", "FROM", "RUN", "COPY", "COPY", "COPY", "FROM"])
        #expect(file.instructions.map(\.line) == [2, 3, 4, 8, 9, 12, 13])
        #expect(file.instructions[3].flags == ["chown": "app:app", "from": "other"])
        #expect(file.stages.map(\.name) == ["build", nil])
    }

    @Test(
        "refuses what docker refuses, in docker's words",
        arguments: [
            ("FROM a\nRUNN b\n", 2, "unknown instruction: RUNN (did you mean RUN?)"),
            ("RUN a\n", 1, "no build stage in current context"),
            ("# nothing\n\n", 0, "file with no instructions"),
            ("ARG A=1\n", 0, "no build stage in current context"),
            ("FROM a b\n", 1, "FROM requires either one or three arguments"),
            (
                "FROM a\nCOPY x\n", 2,
                "COPY requires at least two arguments, but only one was provided. Destination could not be determined"
            ),
            ("FROM a\nRUN <<EOF\necho\n", 2, "unterminated heredoc"),
        ])
    func refusals(text: String, line: Int, message: String) {
        #expect(throws: Dockerfile.ParseError(line: line, message: message)) { try Dockerfile(text) }
    }

    @Test("finds the slips that need no network")
    func warnings() throws {
        let file = try Dockerfile(
            """
            FROM a AS x
            MAINTAINER me
            FROM b AS X
            WORKDIR app
            ENV API_TOKEN=1
            CMD run
            """)
        #expect(
            file.warnings.map { "\($0.line) \($0.rule)" } == [
                "2 MaintainerDeprecated", "3 DuplicateStageName", "4 WorkdirRelativePath", "5 SecretsUsedInArgOrEnv",
                "6 JSONArgsRecommended",
            ])
    }

    @Test(
        "keeps out what .dockerignore names, and lets exceptions in",
        arguments: [
            ("node_modules", "node_modules/a/b.js", true), ("node_modules", "src/node_modules", false),
            ("**/node_modules", "src/node_modules/x", true), ("*.log", "a.log", true), ("*.log", "d/a.log", false),
            ("*\n!keep.txt", "keep.txt", false), ("*\n!keep.txt", "other.txt", true), ("# x\n\n/dist/", "dist/x", true),
            ("a?c", "abc", true), ("a?c", "a/c", false),
        ])
    func ignoring(patterns: String, path: String, isExcluded: Bool) {
        #expect(IgnoreList(patterns).excludes(path) == isExcluded)
    }
}
