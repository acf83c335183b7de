/// Why a text is not a Lua 5.4 program, in the words of the Lua compiler.
public struct LuaSyntaxError: Error, Hashable, Sendable {
    /// What is wrong, such as `'end' expected (to close 'if' at line 3) near <eof>`.
    public var message: String
    /// Where the offending token or name stands.
    public var position: SourcePosition
    /// The byte offset of that place.
    public var offset: Int

    /// Makes an error.
    public init(message: String, position: SourcePosition, offset: Int) {
        self.message = message
        self.position = position
        self.offset = offset
    }

    /// The error as a line of text: `FILE:LINE:COLUMN: message`.
    public func description(file: String) -> String {
        "\(file):\(position.line):\(position.column): \(message)"
    }
}
