/// What the API's OpenAPI documents say about one kind of value.
struct SchemaNode: Sendable {
    /// How a list's elements are told apart by a merge.
    enum ListKind: Sendable, Equatable {
        case atomic
        case set
        case map(keys: [String])
    }

    /// The form of a value.
    indirect enum Shape: Sendable {
        case object(fields: [String: SchemaField], required: [String])
        case map(SchemaField)
        case list(SchemaField, ListKind)
        case string
        case integer
        case number
        case boolean
        case intOrString
        case quantity
        case time
        case bytes
        case any
    }

    var shape: Shape
    var isAtomic = false
    /// The Go type's name, as it stands in decoding errors, such as `ObjectMeta`.
    var typeName = ""
}

/// A value in its place: what it is, and how a patch treats it there.
struct SchemaField: Sendable {
    /// The index of the node in its catalogue.
    var node: Int
    var mergeKey: String?
    var isMerged = false
    var retainsKeys = false
    var defaultValue: JSON?
    var enumeration: [String] = []
}

/// The schemas of one group version.
final class SchemaCatalog: Sendable {
    let nodes: [SchemaNode]
    private let kinds: [String: Int]

    init(nodes: [SchemaNode], kinds: [String: Int]) {
        self.nodes = nodes
        self.kinds = kinds
    }

    /// The schema of a kind.
    func root(kind: String) -> SchemaView? {
        kinds[kind].map { SchemaView(catalog: self, field: SchemaField(node: $0)) }
    }
}

/// A schema at one place of an object, with the way down from there.
struct SchemaView: Sendable {
    let catalog: SchemaCatalog
    let field: SchemaField

    var node: SchemaNode { catalog.nodes[field.node] }

    /// The schema of a member; nil when the schema does not know it.
    func member(_ name: String) -> SchemaView? {
        switch node.shape {
        case .object(let fields, _): fields[name].map { SchemaView(catalog: catalog, field: $0) }
        case .map(let element): SchemaView(catalog: catalog, field: element)
        default: nil
        }
    }

    /// The schema of a list's elements.
    var element: SchemaView? {
        if case .list(let field, _) = node.shape { SchemaView(catalog: catalog, field: field) } else { nil }
    }

    var listKind: SchemaNode.ListKind {
        if case .list(_, let kind) = node.shape { kind } else { .atomic }
    }
}
