// Copies standard input to standard output and masks generated secrets, to be timed beside `cat` and `sed`.
//
// redactor-benchmark COUNT            mask that many secrets
// redactor-benchmark COUNT --memory   the same, and tell the peak memory in KiB on standard error
// redactor-benchmark COUNT --sed      print a sed script that masks the values, their base64 and their hex
// redactor-benchmark COUNT --input N  print N MiB of log lines with a secret in every thousandth

import RunbookSecrets

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A generator with a fixed seed, so that every run measures the same work.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }
}

func makeSecrets(_ count: Int) -> [String] {
    let alphabet = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~")
    var generator = SplitMix(state: 1)
    return (0..<count).map { index in
        String((0..<12 + index % 29).map { _ in alphabet.randomElement(using: &generator) ?? "x" })
    }
}

func writeAll(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes
    while !rest.isEmpty {
        let written = write(1, rest.baseAddress, rest.count)
        guard written > 0 else { exit(1) }
        rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
}

func writeAll(_ text: String) {
    Array(text.utf8).withUnsafeBytes(writeAll)
}

func mask(_ secrets: [String]) {
    let vault = SecretVault()
    for (index, secret) in secrets.enumerated() { vault.load(name: "S\(index)", text: secret) }
    var stream = RedactorStream(vault.redactor, place: "stdout")
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 << 10, alignment: 64)
    defer { buffer.deallocate() }
    var output: [UInt8] = []
    output.reserveCapacity(2 * buffer.count)
    while true {
        let count = read(0, buffer.baseAddress, buffer.count)
        guard count > 0 else { break }
        // One write for each read, so that the masks do not make small ones.
        stream.write(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { output.append(contentsOf: $0) }
        output.withUnsafeBytes(writeAll)
        output.removeAll(keepingCapacity: true)
    }
    stream.finish(emit: writeAll)
}

/// The most memory that the process had, in KiB.
func peakMemory() -> Int {
    var usage = rusage()
    #if canImport(Glibc)
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    #else
        getrusage(RUSAGE_SELF, &usage)
    #endif
    return usage.ru_maxrss
}

/// What a person would write for sed: the value, what its base64 has in common at each alignment, and its hex.
func printSedScript(_ secrets: [String]) {
    for (index, secret) in secrets.enumerated() {
        let hex = secret.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let encoded = (0..<3).map {
            base64(Array(repeating: 0, count: $0) + Array(secret.utf8)).dropFirst($0 == 0 ? 0 : $0 + 1)
        }
        for text in [secret.replacing(".", with: "\\."), hex, hex.uppercased()] + encoded.map({ String($0.dropLast()) })
        {
            writeAll("s/\(text.replacing("/", with: "\\/"))/‹secret S\(index)›/g\n")
        }
    }
}

/// Base64 without padding and without a last digit that is not full.
func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var digits = ""
    var bits: UInt32 = 0
    var count: UInt32 = 0
    for byte in bytes {
        bits = bits << 8 | UInt32(byte)
        count += 8
        while count >= 6 {
            count -= 6
            digits.append(alphabet[Int(bits >> count & 63)])
        }
    }
    return digits
}

func printInput(_ secrets: [String], mebibytes: Int) {
    var generator = SplitMix(state: 2)
    var block = ""
    var line = 0
    while block.utf8.count < 1 << 20 {
        line += 1
        let id = String(generator.next(), radix: 16)
        block += "2026-11-21T09:00:\(line % 60)Z INFO todo-backend-\(id.prefix(10)) "
        block += "GET /api/tasks/\(line % 977)?limit=20 200 in \(line % 41)ms trace=\(id)"
        if line % 1000 == 0 { block += " token=\(secrets[line / 1000 % secrets.count])" }
        block += "\n"
    }
    for _ in 0..<mebibytes { writeAll(block) }
}

let arguments = CommandLine.arguments.dropFirst()
guard let count = arguments.first.flatMap({ Int($0) }), count > 0 else {
    writeAll("usage: redactor-benchmark COUNT [--memory | --sed | --input MEBIBYTES]\n")
    exit(2)
}
let secrets = makeSecrets(count)
switch arguments.dropFirst().first {
case "--sed": printSedScript(secrets)
case "--input": printInput(secrets, mebibytes: arguments.last.flatMap { Int($0) } ?? 1)
case "--memory":
    mask(secrets)
    Array("\(peakMemory())\n".utf8).withUnsafeBytes { _ = write(2, $0.baseAddress, $0.count) }
default: mask(secrets)
}
