import LuaSyntax
import RunbookSpec

/// A call of a function of the API.
struct APICall {
    var id: ExpressionID
    /// The full name, such as `helm.upgrade`.
    var name: String
    var module: String?
    var function: FunctionSpec
    var arguments: [ExpressionID]
}

/// A parsed file with what the rules want to know about it.
struct CheckContext {
    let chunk: Chunk
    let catalogue: Catalogue
    /// What each expression stands for.
    private let references: [Reference?]
    /// Whether each expression is a secret or text made with one.
    private let secretExpressions: [Bool]
    /// The calls of the API in order.
    let calls: [APICall]
    /// The expressions that a statement assigns to.
    let targets: Set<ExpressionID>
    let header: Header?
    let shapes: Shapes
    /// The problems with arguments of API calls, for the rules about options.
    let argumentProblems: [ArgumentProblem]
    /// Whether there is a module, or nil where that cannot be looked up.
    let hasModule: Checker.ModuleLookup?

    init(chunk: Chunk, catalogue: Catalogue, hasModule: Checker.ModuleLookup? = nil) {
        self.chunk = chunk
        self.hasModule = hasModule
        self.catalogue = catalogue
        let names = ReferenceTable(chunk, catalogue)
        references = names.references
        secretExpressions = names.secrets
        calls = chunk.expressionIDs.compactMap { id in
            guard case .call(let callee, let arguments) = chunk[id].kind,
                case .function(let name, let module, let function) = names.references[callee.index]
            else { return nil }
            return APICall(id: id, name: name, module: module, function: function, arguments: arguments)
        }
        targets = chunk.statements.reduce(into: []) { targets, statement in
            if case .assignment(let list, _) = statement.kind { targets.formUnion(list) }
        }
        header = Header(chunk)
        let shapes = Shapes(
            chunk: chunk, secrets: names.secrets, results: ResultTypes(chunk, names.references).types)
        self.shapes = shapes
        argumentProblems = calls.flatMap { ArgumentChecker(shapes: shapes, call: $0).problems() }
    }

    func reference(_ id: ExpressionID) -> Reference? { references[id.index] }

    func isSecret(_ id: ExpressionID) -> Bool { secretExpressions[id.index] }

    /// The full name of the API or library function that a call calls.
    func calledName(_ id: ExpressionID) -> String? {
        guard case .call(let callee, _) = chunk[id].kind else { return nil }
        switch reference(callee) {
        case .function(let name, _, _), .standard(let name): return name
        default: return nil
        }
    }

    /// Whether a call changes the world.
    func isWrite(_ call: APICall) -> Bool {
        call.function.effect == .write && !Catalogue.stepFunctions.contains(call.name) && call.name != "runbook"
            && !call.arguments.contains { declaresRead($0) }
    }

    /// Whether an argument is a table that holds `read = true`.
    private func declaresRead(_ argument: ExpressionID) -> Bool {
        guard case .table(let fields) = chunk[argument].kind else { return false }
        return fields.contains { field in
            guard let key = field.key, chunk.string(key) == "read" else { return false }
            if case .boolean(true) = chunk[field.value].kind { return true }
            return false
        }
    }

    /// The call whose arguments hold an expression, through tables and parentheses but not through functions.
    func enclosingArgument(_ id: ExpressionID) -> ExpressionID? {
        var child = id
        while let parent = chunk[child].parent {
            switch chunk[parent].kind {
            case .table, .parenthesized: child = parent
            case .call(let callee, _): return callee == child ? nil : parent
            case .method(let object, _, _): return object == child ? nil : parent
            default: return nil
            }
        }
        return nil
    }
}

/// Resolves every expression in one pass, since parts come before wholes and declarations before uses.
private struct ReferenceTable {
    private(set) var references: [Reference?]
    private(set) var secrets: [Bool]

    init(_ chunk: Chunk, _ catalogue: Catalogue) {
        references = Array(repeating: nil, count: chunk.expressions.count)
        secrets = Array(repeating: false, count: chunk.expressions.count)
        for id in chunk.expressionIDs {
            switch chunk[id].kind {
            case .global(let name): references[id.index] = Self.global(name, catalogue)
            case .local(let variable):
                let declaration = chunk[variable]
                guard declaration.writes.isEmpty, let value = declaration.initialValue else { continue }
                references[id.index] = references[value.index]
                secrets[id.index] = secrets[value.index]
            case .index(let object, let key, _):
                guard let name = chunk.string(key) else { continue }
                references[id.index] = member(name, of: object, catalogue)
                if case .field(of: "secrets", _) = references[id.index] { secrets[id.index] = true }
            case .parenthesized(let content):
                references[id.index] = references[content.index]
                secrets[id.index] = secrets[content.index]
            case .binary(.concat, let left, let right):
                secrets[id.index] = secrets[left.index] || secrets[right.index]
            default: break
            }
        }
    }

    private static func global(_ name: String, _ catalogue: Catalogue) -> Reference? {
        if let function = catalogue.globals[name] { return .function(name: name, module: nil, function) }
        if catalogue.modules[name] != nil { return .module(name) }
        if catalogue.values.contains(name) { return .value(name) }
        if StandardLibrary.libraries[name] != nil { return .module(name) }
        return StandardLibrary.functions.contains(name) ? .standard(name) : nil
    }

    private func member(_ name: String, of object: ExpressionID, _ catalogue: Catalogue) -> Reference? {
        switch references[object.index] {
        case .module(let module):
            if let function = catalogue.function(name, of: module) {
                return .function(name: "\(module).\(name)", module: module, function)
            }
            if catalogue.modules[module] == nil, StandardLibrary.libraries[module]?.contains(name) ?? false {
                return .standard("\(module).\(name)")
            }
            return .missing(module: module, name: name)
        case .value(let value): return .field(of: value, name: name)
        case .function(let full, let module, let function) where !function.variants.isEmpty:
            if function.variants.contains(name) {
                return .function(name: "\(full).\(name)", module: module, function)
            }
            return .missing(module: full, name: name)
        default: return nil
        }
    }
}
