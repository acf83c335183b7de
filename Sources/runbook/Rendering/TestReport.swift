import RunbookHost

/// Test results for people, TAP readers and JUnit readers.
struct TestReport {
    let results: [TestResult]
    let elapsed: Duration

    func text(as format: TestFormat) -> String {
        switch format {
        case .text: plain
        case .tap: tap
        case .junit: junit
        }
    }

    private var failed: Int { results.filter { !$0.passed }.count }

    private var plain: String {
        var lines: [String] = []
        for file in files {
            let own = results.filter { $0.file == file }
            let bad = own.filter { !$0.passed }
            lines.append("\(bad.isEmpty ? "✓" : "✗") \(file)  \(own.count) test\(own.count == 1 ? "" : "s")")
            for result in bad {
                lines.append("  ✗ \(result.name)")
                lines += result.message.split(separator: "\n").map { "      \($0)" }
            }
        }
        lines.append("\(results.count - failed) passed, \(failed) failed")
        return lines.joined(separator: "\n") + "\n"
    }

    private var files: [String] {
        var seen: Set<String> = []
        return results.map(\.file).filter { seen.insert($0).inserted }
    }

    private var tap: String {
        var lines = ["TAP version 13", "1..\(results.count)"]
        for (index, result) in results.enumerated() {
            let name = "\(result.file) › \(result.name)".replacing("#", with: "\\#").replacing("\n", with: " ")
            lines.append("\(result.passed ? "ok" : "not ok") \(index + 1) - \(name)")
            if !result.passed {
                lines.append("  ---")
                lines.append("  message: |")
                lines += result.message.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
                lines.append("  ...")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var junit: String {
        var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"]
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        lines.append("<testsuites tests=\"\(results.count)\" failures=\"\(failed)\" time=\"\(seconds)\">")
        for file in files {
            let own = results.filter { $0.file == file }
            lines.append(
                "  <testsuite name=\"\(Self.escape(file))\" tests=\"\(own.count)\" failures=\"\(own.filter { !$0.passed }.count)\">"
            )
            for result in own {
                let time = Double(result.milliseconds) / 1000
                let head =
                    "    <testcase classname=\"\(Self.escape(file))\" name=\"\(Self.escape(result.name))\" time=\"\(time)\""
                if result.passed {
                    lines.append(head + "/>")
                } else {
                    lines.append(head + "><failure message=\"\(Self.escape(result.message))\"/></testcase>")
                }
            }
            lines.append("  </testsuite>")
        }
        lines.append("</testsuites>")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func escape(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n": result += "&#10;"
            case "\t": result += "\t"
            default: if scalar.value >= 0x20 { result.unicodeScalars.append(scalar) }
            }
        }
        return result
    }
}
