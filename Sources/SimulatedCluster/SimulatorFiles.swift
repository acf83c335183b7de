import Foundation
import RunbookHost

/// Where a simulated cluster's kubeconfig stands.
public enum SimulatorFiles {
    /// Writes the text to a private file and gives its path.
    ///
    /// - Throws: `RunbookError` with code `io`.
    public static func write(_ text: String) throws -> String {
        let folder = NSTemporaryDirectory() + "runbook-sim-\(UUID().uuidString.lowercased())"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let path = folder + "/kubeconfig"
        guard
            FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else {
            throw RunbookError(.io, "the simulator's kubeconfig cannot be written to \(path)")
        }
        return path
    }

    /// The folder that a simulator's files stand in.
    public static func folder(of path: String) -> String { (path as NSString).deletingLastPathComponent }

    /// Removes the file and its folder.
    public static func remove(_ path: String) {
        try? FileManager.default.removeItem(atPath: folder(of: path))
    }
}
