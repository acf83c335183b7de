/// Puts a simulated image together from the stages of a Dockerfile: what it is made of, and how large it gets.
struct SimulatedAssembly {
    let dockerfile: Dockerfile
    let context: BuildContext
    let world: any World
    /// The build arguments as given.
    let arguments: [String: String]
    /// The size of an image that the engine has, or nil.
    let sizeOfLocal: (String) throws -> Int?

    private struct Stage {
        var name: String?
        var baseSize: Int
        var layers: [SimulatedImage.Layer]
        /// The stages that something was copied from.
        var sources: Set<Int> = []
        var size: Int { baseSize + layers.reduce(0) { $0 + $1.size } }
    }

    /// The image of a stage, the last where none is named.
    ///
    /// - Throws: `SimulatedBuild.Refusal` for a stage that the file does not have.
    mutating func image(target: String?) async throws -> SimulatedImage {
        var stages: [Stage] = []
        var variables: [String: String] = [:]
        for instruction in dockerfile.instructions {
            switch instruction.name {
            case "FROM":
                if let target, let last = stages.last, last.name == target.lowercased() {
                    return try await finish(last)
                }
                stages.append(try stage(instruction, after: stages, variables))
            case "ARG" where stages.isEmpty:
                for word in Dockerfile.words(instruction.arguments) {
                    let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
                    variables[parts[0]] = arguments[parts[0]] ?? (parts.count > 1 ? parts[1] : "")
                }
            case "RUN":
                stages[stages.count - 1].layers.append(
                    .init(
                        instruction: "RUN /bin/sh -c \(instruction.arguments) # buildkit",
                        size: SimulatedImage.size(ofRun: instruction.arguments)))
            case "COPY", "ADD":
                let size = try await copied(instruction, &stages)
                stages[stages.count - 1].layers.append(
                    .init(instruction: "\(instruction.name) \(instruction.arguments) # buildkit", size: size))
            default:
                if !stages.isEmpty {
                    stages[stages.count - 1].layers.append(
                        .init(instruction: "\(instruction.name) \(instruction.arguments)", size: 0))
                }
            }
        }
        guard let last = stages.last, target == nil || last.name == target?.lowercased() else {
            throw SimulatedBuild.Refusal(
                message: "failed to build: failed to solve: target stage \"\(target ?? "")\" could not be found")
        }
        return try await finish(last)
    }

    private func stage(
        _ instruction: Dockerfile.Instruction, after stages: [Stage], _ variables: [String: String]
    ) throws -> Stage {
        let words = Dockerfile.words(instruction.arguments)
        let image = Self.expand(words.first ?? "", variables)
        let name = words.count >= 3 ? words[2].lowercased() : nil
        if let earlier = stages.last(where: { $0.name == image.lowercased() }) {
            return Stage(name: name, baseSize: earlier.baseSize, layers: earlier.layers)
        }
        guard !image.isEmpty, ImageName.isValid(image) else {
            throw SimulatedBuild.Refusal(
                message:
                    "failed to build: failed to solve: failed to parse stage name \"\(image)\": invalid reference format"
            )
        }
        return Stage(name: name, baseSize: try sizeOfLocal(image) ?? SimulatedImage.size(ofBase: image), layers: [])
    }

    private func copied(_ instruction: Dockerfile.Instruction, _ stages: inout [Stage]) async throws -> Int {
        if let from = instruction.flags["from"] {
            let index = Int(from) ?? stages.firstIndex { $0.name == from.lowercased() }
            guard let index, stages.indices.contains(index) else { return 12_000_000 }
            // What was installed and built there, without the base: the first copy takes most of it.
            guard stages[stages.count - 1].sources.insert(index).inserted else { return 1_200_000 }
            let added = stages[index].layers.reduce(0) { $0 + $1.size }
            return min(added, 60_000_000)
        }
        var total = 0
        for source in Dockerfile.words(instruction.arguments).dropLast() where !source.contains("$") {
            total += try await size(of: source)
        }
        return total
    }

    private func size(of source: String) async throws -> Int {
        let path = source.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
        if path.isEmpty { return try await context.size(in: world) }
        let full = "\(context.folder)/\(path)"
        guard let status = try await world.status(of: full) else { return 0 }
        if !status.isFolder { return Int(status.size) }
        return try await BuildContext(folder: full, file: nil).size(in: world)
    }

    /// The id comes from all that the build reads, so that the same build gives the same image.
    private func finish(_ stage: Stage) async throws -> SimulatedImage {
        let texts =
            dockerfile.instructions.map { "\($0.name) \($0.flags.sorted { $0.key < $1.key }) \($0.arguments)" }
            + arguments.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            + [String(try await context.size(in: world)), stage.name ?? "", String(stage.size)]
        return SimulatedImage(id: SimulatedImage.digest(of: texts), size: stage.size, layers: stage.layers)
    }

    /// `$NAME`, `${NAME}` and `${NAME:-default}`.
    static func expand(_ text: String, _ variables: [String: String]) -> String {
        var result = ""
        var rest = Substring(text)
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "{", let close = rest.firstIndex(of: "}") {
                let inside = rest[rest.index(after: rest.startIndex)..<close]
                let name = inside.prefix { $0 != ":" && $0 != "-" }
                let fallback = inside.dropFirst(name.count).drop { $0 == ":" || $0 == "-" }
                let value = variables[String(name)] ?? ""
                result += value.isEmpty ? String(fallback) : value
                rest = rest[rest.index(after: close)...]
            } else {
                let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                result += variables[String(name)] ?? ""
                rest = rest.dropFirst(name.count)
            }
        }
        return result + rest
    }
}
