import Foundation
import RunbookLua
import RunbookSecrets

/// Takes writes back, newest first, each as a step with its own result.
struct UndoRunner {
    let run: RunSession
    let journal: RunJournal
    /// True when it is done although the world has moved on.
    let isForced: Bool
    /// What the run's session knows of its writes.
    let changes: [Int64: Change]

    /// What became of it.
    struct Outcome: Sendable {
        var undone: [String] = []
        var left: [String] = []
        var hasFailed = false
    }

    /// Goes through a plan; a failure does not keep the rest from being taken back.
    func perform(_ plan: UndoPlan) async -> Outcome {
        var outcome = Outcome()
        for entry in plan.entries {
            if Task.isCancelled {
                outcome.left.append(entry.title)
                outcome.hasFailed = true
                continue
            }
            do {
                if try await step(entry) { outcome.undone.append(entry.title) }
            } catch {
                outcome.hasFailed = true
                outcome.left.append("\(Self.object(entry)): \(StepRunner.message(of: error))")
            }
        }
        outcome.left += plan.left
        return outcome
    }

    private static func object(_ entry: UndoPlan.Entry) -> String {
        if case .inverse(_, let write) = entry.way { return write.title }
        return entry.title
    }

    /// False when there was nothing to take back.
    private func step(_ entry: UndoPlan.Entry) async throws -> Bool {
        var record = run.steps.begin("Undo: " + entry.title, parent: nil, budget: nil, site: nil)
        run.hub.publish(.stepStarted(record))
        let start = ContinuousClock.now
        let scope = StepScope(number: record.number, depth: 0, path: [record.name])
        do {
            let isDone = try await UndoScope.$isActive.withValue(true) {
                try await UndoScope.$target.withValue(entry.target) {
                    try await StepScope.$current.withValue(scope) { try await takeBack(entry) }
                }
            }
            record.status = isDone ? .ok : .skipped
            end(&record, start)
            return isDone
        } catch {
            record.status = .failed
            record.error = StepRunner.message(of: error)
            end(&record, start)
            throw error
        }
    }

    private func end(_ record: inout StepRecord, _ start: ContinuousClock.Instant) {
        record.milliseconds = (ContinuousClock.now - start).milliseconds
        run.steps.update(record)
        run.hub.publish(.stepEnded(record))
    }

    private func takeBack(_ entry: UndoPlan.Entry) async throws -> Bool {
        switch entry.way {
        case .function(let function, let scope):
            try await journal.noteUndo(step: scope, .begun)
            do {
                _ = try await run.engine.call(function)
                try await journal.noteUndo(step: scope, .undone)
            } catch {
                try await journal.noteUndo(step: scope, .failed, error: StepRunner.message(of: error))
                throw error
            }
            return true
        case .inverse(let inverse, let write): return try await takeBack(write, inverse)
        }
    }

    private func takeBack(_ write: StoredWrite, _ inverse: Inverse) async throws -> Bool {
        if write.state != .done, let look = changes[write.seq]?.tookEffect, (try? await look(run.world)) == false {
            try await journal.noteUndo(write: write.seq, .undone)
            return false
        }
        if !isForced, let reason = await UndoGuard(world: run.world).refusal(write, inverse) {
            try await journal.noteUndo(write: write.seq, .refused, error: reason)
            throw RunbookError(.refused, reason, remedy: "look, then `runbook undo \(run.id) --force`")
        }
        try await journal.noteUndo(write: write.seq, .begun)
        do {
            for command in inverse.commands {
                if let needed = command.onlyIf { try await check(needed) }
                try await perform(command, write)
            }
            for move in inverse.moves ?? [] { try await restore(move, write) }
            for file in inverse.files { try await restore(file, write) }
            try await journal.noteUndo(write: write.seq, .undone)
        } catch {
            try await journal.noteUndo(
                write: write.seq, .failed, error: run.vault.redactor.redact(StepRunner.message(of: error)))
            throw error
        }
        return true
    }

    private func change(_ kind: Change.Kind, _ write: StoredWrite) -> Change {
        Change(
            kind, write.object, write.name, isIdempotent: true, capability: write.capability, namespace: write.namespace
        )
    }

    private func check(_ needed: InverseGuard) async throws {
        guard !isForced, let reason = await UndoGuard(world: run.world).complaint(needed) else { return }
        throw RunbookError(.refused, reason, remedy: "look, then remove it by hand")
    }

    private func perform(_ inverse: InverseCommand, _ write: StoredWrite) async throws {
        let command = Command(
            inverse.argv, input: inverse.input.map { SensitiveText($0) },
            environment: KubeEnvironment.fixed(for: inverse.argv.first ?? ""), directory: inverse.directory,
            timeout: .seconds(inverse.timeout ?? 300), inherited: ExecModule.inherited(by: inverse.argv))
        let response = try await run.world.perform(.write(.process(command), change(.run, write)))
        guard case .process(let result) = response else { return }
        let isDone = inverse.doneWhen.map { Self.says($0, result.errorText) } ?? false
        guard result.succeeded || isDone || inverse.mayFail else {
            throw CommandFailure.error(command, result, redactor: run.vault.redactor)
        }
    }

    private func restore(_ move: InverseMove, _ write: StoredWrite) async throws {
        guard try await run.world.status(of: move.to) == nil else {
            throw RunbookError(.refused, "\(move.to) is there again, and \(move.from) cannot get its name back")
        }
        _ = try await run.world.perform(
            .write(.file(.move(from: move.from, to: move.to)), change(.modify, write)))
    }

    private func restore(_ file: InverseFile, _ write: StoredWrite) async throws {
        guard let content = file.content else {
            guard let status = try await run.world.status(of: file.path) else { return }
            if status.isFolder, !isForced, file.isWhole != true { try await checkEmpty(file.path) }
            _ = try await run.world.perform(.write(.file(.remove(file.path)), change(.delete, write)))
            return
        }
        guard let bytes = Base64Text.decode(content) else {
            throw RunbookError(.io, "the journal's copy of \(file.path) cannot be read")
        }
        _ = try await run.world.perform(
            .write(.file(.write(file.path, SensitiveText(bytes: bytes), mode: file.mode)), change(.modify, write)))
    }
}

extension UndoRunner {
    // Of several objects each has its own line; one that failed for another reason is not done. Alternatives stand on both
    // sides of a bar, as a tool's words differ between its versions.
    fileprivate static func says(_ done: String, _ text: String) -> Bool {
        let words = done.lowercased().split(separator: "|")
        func isDone(_ text: some StringProtocol) -> Bool { words.contains { text.lowercased().contains($0) } }
        let errors = text.split(separator: "\n").filter { $0.lowercased().hasPrefix("error") }
        return errors.isEmpty ? isDone(text) : errors.allSatisfy(isDone)
    }

    // What others have put into a folder since does not go with it.
    fileprivate func checkEmpty(_ path: String) async throws {
        guard case .names(let names) = try await run.world.perform(.read(.file(.list(path)))), let first = names.first
        else { return }
        throw RunbookError(
            .refused, "the folder \(path) is not empty: it holds \(first)" + (names.count > 1 ? " and more" : ""))
    }
}

/// Refuses an undo where somebody has changed the object since.
struct UndoGuard {
    let world: any World

    /// What to say when a guard does not find what it expects; nil when it does.
    func complaint(_ guarded: InverseGuard) async -> String? {
        guard let expected = guarded.expected else { return nil }
        guard let found = await UndoEvidence.output(of: guarded, world) else {
            return "\(guarded.complaint) (it can no longer be read)"
        }
        return found == expected ? nil : guarded.complaint
    }

    /// Why the write may not be taken back, or nil.
    func refusal(_ write: StoredWrite, _ inverse: Inverse) async -> String? {
        for guarded in inverse.guards {
            if let complaint = await complaint(guarded) { return complaint }
        }
        let hashes = write.evidence.flatMap { try? JSONDecoder().decode([String: String].self, from: Data($0.utf8)) }
        for place in inverse.watched {
            guard let hash = hashes?[place.path], await UndoEvidence(world: world).hash(of: place) != hash else {
                continue
            }
            return "\(place.path) was changed since"
        }
        return nil
    }
}
