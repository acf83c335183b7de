import RunbookLua
import Testing

@testable import RunbookHost

/// YAML as scripts see it: what a scalar is, what is refused, and that what is written reads back.
@Suite("yaml")
struct YAMLTests {
    private func decoded(_ text: String, _ rules: YAMLScalar.Rules = .core) throws -> String {
        JSONText.encode(.list(try YAMLText.decodeAll(text, rules: rules)), pretty: false)
    }

    private func message(_ text: String) -> String {
        do {
            return "read: \(try decoded(text))"
        } catch let error as RunbookError {
            return error.message
        } catch {
            return "\(error)"
        }
    }

    @Test(
        "the type of a scalar",
        arguments: [
            ("no", "\"no\""), ("YES", "\"YES\""), ("on", "\"on\""), ("NO", "\"NO\""), ("y", "\"y\""),
            ("true", "true"), ("False", "false"), ("~", "null"), ("null", "null"), ("''", "\"\""),
            ("0", "0"), ("-12", "-12"), ("0o17", "15"), ("0x1F", "31"), ("0644", "\"0644\""), ("007", "\"007\""),
            ("+49151", "\"+49151\""), ("1.5", "1.5"), ("1e3", "1000.0"), (".5", "0.5"), ("1.2.3", "\"1.2.3\""),
            ("1_000", "\"1_000\""), ("2024-01-01", "\"2024-01-01\""),
            ("2001-12-14t21:59:43.10-05:00", "\"2001-12-14t21:59:43.10-05:00\""),
            ("12:30:45", "\"12:30:45\""), ("99999999999999999999", "\"99999999999999999999\""),
            ("9223372036854775807", "9223372036854775807"), ("1e400", "\"1e400\""), ("e5", "\"e5\""), (".", "\".\""),
            ("-", "[null]"), ("--5", "\"--5\""), ("'12'", "\"12\""), ("\"true\"", "\"true\""), ("<<", "\"<<\""),
            ("!!str 123", "\"123\""), ("!!int '12'", "12"), ("!!float 1", "1.0"), ("!!binary aGk=", "\"hi\""),
            ("!!bool 'true'", "true"), ("!!python/object:os.system rm", "\"rm\""), ("!secret x", "\"x\""),
            ("é", "\"é\""), ("|\n  a\n  b\n", "\"a\\nb\\n\""), (">-\n  a\n  b\n", "\"a b\""),
        ])
    func scalar(_ text: String, _ json: String) throws {
        #expect(try decoded(text) == "[\(json)]")
    }

    @Test(
        "manifests are read as kubectl reads them",
        arguments: [("0644", "420"), ("yes", "true"), ("off", "false"), ("0o644", "420"), ("08", "\"08\""), ("1", "1")])
    func kubernetes(_ text: String, _ json: String) throws {
        #expect(try decoded(text, .kubernetes) == "[\(json)]")
    }

    @Test("infinity and what is no number")
    func specialNumbers() throws {
        let values = try YAMLText.decodeAll("[.inf, -.Inf, .nan]")[0].listValue ?? []
        #expect(values.map(\.numberValue).first == .infinity)
        #expect(values[1].numberValue == -.infinity)
        #expect(values[2].numberValue?.isNaN == true)
        #expect(try YAMLText.encode([.list(values)]) == "- .inf\n- -.inf\n- .nan\n")
    }

    @Test(
        "documents, anchors and merges",
        arguments: [
            ("", ""), ("# only a comment\n", ""), ("---\n---\n", "null,null"), ("--- 1\n...\n--- 2", "1,2"),
            ("%YAML 1.1\n---\na: yes", "{\"a\":\"yes\"}"), ("z: 1\na: 2", "{\"z\":1,\"a\":2}"),
            ("x: &x {a: 1, b: 2}\ny: *x", "{\"x\":{\"a\":1,\"b\":2},\"y\":{\"a\":1,\"b\":2}}"),
            ("x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  a: 3", "{\"x\":{\"a\":1,\"b\":2},\"y\":{\"a\":3,\"b\":2}}"),
            (
                "x: &x {a: 1}\nz: &z {a: 2, b: 2}\ny: {<<: [*x, *z], c: 3}",
                "{\"x\":{\"a\":1},\"z\":{\"a\":2,\"b\":2},\"y\":{\"c\":3,\"a\":1,\"b\":2}}"
            ),
            ("\"<<\": {a: 1}", "{\"<<\":{\"a\":1}}"), ("1: a\ntrue: b", "{\"1\":\"a\",\"true\":\"b\"}"),
            ("a: []\nb: {}\nc:", "{\"a\":[],\"b\":{},\"c\":null}"), ("a: 1\r\nb: 2\r\n", "{\"a\":1,\"b\":2}"),
        ])
    func structure(_ text: String, _ json: String) throws {
        #expect(try decoded(text) == "[\(json)]")
    }

    @Test(
        "what cannot be read is told with its line",
        arguments: [
            ("a: 1\nb: 2\na: 3\n", "YAML: line 1: the key `a` stands twice in one table"),
            ("a: b: c", "YAML: line 1, column 5: mapping values are not allowed in this context"),
            ("a:\n\t- x", "YAML: line 2, column 1: found character that cannot start any token"),
            ("a: *nope", "YAML: line 1, column 4: found undefined alias"),
            ("a: 1\n[x]: 2", "YAML: line 2, column 1: a key must be a text, and not a list or a table"),
            ("a: !!int many", "YAML: line 1, column 4: `many` does not fit its tag tag:yaml.org,2002:int"),
            ("<<: 3", "YAML: line 1, column 5: `<<` takes a table or a list of tables"),
            ("a: \"x", "YAML: line 1, column 6: found unexpected end of stream"),
            ("a: 1\nb: \0", "YAML: line 2: a NUL, which no YAML holds"),
        ])
    func refused(_ text: String, _ expected: String) {
        #expect(message(text) == expected)
    }

    @Test("a few lines of aliases that stand for billions of values are refused, at once")
    func bomb() {
        var lines = ["a: &a [x,x,x,x,x,x,x,x,x]"]
        for (name, before) in zip("bcdefghi", "abcdefgh") {
            lines.append(
                "\(name): &\(name) [" + [String](repeating: "*\(before)", count: 9).joined(separator: ",") + "]")
        }
        #expect(message(lines.joined(separator: "\n")).hasSuffix("its aliases stand for more than 100000 values"))
    }

    @Test("deep nesting is refused, and nothing is lost silently")
    func depth() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(message(nested(150)).hasPrefix("read: "))
        #expect(message(nested(200)).contains("nested more than 180 deep"))
        #expect(!message(nested(100_000)).hasPrefix("read: "))
    }

    @Test("every text reads back as it was written")
    func texts() throws {
        let texts = [
            "yes", "No", "on", "y", "0o17", "0x1F", "017", "1e3", "1_000", "2024-01-01", "12:30:45", ".inf", ".NaN",
            "~", "",
            " lead", "trail ", "a: b", "- x", "# c", "a #b", "&a", "*a", "!t", "|", ">", "%", "@x", "`x", "'", "\"",
            "\\",
            "a\nb", "a\nb\n", "\n", "\n\na", "a\n ", " a\nb", "a \nb", "\ta", "a\tb", "a\rb", "a\r\nb", "\u{1B}[31m",
            "é",
            "[", "{", "}", ",", "?", "? a", ":", "-", "---", "...", "null", "=", "<<", "+1", "-1", "0", "1.0", "true",
            String(repeating: "long words ", count: 30), "x\n\n\ny", "2nd-node", "1.2.3", "v1", "10.0.0.1", "1:2", "😀",
            "0b11", "1e", "12e03", "0.", "5.", "-.5", "190:20:30", "\u{7F}", "\u{A0}x", "key: |", "{{ template }}",
        ]
        for text in texts {
            let written = try YAMLText.encode([.table(LuaTable(fields: ["v": .string(text)]))])
            let back = try YAMLText.decodeAll(written)
            #expect(back.count == 1 && back[0]["v"].stringValue == text, "\(text.debugDescription): \(written)")
            let asKey = try YAMLText.encode([.table(LuaTable([(.string(text), 1)]))])
            #expect(try YAMLText.decodeAll(asKey)[0].tableValue?.fields.first?.name == text, "\(asKey)")
            // Kubernetes' rules take more words for something else; they are quoted for them.
            #expect(try YAMLText.decodeAll(written, rules: .kubernetes)[0]["v"].stringValue == text, "\(written)")
        }
    }

    @Test("a values file keeps its order when one value is changed")
    func order() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        try run.write("values.yaml", "zebra: 1\nimage:\n  tag: v1\n  repository: todo\napple: [b, a]\nreplicas: 2\n")
        let outcome = await run(
            """
            local values = yaml.decode(fs.read("values.yaml"))
            values.image.tag = "v2"
            values.apple = nil
            values.extra = true
            values.another = { 1 }
            print(yaml.encode(values))
            print(json.encode(json.decode('{"z":{"y":1,"b":2,"a":[]},"c":3,"a":null}')))
            """)
        #expect(outcome.message == "")
        let printed = outcome.notes(.print).joined(separator: "\n")
        #expect(
            printed == """
                zebra: 1
                image:
                  tag: v2
                  repository: todo
                replicas: 2
                another:
                - 1
                extra: true

                {"z":{"y":1,"b":2,"a":[]},"c":3}
                """)
    }

    @Test("a stream is written with a mark before each document")
    func stream() throws {
        #expect(try YAMLText.encode([["a": 1], ["b": 2]]) == "---\na: 1\n---\nb: 2\n")
    }

    @Test(
        "a table of items and names, and a list with a hole, are no JSON and no YAML: the place is named",
        arguments: [
            (
                "json.encode { spec = { 'a', name = 'b' } }",
                "`json.encode`: value.spec has items and the key `name`, and can be written as one of both only"
            ),
            (
                "yaml.encode { { 'a', name = 'b' } }",
                "`yaml.encode`: value[1] has items and the key `name`, and can be written as one of both only"
            ),
            (
                "yaml.encode_all { { a = { 1, nil, 3 } } }",
                "`yaml.encode_all`: values[1].a is a list without an item 2, and one 3"
            ),
            ("json.encode { 1, [4] = 2 }", "`json.encode`: value is a list without an item 2, and one 4"),
        ])
    func mixture(_ lua: String, _ message: String) async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        #expect(await run(lua).message == message)
    }

    @Test("numbers that are names, and a null in a list, are written as they were read")
    func numbersAsNames() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        let outcome = await run(
            """
            assert(json.encode({ [200] = "ok", [404] = "gone" }) == '{"200":"ok","404":"gone"}')
            assert(json.encode(json.decode('{"a":[1,null,3]}')) == '{"a":[1,null,3]}', json.encode(json.decode('{"a":[1,null,3]}')))
            assert(yaml.encode({ [404] = "gone", other = 1 }):find("404"))
            """)
        #expect(outcome.message == "", "\(outcome.summary.failure?.details ?? [])")
    }

    @Test("a function is refused")
    func functions() async throws {
        let run = try ModuleRun()
        defer { run.remove() }
        #expect(await run("yaml.encode { a = print }").message == "YAML has no form for a function")
        #expect(
            await run("json.encode { a = { print } }").message
                == "`json.encode`: value.a[1] is a function, which JSON has no form for")
        #expect(await run("json.encode { 0/0 }").message.hasSuffix("which JSON has no form for"))
    }
}
