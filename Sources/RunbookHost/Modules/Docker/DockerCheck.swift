import RunbookLua
import RunbookSpec

/// `docker.check`, and what a preview of a build shows.
enum DockerCheck {
    static let check = ModuleFunction(
        FunctionSpec(
            "check", summary: "Check a Dockerfile without building it",
            details: """
                Uses `docker build --check` where docker has buildx 0.15 or later, and otherwise the engine's own reader, which finds
                wrong syntax, files missing from the context and the common slips, without a network.
                """,
            effect: .read,
            parameters: [
                ParameterSpec("context", .path, default: "\".\"", "the folder that would be sent to the builder"),
                ParameterSpec("file", .path, "the Dockerfile; the context's own when left out"),
                ParameterSpec("target", .string, "the stage to check"),
                ParameterSpec("build_args", .map(.string), "values for the Dockerfile's ARGs"),
            ] + DockerCommand.common(timeout: "60s"),
            returns: ReturnSpec(
                .record([
                    .required("ok", .boolean, "true when nothing was found"),
                    .required("error", .string, "why it cannot be built, or nil"),
                    .required(
                        "warnings",
                        .list(
                            .record([
                                .required("rule", .string, "the rule"), .required("message", .string, "the remark"),
                                .required("line", .integer, "the line"),
                            ])), "what was found"),
                    .required("by", .enumeration(["buildx", "runbook"]), "what checked it"),
                ])),
            examples: [ExampleSpec("docker.check { context = \"backend\" }")])
    ) { arguments, call in
        var values = arguments.values
        values["tag"] = "check"
        let request = try BuildRequest(Arguments(function: call.function, values: values))
        try await request.context?.checkPresence(call.function, in: call.world)
        let builder = (try? await DockerPlugins.builder(arguments, call)) ?? .legacy
        let report = try await BuildPreview(request: request, builder: builder, call: call).report(in: call.world)
        return [
            "ok": .boolean(report.error == nil && report.warnings.isEmpty),
            "error": report.error.map { .string($0) } ?? .nil,
            "warnings": .list(
                report.warnings.map {
                    ["rule": .string($0.rule), "message": .string($0.message), "line": .integer(Int64($0.line))]
                }),
            "by": .string(report.tool),
        ]
    }
}

/// What can be said of a build before it is made.
struct BuildPreview: Sendable {
    let request: BuildRequest
    let builder: BuildRequest.Builder
    let call: CallContext

    /// What a check found.
    struct Report: Sendable {
        var tool: String
        var error: String?
        var warnings: [Dockerfile.Warning] = []
    }

    /// What a preview shows below the build.
    func difference(in world: any World) async throws -> Difference {
        try await request.context?.checkPresence(call.function, in: world)
        var summary = ""
        if let earlier = try? await DockerImage.find(request.tag, request.arguments, in: world, call) {
            summary = "replaces \(DockerTags.short(earlier.id)), \(SizeText.of(earlier.size))"
        }
        return Difference(summary: summary, lines: lines(of: try await report(in: world)))
    }

    /// What can be said without the engine, where that is not known yet: the files are, unless they are unknown too.
    func preliminary(in world: any World) async throws -> Difference {
        guard let context = request.context, !(context.folder + context.dockerfilePath).contains("‹unknown") else {
            return Difference(unknown: "the context is not known yet")
        }
        try await context.checkPresence(call.function, in: world)
        return Difference(lines: lines(of: try await report(in: world)))
    }

    private func lines(of report: Report) -> [String] {
        let name = request.context?.dockerfilePath ?? request.contextPath
        var lines = report.warnings.map { "\(name):\($0.line): \($0.rule): \($0.message)" }
        if let error = report.error { lines.insert("\(name): this cannot be built: \(error)", at: 0) }
        return lines
    }

    /// Checks the Dockerfile by the best means that are there.
    func report(in world: any World) async throws -> Report {
        if case .buildx(let version) = builder, let version, let first = ToolVersion("0.15"), version >= first,
            let report = try await byBuildx(in: world)
        {
            return report
        }
        guard let context = request.context else { return Report(tool: "runbook") }
        var report = Report(tool: "runbook")
        do {
            let dockerfile = try await context.dockerfile(in: world)
            report.warnings = dockerfile.warnings
            if let target = request.arguments.optionalString("target"),
                !dockerfile.stages.contains(where: { $0.name == target.lowercased() }), Int(target) == nil
            {
                report.error = "target stage \"\(target)\" could not be found"
            } else if let source = try await context.missingSources(of: dockerfile, in: world).first {
                report.error = "line \(source.line): \(source.path) is not in the context"
            }
        } catch let error as Dockerfile.ParseError {
            report.error = error.line > 0 ? "line \(error.line): \(error.message)" : error.message
        }
        return report
    }

    private struct LintAnswer: Decodable {
        struct Warning: Decodable {
            var ruleName: String?
            var detail: String?
            var description: String?
            var location: Location?
        }
        struct Location: Decodable {
            var ranges: [Range]?
        }
        struct Range: Decodable {
            var start: Position?
        }
        struct Position: Decodable {
            var line: Int?
        }
        struct BuildError: Decodable {
            var message: String?
        }
        var warnings: [Warning]?
        var buildError: BuildError?
    }

    /// The answer of `docker build --check`; nil when it could not be asked (no engine, no network for the base image).
    private func byBuildx(in world: any World) async throws -> Report? {
        let command = try request.checkCommand()
        let result = try await world.read(command)
        guard let answer = try? ToolJSON.decode(LintAnswer.self, result, of: command) else {
            let reason = OutputLines.last(1, of: result.stderr).first ?? ""
            guard let parse = reason.range(of: "dockerfile parse error ") else { return nil }
            return Report(tool: "buildx", error: String(reason[parse.upperBound...]))
        }
        let warnings = (answer.warnings ?? []).map { warning in
            Dockerfile.Warning(
                rule: warning.ruleName ?? "warning", line: warning.location?.ranges?.first?.start?.line ?? 1,
                message: warning.detail ?? warning.description ?? "")
        }
        return Report(tool: "buildx", error: answer.buildError?.message, warnings: warnings)
    }
}
