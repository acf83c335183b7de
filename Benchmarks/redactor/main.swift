// Copies standard input to standard output and masks generated secrets, to be timed beside `cat` and `sed`.
//
// redactor-benchmark COUNT            mask that many secrets
// redactor-benchmark COUNT --sed      print the same strings as a sed script
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
    while true {
        let count = read(0, buffer.baseAddress, buffer.count)
        guard count > 0 else { break }
        stream.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]), emit: writeAll)
    }
    stream.finish(emit: writeAll)
}

/// What a person would write for sed: the value, its base64 and its hex, each to be replaced by the mask.
func printSedScript(_ secrets: [String]) {
    for (index, secret) in secrets.enumerated() {
        let quoted = secret.replacing(".", with: "\\.")
        writeAll("s/\(quoted)/‹secret S\(index)›/g\n")
    }
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
    writeAll("usage: redactor-benchmark COUNT [--sed | --input MEBIBYTES]\n")
    exit(2)
}
let secrets = makeSecrets(count)
switch arguments.dropFirst().first {
case "--sed": printSedScript(secrets)
case "--input": printInput(secrets, mebibytes: arguments.last.flatMap { Int($0) } ?? 1)
default: mask(secrets)
}
