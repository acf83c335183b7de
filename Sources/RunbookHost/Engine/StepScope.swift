/// The step that the current task works for.
struct StepScope: Sendable {
    @TaskLocal static var current: StepScope?

    /// The step's number.
    let number: Int
    /// How deep it stands.
    let depth: Int
    /// Names from the outermost step to this one: what a resume recognises it by.
    let path: [String]
}
