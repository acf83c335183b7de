import RunbookLua
import RunbookSecrets

/// Checks what a tool generated before anything is done with it.
struct AIValidation: Sendable {
    /// What a check found.
    struct Verdict: Sendable {
        /// What checked it: `server`, `schema`, `structure`, `dockerfile`, `buildx`, `helm`, `function` or `text`.
        var by: String
        /// Why it cannot be used, or nil.
        var failure: String?
        /// Remarks that do not stand in the way.
        var warnings: [String] = []
    }

    let kind: String
    let arguments: Arguments
    let call: CallContext

    /// Checks a text by its kind, then by the call's own function.
    func check(_ text: String) async throws -> Verdict {
        guard !text.allSatisfy(\.isWhitespace) else { return Verdict(by: kind, failure: "it is empty") }
        var verdict: Verdict
        switch kind {
        case "manifest": verdict = try await manifest(text)
        case "dockerfile": verdict = try await dockerfile(text)
        case "chart": verdict = try await chart(text)
        default: verdict = Verdict(by: "text")
        }
        guard verdict.failure == nil, let function = arguments.function("validate") else { return verdict }
        verdict.by = verdict.by == "text" ? "function" : "\(verdict.by), function"
        do {
            let answer = try await call.run.engine.call(function, [.string(text)])
            if !(answer.first ?? .nil).isTruthy {
                verdict.failure = answer.dropFirst().first?.stringValue ?? "the runbook's own check refuses it"
            }
        } catch let error as LuaError where error.code == .runtime {
            verdict.failure = StepRunner.message(of: error)
        }
        return verdict
    }

    // MARK: Manifests

    private func manifest(_ text: String) async throws -> Verdict {
        let documents: [LuaValue]
        do {
            documents = try YAMLText.decodeAll(text, rules: .kubernetes).filter {
                if case .null = $0 { false } else { true }
            }
        } catch let error as RunbookError {
            return Verdict(by: "structure", failure: error.message)
        }
        if documents.isEmpty { return Verdict(by: "structure", failure: "it holds no object") }
        for (index, document) in documents.enumerated() {
            if let complaint = Self.complaint(about: document) {
                return Verdict(by: "structure", failure: "document \(index + 1): \(complaint)")
            }
        }
        return try await byServer(text, documents)
    }

    /// What can be said without a cluster: by the schemas that ship, and for other kinds by what every object has.
    private func offline(_ documents: [LuaValue], _ reason: String) -> Verdict {
        var unknown: [String] = []
        for (index, document) in documents.enumerated() {
            let bytes = Array(JSONText.encode(document, pretty: false).utf8)
            guard let problems = call.run.options.manifestSchema?.problems(in: bytes) else {
                unknown.append(document["kind"].stringValue ?? "")
                continue
            }
            if let first = problems.first {
                let more = problems.count > 1 ? " (and \(problems.count - 1) more)" : ""
                return Verdict(by: "schema", failure: "document \(index + 1): \(first)\(more)")
            }
        }
        let isKnown = unknown.count < documents.count
        let rest = unknown.isEmpty ? "" : "; of \(Set(unknown).sorted().joined(separator: ", ")) only the structure"
        return Verdict(
            by: isKnown ? "schema" : "structure",
            warnings: [
                isKnown ? "\(reason): checked by the schema\(rest)" : "\(reason): only the structure was checked"
            ])
    }

    /// What every object of Kubernetes has.
    static func complaint(about document: LuaValue) -> String? {
        guard document.tableValue != nil else { return "it is no object" }
        for field in ["apiVersion", "kind"] where (document[field].stringValue ?? "").isEmpty {
            return "`\(field)` is missing"
        }
        let metadata = document["metadata"]
        guard metadata["name"].stringValue != nil || metadata["generateName"].stringValue != nil else {
            return document["kind"].stringValue?.hasSuffix("List") == true ? nil : "`metadata.name` is missing"
        }
        return nil
    }

    /// Asks the API server, which does not keep it; the schemas must do where none answers.
    private func byServer(_ text: String, _ documents: [LuaValue]) async throws -> Verdict {
        let kubectl = try await prefix()
        func command(_ arguments: [String], _ input: String?, _ limit: Duration) -> Command {
            Command(
                kubectl + arguments, input: input.map { SensitiveText($0) }, environment: ["KUBERC": "off"],
                timeout: limit, isQuiet: true, inherited: KubeEnvironment.variables(for: kubectl + arguments))
        }
        do {
            let ready = try await call.world.read(
                command(["get", "--raw", "/readyz", "--request-timeout=5s"], nil, .seconds(15)))
            guard ready.succeeded else {
                return offline(documents, "no cluster answers")
            }
            let result = try await call.world.read(
                command(["apply", "--dry-run=server", "-f", "-"], text, .seconds(60)))
            if result.succeeded { return Verdict(by: "server") }
            return Verdict(
                by: "server", failure: OutputLines.last(4, of: result.stderr).joined(separator: "; "))
        } catch let error as RunbookError where error.code == .missing || error.code == .timeout {
            return offline(documents, error.message)
        }
    }

    private func prefix() async throws -> [String] {
        var argv = ["kubectl"]
        do {
            argv += ["--context", try await call.run.target.context(in: call.world)]
        } catch let error as RunbookError where error.code == .missing {
            // kubectl without a context would try a server on this machine, which then does not answer.
        }
        if let namespace = arguments.optionalString("target_namespace") { argv += ["--namespace", namespace] }
        return argv
    }

    // MARK: Dockerfiles

    private func dockerfile(_ text: String) async throws -> Verdict {
        do {
            let file = try Dockerfile(text)
            let warnings = file.warnings.map { "line \($0.line): \($0.rule): \($0.message)" }
            guard let folder = arguments.optionalString("context") else {
                return Verdict(by: "dockerfile", warnings: warnings)
            }
            let context = BuildContext(folder: folder, file: nil)
            if let missing = try await context.missingSources(of: file, in: call.world).first {
                return Verdict(
                    by: "dockerfile", failure: "line \(missing.line): \(missing.path) is not in \(folder)",
                    warnings: warnings)
            }
            return Verdict(by: "dockerfile", warnings: warnings)
        } catch let error as Dockerfile.ParseError {
            let place = error.line > 0 ? "line \(error.line): " : ""
            return Verdict(by: "dockerfile", failure: place + error.message)
        }
    }

    // MARK: Charts

    /// Writes the chart's files into the run's own folder and has helm look at them.
    private func chart(_ text: String) async throws -> Verdict {
        let files: [AIChart.File]
        switch AIChart.files(in: text) {
        case .success(let found): files = found
        case .failure(let reason): return Verdict(by: "helm", failure: reason.message)
        }
        let folder = "\(call.run.options.stateFolder)/runs/\(call.run.id)/ai/chart-\(UInt32.random(in: .min ... .max))"
        defer { try? call.run.files.remove(folder) }
        for file in files {
            let path = "\(folder)/\(file.path)"
            if let slash = path.lastIndex(of: "/") { try call.run.files.makePrivateFolder(String(path[..<slash])) }
            try call.run.files.writeNew(path, Array(file.text.utf8), mode: 0o600)
        }
        let command = Command(
            ["helm", "lint", folder], timeout: .seconds(60), isQuiet: true,
            inherited: KubeEnvironment.variables(for: ["helm", "lint"]))
        do {
            let result = try await call.world.read(command)
            if result.succeeded { return Verdict(by: "helm") }
            let said = OutputLines.last(20, of: result.stdout).filter { $0.contains("[ERROR]") }
            return Verdict(by: "helm", failure: said.first ?? "helm lint exited \(result.status)")
        } catch let error as RunbookError where error.code == .missing || error.code == .timeout {
            return Verdict(by: "helm", failure: "it cannot be checked: \(error.message)")
        }
    }
}

/// The files of a chart in an answer: each block of code begins with a comment that names its file.
enum AIChart {
    struct File: Sendable, Equatable {
        var path: String
        var text: String
    }
    struct Problem: Error, Equatable {
        var message: String
    }

    static let request =
        "\nGive every file of the chart as a fenced block of code of its own, whose first line is a comment with the file's path in the chart, such as `# Chart.yaml` or `# templates/deployment.yaml`.\n"

    static func files(in text: String) -> Result<[File], Problem> {
        var files: [File] = []
        for block in CodeBlocks.of(text) {
            let first = block.text.prefix { $0 != "\n" }
            let name = first.drop { "#/{*-<! \t".contains($0) }.prefix { !$0.isWhitespace && $0 != "*" && $0 != "}" }
            guard first.count > name.count, !name.isEmpty else { continue }
            let path = String(name)
            guard isSafe(path) else {
                return .failure(Problem(message: "\(path) is no path inside a chart"))
            }
            guard !files.contains(where: { $0.path == path }) else {
                return .failure(Problem(message: "\(path) is there twice"))
            }
            files.append(File(path: path, text: String(block.text.dropFirst(first.count + 1))))
        }
        guard files.contains(where: { $0.path == "Chart.yaml" }) else {
            return .failure(Problem(message: "it has no Chart.yaml"))
        }
        return .success(files)
    }

    private static func isSafe(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count <= 4
            && parts.allSatisfy { part in
                !part.isEmpty && part != "." && part != ".."
                    && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
            }
    }
}
