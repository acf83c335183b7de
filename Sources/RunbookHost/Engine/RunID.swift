/// Ids of runs.
public enum RunID {
    /// Letters and digits that cannot be taken for one another.
    private static let alphabet = Array("23456789abcdefghjkmnpqrstuvwxyz")

    /// A new id, short enough to type.
    public static func make() -> String {
        String((0..<6).map { _ in alphabet[Int.random(in: 0..<alphabet.count)] })
    }
}
