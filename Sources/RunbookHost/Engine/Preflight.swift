import RunbookLua
import RunbookSecrets

/// Checks, before a runbook's body runs, that what it needs is there.
struct Preflight {
    let run: RunSession

    /// The declared secrets as Lua values.
    ///
    /// - Throws: `RunbookError` with code `missing`; in a dry run what is missing is noted instead.
    func check() async throws -> [(String, LuaValue)] {
        try await checkTools()
        return try await loadSecrets()
    }

    private func checkTools() async throws {
        let requires = run.header.requires
        try await withThrowingTaskGroup(of: String?.self) { group in
            for requirement in requires {
                group.addTask { try await complaint(about: requirement.tool, requirement.constraint) }
            }
            var complaints: [String] = []
            for try await complaint in group { if let complaint { complaints.append(complaint) } }
            guard !complaints.isEmpty else { return }
            complaints.sort()
            if run.options.dryRun != nil {
                for complaint in complaints { run.note(unread: RunbookError(.missing, complaint)) }
            } else {
                throw RunbookError(
                    .missing, complaints.joined(separator: "; "),
                    remedy: "install what is missing, or try the runbook with --sim or --dry-run", runExit: 3)
            }
        }
    }

    private func complaint(about tool: String, _ constraint: String) async throws -> String? {
        do {
            let version = try await run.tools.version(of: tool, in: run.world)
            guard let wanted = VersionConstraint(constraint), !wanted.holds(for: version) else { return nil }
            return "\(tool) is \(version), and \(run.header.name) needs \(constraint)"
        } catch let error as RunbookError where error.code != .timeout {
            return "\(error.message) (\(run.header.name) needs \(tool) \(constraint))"
        }
    }

    private func loadSecrets() async throws -> [(String, LuaValue)] {
        var values: [(String, LuaValue)] = []
        var missing: [String] = []
        for declaration in run.header.secrets {
            do {
                if let reference = try await run.secrets.load(declaration, in: run.world) {
                    values.append(
                        (declaration.name, .object(LuaObject(kind: .secret, payload: SensitiveText(reference)))))
                    continue
                }
            } catch let error as RunbookError where run.options.dryRun != nil {
                run.note(unread: error)
            }
            if declaration.isOptional { continue }
            missing.append(declaration.name)
            if run.options.dryRun != nil {
                values.append((declaration.name, UnknownValue.make("secret \(declaration.name)", from: 0)))
            }
        }
        guard !missing.isEmpty else { return values }
        let names = missing.joined(separator: ", ")
        let text = missing.count == 1 ? "secret \(names) is missing" : "secrets \(names) are missing"
        if run.options.dryRun != nil {
            run.note(unread: RunbookError(.missing, text))
            return values
        }
        let file = run.options.environmentFiles?.first ?? ".env"
        throw RunbookError(
            .missing, text,
            remedy:
                "set \(missing.count == 1 ? "it" : "them") in \(file), in a provider of runbook.yaml, or in the environment",
            runExit: 3)
    }
}
