import Testing

@testable import RunbookHost
@testable import RunbookTerminal

/// The screens that stay: a failure, a preview.
@Suite("screens")
struct ScreensTests {
    private func console(_ columns: Int? = nil) -> Console {
        let plain = Style(isColored: false)
        var console = Console(productStyle: plain, progressStyle: plain, isJSON: false)
        console.productColumns = columns
        console.progressColumns = columns
        return console
    }

    private func summary(_ status: RunSummary.Status, _ failure: RunFailure?) -> RunSummary {
        var summary = RunSummary(
            id: "7f3k2", runbook: "deploy", status: status, exitCode: 1, isDryRun: false, started: "",
            milliseconds: 182_000)
        summary.failure = failure
        return summary
    }

    private func text(_ lines: [Console.Line]) -> String { lines.map(\.text).joined(separator: "\n") }

    private var deploy: RunSummary {
        var failure = RunFailure(
            message: "helm upgrade --install todo-chatbot chart exited 1: context deadline exceeded", step: "Deploy",
            site: "deploy-local.lua:58")
        failure.details = ["Error: UPGRADE FAILED", "context deadline exceeded"]
        failure.causes = ["deployment/backend: container crashes, KeyError: DATABASE_URL (exit 1, 4 restarts)"]
        failure.next = "runbook diagnose.lua -p namespace=todo-chatbot"
        var summary = summary(.undone, failure)
        summary.undone = ["release todo-chatbot back to revision 3, serving"]
        summary.left = ["image todo-backend:v1.0.0"]
        return summary
    }

    @Test("a failure: what, cause, where, what was undone and left, the next command")
    func failure() {
        #expect(
            text(EndScreen(console: console()).lines(deploy, lastStep: nil)) == """

                ✗ Deploy
                  helm upgrade --install todo-chatbot chart exited 1: context deadline exceeded
                    Error: UPGRADE FAILED
                  Cause    deployment/backend: container crashes, KeyError: DATABASE_URL (exit 1, 4 restarts)
                  Where    deploy-local.lua:58
                  Undone   release todo-chatbot back to revision 3, serving
                  Left     image todo-backend:v1.0.0
                  Next     runbook diagnose.lua -p namespace=todo-chatbot
                failed, and undone · 3m 02s · runbook logs 7f3k2
                """)
    }

    @Test("the step is not named twice when its line stands right above")
    func once() {
        var summary = deploy
        summary.steps = [LiveLayoutTests.step(4, "Deploy", status: .failed)]
        let lines = EndScreen(console: console()).lines(summary, lastStep: 4)
        #expect(lines.first?.text.hasPrefix("  helm upgrade") == true)
        #expect(EndScreen(console: console()).lines(summary, lastStep: 3).first?.text == "")
    }

    @Test("whatever there is to say, it stays under 15 lines and within 80 columns", arguments: [80, 120])
    func short(_ columns: Int) {
        var summary = deploy
        let long = String(repeating: "a long line of words ", count: 30)
        summary.failure?.message = long
        summary.failure?.details = (1...20).map { "line \($0) \(long)" }
        summary.failure?.causes = Array(repeating: long, count: 9)
        summary.undone = Array(repeating: long, count: 9)
        summary.left = Array(repeating: long, count: 9)
        summary.failure?.remedy = long
        let lines = EndScreen(console: console(columns)).lines(summary, lastStep: nil)
        #expect(lines.count <= EndScreen.lineLimit + 8)
        for line in lines { #expect(CellWidth.of(line.text) <= columns, "\(line.text)") }
    }

    @Test("control characters of a message move nothing")
    func controls() {
        var failure = RunFailure(message: "bad\u{1B}[2J\nsecond", step: "S\u{7}")
        failure.details = ["\u{1B}]0;x\u{7}"]
        let lines = EndScreen(console: console(80)).lines(summary(.failed, failure), lastStep: nil)
        #expect(!text(lines).unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
        #expect(text(lines).contains("bad^[[2J\n  second"))
    }

    @Test("an error in a library tells who called it")
    func library() {
        var failure = RunFailure(message: "attempt to index a nil value", step: "Deploy")
        failure.site = "lib/shop.lua:12"
        failure.traceback = "lib/shop.lua:12: in function 'shop.deploy'\ndeploy.lua:5: in function <deploy.lua:4>"
        #expect(FailureFacts.place(failure) == "lib/shop.lua:12, called from deploy.lua:5")
        failure.traceback = "deploy.lua:9: in local 'f'\ndeploy.lua:5: in function <deploy.lua:4>"
        failure.site = "deploy.lua:9"
        #expect(FailureFacts.place(failure) == "deploy.lua:9")
    }

    @Test("a second branch that failed is told too, its parent is not")
    func others() {
        var summary = summary(.failed, RunFailure(message: "one broke", step: "one"))
        var parent = LiveLayoutTests.step(1, "Both", status: .failed)
        parent.error = "one broke"
        var one = LiveLayoutTests.step(2, "one", parent: 1, depth: 1, status: .failed)
        one.error = "one broke"
        var two = LiveLayoutTests.step(3, "two", parent: 1, depth: 1, status: .failed)
        two.error = "two broke"
        summary.steps = [parent, one, two]
        let lines = EndScreen(console: console()).lines(summary, lastStep: nil).map(\.text)
        #expect(lines.contains("  Also     two: two broke"))
    }

    private func change(
        _ number: Int, _ kind: Change.Kind, _ object: String, _ name: String,
        _ certainty: PlannedChange.Certainty = .certain, undo: String? = nil
    ) -> PlannedChange {
        PlannedChange(
            number: number, step: nil, kind: kind, object: object, name: name, summary: "", command: [],
            difference: nil, certainty: certainty, undo: undo, site: nil, server: nil)
    }

    @Test("a preview: numbered, aligned, each write marked")
    func preview() {
        var summary = summary(.ok, nil)
        summary.isDryRun = true
        var image = change(1, .create, "image", "todo-backend:v1.0.0")
        image.command = ["docker", "build", "a b"]
        var release = change(2, .modify, "release", "todo-chatbot", .dependent(on: 1), undo: "helm rollback todo 3")
        release.difference = Difference(summary: "revision 3 → 4", lines: ["-replicas 2", "+replicas 3"])
        let custom = change(3, .create, "object", "cert", .unvalidated("its definition comes with change 2"))
        summary.plan = [image, release, custom]
        summary.branches = ["branch at a.lua:7 depends on ‹unknown: x›; the preview takes it as true"]
        #expect(
            text(EndScreen(console: console()).lines(summary, lastStep: nil)) == """
                Would make 3 changes, 1 of them depends on an earlier one, 1 cannot be validated yet
                  1  + image    todo-backend:v1.0.0
                       $ docker build 'a b'
                       certain
                  2  ~ release  todo-chatbot         revision 3 → 4
                       -replicas 2
                       +replicas 3
                       depends on change 1 · undo: helm rollback todo 3
                  3  + object   cert
                       cannot be validated yet: its definition comes with change 2
                  ? branch at a.lua:7 depends on ‹unknown: x›; the preview takes it as true
                Reads could not be made: none. Nothing was changed.
                nothing was changed · 3m 02s
                """)
    }

    @Test("reads that one thing stopped are one line")
    func missing() {
        #expect(
            MissingReads.grouped([
                "kubectl get nodes exited 1: no cluster", "helm: command not found",
                "kubectl get pods exited 1: no cluster", "kubectl get secret exited 1: no cluster",
            ]) == ["no cluster: kubectl get nodes, and 2 more", "helm: command not found"])
    }
}
