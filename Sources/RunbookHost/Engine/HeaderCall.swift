import RunbookLua

/// What happens at `runbook { … }`: the header is checked, then what it needs, before the body goes on.
enum HeaderCall {
    static func run(_ arguments: Arguments, _ call: CallContext) async throws {
        let run = call.run
        guard run.phase != .body else {
            throw HeaderError(RunbookError(.usage, "`runbook { … }` stands twice in this file"), call.site)
        }
        guard !run.hasActed else {
            throw HeaderError(HeaderPlace.late, call.site)
        }
        do {
            let header = try RunbookHeader(arguments, fileName: run.source.name)
            if run.phase == .headerOnly {
                run.begin(header, parameters: [])
                throw HeaderOnly()
            }
            let parser = ParameterParser(
                declarations: header.parameters, runbook: header.name, workingDirectory: run.options.workingDirectory)
            run.begin(header, parameters: try parser.parse(run.options.parameters))
        } catch let error as RunbookError {
            throw HeaderError(error, call.site)
        }
        try await prepare(call)
    }

    private static func prepare(_ call: CallContext) async throws {
        let run = call.run
        do {
            let secrets = try await Preflight(run: run).check()
            try await ScriptEnvironment.setRunGlobals(run, in: run.engine, secrets: secrets)
            try await run.lifecycle.begin(run)
        } catch let error as RunbookError {
            throw HeaderError(error, call.site)
        }
    }
}

/// Ends a script whose header is all that was wanted.
struct HeaderOnly: Error {}

/// An error that ends a run before its body; nothing was run.
struct HeaderError: Error {
    let error: RunbookError
    let site: LuaSite?

    init(_ error: RunbookError, _ site: LuaSite?) {
        self.error = error
        self.site = site
    }
}
