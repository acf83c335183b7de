import Crypto
import Foundation
import RunbookSecrets

/// Recognises a write that is asked for again.
enum Fingerprint {
    /// A hash of all that tells one action from another; secrets count by their names only.
    static func of(_ action: Action) -> String {
        var hash = Hasher()
        switch action {
        case .process(let command), .terminal(let command): hash.add(command)
        case .file(let file): hash.add(file)
        case .http(let call):
            hash.add("http", call.method, call.url)
            for header in call.headers { hash.add(header.name, text(header.value)) }
            hash.add(call.body.map(text) ?? "")
        case .sleep, .prompt, .environment, .now: hash.add("\(action)")
        }
        return hash.finish()
    }

    /// The hash of a file's text.
    static func of(_ bytes: [UInt8]) -> String { hex(SHA256.hash(data: bytes)) }

    // The description names secrets and shows the rest, so that no value goes into a hash that is kept.
    private static func text(_ text: SensitiveText) -> String { text.description }

    private static func hex(_ digest: SHA256.Digest) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in digest {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    private struct Hasher {
        private var hash = SHA256()

        // Lengths keep the border between two texts.
        mutating func add(_ texts: String...) {
            for text in texts {
                hash.update(data: Data("\(text.utf8.count):".utf8))
                hash.update(data: Data(text.utf8))
            }
        }

        mutating func add(_ command: Command) {
            add("process", "\(command.argv.count)")
            for argument in command.argv { add(argument) }
            add(command.input.map(Fingerprint.text) ?? "", command.directory ?? "")
            for (name, value) in command.environment.sorted(by: { $0.key < $1.key }) {
                add(name, Fingerprint.text(value))
            }
            for (name, value) in command.privateFiles.sorted(by: { $0.key < $1.key }) {
                add(name, Fingerprint.text(value))
            }
        }

        mutating func add(_ action: FileAction) {
            switch action {
            case .read(let path): add("read", path)
            case .status(let path): add("status", path)
            case .list(let path): add("list", path)
            case .write(let path, let text, let mode): add("write", path, Fingerprint.text(text), "\(mode)")
            case .makeFolder(let path): add("folder", path)
            case .remove(let path): add("remove", path)
            case .copy(let from, let to): add("copy", from, to)
            case .move(let from, let to): add("move", from, to)
            }
        }

        func finish() -> String { Fingerprint.hex(hash.finalize()) }
    }
}
