#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Bytes that no description, mirror or dump shows, and that are overwritten when the last owner lets go.
///
/// Overwriting is best effort: copies that a caller made of a revealed value are the caller's.
final class SecretBytes: @unchecked Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    // Sendable is unchecked because the buffer is written in `init` and `deinit` only.
    private let storage: UnsafeMutableRawBufferPointer

    init(_ bytes: some Collection<UInt8>) {
        storage = .allocate(byteCount: bytes.count, alignment: 1)
        storage.copyBytes(from: bytes)
    }

    deinit {
        wipe(storage)
        storage.deallocate()
    }

    var count: Int { storage.count }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try body(UnsafeRawBufferPointer(storage))
    }

    func equals(_ other: SecretBytes) -> Bool {
        withBytes { mine in other.withBytes { mine.elementsEqual($0) } }
    }

    var description: String { "‹secret›" }
    var debugDescription: String { description }
    var customMirror: Mirror { .opaque(self) }
}

/// Overwrites memory in a way that the optimiser keeps.
func wipe(_ memory: UnsafeMutableRawBufferPointer) {
    guard let base = memory.baseAddress, memory.count > 0 else { return }
    #if canImport(Darwin)
        memset_s(base, memory.count, 0, memory.count)
    #else
        explicit_bzero(base, memory.count)
    #endif
}

/// Overwrites an array in place, which reaches the one buffer only where the array is its only owner.
func wipe(_ bytes: inout [UInt8]) {
    bytes.withUnsafeMutableBytes { wipe($0) }
}

extension Mirror {
    /// A mirror that shows nothing, for types that hold secrets.
    static func opaque<Subject>(_ subject: Subject) -> Mirror {
        Mirror(subject, children: [Mirror.Child](), ancestorRepresentation: .suppressed)
    }
}
