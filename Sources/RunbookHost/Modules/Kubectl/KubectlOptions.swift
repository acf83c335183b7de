import RunbookSpec

/// Options that many functions of `kubectl` share, described once.
enum KubectlOptions {
    static let namespace = ParameterSpec("namespace", .string, "the namespace; that of the context when left out")
    static let context = ParameterSpec("context", .string, "another context than the run's, to look only")
    static let args = ParameterSpec("args", .list(.string), "more arguments for kubectl, as they are")
    static let check = ParameterSpec(
        "check", .boolean, default: "true", "false: a failure is no error, and the result tells of it")
    static let selector = ParameterSpec("selector", .string, "labels that the objects must have, such as `app=backend`")
    static let fieldSelector = ParameterSpec(
        "field_selector", .string, "fields that the objects must have, such as `status.phase=Running`")
    static let allNamespaces = ParameterSpec("all_namespaces", .boolean, default: "false", "look in every namespace")
    static let resource = ParameterSpec.required(
        "resource", .string, "the kind, such as `pods`, or one object, such as `deployment/backend`")
    static let object = ParameterSpec.required("resource", .string, "the object, such as `deployment/backend`")
    static let name = ParameterSpec("name", .string, "the object's name, where `resource` is a kind only")
    static let container = ParameterSpec("container", .string, "the container; the pod's first when left out")
    static let force = ParameterSpec(
        "force_conflicts", .boolean, default: "false", "take over fields that others manage")

    static func timeout(_ fallback: String) -> ParameterSpec {
        ParameterSpec("timeout", .duration, default: "\"\(fallback)\"", "how long it may take")
    }

    /// The result of a call with `check = false`.
    static let answer = ValueType.record([
        .required("status", .integer, "the exit code"), .required("stdout", .string, "what it printed"),
        .required("stderr", .string, "its errors"), ParameterSpec("value", .any, "the table, as far as there is one"),
    ])
}
