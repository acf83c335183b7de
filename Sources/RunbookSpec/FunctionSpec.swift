/// What a call does to the world, as a preview and a capability list see it.
public enum EffectClass: String, Codable, Sendable, Equatable {
    /// Computes only.
    case pure
    /// Reads the world; runs for real in a dry run.
    case read
    /// Changes the world; a dry run shows it and returns a prediction.
    case write
    /// Hands the terminal to a person or a tool; refused in an unattended run.
    case interactive
}

/// How a function takes its arguments.
public enum CallStyle: String, Codable, Sendable, Equatable {
    /// One table of named options: `helm.upgrade { release = "todo" }`.
    case options
    /// Arguments by position: `json.decode(text)`. A last parameter of record type may be left out.
    case positional
}

/// One function of a module.
public struct FunctionSpec: Codable, Sendable, Equatable {
    /// The name without its module, such as `upgrade`.
    public var name: String
    /// One line in the imperative, without a final period.
    public var summary: String
    /// Longer text in Markdown; may be empty.
    public var details: String
    /// What the call does to the world.
    public var effect: EffectClass
    /// How arguments are passed.
    public var style: CallStyle
    /// The parameters, in order.
    public var parameters: [ParameterSpec]
    /// True when the last parameter may be given any number of times.
    public var isVariadic: Bool
    /// What the call returns.
    public var returns: ReturnSpec
    /// Short snippets for the reference page; tests execute them.
    public var examples: [ExampleSpec]
    /// Fields of the function that are called with the same arguments, such as `info` for `log.info`.
    public var variants: [String]

    /// Describes a function.
    public init(
        _ name: String, summary: String, details: String = "", effect: EffectClass, style: CallStyle = .options,
        parameters: [ParameterSpec] = [], isVariadic: Bool = false, returns: ReturnSpec = .nothing,
        examples: [ExampleSpec] = [], variants: [String] = []
    ) {
        self.name = name
        self.summary = summary
        self.details = details
        self.effect = effect
        self.style = style
        self.parameters = parameters
        self.isVariadic = isVariadic
        self.returns = returns
        self.examples = examples
        self.variants = variants
    }
}

/// What a function returns.
public struct ReturnSpec: Codable, Sendable, Equatable {
    /// The type of the value.
    public var type: ValueType
    /// One line on what it means; may be empty.
    public var summary: String

    /// Describes a returned value.
    public init(_ type: ValueType, _ summary: String = "") {
        self.type = type
        self.summary = summary
    }

    /// The function returns nothing.
    public static let nothing = ReturnSpec(.none)
}

/// A snippet of Lua that shows a call, and what it runs or gives.
public struct ExampleSpec: Codable, Sendable, Equatable {
    /// One line on what it shows; may be empty.
    public var title: String
    /// The Lua text, a whole chunk.
    public var code: String
    /// The commands that a preview of the snippet prints, in order, or empty where none is compared.
    public var runs: [[String]]

    /// Describes an example.
    public init(_ code: String, title: String = "", runs: [[String]] = []) {
        self.title = title
        self.code = code
        self.runs = runs
    }
}
