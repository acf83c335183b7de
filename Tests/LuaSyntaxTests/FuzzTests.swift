import Foundation
import LuaSyntax
import Testing

/// Damaged texts, made the same way every time.
@Suite struct FuzzTests {
    /// Corpus programs with a few bytes changed.
    private static func damaged(_ count: Int) -> [String] {
        let alphabet = Array(" \n\r\t\"'\\[]={}()-~<>:;,.#%&|/*+^019azxXeEpP_@$\u{1}".utf8)
        let words = ["end", "goto", "local", "::", "...", "function", "[==[", "--", "not", "<close>", "return"].map {
            Array($0.utf8)
        }
        let programs = (Corpus.valid + [Corpus.program] + BehaviourCorpus.programs).filter { !$0.isEmpty }.map {
            Array($0.utf8)
        }
        var generator = SplitMix(state: 42)
        return (0..<count).map { _ in
            var bytes = programs[generator.below(programs.count)]
            for _ in 0...generator.below(3) {
                let place = generator.below(bytes.count + 1)
                switch generator.below(3) {
                case 0 where place < bytes.count: bytes[place] = alphabet[generator.below(alphabet.count)]
                case 1 where place < bytes.count: bytes.remove(at: place)
                default: bytes.insert(contentsOf: words[generator.below(words.count)], at: place)
                }
                if bytes.isEmpty { bytes = [0x3B] }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    @Test func agreesWithTheCompilerOnDamagedTexts() throws {
        // The compiler counts a first line that begins with `#` as text, since `load` knows no files.
        let texts = Self.damaged(6_000).filter { !$0.hasPrefix("#") }
        let expected = try ReferenceCompiler.messages(for: texts)
        for (text, message) in zip(texts, expected) {
            let isAccepted = (try? Chunk(parsing: SourceText(text))) != nil
            #expect(isAccepted == (message == nil), "for: \(text)\nreal: \(message ?? "ok")")
        }
        #expect(expected.contains { $0 == nil } && expected.contains { $0 != nil })
    }

    @Test func whatIsAcceptedStaysValidWhenInstrumented() throws {
        let texts = Self.damaged(6_000).filter { !$0.hasPrefix("#") }
        var rewritten: [(String, String)] = []
        for text in texts {
            guard let result = try? BranchInstrumenter.instrument(text) else { continue }
            #expect(SourceText(result).lineStarts.count == SourceText(text).lineStarts.count, "for: \(text)")
            rewritten.append((text, result))
        }
        let messages = try ReferenceCompiler.messages(for: rewritten.map(\.1))
        for ((text, result), message) in zip(rewritten, messages) {
            #expect(message == nil, "for: \(text)\nrewritten: \(result)")
        }
        #expect(rewritten.count > 500)
    }

    @Test func bytesThatAreNoTextAreRefusedOrKept() throws {
        var generator = SplitMix(state: 7)
        for _ in 0..<500 {
            let bytes = (0..<generator.below(60)).map { _ in UInt8(generator.below(256)) }
            let source = SourceText(bytes: bytes)
            do {
                _ = try Chunk(parsing: source)
            } catch {
                #expect(error.offset <= bytes.count)
                #expect(error.position.line >= 1 && error.position.column >= 1)
            }
        }
    }

    @Test func theDeepestNestingFitsASmallStack() {
        let text =
            "x = " + String(repeating: "{f(function() return ", count: 48) + "1"
            + String(repeating: " end)}", count: 48)
        let limit = "x = " + String(repeating: "(", count: 195) + "1" + String(repeating: ")", count: 195)
        let outcome = Outcome()
        let thread = Thread {
            outcome.parsed = [text, limit].map { (try? Chunk(parsing: SourceText($0))) != nil }
            outcome.done.signal()
        }
        // Half a megabyte is what a thread of the pool has on macOS; unoptimized code takes several times as much.
        #if DEBUG
            thread.stackSize = 4 * 1024 * 1024
        #else
            thread.stackSize = 512 * 1024
        #endif
        thread.start()
        outcome.done.wait()
        #expect(outcome.parsed == [true, true])
    }

    /// Written by the one thread before it signals, and read after.
    private final class Outcome: @unchecked Sendable {
        var parsed: [Bool] = []
        let done = DispatchSemaphore(value: 0)
    }

    /// A small generator with a seed, since a failing case must come again.
    private struct SplitMix {
        var state: UInt64

        mutating func below(_ limit: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((mixed ^ (mixed >> 31)) % UInt64(max(limit, 1)))
        }
    }
}
