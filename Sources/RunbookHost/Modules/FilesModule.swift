import RunbookLua
import RunbookSecrets
import RunbookSpec

/// `fs`: files and folders.
enum FilesModule {
    static let module = LuaModule(
        "fs", summary: "Read and write files",
        details:
            "Relative paths start at the runbook's folder. A write replaces a file in one step, and is undone by what stood there.",
        [read, write, exists, stat, list, makeFolder, remove, copy, move, template])

    private static let path = ParameterSpec.required("path", .path, "the path")

    private static let read = ModuleFunction(
        FunctionSpec(
            "read", summary: "Read a file whole", effect: .read, style: .positional, parameters: [path],
            returns: ReturnSpec(.string, "its content"),
            examples: [ExampleSpec("local text = fs.read(\"/etc/hostname\")")])
    ) { arguments, call in
        // A secret that the file holds stays one: as of a command's output, a script sees its mask.
        let bytes = call.run.vault.redactor.redact(try await call.world.contents(of: arguments.string("path")))
        return String(validating: bytes, as: UTF8.self).map { .string($0) } ?? .bytes(bytes)
    }

    private static let write = ModuleFunction(
        FunctionSpec(
            "write", summary: "Write a file",
            details: """
                A reader sees the old content or the new, never a part. What a symbolic link points to is written, and the link stays.
                A file that is there keeps its permissions, unless `mode` is given or the content holds a secret.
                """, effect: .write,
            parameters: [
                path, .required("text", .text, "the content; it may hold secrets"),
                ParameterSpec(
                    "mode", .string,
                    "the permissions in octal digits; 644 for a new file, 600 where the content holds a secret"),
            ], examples: [ExampleSpec("fs.write { path = \"/tmp/motd\", text = \"hello\\n\" }")])
    ) { arguments, call in
        let path = arguments.string("path")
        let text = arguments.text("text") ?? SensitiveText()
        let status = try await call.world.status(of: path)
        var mode = text.containsSecret ? 0o600 : status?.mode ?? 0o644
        if let given = arguments.optionalString("mode") {
            guard let bits = UInt16(given, radix: 8), bits <= 0o7777 else {
                throw RunbookError(
                    .argument, "`fs.write`: `mode` is \"\(given)\"; it takes octal digits such as \"644\"")
            }
            mode = bits
        }
        if status?.isFolder == true { throw RunbookError(.argument, "`fs.write`: \(path) is a folder") }
        let before = status == nil ? nil : try await call.world.contents(of: path)
        let change = Change(
            before == nil ? .create : .modify, "file", path, isIdempotent: true, capability: "fs",
            inverse: { world in try await FileInverse.of(path, world) },
            difference: { _ in FileDifference.of(before, text) })
        _ = try await call.write(.file(.write(path, text, mode: mode)), change)
        return .nil
    }

    private static let exists = ModuleFunction(
        FunctionSpec(
            "exists", summary: "Tell whether something stands at a path", effect: .read, style: .positional,
            parameters: [path], returns: ReturnSpec(.boolean), examples: [ExampleSpec("assert(fs.exists(\"/\"))")])
    ) { arguments, call in
        let path = arguments.string("path")
        let plan = call.run.plan
        if call.isPreview, (plan.maker(of: "file", path) ?? plan.maker(of: "folder", path)) != nil { return true }
        return .boolean(try await call.world.status(of: path) != nil)
    }

    private static let stat = ModuleFunction(
        FunctionSpec(
            "stat", summary: "Look what stands at a path", effect: .read, style: .positional, parameters: [path],
            returns: ReturnSpec(
                .record([
                    .required("folder", .boolean, "true for a folder"), .required("size", .integer, "bytes"),
                    .required("mode", .string, "permissions in octal"),
                    .required("modified", .number, "seconds since 1970"),
                ]), "nil when nothing stands there"),
            examples: [ExampleSpec("print(fs.stat(\"/etc/hostname\").size)")])
    ) { arguments, call in
        guard let status = try await call.world.status(of: arguments.string("path")) else { return .nil }
        return [
            "folder": .boolean(status.isFolder), "size": .integer(status.size),
            "mode": .string(String(status.mode, radix: 8)), "modified": .number(status.modified),
        ]
    }

    private static let list = ModuleFunction(
        FunctionSpec(
            "list", summary: "List the names in a folder, ascending", effect: .read, style: .positional,
            parameters: [path], returns: ReturnSpec(.list(.string)),
            examples: [ExampleSpec("for _, name in ipairs(fs.list(\"/etc\")) do print(name) end")])
    ) { arguments, call in
        guard case .names(let names) = try await call.world.perform(.read(.file(.list(arguments.string("path")))))
        else {
            return []
        }
        let redactor = call.run.vault.redactor
        return .list(names.map { .string(redactor.redact($0)) })
    }

    private static let makeFolder = ModuleFunction(
        FunctionSpec(
            "mkdir", summary: "Make a folder and those above it", effect: .write, style: .positional,
            parameters: [path],
            examples: [ExampleSpec("fs.mkdir(\"/tmp/out\")")])
    ) { arguments, call in
        let path = arguments.string("path")
        if try await call.world.status(of: path)?.isFolder == true { return .nil }
        let change = Change(
            .create, "folder", path, isIdempotent: true, capability: "fs",
            inverse: { try await FileInverse.ofFolder(path, $0) })
        _ = try await call.write(.file(.makeFolder(path)), change)
        return .nil
    }

    private static let remove = ModuleFunction(
        FunctionSpec(
            "remove", summary: "Remove a file, or a folder with all that it holds",
            details: "A file is put back by an undo; a folder is not. Nothing happens when nothing stands there.",
            effect: .write, style: .positional, parameters: [path], examples: [ExampleSpec("fs.remove(\"/tmp/motd\")")])
    ) { arguments, call in
        let path = arguments.string("path")
        guard let status = try await call.world.status(of: path) else { return .nil }
        let isFolder = status.isFolder
        let change = Change(
            .delete, isFolder ? "folder" : "file", path, isIdempotent: true, capability: "fs",
            inverse: { world in isFolder ? nil : try await FileInverse.of(path, world) })
        _ = try await call.write(.file(.remove(path)), change)
        return .nil
    }

    private static let copy = ModuleFunction(
        FunctionSpec(
            "copy", summary: "Copy a file", effect: .write,
            parameters: [.required("from", .path, "the file"), .required("to", .path, "where to")],
            examples: [ExampleSpec("fs.copy { from = \"/etc/hostname\", to = \"/tmp/hostname\" }")])
    ) { arguments, call in
        let from = arguments.string("from")
        let target = arguments.string("to")
        let change = Change(
            try await call.world.status(of: target) == nil ? .create : .modify, "file", target, summary: "from \(from)",
            isIdempotent: true, capability: "fs", inverse: { world in try await FileInverse.of(target, world) })
        _ = try await call.write(.file(.copy(from: from, to: target)), change)
        return .nil
    }

    private static let move = ModuleFunction(
        FunctionSpec(
            "move", summary: "Give a file or folder another name, in one step",
            details: "An undo gives the old name back, and puts back a file that was replaced.",
            effect: .write,
            parameters: [.required("from", .path, "the file or folder"), .required("to", .path, "its new path")],
            examples: [ExampleSpec("fs.move { from = \"values.new.yaml\", to = \"values.yaml\" }")])
    ) { arguments, call in
        let from = arguments.string("from")
        let target = arguments.string("to")
        let status = try await call.world.status(of: from)
        let change = Change(
            .modify, status?.isFolder == true ? "folder" : "file", target, summary: "from \(from)", capability: "fs",
            inverse: { world in try await FileInverse.ofMove(from, target, world) },
            tookEffect: { world in status == nil ? false : try await world.status(of: from) == nil },
            tookEffectLater: { world, _ in
                guard try await world.status(of: from) == nil else { return false }
                return try await world.status(of: target) == nil ? nil : true
            })
        _ = try await call.write(.file(.move(from: from, to: target)), change)
        return .nil
    }

    private static let template = ModuleFunction(
        FunctionSpec(
            "template", summary: "Fill a Mustache template",
            details:
                "`{{name}}` is replaced as it is, without HTML escapes; a name that has no value is an error. Secrets among the values make the text a secret.",
            effect: .read,
            parameters: [
                ParameterSpec("text", .string, "the template"), ParameterSpec("file", .path, "the template's file"),
                .required("values", .map(.any), "values by name"),
            ], returns: ReturnSpec(.text, "the filled text"),
            examples: [
                ExampleSpec(
                    "assert(fs.template { text = \"hello {{who}}\", values = { who = \"you\" } } == \"hello you\")")
            ])
    ) { arguments, call in
        var template = arguments.optionalString("text")
        if let file = arguments.optionalString("file") {
            let bytes = try await call.world.contents(of: file)
            template = String(decoding: call.run.vault.redactor.redact(bytes), as: UTF8.self)
        }
        guard let template else { throw RunbookError(.argument, "`fs.template` needs `text` or `file`") }
        return try TemplateText.fill(
            template, arguments["values"], of: arguments.optionalString("file") ?? "the template")
    }
}

/// What takes a write to a file back.
enum FileInverse {
    /// The folder goes, and those above it that have to be made for it.
    static func ofFolder(_ path: String, _ world: any World) async throws -> Inverse? {
        var missing = [path]
        var above = path
        while let slash = above.lastIndex(of: "/"), slash != above.startIndex {
            above = String(above[..<slash])
            if try await world.status(of: above) != nil { break }
            missing.append(above)
        }
        return Inverse(
            "remove the folder \(missing.last ?? path)",
            files: missing.map { InverseFile(path: $0, content: nil, mode: 0o755) })
    }

    /// What was moved gets its name back; what it replaced is put back.
    static func ofMove(_ from: String, _ target: String, _ world: any World) async throws -> Inverse? {
        let summary = "move \(target) back to \(from)"
        // A folder can only replace an empty one, of which nothing is to be kept.
        guard let replaced = try await world.status(of: target), !replaced.isFolder else {
            return Inverse(summary, moves: [InverseMove(from: target, to: from)])
        }
        guard let back = try await of(from, world), let old = try await of(target, world) else { return nil }
        return Inverse(summary, files: back.files + old.files)
    }

    static func of(_ path: String, _ world: any World) async throws -> Inverse? {
        guard let status = try await world.status(of: path) else {
            return Inverse("remove \(path)", files: [InverseFile(path: path, content: nil, mode: 0o644)])
        }
        // A content that is this large would swell the journal; an undo of it is not promised.
        guard !status.isFolder, status.size <= 4 << 20 else { return nil }
        let bytes = try await world.contents(of: path)
        return Inverse(
            "put \(path) back as it was",
            files: [InverseFile(path: path, content: Base64Text.encode(bytes), mode: status.mode)])
    }
}

/// What a write to a file changes.
enum FileDifference {
    static func of(_ before: [UInt8]?, _ after: SensitiveText) -> Difference {
        guard let plain = after.plainBytes else { return Difference(summary: "content with a secret (masked)") }
        let old = before.map { String(decoding: $0, as: UTF8.self) } ?? ""
        let new = String(decoding: plain, as: UTF8.self)
        if before != nil && old == new { return Difference(isEmpty: true, summary: "unchanged") }
        return Difference(summary: before == nil ? "new" : "", lines: UnifiedDiff.lines(from: old, to: new))
    }
}
