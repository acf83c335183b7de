import RunbookFuzzProperties

/// The entry point of libFuzzer; see `Fuzz/run.sh`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    if let violation = DotEnvProperty.violation(input) { fatalError(violation) }
    return 0
}
