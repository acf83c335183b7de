/// Reads `.env` files: `NAME=value` lines, by one grammar that says no where other readers guess.
///
/// UTF-8 with at most one byte order mark; lines end in LF or CRLF. A line is blank, a comment that begins with `#`,
/// or `NAME=value` with an optional `export ` before it and blanks around the `=`. An unquoted value ends at the line
/// end or at a blank before `#`. `'…'` is literal, `"…"` knows `\n \r \t \\ \" \$`; both may span lines.
public enum DotEnv {
    /// Whether a value is a secret or plain configuration.
    public enum Classification: String, Sendable, Equatable {
        /// Belongs in a Secret and is masked.
        case secret
        /// Belongs in a ConfigMap and is shown.
        case config
    }

    /// One variable.
    public struct Entry: Sendable, Equatable {
        /// The name.
        public let name: String
        /// The value's bytes, which are UTF-8.
        public let value: [UInt8]
        /// The line of the name, from 1.
        public let line: Int
        /// What the value is.
        public let classification: Classification
        /// Whether a `# class:` comment said so, rather than the name and the value.
        public let isClassifiedByComment: Bool
    }

    /// What `${NAME}` means in unquoted and double-quoted values.
    public enum Interpolation: Sendable {
        /// Nothing; it stays as it is.
        case off
        /// The value of an earlier line, or else what the closure gives.
        case on(lookup: @Sendable (String) -> [UInt8]?)
    }

    /// Reads a file's bytes.
    /// - Parameter file: The path that errors name.
    /// - Throws: ``DotEnvError``, which names the file and the line and never any part of a line.
    public static func parse(
        _ bytes: [UInt8], file: String, interpolation: Interpolation = .off
    ) throws(DotEnvError) -> [Entry] {
        var parser = DotEnvParser(bytes: bytes, file: file, interpolation: interpolation)
        return try parser.parse()
    }
}

extension DotEnv.Entry: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The name, the line and the class; not the value.
    public var description: String { "\(name) (line \(line), \(classification.rawValue))" }
    /// The same as ``description``.
    public var debugDescription: String { description }
    /// Shows the description only.
    public var customMirror: Mirror { .opaque(self) }
}

/// A line of a `.env` file that does not follow the grammar.
///
/// Tells where and what to do, and never any part of the line, not even the name: what looks like a name can be a
/// piece of a value that was broken over lines.
public struct DotEnvError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong.
    public enum Problem: Sendable, Equatable {
        /// The bytes of the line are not UTF-8.
        case notUTF8
        /// There is a NUL byte.
        case nul
        /// There is a carriage return without a line feed.
        case loneCarriageReturn
        /// There is no `=` after what should be a name.
        case missingEquals
        /// There is nothing before the `=`.
        case emptyName
        /// The name has a character that names cannot have.
        case invalidName
        /// The name was set before.
        case duplicate(firstLine: Int)
        /// A quote that begins on the line does not end.
        case unterminatedQuote
        /// Something other than a comment follows a closing quote.
        case textAfterQuote
        /// A backslash in double quotes is followed by something that is no escape.
        case unknownEscape
        /// A reference is not of the form `${NAME}`.
        case invalidReference
        /// A reference names nothing that is set.
        case undefinedReference
        /// A `# class:` comment names no class.
        case unknownClass
    }

    /// The path of the file.
    public let file: String
    /// The line, from 1.
    public let line: Int
    /// What is wrong.
    public let problem: Problem

    /// `file:line: what is wrong: what to do`.
    public var description: String { "\(file):\(line): \(problem.text)" }
}

extension DotEnvError.Problem {
    fileprivate var text: String {
        switch self {
        case .notUTF8: "the line is not UTF-8: save the file as UTF-8"
        case .nul: "there is a NUL byte: remove it; binary values belong in base64"
        case .loneCarriageReturn:
            "there is a carriage return without a line feed: save the file with LF line ends, or write \\r in double quotes"
        case .missingEquals: "no `=` after the name: write NAME=value, and quote a value that has several lines"
        case .emptyName: "nothing before the `=`: write NAME=value"
        case .invalidName: "not a variable name: use letters, digits and underscores, and begin with no digit"
        case .duplicate(let firstLine): "the name is already set on line \(firstLine): keep one of the two"
        case .unterminatedQuote: "the quote that begins here is not closed: close it, or quote the other way"
        case .textAfterQuote:
            "text after the closing quote: put the whole value in quotes, or a blank before a # comment"
        case .unknownEscape:
            #"unknown escape in double quotes: use \n \r \t \\ \" or \$, or single quotes, where a backslash is literal"#
        case .invalidReference: #"not a reference: write ${NAME}, or \$ in double quotes for a dollar"#
        case .undefinedReference: "a reference names nothing that is set: set it on an earlier line"
        case .unknownClass: "unknown class: write `# class: secret` or `# class: config`"
        }
    }
}
