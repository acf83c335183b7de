/// What stands between a script and a change that it should not make.
enum Guards {
    /// True while a script runs a program that it named itself.
    @TaskLocal static var isByHand = false

    static func check(_ request: Request, _ run: RunSession) async throws {
        warnOfSecrets(request.action, run)
        if let allow = run.header.allow, let command = request.action.command {
            try await ClusterFence(allow: allow, run: run, isByHand: isByHand || request.change?.capability == "exec")
                .check(command, isWrite: request.isWrite)
        }
        guard let change = request.change else { return }
        if let allow = run.header.allow {
            try allow.check(module: change.capability, isWrite: true, namespace: change.namespace)
        }
        // What helm does without a namespace it does on this machine: charts, repositories.
        let isOfCluster = change.capability == "kubectl" || (change.capability == "helm" && change.namespace != nil)
        if run.options.dryRun == nil, isOfCluster {
            try await run.target.confirmChanges(run)
        }
    }
}

extension Guards {
    /// Warns of the value of a secret where others can read it: a script may have its text from elsewhere.
    private static func warnOfSecrets(_ action: Action, _ run: RunSession) {
        switch action {
        case .process(let command), .terminal(let command):
            for (index, argument) in command.argv.enumerated() {
                guard let name = run.vault.credential(in: argument) else { continue }
                let place = index == 0 ? "the program's name" : "argument \(index) of \(command.argv[0])"
                warn(
                    "\(place) holds the value of secret \(name), which everyone on the machine can read there", name,
                    run)
            }
        case .http(let call):
            guard let name = run.vault.credential(in: call.url) else { return }
            warn(
                "an address holds the value of secret \(name), which servers on the way write to their logs", name, run)
        case .file, .sleep, .prompt, .environment, .now: return
        }
    }

    private static func warn(_ text: String, _ name: String, _ run: RunSession) {
        let remedy = "; pass secrets.\(name) in `env`, `stdin`, `headers` or `body`"
        run.hub.publish(.note(Note(level: .warning, text: text + remedy, step: StepScope.current?.number)))
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
