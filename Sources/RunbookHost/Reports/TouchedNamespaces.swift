/// The namespaces that a run's writes were for: where the cause of a failure is looked for.
struct TouchedNamespaces: Sendable {
    private var known: Set<String> = []
    /// Files whose objects may name one; they are read when a cause is looked for.
    private var manifests: Set<String> = []
    /// True when a tool of the cluster was called by hand, and its words name no namespace.
    private var isOpen = false

    init() {}

    /// Those of one write; `folder` is where its relative paths start.
    init(_ change: Change, _ action: Action, in folder: String) {
        if change.capability == "kubectl" || change.capability == "helm" {
            if let namespace = change.namespace { known.insert(namespace) }
        } else if let command = action.command {
            add(command, in: folder)
        }
    }

    /// Takes in those of another write.
    mutating func formUnion(_ other: TouchedNamespaces) {
        known.formUnion(other.known)
        manifests.formUnion(other.manifests)
        isOpen = isOpen || other.isOpen
    }

    /// All of them; what names none is taken to be for the runbook's own namespace, else for the context's.
    func all(_ run: RunSession) async -> Set<String> {
        var known = known
        var isOpen = isOpen
        for path in manifests.sorted() {
            let named = Self.namespaces((try? await run.world.contents(of: path)) ?? [])
            known.formUnion(named)
            if named.isEmpty { isOpen = true }
        }
        guard isOpen else { return known }
        if let allowed = run.header.allow?.namespaces, !allowed.isEmpty { return known.union(allowed) }
        if let own = run.parameters.first(where: { $0.name == "namespace" })?.value.stringValue {
            return known.union([own])
        }
        guard known.isEmpty else { return known }
        return (try? await run.target.namespace(in: run.world)).map { [$0] } ?? []
    }

    private mutating func add(_ command: Command, in folder: String) {
        let line = Self.toolLine(command.argv)
        guard let program = line.first, !ToolCommand(line).isRead else { return }
        if let namespace = ToolCommand(line).namespace {
            known.insert(namespace)
            return
        }
        let files = program == "kubectl" ? Self.files(of: line) : []
        if files.isEmpty { isOpen = true }
        for path in files {
            guard path == "-" else {
                let base = command.directory.map { $0.hasPrefix("/") ? $0 : "\(folder)/\($0)" } ?? folder
                manifests.insert(path.hasPrefix("/") ? path : "\(base)/\(path)")
                continue
            }
            let named = Self.namespaces(Array((command.input?.description ?? "").utf8))
            known.formUnion(named)
            if named.isEmpty { isOpen = true }
        }
    }

    /// The call of kubectl or helm that a command is, or that stands among the words of a shell; empty when there is none.
    private static func toolLine(_ argv: [String]) -> [String] {
        func isTool(_ word: String) -> Bool { ["kubectl", "helm"].contains(word.split(separator: "/").last) }
        guard let program = argv.first else { return [] }
        if isTool(program) { return [String(program.split(separator: "/").last ?? "")] + argv.dropFirst() }
        // What a shell makes of its words is not known; the options of a tool can be read all the same.
        let words = argv.dropFirst().joined(separator: " ").split { " \t\n;|&()'\"".contains($0) }.map(String.init)
        guard let start = words.firstIndex(where: isTool) else { return [] }
        return [String(words[start].split(separator: "/").last ?? "")] + words[(start + 1)...]
    }

    /// The values of `--filename`.
    private static func files(of line: [String]) -> [String] {
        zip(line, line.dropFirst() + [""]).compactMap { word, next in
            if word == "-f" || word == "--filename" { return next.isEmpty ? nil : next }
            return word.hasPrefix("--filename=") ? String(word.dropFirst("--filename=".count)) : nil
        }
    }

    /// The namespaces that the objects of a manifest name.
    private static func namespaces(_ manifest: [UInt8]) -> Set<String> {
        let documents = try? YAMLText.documents(String(decoding: manifest, as: UTF8.self), of: "the manifest")
        return Set((documents ?? []).compactMap { $0.at("metadata", "namespace")?.stringValue })
    }
}
