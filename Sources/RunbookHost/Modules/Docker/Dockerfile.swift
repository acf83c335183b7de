/// A Dockerfile read as far as a preview and the simulator need it: its instructions, stages and copied files.
struct Dockerfile: Sendable, Equatable {
    /// One instruction with its flags taken off.
    struct Instruction: Sendable, Equatable {
        /// The line that it begins on, from 1.
        var line: Int
        /// The word in capitals: `COPY`.
        var name: String
        /// The flags: `--from=build` as `from` and `build`.
        var flags: [String: String]
        /// The rest, continuation lines joined.
        var arguments: String
    }
    /// What makes a text no Dockerfile.
    struct ParseError: Error, Equatable {
        /// The line, from 1; 0 for the whole file.
        var line: Int
        /// docker's own words.
        var message: String
    }
    /// A remark as `docker build --check` makes it.
    struct Warning: Sendable, Equatable {
        /// The name of the rule.
        var rule: String
        /// The line, from 1.
        var line: Int
        /// The remark.
        var message: String
    }

    var instructions: [Instruction] = []
    /// Where `FROM` stands: the image, and the stage's name in lower case.
    var stages: [(line: Int, image: String, name: String?)] {
        instructions.filter { $0.name == "FROM" }.map { from in
            let words = from.arguments.split(whereSeparator: \.isWhitespace).map(String.init)
            let isNamed = words.count >= 3 && words[1].lowercased() == "as"
            return (from.line, words.first ?? "", isNamed ? words[2].lowercased() : nil)
        }
    }

    static let names: Set<String> = [
        "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER",
        "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
    ]

    /// Reads a Dockerfile.
    ///
    /// - Throws: `ParseError` with the line and docker's own words.
    init(_ text: String) throws {
        var reader = DockerfileReader(text)
        while let instruction = try reader.next() {
            guard Self.names.contains(instruction.name) else {
                let near = NearestName.of(instruction.name, among: Self.names.sorted())
                throw ParseError(
                    line: instruction.line,
                    message: "unknown instruction: \(instruction.name)" + (near.map { " (did you mean \($0)?)" } ?? ""))
            }
            if instruction.name != "FROM", instruction.name != "ARG",
                !instructions.contains(where: { $0.name == "FROM" })
            {
                throw ParseError(line: instruction.line, message: "no build stage in current context")
            }
            try Self.check(instruction)
            instructions.append(instruction)
        }
        if instructions.isEmpty { throw ParseError(line: 0, message: "file with no instructions") }
        if stages.isEmpty { throw ParseError(line: 0, message: "no build stage in current context") }
    }

    private static func check(_ instruction: Instruction) throws {
        let words = instruction.arguments.split(whereSeparator: \.isWhitespace)
        func complain(_ message: String) -> ParseError { ParseError(line: instruction.line, message: message) }
        switch instruction.name {
        case "FROM" where words.count != 1 && words.count != 3:
            throw complain("FROM requires either one or three arguments")
        case "COPY" where words.count < 2, "ADD" where words.count < 2:
            throw complain(
                "\(instruction.name) requires at least two arguments, but only one was provided. Destination could not be determined"
            )
        case "WORKDIR" where words.count != 1, "USER" where words.isEmpty:
            throw complain("\(instruction.name) requires exactly one argument")
        case "ENV" where words.isEmpty, "LABEL" where words.isEmpty, "EXPOSE" where words.isEmpty,
            "VOLUME" where words.isEmpty:
            throw complain("\(instruction.name) requires at least one argument")
        default: break
        }
    }

    /// The files and folders of the context that are copied, where they can be known: no variables, no stage, no URL.
    var copiedSources: [(line: Int, path: String)] {
        instructions.filter { ($0.name == "COPY" || $0.name == "ADD") && $0.flags["from"] == nil }.flatMap { copy in
            Self.words(copy.arguments).dropLast().filter { source in
                !source.contains("$") && !source.contains("://") && !source.hasPrefix("git@")
                    && !source.hasPrefix("<<")
            }.map { (copy.line, $0) }
        }
    }

    /// The words of an instruction in shell or JSON form.
    static func words(_ text: String) -> [String] {
        guard text.hasPrefix("["), text.hasSuffix("]") else {
            return text.split(whereSeparator: \.isWhitespace).map(String.init)
        }
        return text.dropFirst().dropLast().split(separator: ",").map { item in
            item.filter { $0 != "\"" }.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
    }

    /// What the rules of `docker build --check` that need no network say.
    var warnings: [Warning] {
        var found: [Warning] = []
        var seen: Set<String> = []
        for stage in stages {
            guard let name = stage.name else { continue }
            if !seen.insert(name).inserted {
                found.append(
                    Warning(
                        rule: "DuplicateStageName", line: stage.line,
                        message: "Duplicate stage name \"\(name)\", stage names should be unique"))
            }
        }
        for instruction in instructions {
            let line = instruction.line
            switch instruction.name {
            case "MAINTAINER":
                found.append(
                    Warning(
                        rule: "MaintainerDeprecated", line: line,
                        message:
                            "Maintainer instruction is deprecated in favor of using label"))
            case "CMD", "ENTRYPOINT":
                if !instruction.arguments.hasPrefix("[") {
                    found.append(
                        Warning(
                            rule: "JSONArgsRecommended", line: line,
                            message:
                                "JSON arguments recommended for \(instruction.name) to prevent unintended behavior related to OS signals"
                        ))
                }
            case "WORKDIR":
                if !instruction.arguments.hasPrefix("/"), !instruction.arguments.hasPrefix("$") {
                    found.append(
                        Warning(
                            rule: "WorkdirRelativePath", line: line,
                            message:
                                "Relative workdir \"\(instruction.arguments)\" can have unexpected results if the base image changes"
                        ))
                }
            case "ARG", "ENV":
                let name = instruction.arguments.prefix { $0 != "=" && $0 != " " }
                let words = name.uppercased().split(separator: "_")
                if words.contains(where: { ["SECRET", "PASSWORD", "TOKEN", "APIKEY", "PASSWD"].contains($0) }) {
                    found.append(
                        Warning(
                            rule: "SecretsUsedInArgOrEnv", line: line,
                            message:
                                "Do not use ARG or ENV instructions for sensitive data (\(instruction.name) \"\(name)\")"
                        ))
                }
            default: break
            }
        }
        return found.sorted { $0.line < $1.line }
    }

    static func == (left: Dockerfile, right: Dockerfile) -> Bool { left.instructions == right.instructions }
}
