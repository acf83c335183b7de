import LuaSyntax
public import RunbookSpec

/// Finds mistakes in runbooks without running them.
///
/// The names, options and types of the API are read from the specs; every rule is listed in ``RuleList/all``.
public struct Checker: Sendable {
    private let catalogue: Catalogue
    /// The catalogue for files of tests.
    private let testCatalogue: Catalogue

    /// Makes a checker for an API.
    ///
    /// - Parameters:
    ///   - modules: The modules with a table of their own, such as `helm`.
    ///   - globals: The modules whose functions are globals, such as `step`.
    ///   - values: Further global values that scripts may read.
    ///   - testValues: The global values that files named `*_test.lua`, or below a folder `tests`, have besides.
    ///   - tools: The tools that a header may require; a near miss of one is reported.
    public init(
        modules: [ModuleSpec], globals: [ModuleSpec], values: Set<String> = [],
        testValues: Set<String> = Catalogue.testVocabulary, tools: Set<String> = Catalogue.commonTools
    ) {
        catalogue = Catalogue(modules: modules, globals: globals, values: values, tools: tools)
        testCatalogue = Catalogue(
            modules: modules, globals: globals, values: values.union(testValues), tools: tools)
    }

    /// Tells whether a text can require a module or a folder of them.
    ///
    /// It gets the dotted name, and whether the text is a runbook: a library is required by runbooks of other folders, too.
    public typealias ModuleLookup = (_ name: String, _ isRunbook: Bool) -> Bool

    /// The findings in a text, in the order of the text.
    ///
    /// A text that is not Lua gives the one finding `syntax`. Without `hasModule` nothing is said of modules.
    public func check(source: String, file: String, hasModule: ModuleLookup? = nil) -> [Finding] {
        let text = SourceText(source)
        let chunk: Chunk
        do {
            chunk = try Chunk(parsing: text)
        } catch {
            return [syntaxFinding(error, file: file)]
        }
        let context = CheckContext(
            chunk: chunk, catalogue: isOfTests(file) ? testCatalogue : catalogue, hasModule: hasModule)
        var findings: [Finding] = []
        for rule in RuleList.rules {
            for violation in rule.violations(in: context) {
                findings.append(finding(violation, rule.description, text, file))
            }
        }
        return Suppressions(chunk).kept(findings).sorted {
            ($0.line, $0.column, $0.rule, $0.message) < ($1.line, $1.column, $1.rule, $1.message)
        }
    }

    // A folder of tests also holds what its tests require.
    private func isOfTests(_ file: String) -> Bool {
        file.hasSuffix("_test.lua") || file.hasPrefix("tests/") || file.contains("/tests/")
    }

    private func finding(
        _ violation: Violation, _ rule: RuleDescription, _ text: SourceText, _ file: String
    ) -> Finding {
        let start = text.position(at: violation.range.lowerBound)
        let end = text.position(at: violation.range.upperBound)
        return Finding(
            file: file, line: start.line, column: start.column, endLine: end.line, endColumn: end.column,
            rule: rule.id, severity: rule.severity, message: violation.message, fix: violation.fix)
    }

    private func syntaxFinding(_ error: LuaSyntaxError, file: String) -> Finding {
        Finding(
            file: file, line: error.position.line, column: error.position.column, endLine: error.position.line,
            endColumn: error.position.column + 1, rule: SyntaxRule.description.id,
            severity: SyntaxRule.description.severity, message: error.message, fix: nil)
    }
}
