import Foundation
import Testing

/// What a run costs: time and memory.
@Suite("resources", .serialized)
struct ResourceTests {
    /// The most memory that the program held so far, in KiB: a child reads it from its parent.
    private static let peak = """
        local function peak()
          local text = exec.run({ "sh", "-c", "grep VmHWM /proc/$PPID/status" }, { read = true }).stdout
          return tonumber(text:match("%d+"))
        end

        """

    @Test("fifty children at once take the time of one and little memory")
    func parallel() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write(
            "many.lua",
            "runbook { name = \"many\" }\n" + Self.peak + """
                local work = {}
                for i = 1, 50 do work[i] = function() return exec.run({ "sleep", "1" }).status end end
                local began = time.now()
                local results = parallel(work)
                return { count = #results, seconds = time.now() - began, peak = peak() }
                """)
        let result = try bench.run("many.lua", "--output", "json")
        #expect(result.status == 0, "\(result.errors)")
        let document = try result.json()["result"]
        #expect(document["count"].number == 50)
        let seconds = try #require(document["seconds"].value as? Double)
        #expect(seconds >= 1 && seconds < 3)
        let peak = try #require(document["peak"].number)
        #expect(peak < 96 << 10, "\(peak) KiB")
    }

    @Test("a child that prints without end fills neither memory nor disk")
    func endless() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write(
            "endless.lua",
            "runbook { name = \"endless\" }\n" + Self.peak + """
                exec.run { "sh", "-c", "yes | head -c 200000000 >&2; echo done >&2" }
                return { peak = peak() }
                """)
        let result = try bench.run("endless.lua", "--output", "json")
        #expect(result.status == 0, "\(result.errors.suffix(200))")
        let document = try result.json()
        let peak = try #require(document["result"]["peak"].number)
        #expect(peak < 128 << 10, "\(peak) KiB")
        let run = try #require(document["run"].text)
        let log = try #require(bench.read("state/runbook/runs/\(run)/events.jsonl"))
        #expect(log.utf8.count < 8 << 20)
        #expect(log.contains("… it prints more, which is not kept here"))
    }

    @Test("what a child prints is not held as a whole unless the script gets it")
    func output() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write(
            "print.lua",
            "runbook { name = \"print\" }\n" + Self.peak + """
                local before = peak()
                exec.run({ "sh", "-c", "head -c 67108864 /dev/zero | tr '\\\\0' x >&2" })
                local errors = peak() - before
                local text = exec.run({ "sh", "-c", "head -c 16777216 /dev/zero | tr '\\\\0' y" }, { quiet = true }).stdout
                return { errors = errors, output = peak() - before, length = #text }
                """)
        let result = try bench.run("print.lua", "--output", "json")
        #expect(result.status == 0, "\(result.errors)")
        let document = try result.json()["result"]
        #expect(document["length"].number == 16 << 20)
        let errors = try #require(document["errors"].number)
        let output = try #require(document["output"].number)
        #expect(errors < 32 << 10, "\(errors) KiB for 64 MiB of errors")
        #expect(output < 160 << 10, "\(output) KiB for 16 MiB of output")
    }
}
