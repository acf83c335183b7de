import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The events of a past run, read line by line.
public struct RunLog: Sendable {
    /// A line for a person.
    public struct Line: Sendable {
        /// The text.
        public var text: String
        /// True for what went wrong.
        public var isProblem = false
        /// True for what is beside the point most of the time.
        public var isDim = false
    }

    private let path: String
    private let run: StoredRun

    /// The log of a run.
    public init(history: History, run: StoredRun) {
        path = history.eventsPath(of: run.id)
        self.run = run
    }

    /// Calls `body` with each line as it is in the file.
    ///
    /// A run that did not begin has no events.
    /// - Throws: `RunbookError` with code `io`, and what `body` throws.
    public func eachLine(_ body: (String) throws -> Void) throws {
        guard let file = fopen(path, "r") else {
            if errno == ENOENT { return }
            throw RunbookError(.io, "cannot read \(path): \(String(cString: strerror(errno)).lowercased())")
        }
        defer { fclose(file) }
        var buffer: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(buffer) }
        while case let count = getline(&buffer, &capacity, file), count > 0, let start = buffer {
            let bytes = UnsafeRawBufferPointer(start: start, count: start[count - 1] == 10 ? count - 1 : count)
            try body(String(decoding: bytes, as: UTF8.self))
        }
    }

    /// Calls `body` with each event's fields.
    func eachEvent(_ body: ([String: Any]) throws -> Void) throws {
        try eachLine { line in
            guard let fields = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
                return
            }
            try body(fields)
        }
    }

    /// Calls `body` with each event as a line for a person.
    public func eachText(_ body: (Line) throws -> Void) throws {
        var hasEvents = false
        try eachEvent { event in
            hasEvents = true
            let time = String((event["time"] as? String ?? "").dropFirst(11).prefix(12))
            for line in Self.lines(event) {
                try body(Line(text: "\(time)  \(line.text)", isProblem: line.isProblem, isDim: line.isDim))
            }
        }
        if !hasEvents, let error = run.error { try body(Line(text: error, isProblem: true)) }
    }

    private static func lines(_ event: [String: Any]) -> [Line] {
        let indent = String(repeating: "  ", count: event["depth"] as? Int ?? 0)
        let took = (event["ms"] as? Int).map { " (\(DurationText.of(milliseconds: $0)))" } ?? ""
        let error = event["error"] as? String
        switch event["event"] as? String {
        case "run-started": return [Line(text: "run \(event["run"] ?? "") began: \(event["file"] ?? "")")]
        case "step-started": return [Line(text: "\(indent)▸ \(event["name"] ?? "")")]
        case "step-ended":
            let status = event["status"] as? String ?? ""
            let sign = status == "ok" ? "✓" : status == "failed" ? "✗" : "·"
            let text = "\(indent)\(sign) \(event["name"] ?? "")  \(status)\(took)"
            return [Line(text: text + (error.map { ": \($0)" } ?? ""), isProblem: status == "failed")]
        case "action-started": return [Line(text: "    $ \(event["display"] ?? "")", isDim: true)]
        case "action-ended":
            let exit = (event["exit"] as? Int).map { "exit \($0)" }
            let text = [exit, error].compactMap { $0 }.joined(separator: ", ")
            return text.isEmpty
                ? [] : [Line(text: "      \(text)\(took)", isProblem: error != nil, isDim: error == nil)]
        case "output": return [Line(text: "      \(event["line"] ?? "")")]
        case "note": return [Line(text: "  \(event["text"] ?? "")", isProblem: event["level"] as? String == "warning")]
        case "run-ended":
            var lines = [Line(text: "run ended: \(event["status"] ?? ""), exit \(event["exit"] ?? "")\(took)")]
            if let error { lines.append(Line(text: "  \(error)", isProblem: true)) }
            for cause in event["causes"] as? [String] ?? [] { lines.append(Line(text: "  Cause    \(cause)")) }
            for text in event["undone"] as? [String] ?? [] { lines.append(Line(text: "  Undone   \(text)")) }
            for text in event["left"] as? [String] ?? [] { lines.append(Line(text: "  Left     \(text)")) }
            return lines
        default: return []
        }
    }
}
