import Foundation
import Testing

@testable import RunbookHost

/// `require`: what a runbook may load, and what it may not.
@Suite("libraries")
struct LibraryTests {
    /// A run whose folder has modules of several kinds, and beside which stand a file and a folder that are none of its own.
    private func run() throws -> ModuleRun {
        let run = try ModuleRun()
        let outside = run.folder + "-outside"
        try FileManager.default.createDirectory(atPath: outside, withIntermediateDirectories: true)
        try Data("return 'outside'".utf8).write(to: URL(fileURLWithPath: outside + "/other.lua"))
        try run.write("beside.lua", "return 'beside'")
        try run.write("lib/inner.lua", "return 'inner'")
        try run.write("lib/deep/init.lua", "return 'deep'")
        try run.write("lib/broken.lua", "return +")
        try run.write("lib/fails.lua", "tries = (tries or 0) + 1 if tries == 1 then error('not yet') end return tries")
        try run.write("lib/first.lua", "return require('second')")
        try run.write("lib/second.lua", "return require('first')")
        let links = [
            ("leak.lua", outside + "/other.lua"), ("lib/leak.lua", outside + "/other.lua"), ("out", outside),
            ("lib/alias.lua", "inner.lua"),
        ]
        for (path, target) in links {
            try FileManager.default.createSymbolicLink(atPath: run.folder + "/" + path, withDestinationPath: target)
        }
        return run
    }

    private func remove(_ run: ModuleRun) {
        run.remove()
        try? FileManager.default.removeItem(atPath: run.folder + "-outside")
    }

    @Test(
        "what stands in the runbook's folder or its lib",
        arguments: [
            ("beside", "beside"), ("inner", "inner"), ("deep", "deep"), ("alias", "inner"), ("lib.inner", "inner"),
        ])
    func loads(_ name: String, _ value: String) async throws {
        let run = try run()
        defer { remove(run) }
        let outcome = await run("return require '\(name)'")
        #expect(outcome.message == "")
        #expect(outcome.summary.result.stringValue == value)
    }

    @Test(
        "names that are no module names",
        arguments: [
            "../other", "/etc/passwd", "..other", "lib/../../other", "a..b", ".", "", "inner.", "lib\\\\inner", "a\\0b",
            "~.x",
        ])
    func names(_ name: String) async throws {
        let run = try run()
        defer { remove(run) }
        let outcome = await run("require '\(name)'")
        #expect(outcome.message.hasPrefix("require: `"), "\(outcome.message)")
        #expect(outcome.message.hasSuffix("` is no module name such as `diagnose.image`"))
    }

    @Test("a link out of the folder is refused, wherever it stands", arguments: ["leak", "lib.leak", "out.other"])
    func links(_ name: String) async throws {
        let run = try run()
        defer { remove(run) }
        let outcome = await run("local value = require '\(name)' return value")
        #expect(outcome.message.hasPrefix("require: module `\(name)` is a link to "), "\(outcome.message)")
        #expect(outcome.message.contains("-outside/other.lua, outside of "))
        #expect(outcome.summary.failure?.site == "test.lua:1")
    }

    @Test("a lib that is a link as a whole is the project's own choice")
    func sharedFolder() async throws {
        let run = try run()
        defer { remove(run) }
        try FileManager.default.removeItem(atPath: run.folder + "/lib")
        try FileManager.default.createSymbolicLink(
            atPath: run.folder + "/lib", withDestinationPath: run.folder + "-outside")
        #expect(await run("return require 'other'").summary.result.stringValue == "outside")
    }

    @Test("modules that fail, do not compile, require themselves or are not there")
    func failures() async throws {
        let run = try run()
        defer { remove(run) }
        let again = await run(
            "local ok = pcall(require, 'fails') return ('%s %d %d'):format(ok, require('fails'), require('fails'))")
        #expect(again.summary.result.stringValue == "false 2 2")
        let broken = await run("require 'broken'")
        #expect(broken.message == "unexpected symbol near '+'")
        #expect(broken.summary.failure?.site == "lib/broken.lua:1")
        #expect(await run("require 'first'").message == "require: module `first` requires itself")
        let missing = await run("require 'nowhere'")
        #expect(missing.message == "require: no module `nowhere`")
        #expect(missing.remedy?.hasPrefix("looked for \(run.folder)/lib/nowhere.lua, ") == true)
    }

    @Test("branches that require one module load it once, and get the same")
    func parallel() async throws {
        let run = try run()
        defer { remove(run) }
        try run.write("lib/slow.lua", "loads = (loads or 0) + 1 time.sleep('100ms') return { loads = loads }")
        let outcome = await run(
            """
            local function load() return require('slow') end
            local r = parallel { a = load, b = load, c = function() return parallel { load, load }[2] end }
            return ('%s %s %d'):format(r.a == r.b, r.b == r.c, loads)
            """)
        #expect(outcome.message == "")
        #expect(outcome.summary.result.stringValue == "true true 1")
    }

    @Test("a branch that waited for a module which failed tries by itself")
    func parallelFailure() async throws {
        let run = try run()
        defer { remove(run) }
        try run.write(
            "lib/once.lua",
            "loads = (loads or 0) + 1 local mine = loads time.sleep('100ms') if mine == 1 then error('not yet') end return mine"
        )
        let outcome = await run(
            """
            local function load() return tostring(select(2, pcall(require, 'once'))) end
            local r = parallel { load, load }
            table.sort(r)
            return table.concat(r, ' | ')
            """)
        #expect(outcome.message == "")
        #expect(outcome.summary.result.stringValue == "2 | lib/once.lua:1: not yet")
    }

    @Test("modules that wait for each other in branches are told of, and nothing hangs")
    func parallelCircle() async throws {
        let run = try run()
        defer { remove(run) }
        try run.write("lib/left.lua", "time.sleep('100ms') return require('right')")
        try run.write("lib/right.lua", "time.sleep('100ms') return parallel { function() return require('left') end }")
        try run.write("lib/own.lua", "return parallel { function() return require('own') end }")
        let outcome = await run(
            "parallel { function() return require('left') end, function() return require('right') end }")
        #expect(outcome.message.hasSuffix("` requires itself"), "\(outcome.message)")
        #expect(await run("require 'own'").message == "require: module `own` requires itself")
        let hidden = await run("return coroutine.wrap(function() return require('first') end)()")
        #expect(hidden.message == "require: module `first` requires itself")
    }
}
