import RunbookSecrets

/// A program to run: no shell is between.
public struct Command: Sendable {
    /// The program and its arguments.
    ///
    /// A secret cannot stand here: the type holds plain text only.
    public var argv: [String]
    /// What it reads on standard input; nil closes it.
    public var input: SensitiveText?
    /// Variables set on top of those that the tool needs.
    public var environment: [String: SensitiveText]
    /// The folder that it starts in; nil: the runbook's folder.
    public var directory: String?
    /// How long it may run; nil: as long as the step.
    public var timeout: Duration?
    /// How long it may take to end after SIGINT before it gets SIGTERM, and soon after SIGKILL.
    public var grace: Duration
    /// What becomes of its output on the way: shown and logged, or only given to the caller (large machine output).
    public var isQuiet: Bool
    /// Files that stand at a private path while it runs: `{{name}}` in an argument becomes that path.
    public var privateFiles: [String: SensitiveText]
    /// How many bytes of standard output are kept; more is an error that names the limit.
    public var outputLimit: Int
    /// The variables of the engine's own environment that it gets, by name or by prefix with `*`.
    public var inherited: [String]
    /// The name under which its standard output goes to the vault instead of into the result; nil: it is no secret.
    public var secretOutput: String?
    /// True when no tape holds it: it gives secrets, on standard error maybe too, and a replay does not ask for them.
    public var isOffTape: Bool
    /// What looks beside it how far it is, and tells that like a line that it prints; nil: nothing.
    public var probe: ProgressProbe?

    /// Describes a program to run.
    public init(
        _ argv: [String], input: SensitiveText? = nil, environment: [String: SensitiveText] = [:],
        directory: String? = nil, timeout: Duration? = nil, grace: Duration? = nil, isQuiet: Bool = false,
        privateFiles: [String: SensitiveText] = [:], outputLimit: Int = 256 << 20,
        inherited: [String] = Command.commonVariables, secretOutput: String? = nil, isOffTape: Bool = false
    ) {
        self.argv = argv
        self.input = input
        self.environment = environment
        self.directory = directory
        self.timeout = timeout
        self.grace = grace ?? Self.grace(of: argv)
        self.isQuiet = isQuiet
        self.privateFiles = privateFiles
        self.outputLimit = outputLimit
        self.inherited = inherited
        self.secretOutput = secretOutput
        self.isOffTape = isOffTape
    }

    /// How long a program may take to end where its caller does not say.
    ///
    /// Who presses Ctrl-C wants the prompt back; helm needs the time to write down that a release failed, and one that is
    /// killed before leaves the release pending.
    public static func grace(of argv: [String]) -> Duration {
        let isHelm = argv.first?.split(separator: "/").last == "helm"
        return isHelm && argv.contains(where: recorded.contains) ? .seconds(30) : .milliseconds(1500)
    }

    /// The verbs of helm that write down how they ended.
    private static let recorded: Set<String> = ["install", "upgrade", "rollback", "uninstall", "delete"]

    /// What every program may see of the engine's environment: where things are, the language, the proxies.
    public static let commonVariables = [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "LANG", "LC_*", "TZ", "TERM", "XDG_*", "NO_COLOR",
        "SSH_AUTH_SOCK", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
        "SSL_CERT_FILE", "SSL_CERT_DIR",
    ]

    /// The command as a person would type it: quoted where a shell needs it.
    public var display: String { Self.display(argv) }

    /// Quotes arguments for a POSIX shell where that is needed.
    public static func display(_ argv: [String]) -> String {
        argv.map(quote).joined(separator: " ")
    }

    private static func quote(_ argument: String) -> String {
        let plain = argument.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            case 0x80...: true
            default: "-_./:=@%+,{}".utf8.contains(byte)
            }
        }
        if plain && !argument.isEmpty { return argument }
        return "'" + argument.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}

/// How a program ended.
public struct ProcessResult: Sendable {
    /// The exit code; 128 + n when signal n ended it.
    public var status: Int
    /// What it wrote to standard output, redacted.
    public var stdout: [UInt8]
    /// The end of what it wrote to standard error, redacted.
    public var stderr: [UInt8]
    /// How long it took, in milliseconds.
    public var milliseconds: Int
    /// What it wrote to standard output, when the command asked for it to be kept a secret.
    public var secretOutput: SensitiveText?

    /// Describes how a program ended.
    public init(
        status: Int, stdout: [UInt8] = [], stderr: [UInt8] = [], milliseconds: Int = 0,
        secretOutput: SensitiveText? = nil
    ) {
        self.status = status
        self.stdout = stdout
        self.stderr = stderr
        self.milliseconds = milliseconds
        self.secretOutput = secretOutput
    }

    /// Standard output as text without the last line end.
    public var text: String { Self.text(stdout) }
    /// Standard error as text without the last line end.
    public var errorText: String { Self.text(stderr) }
    /// True for exit code 0.
    public var succeeded: Bool { status == 0 }

    private static func text(_ bytes: [UInt8]) -> String {
        var end = bytes.endIndex
        while end > 0, bytes[end - 1] == 10 || bytes[end - 1] == 13 { end -= 1 }
        return String(decoding: bytes[..<end], as: UTF8.self)
    }
}
