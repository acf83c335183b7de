import Foundation
import Testing

@testable import ClusterSim

@Suite("Values: JSON, quantities, times, schedules, scripts, faults")
struct ValueTests {
    @Test(
        "JSON survives reading and writing",
        arguments: [
            #"{"a":[1,2.5,true,false,null,"x\n\"\\\u0001é😀"],"b":{}}"#, "[]", #""\ud83d\ude00""#, "-12", "1e3",
        ])
    func roundTrip(_ text: String) throws {
        let value = try json(text)
        #expect(try JSONParser.parse(JSONWriter.bytes(value)) == value)
    }

    @Test(
        "damaged JSON is refused in Go's words",
        arguments: [
            ("{", "unexpected end of JSON input"),
            ("{a:1}", "invalid character 'a' looking for beginning of object key string"),
            ("[1,]", "invalid character ']' looking for beginning of value"),
            ("1 2", "invalid character '2' after top-level value"),
            (#"{"a" 1}"#, "invalid character '1' after object key"), ("", "unexpected end of JSON input"),
            (#"{"a":1 "b":2}"#, "invalid character '\"' after object key:value pair"),
            ("nul", "unexpected end of JSON input"),
        ])
    func damaged(_ text: String, _ message: String) {
        #expect { try json(text) } throws: { ($0 as? JSONError)?.message == message }
    }

    @Test("a deep nest is refused, not a crash")
    func deep() {
        #expect { try json(String(repeating: "[", count: 100_000)) } throws: {
            ($0 as? JSONError)?.message == "exceeded max depth"
        }
    }

    @Test(
        "quantities are written in their canonical form",
        arguments: [
            ("1000m", "1"), ("0.5", "500m"), ("1.5Gi", "1536Mi"), ("1024Ki", "1Mi"), ("2", "2"), ("1500k", "1500k"),
            ("1e3", "1k"), ("0", "0"),
            ("100M", "100M"), ("64", "64"),
        ])
    func quantities(_ text: String, _ wanted: String) { #expect(Quantity(text)?.text == wanted) }

    @Test("what is no quantity is none", arguments: ["", "x", "1Q", "Mi", "--"])
    func badQuantities(_ text: String) { #expect(Quantity(text) == nil) }

    @Test("times are written and read")
    func times() {
        #expect(Timestamp.seconds(0) == "1970-01-01T00:00:00Z")
        #expect(Timestamp.seconds(1_709_210_096) == "2024-02-29T12:34:56Z")
        #expect(Timestamp.parse("2024-02-29T12:34:56Z") == 1_709_210_096)
        #expect(Timestamp.microseconds(1.25) == "1970-01-01T00:00:01.250000Z")
        #expect(
            [5, 125, 700, 9000, 100_000, 400_000].map { Timestamp.age($0) } == [
                "5s", "2m5s", "11m", "150m", "27h", "4d15h",
            ])
    }

    @Test(
        "schedules",
        arguments: [
            ("*/5 * * * *", 300.0), ("0 0 * * *", 86_400.0), ("30 1 * * *", 5400.0), ("0 0 1 2 *", 2_678_400.0),
            ("@hourly", 3600.0), ("@every 90s", 90.0), ("0 9 * * MON", 4 * 86_400 + 9 * 3600.0),
            ("0 0 1 FEB ?", 2_678_400.0),
        ])
    func schedules(_ text: String, _ next: Double) { #expect((try? CronSchedule(text))?.next(after: 0) == next) }

    @Test("a schedule keeps to its time zone, also when summer time begins")
    func zones() throws {
        let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
        let schedule = try CronSchedule("30 9 * * *", zone: berlin)
        // The clocks of Berlin went forward on the 31st of March 2024: UTC+1 before, UTC+2 from then on.
        let saturday = try #require(Timestamp.parse("2024-03-30T00:00:00Z"))
        let first = try #require(schedule.next(after: saturday))
        #expect(Timestamp.seconds(first) == "2024-03-30T08:30:00Z")
        #expect(schedule.next(after: first).map(Timestamp.seconds) == "2024-03-31T07:30:00Z")
    }

    @Test("the latest time that was due is found, with how many were")
    func latest() throws {
        let schedule = try CronSchedule("*/10 * * * *")
        #expect(schedule.latest(after: 0, until: 599, limit: 100) == nil)
        let few = try #require(schedule.latest(after: 0, until: 1900, limit: 100))
        #expect(few == (1800, 3))
        let many = try #require(schedule.latest(after: 0, until: 86_400 * 365, limit: 100))
        #expect(many.due == 86_400 * 365 && many.count > 50_000)
    }

    @Test(
        "what is no schedule is none",
        arguments: [
            "* * * *", "61 * * * *", "a b c d e", "*/0 * * * *", "5-1 * * * *", "* * * * 7", "@often", "@every soon",
        ])
    func badSchedules(_ text: String) { #expect((try? CronSchedule(text)) == nil) }

    @Test(
        "simple scripts are followed",
        arguments: [
            ("echo a; exit 3", 3, ["a"]), ("false && echo x; echo y", 0, ["y"]), ("false || exit 2", 2, []),
            ("echo 'a b' >&2; false", 1, ["a b"]),
            ("A=1; echo $A", 0, ["1"]),
        ] as [(String, Int, [String])])
    func scripts(_ text: String, _ code: Int, _ lines: [String]) {
        var shell = ShellScript(environment: [:])
        shell.run(text)
        #expect(shell.exitCode == code)
        #expect(shell.lines == lines)
    }

    @Test("servers and unknown programs run on, a server answers for the files that were made")
    func servers() throws {
        let container = try json(
            #"{"command":["sh","-c","mkdir -p /w; echo ok > /w/index.html; httpd -f -p 8000 -h /w"]}"#)
        let program = ContainerProgram(container: container, environment: [:], endsByItself: false)
        #expect(program.exit == nil)
        #expect(program.answer(port: 8000, path: "/") == 200)
        #expect(program.answer(port: 8000, path: "/health") == 404)
        #expect(program.answer(port: 9, path: "/") == nil)
        #expect(
            ContainerProgram(container: ["command": ["uvicorn", "app"]], environment: [:], endsByItself: false).exit
                == nil)
        #expect(
            ContainerProgram(container: ["command": ["alembic", "upgrade"]], environment: [:], endsByItself: true).exit?
                .code == 0)
    }

    @Test("faults are read")
    func faults() throws {
        #expect(
            try Fault(parsing: "crashloop:deployment/backend:KeyError: X")
                == Fault(.crashloop, target: "deployment/backend", value: "KeyError: X"))
        #expect(try Fault(parsing: "api-429:*:5s").value == "5s")
        #expect(Fault(annotation: "slow-start: 30s") == Fault(.slowStart, target: "*", value: "30s"))
        #expect(Fault(annotation: "api-429") == nil)
    }

    @Test(
        "what is no fault is refused, with what would be one",
        arguments: [
            ("crash:deployment/x", "unknown fault \"crash\"; known faults: crashloop, oom, image-pull"),
            ("oom", "the fault \"oom\" names no target; write oom:deployment/NAME or oom:*"),
            (
                "oom:backend",
                "the target \"backend\" of the fault \"oom:backend\" is none; write KIND/NAME such as deployment/backend, or *"
            ),
            (
                "slow-start:*:soon",
                "the value \"soon\" of the fault \"slow-start:*:soon\" is no time such as 5s and no count such as 3"
            ),
        ])
    func badFaults(_ text: String, _ message: String) {
        #expect { try Fault(parsing: text) } throws: { "\($0)".hasPrefix(message) }
    }

    @Test("a damaged gzip file is an error")
    func gzip() throws {
        let path = "\(Fixtures.documents)/openapi/v3/apis/policy/v1/index.json.gz"
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        #expect(try Inflate.gunzip(bytes).count == 127_421)
        #expect(throws: InflateError.self) { try Inflate.gunzip(Array(bytes.prefix(2000))) }
        #expect(throws: InflateError.self) { try Inflate.gunzip([1, 2, 3]) }
    }

    @Test("protobuf bodies are read, unknown kinds refused with 415, damage with 400")
    func protobuf() throws {
        let namespace: [UInt8] =
            [0x6B, 0x38, 0x73, 0, 0x0A, 15, 0x0A, 2, 0x76, 0x31, 0x12, 9] + Array("Namespace".utf8) + [
                0x12, 5, 0x0A, 3, 0x0A, 1, 0x78,
            ]
        #expect(
            try ProtobufObject.decode(namespace)
                == json(#"{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"x"}}"#))
        #expect { try ProtobufObject.decode(Array(namespace.dropLast(2))) } throws: { ($0 as? APIError)?.code == 400 }
        var other = namespace
        other[16] = UInt8(ascii: "Z")
        #expect { try ProtobufObject.decode(other) } throws: { ($0 as? APIError)?.code == 415 }
    }
}
