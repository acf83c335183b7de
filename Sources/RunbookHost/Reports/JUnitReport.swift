/// A report for continuous integration: a test case a step.
struct JUnitReport {
    let data: ReportData

    var text: String {
        let run = data.run
        let steps = data.sessions.last ?? []
        let failures = steps.filter { $0.status == "failed" }.count
        let skipped = steps.filter { $0.status == "skipped" }.count
        let isError = run.status != "ok" && failures == 0
        let counts =
            "tests=\"\(steps.count)\" failures=\"\(failures)\" errors=\"\(isError ? 1 : 0)\" skipped=\"\(skipped)\""
        var lines = [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
            "<testsuites name=\"\(XMLText.escape(run.runbook))\" \(counts) time=\"\(seconds(run.milliseconds ?? 0))\">",
            "  <testsuite name=\"\(XMLText.escape(run.runbook))\" id=\"\(run.id)\" timestamp=\"\(run.started)\""
                + " hostname=\"\(XMLText.escape(run.host))\" \(counts) time=\"\(seconds(run.milliseconds ?? 0))\">",
        ]
        for step in steps { lines += testCase(step) }
        if isError {
            lines.append(
                "    <system-err>\(XMLText.escape("\(run.status): \(data.failure?.message ?? "")"))</system-err>")
        }
        return (lines + ["  </testsuite>", "</testsuites>"]).joined(separator: "\n")
    }

    private func testCase(_ step: ReportData.Step) -> [String] {
        let open =
            "    <testcase classname=\"\(XMLText.escape(data.run.runbook))\" name=\"\(XMLText.escape(step.name))\""
            + " time=\"\(seconds(step.milliseconds))\""
        switch step.status {
        case "failed":
            let message = step.error ?? "failed"
            let output = step.commands.flatMap(\.output).suffix(20).joined(separator: "\n")
            return [
                open + ">",
                "      <failure message=\"\(XMLText.escape(message))\">\(XMLText.escape(output))</failure>",
                "    </testcase>",
            ]
        case "skipped": return [open + "><skipped/></testcase>"]
        default: return [open + "/>"]
        }
    }

    private func seconds(_ milliseconds: Int) -> String {
        let rest = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }
}

/// Text in XML and HTML.
enum XMLText {
    /// The text with what has a meaning there escaped; characters that XML does not know become `�`.
    static func escape(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\n", "\t", "\r": result.unicodeScalars.append(scalar)
            case "\u{0}"..<"\u{20}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
