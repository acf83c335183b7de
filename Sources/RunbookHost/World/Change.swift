/// What a write does to the world: how a preview shows it, how it is recognised and what takes it back.
public struct Change: Sendable {
    /// What happens to the object.
    public enum Kind: String, Sendable, Codable {
        /// It comes to be.
        case create = "+"
        /// It is replaced or altered.
        case modify = "~"
        /// It goes.
        case delete = "-"
        /// Something is run whose effect only it knows.
        case run = "!"
    }

    /// What happens.
    public var kind: Kind
    /// What it happens to, in a word: `image`, `release`, `secret`, `file`.
    public var object: String
    /// Which one: `todo-chatbot/todo-secrets`.
    public var name: String
    /// The rest of the line, for a person; may be empty.
    public var summary: String
    /// True when doing it twice leaves what doing it once leaves.
    public var isIdempotent: Bool
    /// The capability that it needs, such as `kubectl`.
    public var capability: String
    /// The namespace that it touches, if it is one.
    public var namespace: String?
    /// Looks, before the write, how to take it back; nil when there is no way back.
    public var inverse: (@Sendable (any World) async throws -> Inverse?)?
    /// Finds out what would differ afterwards, by reads only.
    public var difference: (@Sendable (any World) async throws -> Difference)?
    /// What can be said of it even when it depends on an earlier write that was not made, by reads that do not.
    public var preliminary: (@Sendable (any World) async throws -> Difference)?
    /// Sends the write with the tool's own server-side dry run.
    public var serverDryRun: Command?
    /// After an interruption: whether the write took effect; nil when that cannot be known.
    public var tookEffect: (@Sendable (any World) async throws -> Bool?)?
    /// Whether it took effect, asked in a later session, whose own reads may have seen the write already.
    ///
    /// It goes by what the inverse noted; nil: `tookEffect` tells it in a later session, too.
    public var tookEffectLater: (@Sendable (any World, Inverse) async throws -> Bool?)?

    /// Describes a change.
    public init(
        _ kind: Kind, _ object: String, _ name: String, summary: String = "", isIdempotent: Bool = false,
        capability: String, namespace: String? = nil,
        inverse: (@Sendable (any World) async throws -> Inverse?)? = nil,
        difference: (@Sendable (any World) async throws -> Difference)? = nil, serverDryRun: Command? = nil,
        tookEffect: (@Sendable (any World) async throws -> Bool?)? = nil,
        tookEffectLater: (@Sendable (any World, Inverse) async throws -> Bool?)? = nil,
        preliminary: (@Sendable (any World) async throws -> Difference)? = nil
    ) {
        self.kind = kind
        self.object = object
        self.name = name
        self.summary = summary
        self.isIdempotent = isIdempotent
        self.capability = capability
        self.namespace = namespace
        self.inverse = inverse
        self.difference = difference
        self.serverDryRun = serverDryRun
        self.tookEffect = tookEffect
        self.tookEffectLater = tookEffectLater
        self.preliminary = preliminary
    }
}

/// What takes a write back: plain data, so that it can be kept in the journal and done later.
public struct Inverse: Sendable, Codable, Equatable {
    /// One line for a person: `helm rollback todo-chatbot 3`.
    public var summary: String
    /// The commands, in order.
    public var commands: [InverseCommand]
    /// Files to restore: path to content in base64, or nil to remove the file.
    public var files: [InverseFile]
    /// Files and folders to give their old names back; nil in a journal that was written before there were any.
    public var moves: [InverseMove]?
    /// Commands whose output tells that the world is as the write left it; undo is refused where one differs.
    public var guards: [InverseGuard]
    /// What cannot be put in the journal, such as the earlier value of a Secret: such an inverse works only in the run.
    public var isTransient: Bool
    /// What was there before the write, in the binding's own words, for a later session that examines it; nil: nothing noted.
    public var before: String?

    /// Describes how to take a write back.
    public init(
        _ summary: String, commands: [InverseCommand] = [], files: [InverseFile] = [], moves: [InverseMove]? = nil,
        guards: [InverseGuard] = [], isTransient: Bool = false
    ) {
        self.moves = moves
        self.summary = summary
        self.commands = commands
        self.files = files
        self.guards = guards
        self.isTransient = isTransient
    }
}

/// One command of an inverse.
public struct InverseCommand: Sendable, Codable, Equatable {
    /// The program and its arguments.
    public var argv: [String]
    /// What it reads on standard input.
    public var input: String?
    /// True when its failure does not fail the undo.
    public var mayFail: Bool
    /// How long it may run, in seconds.
    public var timeout: Double?
    /// The folder that it starts in; nil: the runbook's.
    public var directory: String?
    /// Words of its standard error that say that there is nothing to take back, such as `No such image`; in either case, with
    /// alternatives between bars.
    public var doneWhen: String?

    /// What must hold right before it, after the commands that stand before; nil: nothing.
    public var onlyIf: InverseGuard?

    /// Describes a command.
    public init(
        _ argv: [String], input: String? = nil, mayFail: Bool = false, timeout: Double? = nil, directory: String? = nil,
        doneWhen: String? = nil
    ) {
        self.doneWhen = doneWhen
        self.directory = directory
        self.argv = argv
        self.input = input
        self.mayFail = mayFail
        self.timeout = timeout
    }
}

/// One file of an inverse.
public struct InverseFile: Sendable, Codable, Equatable {
    /// The path.
    public var path: String
    /// The content to put back in base64, or nil to remove the file.
    public var content: String?
    /// The permissions to put back.
    public var mode: UInt16
    /// True for a folder that a tool fills when it makes it, and that goes with what is in it.
    public var isWhole: Bool?

    /// Describes a file to put back.
    public init(path: String, content: String?, mode: UInt16, isWhole: Bool? = nil) {
        self.isWhole = isWhole
        self.path = path
        self.content = content
        self.mode = mode
    }
}

/// A name that a file or folder gets back.
public struct InverseMove: Sendable, Codable, Equatable {
    /// The path that it has.
    public var from: String
    /// The path that it had.
    public var to: String

    /// Describes a move.
    public init(from: String, to: String) {
        self.from = from
        self.to = to
    }
}

/// A read that an undo makes first, to see that nobody changed the object since.
public struct InverseGuard: Sendable, Codable, Equatable {
    /// The command.
    public var argv: [String]
    /// What its output must be; nil is filled in right after the write.
    public var expected: String?
    /// What to say when it differs: `release todo-chatbot is at a later revision`.
    public var complaint: String

    /// Describes a guard.
    public init(_ argv: [String], expected: String? = nil, complaint: String) {
        self.argv = argv
        self.expected = expected
        self.complaint = complaint
    }
}

/// What a write would change.
public struct Difference: Sendable, Codable, Equatable {
    /// True when nothing would change.
    public var isEmpty: Bool
    /// A few words for the line of the change: `revision 3 → 4`.
    public var summary: String
    /// The lines below it.
    public var lines: [String]
    /// Why it could not be worked out, or nil.
    public var unknown: String?
    /// Why the write cannot be validated before an earlier one has happened, or nil.
    public var unvalidated: String?

    /// Describes a difference.
    public init(
        isEmpty: Bool = false, summary: String = "", lines: [String] = [], unknown: String? = nil,
        unvalidated: String? = nil
    ) {
        self.isEmpty = isEmpty
        self.summary = summary
        self.lines = lines
        self.unknown = unknown
        self.unvalidated = unvalidated
    }
}
