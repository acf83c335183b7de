import Foundation

/// Looks whether a lock is still held when nobody should hold it.
struct LockProbe {
    let stateFolder: String
    let objects: [RehearsalObject]

    /// The locks that are held, one line each.
    var held: [String] {
        let files = LiveFiles(folder: stateFolder, vault: .init())
        let names = (try? files.names(stateFolder + "/locks")) ?? []
        let locks = names.filter { FileLock.isHeld("\(stateFolder)/locks/\($0)") }.map {
            "the lock \($0) is still held"
        }
        return locks
            + objects.filter { $0.kind == "Lease" && $0.name.hasPrefix("runbook-") && isHeld($0) }
            .map { "the Lease \($0.name) is still held" }
    }

    private func isHeld(_ object: RehearsalObject) -> Bool {
        let json = try? JSONSerialization.jsonObject(with: Data(object.json)) as? [String: Any]
        let spec = json?["spec"] as? [String: Any]
        return spec?["holderIdentity"] as? String ?? "" != ""
    }
}
