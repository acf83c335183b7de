import RunbookSecrets

/// What stands between a script and a change that it should not make.
enum Guards {
    /// True while a script runs a program that it named itself.
    @TaskLocal static var isByHand = false

    static func check(_ request: Request, _ run: RunSession) async throws {
        try checkSecrets(request.action, run.vault)
        if let allow = run.header.allow, let command = request.action.command {
            try await ClusterFence(allow: allow, run: run, isByHand: isByHand || request.change?.capability == "exec")
                .check(command, isWrite: request.isWrite)
        }
        guard let change = request.change else { return }
        if let allow = run.header.allow {
            try allow.check(module: change.capability, isWrite: true, namespace: change.namespace)
        }
        if run.options.dryRun == nil, change.capability == "kubectl" || change.capability == "helm" {
            try await run.target.confirmChanges(run)
        }
    }
}

extension Guards {
    /// Refuses the value of a secret where others can read it, however a script came by its text.
    private static func checkSecrets(_ action: Action, _ vault: SecretVault) throws {
        switch action {
        case .process(let command), .terminal(let command):
            for (index, argument) in command.argv.enumerated() {
                guard let name = vault.credential(in: argument) else { continue }
                let place = index == 0 ? "the program's name" : "argument \(index) of \(command.argv[0])"
                throw RunbookError(
                    .refused,
                    "\(place) holds the value of secret \(name), which everyone on the machine could read there",
                    remedy: "declare it, and pass secrets.\(name) in `env`, `stdin` or an option that takes a secret")
            }
        case .http(let call):
            guard let name = vault.credential(in: call.url) else { return }
            throw RunbookError(
                .refused, "the address holds the value of secret \(name), which servers on the way write to their logs",
                remedy: "pass secrets.\(name) in `headers`, `body` or `json`")
        case .file, .sleep, .prompt, .environment, .now: return
        }
    }
}

extension KubeTarget {
    /// Makes sure that changes in the run's context are meant, once a run.
    ///
    /// - Throws: `RunbookError` with code `refused` or `declined`.
    func confirmChanges(_ run: RunSession) async throws {
        let context = try await context(in: run.world)
        if isAllowed(context) || isConfirmed { return }
        guard run.options.context != nil else {
            throw RunbookError(
                .refused, "the context \(context) is not one that this project allows changes in",
                remedy: "give --context \(context), or add it to `contexts` in runbook.yaml", runExit: 3)
        }
        try await confirm(context, run)
    }
}
