import RunbookCheck
import RunbookSpec

/// An API of the size and shape of the real one, so that the rules are tested apart from it.
enum TestAPI {
    static let checker = Checker(modules: modules, globals: globals)

    /// The findings in a text beside which there are a few modules.
    static func check(_ source: String, file: String) -> [Finding] {
        checker.check(source: source, file: file) { name, _ in
            ["shared", "shared_header", "lib.checks", "checks", "checks.nodes"].contains(name)
        }
    }

    static let modules = [docker, helm, kubectl, exec, fs, http]

    static let globals = [
        ModuleSpec(
            "core", summary: "The words of a runbook", isGlobal: true,
            functions: [
                FunctionSpec(
                    "runbook", summary: "Declare the runbook", effect: .pure,
                    parameters: [
                        .required("name", .string, "The name"),
                        ParameterSpec("description", .string, "What it does"),
                        ParameterSpec("params", .map(.any), "The parameters"),
                        ParameterSpec("requires", .map(.string), "The tools"),
                        ParameterSpec("secrets", .any, "The secrets"),
                        ParameterSpec("lock", .string, "The lock"),
                        ParameterSpec(
                            "allow",
                            .record([
                                ParameterSpec("kubectl", .enumeration(["read", "write"]), "Verbs"),
                                ParameterSpec("docker", .enumeration(["read", "write"]), "Verbs"),
                                ParameterSpec("namespaces", .list(.string), "Namespaces"),
                            ]), "The limits"),
                    ]),
                FunctionSpec(
                    "step", summary: "Run a step", effect: .pure, style: .positional,
                    parameters: [
                        .required("name", .string, "The name"),
                        ParameterSpec(
                            "options",
                            .record([
                                ParameterSpec("retries", .integer, "How often again"),
                                ParameterSpec("backoff", .duration, "The pause"),
                                ParameterSpec("timeout", .duration, "The limit"),
                                ParameterSpec("budget", .duration, "The warning limit"),
                                ParameterSpec("allow_failure", .boolean, "Go on"),
                                ParameterSpec("idempotent", .boolean, "May run twice"),
                                ParameterSpec("undo", .function, "The inverse"),
                                ParameterSpec("unless", .function, "Skip where true"),
                            ]), "Options"),
                        .required("body", .function, "What to do"),
                    ], returns: ReturnSpec(.any)),
                FunctionSpec(
                    "parallel", summary: "Run functions at once", effect: .pure, style: .positional,
                    parameters: [
                        .required("functions", .either([.list(.function), .map(.function)]), "The functions"),
                        ParameterSpec("options", .record([ParameterSpec("limit", .integer, "At once")]), "Options"),
                    ], returns: ReturnSpec(.any)),
                FunctionSpec(
                    "confirm", summary: "Ask a person", effect: .interactive, style: .positional,
                    parameters: [.required("question", .string, "The question")], returns: ReturnSpec(.boolean)),
                FunctionSpec(
                    "log", summary: "Say something", effect: .pure, style: .positional,
                    parameters: [.required("message", .any, "The message")], variants: ["info", "warn"]),
                FunctionSpec(
                    "fail", summary: "End the run", effect: .pure, style: .positional,
                    parameters: [.required("message", .string, "Why")]),
            ])
    ]

    private static let docker = ModuleSpec(
        "docker", summary: "Images and containers",
        functions: [
            FunctionSpec(
                "build", summary: "Build an image", effect: .write,
                parameters: [
                    .required("context", .path, "The folder"), .required("tag", .string, "The tag"),
                    ParameterSpec("max_size", .size, "The budget"),
                    ParameterSpec("build_args", .map(.string), "Arguments"),
                    ParameterSpec("pull", .enumeration(["always", "missing", "never"]), "When to pull"),
                ],
                returns: ReturnSpec(
                    .record([ParameterSpec("id", .string, "The id"), ParameterSpec("size", .integer, "Bytes")]))),
            FunctionSpec(
                "images", summary: "List images", effect: .read,
                parameters: [ParameterSpec("filter", .string, "Which")],
                returns: ReturnSpec(.list(.any))),
        ])

    private static let helm = ModuleSpec(
        "helm", summary: "Releases",
        functions: [
            FunctionSpec(
                "upgrade", summary: "Install or upgrade a release", effect: .write,
                parameters: [
                    .required("release", .string, "The release"), .required("chart", .path, "The chart"),
                    ParameterSpec("namespace", .string, "The namespace"),
                    ParameterSpec("values", .either([.path, .list(.path)]), "Files of values"),
                    ParameterSpec("set", .map(.either([.string, .integer, .boolean])), "Single values"),
                    ParameterSpec("wait", .either([.duration, .boolean]), "How long to wait"),
                ]),
            FunctionSpec(
                "lint", summary: "Check a chart", effect: .read, parameters: [.required("chart", .path, "The chart")]),
            FunctionSpec(
                "uninstall", summary: "Remove a release", effect: .write,
                parameters: [
                    .required("release", .string, "The release"), ParameterSpec("namespace", .string, "The namespace"),
                ]),
            FunctionSpec(
                "rollback", summary: "Go back", effect: .write,
                parameters: [
                    .required("release", .string, "The release"), .required("revision", .integer, "The revision"),
                ]),
        ])

    private static let kubectl = ModuleSpec(
        "kubectl", summary: "Objects",
        functions: [
            FunctionSpec(
                "get", summary: "Read objects", effect: .read,
                parameters: [
                    .required("kind", .string, "The kind"), ParameterSpec("name", .string, "The name"),
                    ParameterSpec("namespace", .string, "The namespace"),
                ], returns: ReturnSpec(.any)),
            FunctionSpec(
                "scale", summary: "Set the replicas", effect: .write,
                parameters: [
                    .required("deployment", .string, "The deployment"), .required("replicas", .count, "How many"),
                    ParameterSpec("namespace", .string, "The namespace"),
                ]),
            FunctionSpec(
                "ensure_secret", summary: "Create or update a Secret", effect: .write,
                parameters: [
                    .required("name", .string, "The name"),
                    .required("from", .either([.handle("secrets"), .map(.text)]), "The values"),
                    ParameterSpec("namespace", .string, "The namespace"),
                ]),
            FunctionSpec("context", summary: "The current context", effect: .read, returns: ReturnSpec(.string)),
        ])

    private static let exec = ModuleSpec(
        "exec", summary: "Processes",
        functions: [
            FunctionSpec(
                "run", summary: "Run a process", effect: .write, style: .positional,
                parameters: [
                    .required("argv", .list(.string), "The arguments"),
                    ParameterSpec(
                        "options",
                        .record([
                            ParameterSpec("env", .map(.text), "The environment"),
                            ParameterSpec("stdin", .text, "The input"),
                            ParameterSpec("cwd", .path, "The folder"), ParameterSpec("timeout", .duration, "The limit"),
                            ParameterSpec("check", .boolean, "Fail on a non-zero exit"),
                            ParameterSpec("read", .boolean, "Only reads"),
                        ]), "Options"),
                ],
                returns: ReturnSpec(
                    .record([
                        ParameterSpec("status", .integer, "The exit code"), ParameterSpec("stdout", .string, "Output"),
                    ])))
        ])

    private static let fs = ModuleSpec(
        "fs", summary: "Files",
        functions: [
            FunctionSpec(
                "read", summary: "Read a file", effect: .read, style: .positional,
                parameters: [.required("path", .path, "The file")], returns: ReturnSpec(.string)),
            FunctionSpec(
                "write", summary: "Write a file", effect: .write, style: .positional,
                parameters: [.required("path", .path, "The file"), .required("content", .text, "The content")]),
        ])

    private static let http = ModuleSpec(
        "http", summary: "Requests",
        functions: [
            FunctionSpec(
                "wait_until", summary: "Wait for an answer", effect: .read,
                parameters: [
                    .required("url", .string, "The address"), ParameterSpec("timeout", .duration, "The limit"),
                    ParameterSpec("check", .function, "The test"),
                ])
        ])
}
