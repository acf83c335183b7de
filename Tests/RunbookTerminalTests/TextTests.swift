import Testing

@testable import RunbookTerminal

/// Widths, cuts and what is made of texts from outside.
@Suite("texts of a terminal")
struct TextTests {
    @Test(
        "columns",
        arguments: [
            ("", 0), ("backend", 7), ("é", 1), ("e\u{301}", 1), ("部署", 4), ("ｆｕｌｌ", 8), ("🚀", 2), ("✓ ok", 4),
            ("한글", 4),
            ("\u{200B}", 0), ("❤\u{FE0F}", 2), ("🇩🇪", 2), ("⠹", 1),
        ] as [(String, Int)])
    func width(_ text: String, _ width: Int) {
        #expect(CellWidth.of(text) == width)
    }

    @Test("a cut text fits, and one that fits is left alone")
    func cut() {
        #expect("backend".cut(to: 7) == "backend")
        #expect("backend".cut(to: 6) == "backe…")
        #expect("部署后端".cut(to: 8) == "部署后端")
        #expect("部署后端".cut(to: 7) == "部署后…")
        #expect("部署后端".cut(to: 6) == "部署…")
        #expect("x".cut(to: 0) == "")
        #expect("e\u{301}e\u{301}".cut(to: 2) == "e\u{301}e\u{301}")
        for text in ["kubectl get pods --output json", "部署后端服务到集群里面去", "🚀🚀🚀🚀 go 🚀🚀🚀🚀"] {
            for width in 1..<40 {
                #expect(CellWidth.of(text.cut(to: width)) <= width)
                #expect(CellWidth.of(text.cutInMiddle(to: width)) <= width)
            }
        }
    }

    @Test("a command is cut in the middle, so that its end is seen")
    func middle() {
        let text = "helm upgrade --install todo-chatbot chart --values a.yaml --wait --namespace shop"
        let cut = text.cutInMiddle(to: 40)
        #expect(cut.hasPrefix("helm upgrade --install"))
        #expect(cut.hasSuffix("space shop"))
    }

    @Test("control characters are written out, colours go")
    func controls() {
        #expect(ScreenText.line("a\u{1B}[31mred\u{1B}[0m") == "ared")
        #expect(ScreenText.line("\u{1B}[2J\u{1B}[H") == "^[[2J^[[H")
        #expect(ScreenText.line("\u{1B}]0;title\u{7}") == "^[]0;title^G")
        #expect(ScreenText.line("a\rb") == "a^Mb")
        #expect(ScreenText.line("a\tb\nc\r\n") == "a  b c ")
        #expect(ScreenText.line("\u{9B}2J") == "⟨U+009B⟩2J")
        #expect(ScreenText.line("safe\u{202E}cod.exe") == "safe⟨U+202E⟩cod.exe")
        #expect(ScreenText.line("👩\u{200D}🚀 部署 e\u{301}") == "👩\u{200D}🚀 部署 e\u{301}")
        #expect(ScreenText.lines("one\r\ntwo\nthree") == ["one", "two", "three"])
    }

    @Test("what a script prints keeps its colours and nothing that moves or hides")
    func product() {
        #expect(ScreenText.product("\u{1B}[32mok\u{1B}[0m\tx\ny") == "\u{1B}[32mok\u{1B}[0m\tx\ny\u{1B}[0m")
        #expect(ScreenText.product("\u{1B}[8mhidden") == "^[[8mhidden")
        #expect(ScreenText.product("\u{1B}[1A\u{1B}[2K") == "^[[1A^[[2K")
        #expect(ScreenText.product("plain") == "plain")
    }

    @Test("long texts are broken between words, and a long word within")
    func wrapping() {
        #expect(Wrapping.lines("one two three", width: 7) == ["one two", "three"])
        #expect(Wrapping.lines("abcdefgh ij", width: 4) == ["abcd", "efgh", "ij"])
        #expect(Wrapping.lines("", width: 4) == [""])
        for width in 4..<30 {
            for line in Wrapping.lines("deployment/backend: 部署 failed with KeyError: DATABASE_URL", width: width) {
                #expect(CellWidth.of(line) <= width)
            }
        }
    }

    @Test("a row's further lines stand below its text; a narrow one begins below its label")
    func rows() {
        let row = LabelledRow(label: "Cause", text: "deployment/backend: container crashes, KeyError: DATABASE_URL")
        #expect(
            row.lines(labelWidth: 9, indent: 2, width: 50) == [
                "  Cause    deployment/backend: container crashes,", "           KeyError: DATABASE_URL",
            ])
        #expect(
            row.lines(labelWidth: 9, indent: 2, width: 30) == [
                "  Cause", "    deployment/backend:", "    container crashes,", "    KeyError: DATABASE_URL",
            ])
    }

    @Test(
        "what kubectl rollout status says, in few words",
        arguments: [
            (
                "Waiting for deployment \"backend\" rollout to finish: 1 of 2 updated replicas are available...",
                "deployment/backend 1 of 2 ready"
            ),
            (
                "Waiting for deployment \"backend\" rollout to finish: 0 out of 2 new replicas have been updated...",
                "deployment/backend 0 of 2 started"
            ),
            (
                "Waiting for deployment \"backend\" rollout to finish: 1 old replicas are pending termination...",
                "deployment/backend 1 old pod still there"
            ),
            (
                "Waiting for daemon set \"agent\" rollout to finish: 2 of 3 updated pods are available...",
                "daemonset/agent 2 of 3 ready"
            ),
            ("Waiting for 1 pods to be ready...", "1 pod not ready yet"),
            ("  #5 [2/4] RUN pip install\u{1B}[0m", "#5 [2/4] RUN pip install"),
        ])
    func activity(_ line: String, _ shown: String) {
        #expect(ActivityText.of(line) == shown)
    }
}
