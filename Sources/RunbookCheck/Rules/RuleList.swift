/// All rules of `runbook check`.
public enum RuleList {
    /// The rules in the order of the guide.
    static let rules: [any Rule.Type] = [
        SyntaxRule.self,
        HeaderFirstRule.self,
        HeaderLiteralRule.self,
        HeaderParameterRule.self,
        UnknownParamRule.self,
        UnusedParamRule.self,
        UndeclaredSecretRule.self,
        UnknownToolRule.self,
        NotAllowedRule.self,
        MissingLockRule.self,
        UnknownGlobalRule.self,
        UnknownAPIRule.self,
        UnknownFieldRule.self,
        MissingModuleRule.self,
        UnknownOptionRule.self,
        MissingOptionRule.self,
        WrongOptionTypeRule.self,
        TooManyArgumentsRule.self,
        FormatArgumentsRule.self,
        CommandWordsRule.self,
        BadOperandRule.self,
        NeverEqualRule.self,
        LoopWithoutPairsRule.self,
        SecretInClearRule.self,
        SecretInArgvRule.self,
        ShellStringRule.self,
        WriteOutsideStepRule.self,
        SwallowedFailureRule.self,
        EmptyStepRule.self,
        DuplicateStepRule.self,
        EmptyTextRule.self,
        UnreachableCodeRule.self,
        UnusedLocalRule.self,
        ShadowedLocalRule.self,
        ShadowedAPIRule.self,
        GlobalWriteRule.self,
        APIWriteRule.self,
        LoopVariableWriteRule.self,
        DuplicateKeyRule.self,
        NotComparisonRule.self,
        UnknownIgnoreRule.self,
    ]

    /// What each rule finds, why, and with which examples.
    public static var all: [RuleDescription] { rules.map { $0.description } }

    /// The ids that `-- runbook: ignore` takes.
    public static let ids: Set<String> = Set(rules.map { $0.description.id })
}
