import Foundation
import Testing

/// The lock between machines, against a kubectl that keeps one Lease in a file as a server would.
@Suite(.serialized) struct DurableLeaseTests {
    /// Goes by resourceVersion as the API server does.
    private static let kubectl = """
        #!/usr/bin/env python3
        import json, os, sys
        path = "@/lease.json"
        argv = sys.argv[1:]
        if "current-context" in argv: print("minikube"); sys.exit()
        if "version" in argv: print("Client Version: v1.37.0"); sys.exit()
        open("@/log", "a").write(" ".join(argv) + "\\n")
        if os.path.exists("@/down"): sys.stderr.write("Unable to connect to the server: refused\\n"); sys.exit(1)
        stored = json.load(open(path)) if os.path.exists(path) else None
        if "get" in argv:
            if stored: print(json.dumps(stored))
            if os.path.exists("@/alive"):
                stored["metadata"]["resourceVersion"] += "1"; json.dump(stored, open(path, "w"))
            sys.exit()
        wanted = json.load(sys.stdin)
        if "create" in argv and stored:
            sys.stderr.write("Error from server (AlreadyExists): leases already exists\\n"); sys.exit(1)
        if "replace" in argv and wanted["metadata"].get("resourceVersion") != stored["metadata"]["resourceVersion"]:
            sys.stderr.write("Error from server (Conflict): the object has been modified\\n"); sys.exit(1)
        wanted["metadata"]["resourceVersion"] = str(int(stored["metadata"]["resourceVersion"]) + 1 if stored else 1)
        json.dump(wanted, open(path, "w"))
        print(json.dumps(wanted))
        """

    private func sandbox() throws -> DurableSandbox {
        let sandbox = try DurableSandbox()
        try sandbox.write("kubectl", Self.kubectl.replacing("@", with: sandbox.folder))
        chmod(sandbox.path("kubectl"), 0o755)
        try sandbox.write(
            "r.lua",
            """
            runbook { name = "deploy", lock = "deploy/shop", requires = { kubectl = ">=1.28" } }
            step("Look", function() print(fs.read("\(sandbox.path("lease.json"))")) end)
            """)
        return sandbox
    }

    private func run(_ sandbox: DurableSandbox, _ arguments: String...) throws -> DurableSandbox.Outcome {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return try sandbox.start(
            ["r.lua"] + arguments, through: ["/usr/bin/env", "PATH=\(sandbox.folder):\(path)"]
        ).wait()
    }

    /// Another machine's Lease, renewed some seconds ago.
    private func hold(_ sandbox: DurableSandbox, renewed seconds: Double, for duration: Int = 60) throws {
        let time = Date(timeIntervalSinceNow: -seconds).ISO8601Format()
        try sandbox.write(
            "lease.json",
            """
            {"metadata":{"name":"x","resourceVersion":"7","annotations":{"runbook/runbook":"deploy","runbook/user":"bob","runbook/pid":"9"}},
             "spec":{"holderIdentity":"abc234@host2","leaseDurationSeconds":\(duration),"leaseTransitions":4,"acquireTime":"\(time)","renewTime":"\(time)"}}
            """)
    }

    @Test func theLeaseIsHeldInTheRunAndFreeAfterIt() throws {
        let sandbox = try sandbox()
        let outcome = try run(sandbox)
        #expect(outcome.code == 0, "\(outcome.stderr)")
        #expect(outcome.stdout.contains(/"holderIdentity": "[a-z0-9]{6}@/))
        #expect(sandbox.text("lease.json").contains("\"holderIdentity\": \"\""))
    }

    @Test func aHolderWhoseClockIsBehindKeepsItsLease() throws {
        let sandbox = try sandbox()
        try sandbox.write("alive", "")
        try hold(sandbox, renewed: 90, for: 2)
        let outcome = try run(sandbox)
        #expect(outcome.code == 7)
        #expect(
            outcome.stderr.contains("the lock \"deploy/shop\" seems to be abandoned by run abc234"),
            "\(outcome.stderr)")
        #expect(outcome.stderr.contains("the lock \"deploy/shop\" is held by run abc234"))
        #expect(sandbox.text("lease.json").contains("abc234@host2"))
    }

    @Test func anotherMachinesLeaseIsRespected() throws {
        let sandbox = try sandbox()
        try hold(sandbox, renewed: 5)
        let outcome = try run(sandbox)
        #expect(outcome.code == 7)
        #expect(
            outcome.stderr.contains(
                "the lock \"deploy/shop\" is held by run abc234 of deploy, by bob on host2 (pid 9), for "),
            "\(outcome.stderr)")
        #expect(sandbox.text("lease.json").contains("abc234@host2"))
        #expect(!sandbox.text("log").contains("replace"))
    }

    @Test func anExpiredLeaseIsTakenOverAndThatIsSaid() throws {
        let sandbox = try sandbox()
        try hold(sandbox, renewed: 90, for: 2)
        let outcome = try run(sandbox)
        #expect(outcome.code == 0, "\(outcome.stderr)")
        #expect(outcome.stdout.contains("\"leaseTransitions\": 5"))
        #expect(sandbox.text("lease.json").contains("\"leaseTransitions\": 5"), "giving it back does not begin anew")
        #expect(
            outcome.stderr.contains(
                "the lock \"deploy/shop\" was taken over from run abc234 of deploy, by bob on host2 (pid 9), for "))
        #expect(outcome.stderr.contains("which no longer renews it"))
    }

    @Test func withoutAClusterTheFileLockStands() throws {
        let sandbox = try sandbox()
        try sandbox.write("down", "")
        try sandbox.write("lease.json", "{}")
        let outcome = try run(sandbox)
        #expect(outcome.code == 0, "\(outcome.stderr)")
        #expect(
            outcome.stderr.contains(
                "no Lease for the lock \"deploy/shop\" (Unable to connect to the server: refused): it keeps runs on this machine apart only"
            ))
    }

    @Test func aDryRunTakesNoLock() throws {
        let sandbox = try sandbox()
        try sandbox.write("lease.json", "{}")
        #expect(try run(sandbox, "--dry-run").code == 0)
        #expect(!sandbox.text("log").contains("lease"))
    }
}
