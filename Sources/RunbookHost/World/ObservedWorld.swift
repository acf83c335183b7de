import RunbookLua

/// Tells the run's listeners of each request, and holds it to what the header allows.
struct ObservedWorld: World {
    let base: any World
    let run: RunSession

    func perform(_ request: Request) async throws -> Response {
        try await Guards.check(request, run)
        guard let display = Self.display(request.action), !(isPreview && request.isWrite) else {
            return try await base.perform(request)
        }
        var record = ActionRecord(
            number: run.nextAction(), step: StepScope.current?.number, display: display, isWrite: request.isWrite,
            site: CallSite.current?.description)
        if case .terminal = request.action { record.usesTerminal = true }
        run.hub.publish(.actionStarted(record))
        if request.isWrite { run.noteWrite() }
        let start = ContinuousClock.now
        let number = record.number
        let hub = run.hub
        let outer = OutputTap.current
        let translation = OutputTap.translation
        let allowance = OutputAllowance()
        let tap = OutputTap { stream, line in
            if let shown = translation.map({ $0(line) }) ?? line {
                let place = allowance.take(shown)
                if place.isShown { hub.publish(.output(action: number, stream: stream, line: shown)) }
                if place.isFirstLeftOut {
                    hub.publish(
                        .output(action: number, stream: .stderr, line: "… it prints more, which is not kept here"))
                }
            }
            outer?.emit(stream, line)
        } isFull: {
            allowance.isUsedUp && (outer?.isFull() ?? true)
        }
        do {
            let response = try await OutputTap.$current.withValue(tap) { try await base.perform(request) }
            record.milliseconds = (ContinuousClock.now - start).milliseconds
            if case .process(let result) = response { record.exit = result.status }
            run.hub.publish(.actionEnded(record))
            return response
        } catch {
            record.milliseconds = (ContinuousClock.now - start).milliseconds
            record.error = error is CancellationError ? "stopped" : String(describing: error)
            run.hub.publish(.actionEnded(record))
            throw error
        }
    }

    private var isPreview: Bool { run.options.dryRun != nil }

    /// What a person sees of a request; nil for what is not worth a line.
    static func display(_ action: Action) -> String? {
        switch action {
        case .process(let command), .terminal(let command): command.display
        case .file(.write(let path, _, _)): "write \(path)"
        case .file(.makeFolder(let path)): "make folder \(path)"
        case .file(.remove(let path)): "remove \(path)"
        case .file(.copy(let from, let to)): "copy \(from) to \(to)"
        case .http(let call): "\(call.method) \(call.url)"
        case .file, .sleep, .prompt, .environment, .now: nil
        }
    }
}

/// The script line that the current call stands on.
enum CallSite {
    @TaskLocal static var current: LuaSite?
    /// The unknown that an argument of the current call depends on.
    @TaskLocal static var dependency: UnknownValue?
}
