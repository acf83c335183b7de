import RunbookSecrets

/// Decides about a write that was under way when an earlier session of the run ended.
struct Doubt {
    let run: RunSession
    let lifecycle: DurableLifecycle
    let base: any World

    /// What the write gave, when it is taken as done; nil when it is to be made.
    ///
    /// - Throws: `RunbookError` with code `declined` when nobody is there to decide.
    func resolve(_ row: StoredWrite, _ request: Request, _ change: Change) async throws -> Response? {
        let isSafe = change.isIdempotent || run.position.isIdempotent
        switch await tookEffect(row, change) {
        case true? where !isSafe:
            tell("it had taken effect, and is not repeated", row)
            return try await take(row, request)
        case false?:
            tell("it had not taken effect, and is made now", row)
        case true?, nil:
            if isSafe {
                tell("it is repeated, which does no harm", row)
            } else if try await isTakenAsDone(row) {
                return try await take(row, request)
            }
        }
        try await lifecycle.journal.finish(row.seq, .repeated)
        return nil
    }

    private func take(_ row: StoredWrite, _ request: Request) async throws -> Response {
        let response = JournalWorld.empty(request.action)
        try await lifecycle.journal.finish(row.seq, .assumed, response: StoredResponse(response))
        return response
    }

    private func tookEffect(_ row: StoredWrite, _ change: Change) async -> Bool? {
        if let look = change.tookEffectLater {
            guard let inverse = row.inverse.flatMap(InverseCapture.inverse) else { return nil }
            return try? await look(base, inverse)
        }
        guard let look = change.tookEffect else { return nil }
        return try? await look(base)
    }

    private func isTakenAsDone(_ row: StoredWrite) async throws -> Bool {
        lifecycle.noteDoubt(row)
        switch run.options.inDoubt {
        case .repeat?:
            tell("in doubt whether it took effect; it is repeated", row)
            return false
        case .skip?:
            tell("in doubt whether it took effect; it is taken as done", row)
            return true
        case nil: break
        }
        if run.options.isInteractive {
            // The first is what an answer in haste gives: it changes nothing.
            let choices = ["stop here", "make it again", "take it as done"]
            tell("in doubt whether it took effect", row)
            let answer = try await run.world.perform(.read(.prompt(Prompt("What now?", .choose(choices)))))
            guard case .answer(let choice) = answer, choice != choices[0] else {
                throw RunbookError(.declined, "in doubt whether this took effect: \(row.display)")
            }
            return choice == choices[2]
        }
        if run.options.assumesYes {
            tell("in doubt whether it took effect; it is repeated, as --yes says", row)
            return false
        }
        throw RunbookError(
            .declined, "in doubt whether this took effect before the run was interrupted: \(row.display)",
            remedy:
                "look, then resume with --in-doubt repeat (or --yes) to make it again, or --in-doubt skip to take it"
                + " as done")
    }

    private func tell(_ what: String, _ row: StoredWrite) {
        run.hub.publish(
            .note(
                Note(
                    level: .warning, text: "interrupted at \(row.time): \(row.display): \(what)",
                    step: StepScope.current?.number)))
    }
}
