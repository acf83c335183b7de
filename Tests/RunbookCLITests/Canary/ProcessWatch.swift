import Foundation
import Synchronization

/// Notes the arguments of every process of the machine while it looks, as anybody could.
final class ProcessWatch: Sendable {
    private let seen = Mutex<Set<[UInt8]>>([])
    private let isOver = Atomic<Bool>(false)
    private let done = DispatchSemaphore(value: 0)

    /// Begins to look.
    init() {
        Thread.detachNewThread { [self] in
            while !isOver.load(ordering: .relaxed) {
                look()
                usleep(3_000)
            }
            done.signal()
        }
    }

    /// Ends the look; gives the command lines that were seen, one a line.
    func finish() -> [UInt8] {
        isOver.store(true, ordering: .relaxed)
        done.wait()
        return seen.withLock { Array($0.joined(separator: [10])) }
    }

    private func look() {
        guard let folder = opendir("/proc") else { return }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { continue }
            let line = Self.read("/proc/\(name)/cmdline")
            if !line.isEmpty { seen.withLock { _ = $0.insert(line) } }
        }
    }

    private static func read(_ path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return content }
            content += buffer[..<count]
        }
    }
}
