import RunbookLua

/// What `kubectl diff` says that a manifest would change, in few lines.
struct ManifestDifference: Sendable {
    let manifest: Manifest
    let kubectl: Kubectl
    let isServerSide: Bool

    /// Asks the cluster.
    ///
    /// - Throws: `RunbookError` when it does not answer.
    func read(in world: any World) async throws -> Difference {
        var verb = ["diff"] + manifest.arguments
        if isServerSide { verb += ["--server-side", "--force-conflicts", "--field-manager", "runbook"] }
        let command = Kubectl.command(kubectl.argv(verb, extra: []), input: manifest.input)
        let result = try await world.read(command)
        // 1 means a difference, and is also what an error gives when nothing was printed.
        if result.status == 0 { return Difference(isEmpty: true, summary: "nothing would change") }
        guard result.status == 1, !result.stdout.isEmpty else {
            throw KubeFailure.error(command, result, redactor: kubectl.call.run.vault.redactor)
        }
        return Difference(lines: UnifiedDifference.lines(result.text))
    }

    /// What a preview shows: as far as the cluster tells, else what the manifest holds.
    func preview(isReachable: Bool, in world: any World) async throws -> Difference {
        let listed = manifest.objects.map { "+ \($0.display)" }
        guard isReachable else { return Difference(lines: listed, unknown: "the cluster was not asked") }
        do { return try await read(in: world) } catch let error as RunbookError {
            switch KubeFailure.of(([error.message] + error.details).joined(separator: "\n")) {
            case .noSuchKind:
                return Difference(lines: listed, unvalidated: "the cluster does not know every kind of it yet")
            case .namespaceMissing: return Difference(lines: listed)
            default: return Difference(lines: listed, unknown: kubectl.call.run.note(unread: error))
            }
        }
    }
}

/// A unified diff of files that are named after objects, as `kubectl diff` prints it, in few lines.
enum UnifiedDifference {
    /// One line an object, then its lines that differ; an object that is new is one line.
    static func lines(_ text: String) -> [String] {
        var lines: [String] = []
        var isNew = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("diff ") {
                lines.append(object(inHeader: line))
                isNew = false
            } else if line.hasPrefix("--- ") || line.hasPrefix("+++ ") || line.hasPrefix("\\ No newline") {
                continue
            } else if line.hasPrefix("@@") {
                if line.hasPrefix("@@ -0,0 "), let last = lines.popLast() {
                    lines.append("+ " + last)
                    isNew = true
                }
            } else if !isNew, line.hasPrefix("+") || line.hasPrefix("-"), !isBookkeeping(line) {
                lines.append("    " + line)
            }
        }
        return lines
    }

    /// `deployment/backend` for `diff … /tmp/MERGED-1/apps.v1.Deployment.shop.backend`.
    private static func object(inHeader line: Substring) -> String {
        let file = line.split(separator: "/").last ?? line
        let parts = file.split(separator: ".", omittingEmptySubsequences: false)
        guard let kind = parts.firstIndex(where: { $0.first?.isUppercase == true }), kind + 2 < parts.count else {
            return String(file)
        }
        return "\(parts[kind].lowercased())/\(parts[(kind + 2)...].joined(separator: "."))"
    }

    // The server counts each change of a spec.
    private static func isBookkeeping(_ line: Substring) -> Bool {
        let field = line.dropFirst().drop { $0 == " " }
        return field.hasPrefix("generation:") || field.hasPrefix("resourceVersion:") || field.hasPrefix("time:")
    }
}
