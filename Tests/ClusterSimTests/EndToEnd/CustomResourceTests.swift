import ClusterSim
import Foundation
import Testing

/// The schemas of custom resource definitions, with the real kubectl.
@Suite("Custom resources")
struct CustomResourceTests {
    private static let definition = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: widgets.example.com}
        spec:
          group: example.com
          scope: Namespaced
          names: {plural: widgets, singular: widget, kind: Widget}
          versions:
          - name: v1
            served: true
            storage: true
            subresources: {status: {}}
            schema:
              openAPIV3Schema:
                type: object
                required: [spec]
                properties:
                  spec:
                    type: object
                    description: What is wanted.
                    required: [size]
                    properties:
                      size: {type: integer, minimum: 1, maximum: 10, description: How large it is.}
                      color: {type: string, enum: [red, green], default: red}
                      code: {type: string, pattern: '^[a-z]+$', minLength: 2, maxLength: 5}
                      names: {type: array, maxItems: 2, x-kubernetes-list-type: set, items: {type: string}}
                      port: {x-kubernetes-int-or-string: true}
                      when: {type: string, format: date-time}
                      labels: {type: object, additionalProperties: {type: string}}
                      free: {type: object, x-kubernetes-preserve-unknown-fields: true}
                      parts:
                        type: array
                        items: {type: object, required: [name], properties: {name: {type: string}, count: {type: integer, default: 1}}}
                  status:
                    type: object
                    properties: {phase: {type: string}}
        """

    @Test("the columns that a definition names are shown, and change with it")
    func columns() async throws {
        let columns = #"""
            additionalPrinterColumns:
            - {name: Size, type: integer, jsonPath: .spec.size}
            - {name: Ready, type: string, jsonPath: '.status.conditions[?(@.type=="Ready")].status'}
            - {name: Note, type: string, jsonPath: '.metadata.annotations.example\.com/note'}
            - {name: Part, type: string, jsonPath: '.spec.parts[0].name', priority: 1}
            """#
        try await Lab.run { lab in
            func define(_ text: String) async throws {
                _ = try await lab.kubectl("apply", "-f", "-", stdin: text)
                _ = try await lab.kubectl("wait", "--for=condition=Established", "crd/widgets.example.com")
            }
            func table(_ arguments: String...) async throws -> [[String]] {
                let output = try await lab.run([try Tools.kubectl(), "get", "widgets"] + arguments)
                return output.stdout.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            }
            try await define(Self.definition)
            _ = try await lab.kubectl("apply", "-f", "-", stdin: manifest("{size: 4, parts: [{name: p}]}"))
            #expect(try await table().first == ["NAME", "AGE"])
            let indented = columns.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
            try await define(
                Self.definition.replacing("    served: true", with: "    served: true\n\(indented)"))
            #expect(try await table() == [["NAME", "SIZE", "READY", "NOTE"], ["x", "4"]])
            _ = try await lab.kubectl("annotate", "widget", "x", "example.com/note=n")
            #expect(
                try await table("-o", "wide") == [["NAME", "SIZE", "READY", "NOTE", "PART"], ["x", "4", "n", "p"]])
        }
    }

    private func manifest(_ spec: String) -> String {
        "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: x}\nspec: \(spec)\n"
    }

    private func withDefinition(_ body: (Lab) async throws -> Void) async throws {
        try await Lab.run { lab in
            _ = try await lab.kubectl("apply", "-f", "-", stdin: Self.definition)
            _ = try await lab.kubectl("wait", "--for=condition=Established", "crd/widgets.example.com", "--timeout=10s")
            try await body(lab)
        }
    }

    static let refusals = [
        ("{size: a}", "spec.size: Invalid value: \"string\": spec.size in body must be of type integer: \"string\""),
        ("{}", "spec.size: Required value"),
        ("{size: 11}", "spec.size: Invalid value: 11: spec.size in body should be less than or equal to 10"),
        ("{size: 0}", "spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1"),
        ("{size: 1, color: blue}", "spec.color: Unsupported value: \"blue\": supported values: \"red\", \"green\""),
        ("{size: 1, code: A1}", "spec.code: Invalid value: \"A1\": spec.code in body should match '^[a-z]+$'"),
        ("{size: 1, code: abcdef}", "spec.code: Too long: may not be more than 5 bytes"),
        ("{size: 1, code: a}", "spec.code: Invalid value: \"a\": spec.code in body should be at least 2 chars long"),
        ("{size: 1, names: [a, b, c]}", "spec.names: Too many: 3: must have at most 2 items"),
        ("{size: 1, names: [a, a]}", "spec.names[1]: Duplicate value: \"a\""),
        (
            "{size: 1, port: 1.5}",
            "spec.port: Invalid value: \"number\": spec.port in body must be of type integer,string: \"number\""
        ),
        (
            "{size: 1, when: soon}",
            "spec.when: Invalid value: \"soon\": spec.when in body must be of type date-time: \"soon\""
        ),
        (
            "{size: 1, labels: {a: 1}}",
            "spec.labels.a: Invalid value: \"integer\": spec.labels.a in body must be of type string: \"integer\""
        ),
        ("{size: 1, parts: [{count: 2}]}", "spec.parts[0].name: Required value"),
    ]

    @Test("what breaks the schema is refused in the server's words, also when it is changed")
    func refused() async throws {
        try await withDefinition { lab in
            for (spec, text) in Self.refusals {
                let output = try await lab.kubectl("apply", "-f", "-", stdin: manifest(spec))
                #expect(output.stderr == "The Widget \"x\" is invalid: \(text)\n", "\(spec)")
            }
            let many = try await lab.kubectl("apply", "-f", "-", stdin: manifest("{size: 11, color: blue}"))
            #expect(many.stderr.hasPrefix("The Widget \"x\" is invalid: \n* spec."), "\(many.stderr)")
            _ = try await lab.kubectl("apply", "-f", "-", stdin: manifest("{size: 1}"))
            let patched = try await lab.kubectl(
                "patch", "widget", "x", "--type=merge", "-p", "{\"spec\":{\"size\":\"z\"}}")
            #expect(patched.stderr == "The Widget \"x\" is invalid: \(Self.refusals[0].1)\n")
            let status = try await lab.kubectl(
                "patch", "widget", "x", "--subresource=status", "--type=merge", "-p", "{\"status\":{\"phase\":1}}")
            #expect(status.stderr.contains("status.phase in body must be of type string: \"integer\""))
            let strategic = try await lab.kubectl("patch", "widget", "x", "--type=strategic", "-p", "{}")
            #expect(strategic.stderr.contains("strategic-merge-patch+json is not supported by example.com/v1"))
        }
    }

    @Test("unknown fields are refused, warned of, or pruned; defaults are filled, in lists too")
    func pruned() async throws {
        try await withDefinition { lab in
            let spec = "{size: 2, more: 1, free: {any: 1}, parts: [{name: a, other: 2}]}"
            let strict = try await lab.kubectl("apply", "-f", "-", stdin: manifest(spec))
            #expect(
                strict.stderr
                    == "Error from server (BadRequest): error when creating \"STDIN\": Widget in version \"v1\" cannot be handled as a Widget: strict decoding error: unknown field \"spec.more\", unknown field \"spec.parts[0].other\"\n"
            )
            let server = try await lab.kubectl(
                "apply", "--server-side", "-f", "-", stdin: manifest("{size: 2, more: 1}"))
            #expect(server.stderr.contains(".spec.more: field not declared in schema"), "\(server.stderr)")
            let warned = try await lab.kubectl("apply", "--validate=warn", "-f", "-", stdin: manifest(spec))
            #expect(warned.stdout == "widget.example.com/x created\n")
            #expect(
                warned.stderr
                    == "Warning: unknown field \"spec.more\"\nWarning: unknown field \"spec.parts[0].other\"\n")
            let stored = try await lab.kubectl("get", "widget", "x", "-o", "jsonpath={.spec}")
            #expect(
                stored.stdout
                    == #"{"color":"red","free":{"any":1},"parts":[{"count":1,"name":"a"}],"size":2}"#)
            let same = try await lab.kubectl(
                "diff", "-f", "-", stdin: manifest("{size: 2, free: {any: 1}, parts: [{name: a}]}"))
            #expect(same.status == 0, "\(same.stdout)")
        }
    }

    @Test("kubectl explain knows the schema")
    func explained() async throws {
        try await withDefinition { lab in
            let output = try await lab.kubectl("explain", "widget.spec.size")
            #expect(output.stdout.contains("FIELD: size <integer>") && output.stdout.contains("How large it is."))
        }
    }

    @Test("a definition without a schema, or with another name, is refused")
    func definitions() async throws {
        try await Lab.run { lab in
            let text = Self.definition.replacing("name: widgets.example.com", with: "name: other.example.com")
            let named = try await lab.kubectl("apply", "-f", "-", stdin: text)
            #expect(
                named.stderr.contains(
                    "metadata.name: Invalid value: \"other.example.com\": must be spec.names.plural+\".\"+spec.group"))
            let bare = """
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: widgets.example.com}
                spec: {group: example.com, scope: Namespaced, names: {plural: widgets, kind: Widget}, versions: [{name: v1, served: true, storage: true}]}
                """
            let schemaless = try await lab.kubectl("apply", "-f", "-", stdin: bare)
            #expect(
                schemaless.stderr.contains(
                    "spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required"))
        }
    }
}
