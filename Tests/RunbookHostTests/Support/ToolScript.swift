import Foundation

@testable import RunbookHost

/// Stand-ins for kubectl and helm that answer as a test says and write down how they were called.
///
/// They are real programs on the PATH of the run, so that standard input, environment and exit codes take the real way.
final class ToolScript {
    /// One call of a stand-in.
    struct Call: Equatable {
        var argv: [String]
        var stdin: String
        var environment: [String: String]

        var line: String { argv.joined(separator: " ") }
    }

    var run: ModuleRun
    private let folder: String
    private var count = 0

    /// Makes stand-ins of these tools; one that is asked something for which there is no answer fails.
    init(tools: [String] = ["kubectl", "helm"], helm version: String = "v4.3.1") throws {
        run = try ModuleRun()
        folder = run.folder + "/stand-ins"
        run.environment["PATH"] = "\(folder)/bin:" + (run.environment["PATH"] ?? "")
        for name in ["bin", "answers", "calls"] {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        }
        for tool in tools { try run.write("stand-ins/bin/\(tool)", Self.program, mode: 0o755) }
        try answer("kubectl config current-context", stdout: "minikube\n")
        try answer("kubectl config view --minify *")
        try answer("helm version --template *", stdout: version)
    }

    private static let program = """
        #!/bin/sh
        base=$(dirname "$0")/..
        line="$(basename "$0") $*"
        number=$(date +%s%N)-$$
        mkdir "$base/calls/$number"
        { printf '%s\\n' "$(basename "$0")"; for word in "$@"; do printf '%s' "$word" | base64 -w0; echo; done; } > "$base/calls/$number/argv"
        env | grep -E '^(KUBE|HELM|KUBECTL)' > "$base/calls/$number/env"
        cat > "$base/calls/$number/stdin"
        for word in "$@"; do [ -f "$word" ] && case "$word" in */private/*) cat "$word" > "$base/calls/$number/private";; esac; done
        for answer in $(ls -r "$base/answers"); do
          dir="$base/answers/$answer"
          [ -e "$dir/used" ] && continue
          pattern=$(cat "$dir/pattern")
          case "$line" in
            $pattern)
              [ -e "$dir/once" ] && touch "$dir/used"
              cat "$dir/stdout"; cat "$dir/stderr" >&2
              exit "$(cat "$dir/status")";;
          esac
        done
        echo "no answer for: $line" >&2
        exit 97

        """

    /// Says what the tools answer to command lines that fit a shell pattern; later answers go before earlier ones.
    func answer(
        _ pattern: String, stdout: String = "", stderr: String = "", status: Int = 0, once: Bool = false
    ) throws {
        count += 1
        let name = "stand-ins/answers/\(1000 + count)"
        // Brackets are no sets here: the words of tools hold them.
        let plain = pattern.replacing("[", with: "\\[").replacing("]", with: "\\]")
        try run.write("\(name)/pattern", plain)
        try run.write("\(name)/stdout", stdout)
        try run.write("\(name)/stderr", stderr)
        try run.write("\(name)/status", String(status))
        if once { try run.write("\(name)/once", "") }
    }

    /// The calls so far, without those for the context and the versions.
    func calls() throws -> [Call] {
        try FileManager.default.contentsOfDirectory(atPath: "\(folder)/calls").sorted().map { name in
            let path = "\(folder)/calls/\(name)"
            let words = try String(contentsOfFile: "\(path)/argv", encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
            let argv = words.dropLast().enumerated().map { index, word in
                index == 0 ? String(word) : Data(base64Encoded: String(word)).map { String(decoding: $0, as: UTF8.self) } ?? ""
            }
            let variables = try String(contentsOfFile: "\(path)/env", encoding: .utf8).split(separator: "\n").compactMap { line in
                let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
            }
            return Call(
                argv: argv, stdin: try String(contentsOfFile: "\(path)/stdin", encoding: .utf8),
                environment: Dictionary(variables, uniquingKeysWith: { $1 }))
        }.filter { !$0.line.hasPrefix("kubectl config") && !$0.line.hasPrefix("helm version") }
    }

    /// The command lines so far.
    func lines() throws -> [String] { try calls().map(\.line) }

    /// What a private file held that the last call was given.
    func privateFile(ofCall index: Int) throws -> String {
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/calls").sorted()
        let relevant = try names.filter {
            let tool = try String(contentsOfFile: "\(folder)/calls/\($0)/argv", encoding: .utf8)
            return !tool.hasPrefix("kubectl\nY29uZmln") && !tool.hasPrefix("helm\ndmVyc2lvbg")
        }
        return try String(contentsOfFile: "\(folder)/calls/\(relevant[index])/private", encoding: .utf8)
    }

    deinit { run.remove() }
}
