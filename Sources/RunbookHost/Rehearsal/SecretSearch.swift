import Foundation
import RunbookSecrets

/// Looks for the values of loaded secrets in what a run left.
struct SecretSearch {
    let vaults: [SecretVault]

    /// The names of the secrets whose values, in any encoding that the redactor knows, stand in the bytes.
    func names(in bytes: [UInt8]) -> Set<String> {
        var found: Set<String> = []
        for vault in vaults {
            var stream = RedactorStream(vault.redactor, place: "rehearsal")
            _ = stream.write(bytes)
            _ = stream.finish()
            // Shapes of credentials are masked too; only a loaded value is known to be a secret.
            found.formUnion(Set(stream.summary.counts.keys).intersection(vault.names))
        }
        return found
    }

    /// Where secrets stand in the files of a folder: one line a file.
    func lines(below folder: String) -> [String] {
        let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return files.sorted().flatMap { file -> [String] in
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(file)") else { return [] }
            return lines(in: Array(data), at: file)
        }
    }

    /// Where secrets stand in a text.
    func lines(in bytes: [UInt8], at place: String) -> [String] {
        names(in: bytes).sorted().map { "the value of the secret \($0) stands in \(place)" }
    }
}
