import Foundation
import LuaSyntax
import RunbookDocs
import RunbookSpec
import Testing

/// The reference page, the definition files and the editor's settings.
@Suite struct DocsTests {
    private let helm = ModuleSpec(
        "helm", summary: "Releases of charts", details: "Works with helm 3 and 4.",
        functions: [
            FunctionSpec(
                "upgrade", summary: "Install or upgrade a release", details: "Waits when asked to.", effect: .write,
                parameters: [
                    .required("release", .string, "the release"),
                    ParameterSpec("wait", .either([.duration, .boolean]), default: "false", "how long to wait"),
                    ParameterSpec("output", .enumeration(["a|b", "json"]), "the form"),
                    ParameterSpec("values", .list(.either([.path, .map(.any)])), "values"),
                    ParameterSpec(
                        "hooks", .list(.record([ParameterSpec("app.kubernetes.io/name", .text, "a label")])), "hooks"),
                ],
                returns: ReturnSpec(.record([ParameterSpec("revision", .integer, "the new one")]), "the release"),
                examples: [
                    ExampleSpec(
                        "helm.upgrade { release = \"todo\" }\n", title: "Upgrade",
                        runs: [["helm", "upgrade", "todo", "a b", "it's"]])
                ]),
            FunctionSpec("version", summary: "The version", effect: .read, returns: ReturnSpec(.string)),
        ])

    private let core = ModuleSpec(
        "core", summary: "The words of a runbook", isGlobal: true,
        functions: [
            FunctionSpec(
                "step", summary: "Run a step", effect: .pure, style: .positional,
                parameters: [
                    .required("name", .string, "the name"),
                    ParameterSpec("options", .record([ParameterSpec("retries", .integer, "again")]), "options"),
                    .required("end", .function, "what to do"),
                ], returns: ReturnSpec(.any))
        ])

    @Test func pageShowsEverything() {
        #expect(
            ReferencePage.render(helm) == """
                <!-- Written from the module's description; do not edit. -->

                # helm

                Releases of charts.

                Works with helm 3 and 4.

                | function | effect | what it does |
                | --- | --- | --- |
                | [`helm.upgrade`](#helmupgrade) | write | Install or upgrade a release |
                | [`helm.version`](#helmversion) | read | The version |

                ## helm.upgrade

                ```lua
                helm.upgrade { release = …, … }
                ```

                Install or upgrade a release.

                Waits when asked to.

                | option | type | default | what it is |
                | --- | --- | --- | --- |
                | `release` | string | required | the release |
                | `wait` | duration or boolean | `false` | how long to wait |
                | `output` | "a\\|b" \\| "json" |  | the form |
                | `values` | list of path or table of any value |  | values |
                | `hooks` | list of table |  | hooks |
                | `hooks.app.kubernetes.io/name` | string or secret |  | a label |

                Returns table: the release.

                | field | type | what it is |
                | --- | --- | --- |
                | `revision` | integer | the new one |

                Upgrade.

                ```lua
                helm.upgrade { release = "todo" }
                ```

                A preview of it shows:

                ```console
                helm upgrade todo 'a b' 'it'\\''s'
                ```

                ## helm.version

                ```lua
                helm.version()
                ```

                The version.

                Returns string.

                """)
    }

    @Test func stubDescribesOptionsAsClasses() {
        #expect(
            EditorStub.render(helm) == """
                ---@meta _
                -- Written from the API's description; do not edit.

                ---Releases of charts
                ---Works with helm 3 and 4.
                ---@class helm
                helm = {}

                ---@class (exact) helm.upgrade.options.hooks
                ---@field ["app.kubernetes.io/name"]? string|runbook.Secret a label

                ---@class (exact) helm.upgrade.options
                ---@field release string the release
                ---@field wait? runbook.Duration|boolean how long to wait (default `false`)
                ---@field output? "a|b"|"json" the form
                ---@field values? (string|table<string, any>)[] values
                ---@field hooks? helm.upgrade.options.hooks[] hooks

                ---@class (exact) helm.upgrade.result
                ---@field revision? integer the new one

                ---Install or upgrade a release
                ---Waits when asked to.
                ---@param options helm.upgrade.options
                ---@return helm.upgrade.result # the release
                function helm.upgrade(options) end

                ---The version
                ---@return string
                function helm.version() end

                """)
    }

    @Test func stubOfGlobalsHasAnOverloadForTheArgumentInTheMiddle() {
        #expect(
            EditorStub.render(core) == """
                ---@meta _
                -- Written from the API's description; do not edit.

                ---@class (exact) runbook.step.options
                ---@field retries? integer again

                ---Run a step
                ---@param name string the name
                ---@param options? runbook.step.options options
                ---@param end_ fun(...): any what to do
                ---@overload fun(name: string, end_: fun(...): any): any
                ---@return any
                function step(name, options, end_) end

                """)
    }

    @Test func stubsAreLuaAndEveryTypeInThemIsDeclared() throws {
        let texts = [EditorStub.common, EditorStub.render(helm), EditorStub.render(core)]
        var declared: Set<String> = [
            "string", "integer", "number", "boolean", "any", "nil", "table", "fun", "name", "end_",
        ]
        var used: Set<String> = []
        for text in texts {
            let chunk = try Chunk(parsing: SourceText(text))
            #expect(chunk.comments.count > 5)
            for comment in chunk.comments {
                let line = chunk.source.text(comment.range)
                let words = line.split(separator: " ").map(String.init)
                switch words[0] {
                case "---@class": declared.insert(words[1] == "(exact)" ? words[2] : words[1])
                case "---@alias":
                    declared.insert(words[1])
                    used.formUnion(names(in: words[2]))
                case "---@field", "---@param": used.formUnion(names(in: words[2]))
                case "---@return", "---@type": used.formUnion(names(in: words[1]))
                default: break
                }
            }
        }
        #expect(used.subtracting(declared) == [])
    }

    @Test func settingsAreJSON() throws {
        let text = EditorSettings.luarc(stubFolder: "/home/a\"b/types")
        let settings = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(settings["workspace.library"] as? [String] == ["/home/a\"b/types"])
        #expect(settings["runtime.version"] as? String == "Lua 5.4")
        #expect((settings["runtime.builtin"] as? [String: String])?["io"] == "disable")
    }

    /// The names of types in an annotation, literals left out.
    private func names(in type: String) -> [String] {
        var text = type
        while let start = text.firstIndex(of: "\""), let end = text[text.index(after: start)...].firstIndex(of: "\"") {
            text.removeSubrange(start...end)
        }
        return text.split { !($0.isLetter || $0.isNumber || "._".contains($0)) }.map(String.init).filter { $0 != "..." }
    }
}
