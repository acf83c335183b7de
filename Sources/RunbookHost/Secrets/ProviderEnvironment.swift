/// What the command of a provider may see of the engine's environment: what every program needs, what its tool is known
/// to read, and what the project names.
enum ProviderEnvironment {
    private static let clouds = ["AWS_*", "GOOGLE_*", "CLOUDSDK_*", "AZURE_*"]
    private static let gnupg = ["GNUPGHOME", "GPG_*"]

    /// By the program's name; from the manuals of the tools.
    private static let tools: [String: [String]] = [
        "age": ["AGE_*"],
        "aws": ["AWS_*"],
        "az": ["AZURE_*"],
        "bw": ["BW_*", "BITWARDENCLI_APPDATA_DIR"],
        "bws": ["BWS_*"],
        "doppler": ["DOPPLER_*"],
        "gcloud": ["CLOUDSDK_*", "GOOGLE_*"],
        "gopass": ["GOPASS_*", "PASSWORD_STORE_*"] + gnupg,
        "gpg": gnupg,
        "infisical": ["INFISICAL_*"],
        "op": ["OP_*"],
        "pass": ["PASSWORD_STORE_*"] + gnupg,
        "secret-tool": ["DBUS_SESSION_BUS_ADDRESS"],
        "sops": ["SOPS_*", "VAULT_ADDR", "VAULT_TOKEN"] + clouds + gnupg,
        "vault": ["VAULT_*"],
    ]

    /// The variables, by name or by prefix with `*`.
    ///
    /// - Parameter named: Those that the project lets the provider have.
    static func variables(for argv: [String], named: [String]) -> [String] {
        let tool = argv.first?.split(separator: "/").last.map(String.init) ?? ""
        return (tools[tool].map { Command.commonVariables + $0 } ?? ExecModule.inherited(by: argv)) + named
    }
}
