import RunbookSecrets

/// The folders of files that hold secrets while a program runs.
public enum PrivateFiles {
    /// The folder of a run.
    static func folder(of id: String, in stateFolder: String) -> String { "\(stateFolder)/private/\(id)" }

    /// Removes the folder of a run.
    public static func remove(_ id: String, in stateFolder: String) {
        let files = LiveFiles(folder: stateFolder, vault: SecretVault())
        let folder = folder(of: id, in: stateFolder)
        if files.status(folder) != nil { try? files.remove(folder) }
    }

    /// The folders of runs that are still there.
    static func left(in stateFolder: String) -> [String] {
        let folder = "\(stateFolder)/private"
        let names = (try? LiveFiles(folder: stateFolder, vault: SecretVault()).names(folder)) ?? []
        return names.map { "\(folder)/\($0)" }
    }

    /// Removes what runs left whose engine was killed.
    static func sweep(_ stateFolder: String, except own: String) {
        let files = LiveFiles(folder: stateFolder, vault: SecretVault())
        for id in (try? files.names("\(stateFolder)/private")) ?? [] where id != own {
            if !EventLog.isAlive(id, in: stateFolder) { remove(id, in: stateFolder) }
        }
    }
}
