/// The programs of a simulated container that work on files.
extension ContainerShell {
    mutating func fileProgram(_ name: String, _ arguments: [String], _ operands: [String], _ input: [UInt8])
        -> CommandOutput?
    {
        switch name {
        case "cat": return read(operands, input, name) { CommandOutput(out: $0) }
        case "head", "tail": return ends(name, arguments, operands, input)
        case "wc":
            return read(operands, input, name) { bytes in
                let lines = bytes.count { $0 == 0x0A }
                return .text((arguments.contains("-c") ? "\(bytes.count)" : "\(lines)") + "\n")
            }
        case "sort":
            return read(operands, input, name) { .text(Self.lines($0).sorted().map { $0 + "\n" }.joined()) }
        case "base64":
            return read(operands, input, name) { bytes in
                let isDecoding = arguments.contains("-d") || arguments.contains("--decode")
                guard isDecoding else { return .text(Base64.encode(bytes) + "\n") }
                let text = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
                return Base64.decode(text).map { CommandOutput(out: $0) } ?? .failed("base64: truncated input")
            }
        case "uniq":
            return read(operands, input, name) { bytes in
                var kept: [String] = []
                for line in Self.lines(bytes) where line != kept.last { kept.append(line) }
                return .text(kept.map { $0 + "\n" }.joined())
            }
        case "tr": return Self.translate(arguments, input)
        case "cut": return cut(arguments, input)
        case "grep": return grep(arguments, operands, input)
        case "tee":
            for path in operands { contents.files[absolute(path)] = input }
            return CommandOutput(out: input)
        case "touch":
            for path in operands where contents.files[absolute(path)] == nil { contents.files[absolute(path)] = [] }
            return CommandOutput()
        case "mkdir":
            for path in operands { contents.folders.insert(absolute(path)) }
            return CommandOutput()
        case "rm": return remove(arguments, operands)
        case "cp", "mv": return copy(name, operands)
        case "ls": return list(operands)
        case "stat", "find": return .failed("\(name): the simulated container does not list files in this way", 1)
        case "basename": return .text((operands.first?.split(separator: "/").last.map(String.init) ?? "/") + "\n")
        case "dirname": return .text(Self.parent(operands.first ?? "/") + "\n")
        case "tar": return tar(arguments, input)
        default: return nil
        }
    }

    /// `tr FROM TO` and `tr -d SET`, for single characters and ranges such as `a-z`.
    private static func translate(_ arguments: [String], _ input: [UInt8]) -> CommandOutput {
        func set(_ text: String) -> [Character] {
            var result: [Character] = []
            var rest = Array(text.replacing("\\n", with: "\n").replacing("\\t", with: "\t"))[...]
            while let first = rest.popFirst() {
                if rest.first == "-", let high = rest.dropFirst().first?.asciiValue, let low = first.asciiValue,
                    low <= high
                {
                    result += (low...high).map { Character(UnicodeScalar($0)) }
                    rest = rest.dropFirst(2)
                } else {
                    result.append(first)
                }
            }
            return result
        }
        let text = String(decoding: input, as: UTF8.self)
        if arguments.first == "-d", arguments.count == 2 {
            let gone = set(arguments[1])
            return .text(String(text.filter { !gone.contains($0) }))
        }
        guard arguments.count == 2, !arguments[0].hasPrefix("-") else {
            return ContainerShell.notUnderstood("tr \(arguments.joined(separator: " "))")
        }
        let from = set(arguments[0])
        let to = set(arguments[1])
        return .text(
            String(
                text.map { character in
                    guard let index = from.firstIndex(of: character), let last = to.last else { return character }
                    return to.indices.contains(index) ? to[index] : last
                }))
    }

    /// `cut -d MARK -f NUMBER` of what it is sent.
    private func cut(_ arguments: [String], _ input: [UInt8]) -> CommandOutput {
        func value(_ flag: String) -> String? {
            guard let place = arguments.firstIndex(where: { $0.hasPrefix(flag) }) else { return nil }
            if arguments[place].count > 2 { return String(arguments[place].dropFirst(2)) }
            return arguments.indices.contains(place + 1) ? arguments[place + 1] : nil
        }
        guard let field = value("-f").flatMap({ Int($0) }), field > 0 else {
            return Self.notUnderstood("cut \(arguments.joined(separator: " "))")
        }
        let mark = Character(value("-d") ?? "\t")
        let lines = Self.lines(input).map { line -> String in
            let parts = line.split(separator: mark, omittingEmptySubsequences: false)
            return parts.count == 1 ? line : parts.indices.contains(field - 1) ? String(parts[field - 1]) : ""
        }
        return .text(lines.map { $0 + "\n" }.joined())
    }

    static func parent(_ path: String) -> String {
        let parts = path.split(separator: "/").dropLast()
        return (path.hasPrefix("/") ? "/" : parts.isEmpty ? "." : "") + parts.joined(separator: "/")
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast(bytes.last == 0x0A ? 1 : 0)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// Gives the bytes of the named files, or what the client sends, to a program.
    private func read(
        _ operands: [String], _ input: [UInt8], _ name: String, _ body: ([UInt8]) -> CommandOutput
    ) -> CommandOutput {
        if operands.isEmpty || operands == ["-"] { return body(input) }
        var bytes: [UInt8] = []
        var problems = ""
        for operand in operands {
            let path = absolute(operand)
            if let content = contents.files[path] {
                bytes += content
            } else if path != "/dev/null" {
                let reason =
                    contents.isFolder(path)
                    ? "read error: Is a directory" : "can't open '\(operand)': No such file or directory"
                problems += "\(name): \(reason)\n"
            }
        }
        if !problems.isEmpty, bytes.isEmpty { return CommandOutput(errors: Array(problems.utf8), status: 1) }
        var output = body(bytes)
        output.errors += Array(problems.utf8)
        if !problems.isEmpty { output.status = 1 }
        return output
    }

    private func ends(_ name: String, _ arguments: [String], _ operands: [String], _ input: [UInt8]) -> CommandOutput {
        var count = 10
        var operands = operands
        if let flag = arguments.firstIndex(where: { $0.hasPrefix("-n") || $0.hasPrefix("-c") }) {
            let attached = String(arguments[flag].dropFirst(2))
            let value = attached.isEmpty && flag + 1 < arguments.count ? arguments[flag + 1] : attached
            if attached.isEmpty { operands.removeAll { $0 == value } }
            count = Int(value.drop { $0 == "+" }) ?? 10
            if arguments[flag].hasPrefix("-c") {
                return read(operands, input, name) { bytes in
                    CommandOutput(out: Array(name == "head" ? bytes.prefix(count) : bytes.suffix(count)))
                }
            }
        } else if let flag = arguments.first(where: { $0.hasPrefix("-") && Int($0.dropFirst()) != nil }) {
            count = Int(flag.dropFirst()) ?? 10
        }
        return read(operands, input, name) { bytes in
            let all = Self.lines(bytes)
            return .text((name == "head" ? all.prefix(count) : all.suffix(count)).map { $0 + "\n" }.joined())
        }
    }

    /// A basic regular expression as an extended one, in which `+`, `?`, `|`, braces and parentheses need no backslash.
    private static func pattern(_ text: String, isExtended: Bool) -> String {
        if isExtended { return text }
        var result = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            if character == "\\", let next = rest.first {
                rest.removeFirst()
                result += "+?|(){}".contains(next) ? String(next) : "\\\(next)"
            } else {
                result += "+?|(){}".contains(character) ? "\\\(character)" : String(character)
            }
        }
        return result
    }

    private func grep(_ arguments: [String], _ operands: [String], _ input: [UInt8]) -> CommandOutput {
        guard let pattern = operands.first else { return .failed("grep: no pattern", 2) }
        let flags = arguments.filter { $0.hasPrefix("-") }.joined()
        // A pattern that is no regular expression is looked for as it is.
        let expression = flags.contains("F") ? nil : try? Regex(Self.pattern(pattern, isExtended: flags.contains("E")))
        func holds(_ line: String) -> Bool {
            guard let expression else { return line.contains(pattern) }
            return (try? expression.ignoresCase(flags.contains("i")).firstMatch(in: line)) != nil
        }
        return read(Array(operands.dropFirst()), input, "grep") { bytes in
            let found = Self.lines(bytes).filter { line in
                holds(line) != flags.contains("v")
            }
            if flags.contains("q") { return CommandOutput(status: found.isEmpty ? 1 : 0) }
            if flags.contains("c") { return .text("\(found.count)\n", status: found.isEmpty ? 1 : 0) }
            return .text(found.map { $0 + "\n" }.joined(), status: found.isEmpty ? 1 : 0)
        }
    }

    private mutating func remove(_ arguments: [String], _ operands: [String]) -> CommandOutput {
        let flags = arguments.filter { $0.hasPrefix("-") }.joined()
        var problems = ""
        for operand in operands {
            let path = absolute(operand)
            if contents.files.removeValue(forKey: path) != nil { continue }
            if contents.isFolder(path), flags.contains("r") || flags.contains("R") {
                contents.files = contents.files.filter { !$0.key.hasPrefix(path + "/") }
                contents.folders = contents.folders.filter { $0 != path && !$0.hasPrefix(path + "/") }
            } else if !flags.contains("f") {
                problems += "rm: can't remove '\(operand)': No such file or directory\n"
            }
        }
        return CommandOutput(errors: Array(problems.utf8), status: problems.isEmpty ? 0 : 1)
    }

    private mutating func copy(_ name: String, _ operands: [String]) -> CommandOutput {
        guard operands.count == 2 else { return .failed("\(name): two paths are needed") }
        let source = absolute(operands[0])
        guard let bytes = contents.files[source] else {
            return .failed("\(name): can't stat '\(operands[0])': No such file or directory")
        }
        var target = absolute(operands[1])
        if contents.isFolder(target) { target += "/" + (source.split(separator: "/").last ?? "") }
        contents.files[target] = bytes
        if name == "mv" { contents.files[source] = nil }
        return CommandOutput()
    }

    private func list(_ operands: [String]) -> CommandOutput {
        var text = ""
        for operand in operands.isEmpty ? [directory] : operands {
            let path = absolute(operand)
            if contents.files[path] != nil {
                text += operand + "\n"
            } else if contents.isFolder(path) {
                text += contents.names(in: path).map { $0 + "\n" }.joined()
            } else {
                return .failed("ls: \(operand): No such file or directory")
            }
        }
        return .text(text)
    }

    // MARK: - Archives, by which kubectl copies files

    private mutating func tar(_ arguments: [String], _ input: [UInt8]) -> CommandOutput {
        let flags = arguments.first?.drop { $0 == "-" } ?? ""
        let folder = arguments.firstIndex(of: "-C").flatMap { $0 + 1 < arguments.count ? arguments[$0 + 1] : nil }
        let base = absolute(folder ?? ".")
        if flags.contains("x") {
            guard let entries = TarArchive.read(input) else { return .failed("tar: invalid tar magic") }
            for entry in entries {
                let path = base + (base.hasSuffix("/") ? "" : "/") + entry.name
                if entry.isFolder {
                    contents.folders.insert(absolute(path))
                } else {
                    contents.files[absolute(path)] = entry.content
                }
            }
            return CommandOutput()
        }
        guard flags.contains("c") else {
            return .failed("tar: only archives that are written or unpacked are simulated")
        }
        var entries: [TarArchive.Entry] = []
        var skipsNext = false
        for operand in arguments.dropFirst() {
            if skipsNext { skipsNext = false; continue }
            if operand == "-C" { skipsNext = true; continue }
            if operand.hasPrefix("-") { continue }
            let path = absolute(operand.hasPrefix("/") ? operand : base + "/" + operand)
            let name = String(operand.drop { $0 == "/" })
            if let content = contents.files[path] {
                entries.append(TarArchive.Entry(name: name, content: content))
            } else if contents.isFolder(path) {
                entries.append(TarArchive.Entry(name: name + "/", isFolder: true))
                for (file, content) in contents.files.sorted(by: { $0.key < $1.key }) where file.hasPrefix(path + "/") {
                    entries.append(TarArchive.Entry(name: name + file.dropFirst(path.count), content: content))
                }
            } else {
                return .failed("tar: \(operand): No such file or directory")
            }
        }
        return CommandOutput(out: TarArchive.write(entries))
    }
}

/// Archives in the form that tar writes (POSIX ustar).
enum TarArchive {
    struct Entry: Sendable, Equatable {
        var name: String
        var content: [UInt8] = []
        var isFolder = false
    }

    /// The files and folders of an archive; nil when it is none.
    static func read(_ bytes: [UInt8]) -> [Entry]? {
        var entries: [Entry] = []
        var position = 0
        func text(_ range: Range<Int>) -> String {
            String(decoding: bytes[range].prefix { $0 != 0 }, as: UTF8.self)
        }
        while position + 512 <= bytes.count {
            if bytes[position..<position + 512].allSatisfy({ $0 == 0 }) { break }
            let digits = text(position + 124..<position + 136).trimmingBlanks()
            guard text(position + 257..<position + 262) == "ustar", let size = Int(digits, radix: 8) else { return nil }
            let prefix = text(position + 345..<position + 500)
            let name = (prefix.isEmpty ? "" : prefix + "/") + text(position..<position + 100)
            let kind = bytes[position + 156]
            position += 512
            guard position + size <= bytes.count else { return nil }
            if kind == UInt8(ascii: "5") {
                entries.append(Entry(name: name, isFolder: true))
            } else if kind == UInt8(ascii: "0") || kind == 0 {
                entries.append(Entry(name: name, content: Array(bytes[position..<position + size])))
            }
            position += (size + 511) / 512 * 512
        }
        return entries
    }

    /// The bytes of an archive.
    static func write(_ entries: [Entry]) -> [UInt8] {
        var output: [UInt8] = []
        for entry in entries {
            var header = [UInt8](repeating: 0, count: 512)
            func put(_ text: String, at place: Int, _ length: Int) {
                for (index, byte) in text.utf8.prefix(length).enumerated() { header[place + index] = byte }
            }
            func octal(_ number: Int, _ width: Int) -> String {
                let digits = String(number, radix: 8)
                return String(repeating: "0", count: max(0, width - digits.count)) + digits
            }
            put(entry.name, at: 0, 100)
            put(entry.isFolder ? "0000755" : "0000644", at: 100, 7)
            put("0000000", at: 108, 7)
            put("0000000", at: 116, 7)
            put(octal(entry.content.count, 11), at: 124, 11)
            put(octal(Int(Timestamp.now), 11), at: 136, 11)
            put("        ", at: 148, 8)
            put(entry.isFolder ? "5" : "0", at: 156, 1)
            put("ustar", at: 257, 5)
            put("00", at: 263, 2)
            put(octal(header.reduce(0) { $0 + Int($1) }, 6), at: 148, 6)
            header[154] = 0
            output += header + entry.content
            output += [UInt8](repeating: 0, count: (512 - entry.content.count % 512) % 512)
        }
        return output + [UInt8](repeating: 0, count: 1024)
    }
}
