import Foundation

/// A folder into which a command of helm writes files by itself.
struct WrittenFolder: Equatable {
    /// Which argument names it.
    let argument: Int
    /// True when the command needs to find there what the folder holds.
    let isFilled: Bool

    /// Those of a command line.
    static func of(_ argv: [String]) -> [WrittenFolder] {
        guard argv.count > 2, argv[0].split(separator: "/").last == "helm" else { return [] }
        var folders: [WrittenFolder] = []
        func add(_ argument: Int, isFilled: Bool) {
            if argv.indices.contains(argument) { folders.append(Self(argument: argument, isFilled: isFilled)) }
        }
        let fetches = argv.contains("--dependency-update")
        switch (argv[1], argv[2]) {
        case ("create", _): add(2, isFilled: false)
        case ("package", _), ("pull", _):
            if let option = argv.firstIndex(of: "--destination") { add(option + 1, isFilled: false) }
            if fetches { add(2, isFilled: true) }
        case ("upgrade", _) where fetches: add(3, isFilled: true)
        case ("dependency", "update"), ("dependency", "build"), ("repo", "index"): add(3, isFilled: true)
        default: break
        }
        return folders
    }
}

extension FileOverlay {
    /// Makes ready the place into which a program writes in a folder's stead.
    ///
    /// - Returns: The place.
    func prepare(_ path: String, isFilled: Bool) throws -> String {
        let path = absolute(path)
        if isFilled {
            try fill(path)
            for chart in charts(namedBy: path) { try fill(chart) }
        }
        let isThere = status(path)?.isFolder == true
        // What is no folder, such as a chart's address, is left as it is: helm says what it thinks of it.
        if isFilled && !isThere { return argument(path, in: nil) }
        try files.makeFolder(isThere ? place(path) : parent(place(path)), mode: 0o700)
        return place(path)
    }

    /// Takes over what a program has written, changed or removed below the place of a path.
    func adopt(_ path: String) {
        let path = absolute(path)
        guard let now = files.status(place(path)) else { return }
        guard now.isFolder else {
            // What was only copied there is still the runbook's own.
            return set(path, .file, isWritten: (try? files.read(place(path))) != (try? files.read(path)))
        }
        if files.status(path) == nil { set(path, .folder) }
        let found = Set((try? files.names(place(path))) ?? [])
        for name in found { adopt("\(path)/\(name)") }
        for (changed, entry) in all where entry != .removed && parent(changed) == path {
            if !found.contains(String(changed.dropFirst(path.count + 1))) { forget(changed) }
        }
    }

    /// What a program said, with the paths in the places' stead.
    func shown(_ response: Response) -> Response {
        guard case .process(var result) = response else { return response }
        func shown(_ bytes: [UInt8]) -> [UInt8] {
            Array(String(decoding: bytes, as: UTF8.self).replacing(folder + "/", with: "/").utf8)
        }
        result.stdout = shown(result.stdout)
        result.stderr = shown(result.stderr)
        return .process(result)
    }

    /// Copies a folder to its place, with the changes that were made in it.
    private func fill(_ path: String) throws {
        guard status(path)?.isFolder == true else { return }
        try files.makeFolder(place(path), mode: 0o700)
        for name in try names(path) {
            let child = "\(path)/\(name)"
            if status(child)?.isFolder == true {
                try fill(child)
            } else if entry(child) == nil, status(child) != nil {
                try copy(child, to: child)
            }
        }
        set(path, .folder)
    }

    // Charts beside a chart are named from its folder.
    private func charts(namedBy path: String) -> [String] {
        guard let bytes = try? files.read(place(path) + "/Chart.yaml") else { return [] }
        return String(decoding: bytes, as: UTF8.self).matches(of: /file:\/\/(\.[^"'\s]*)/).map {
            RunbookLocator.normal("\(path)/\($0.output.1)")
        }
    }
}
