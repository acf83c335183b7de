/// Knows the fields of Kubernetes' kinds: for checking manifests where no cluster answers.
public protocol ManifestSchema: Sendable {
    /// What is wrong with an object that is given as JSON; nil for a kind that is not known.
    func problems(in object: [UInt8]) -> [String]?
}
