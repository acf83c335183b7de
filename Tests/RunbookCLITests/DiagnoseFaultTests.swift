import Foundation
import Testing

/// Each fault of the simulator, put upon a healthy workload, is what `diagnose.lua` says it is.
@Suite("diagnose and the faults of the simulator", .serialized)
struct DiagnoseFaultTests {
    /// A fault, and what is to be found.
    struct Fault: CustomStringConvertible {
        let kind: String
        var value: String?
        /// The recorded namespace that shows the same; its class is the one that is expected.
        var twin: String?
        /// The class where there is no recording, after section 3 of the notes on failure classes.
        var literal: String?
        /// The kind of object that the finding stands on.
        var on = "deployment"
        /// What the evidence has to hold.
        let evidence: String
        var description: String { kind }
    }

    static let faults = [
        Fault(
            kind: "crashloop", value: "KeyError: DATABASE_URL", twin: "crashloop-missing-env",
            evidence: "KeyError: DATABASE_URL"),
        Fault(kind: "oom", twin: "oomkilled", evidence: "24Mi"),
        Fault(kind: "image-pull", twin: "imagepullbackoff", evidence: "busybox:1.36"),
        Fault(kind: "image-never-pull", twin: "image-never-pulled", evidence: "busybox:1.36"),
        Fault(kind: "missing-secret", value: "todo-secrets", twin: "missing-secret", evidence: "todo-secrets"),
        Fault(kind: "missing-configmap", value: "todo-config", twin: "missing-configmap-key", evidence: "todo-config"),
        Fault(kind: "unschedulable", twin: "unschedulable-cpu", evidence: "Insufficient cpu"),
        Fault(kind: "readiness", twin: "readiness-failing", evidence: "/health"),
        Fault(kind: "liveness", twin: "liveness-failing", evidence: "/health"),
        Fault(
            kind: "init-failing", value: "Can not locate revision 9f3c", twin: "init-migration-failing",
            evidence: "9f3c"),
        // C04: the runtime refuses to start the program.
        Fault(kind: "start-error", value: "/app/start", literal: "container-start", evidence: "stat /app/start"),
        // P03: a startup probe restarts the container.
        Fault(kind: "startup", literal: "probe-failing", evidence: "Startup probe failed"),
        // W02 with "exceeded quota": the workload whose pods may not be made.
        Fault(kind: "quota", literal: "quota", evidence: "exceeded quota: compute"),
        // V01: the claim, not the pod that waits for it.
        Fault(
            kind: "pvc-pending", literal: "pvc-pending", on: "persistentvolumeclaim",
            evidence: "no space left on device"
        ),
    ]

    private func bench() throws -> Bench {
        var bench = try Bench()
        bench.environment["PATH"] = "\(Program.root)/.tools/bin:\(Bench.systemPath)"
        bench.environment["RUNBOOK_PATH"] = "\(Program.root)/runbooks"
        return bench
    }

    /// A sound workload, as any chart has it: probes that succeed, limits, a claim that is bound.
    private func healthy(_ name: String, fault: String? = nil) -> String {
        let annotations = fault.map { "annotations: {sim.runbook.dev/fault: '\($0)'}" } ?? "labels: {app: \(name)}"
        let claim = """
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: \(name)}
            spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
            ---

            """
        return (name.hasPrefix("pvc-pending") ? claim : "") + """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: \(name)
              \(annotations)
            spec:
              selector: {matchLabels: {app: \(name)}}
              template:
                metadata: {labels: {app: \(name)}}
                spec:
                  volumes: [\(name.hasPrefix("pvc-pending") ? "{name: d, persistentVolumeClaim: {claimName: \(name)}}" : "")]
                  containers:
                  - name: app
                    image: busybox:1.36
                    command: [sh, -c, "mkdir -p /w; echo ok > /w/health; httpd -f -p 8000 -h /w"]
                    ports: [{containerPort: 8000}]
                    resources: {limits: {memory: 24Mi}, requests: {memory: 16Mi}}
                    readinessProbe: {httpGet: {path: /health, port: 8000}, periodSeconds: 2, failureThreshold: 2}
                    livenessProbe: {httpGet: {path: /health, port: 8000}, periodSeconds: 2, failureThreshold: 2}
            ---

            """
    }

    private func apply(_ bench: Bench, _ manifest: String) throws {
        try bench.write("apply.yaml", manifest)
        try bench.write("apply.lua", "runbook {}\nkubectl.apply { file = \"apply.yaml\" }\n")
        let result = try bench.run("apply.lua", "--yes")
        #expect(result.status == 0, "\(result.errors)")
    }

    private func diagnose(_ bench: Bench) throws -> JSON {
        try bench.run("diagnose.lua", "-p", "namespace=default", "--output", "json").json()
    }

    private func errors(_ document: JSON) -> Set<String> {
        Set(
            document["result"]["findings"].list.filter { $0["severity"].text == "error" }
                .map { "\($0["class"].text ?? "") \($0["object"].text ?? "")" })
    }

    /// The class that is expected of a fault.
    private func expected(_ fault: Fault) throws -> String {
        guard let twin = fault.twin else { return try #require(fault.literal) }
        let path = "\(Program.root)/Tests/Fixtures/cluster-snapshots/expected.json"
        let all = JSON(try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path))))
        let finding = all[twin][0]
        #expect(finding["object"].text?.hasPrefix("\(fault.on)/") == true)
        return try #require(finding["class"].text)
    }

    @Test("no fault is missed by this test")
    func all() throws {
        let result = try bench().run("sim", "--fault", "nope")
        let known = result.errors.split(separator: ": ").last?.split(separator: ",").map {
            $0.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let tested = Self.faults.map(\.kind) + ["slow-start", "api-429", "api-500", "api-conflict", "api-unreachable"]
        #expect(Set(known ?? []) == Set(tested))
    }

    @Test(
        "a fault has the class of its recorded twin, asked for by flag and by annotation",
        .timeLimit(.minutes(4)))
    func classes() throws {
        var bench = try bench()
        defer { bench.remove() }
        var arguments = ["--speed", "10"]
        var manifest = healthy("sound")
        var expectations: Set<String> = []
        for fault in Self.faults {
            let value = fault.value.map { ":\($0)" } ?? ""
            arguments += ["--fault", "\(fault.kind):deployment/\(fault.kind)-flag\(value)"]
            manifest += healthy("\(fault.kind)-flag") + healthy("\(fault.kind)-note", fault: fault.kind + value)
            for way in ["flag", "note"] {
                expectations.insert("\(try expected(fault)) \(fault.on)/\(fault.kind)-\(way)")
            }
        }
        arguments += ["--fault", "slow-start:deployment/slow-start-flag:20m"]
        manifest += healthy("slow-start-flag") + healthy("slow-start-note", fault: "slow-start:20m")
        let server = try Started.simulator(&bench, arguments)
        defer { server.stop() }
        try apply(bench, manifest)
        // Diagnose gives some states a grace by the clock, which no speed shortens.
        var document = try diagnose(bench)
        let end = Date().addingTimeInterval(150)
        while errors(document) != expectations, Date() < end {
            usleep(500_000)
            document = try diagnose(bench)
        }
        #expect(expectations.subtracting(errors(document)).sorted() == [], "not found")
        #expect(errors(document).subtracting(expectations).sorted() == [], "found, but not there")
        let findings = document["result"]["findings"].list
        for fault in Self.faults {
            for way in ["flag", "note"] {
                let object = "\(fault.on)/\(fault.kind)-\(way)"
                let finding = findings.first { $0["object"].text == object && $0["severity"].text == "error" }
                let texts = (finding?["evidence"].texts ?? []) + [finding?["message"].text ?? ""]
                #expect(texts.contains { $0.contains(fault.evidence) }, "\(object): \(texts)")
            }
        }
        // A late start is no failure: it is said to settle, and nothing worse.
        let settling = findings.filter { $0["class"].text == "settling" }.compactMap { $0["object"].text }
        #expect(settling.contains("deployment/slow-start-flag") && settling.contains("deployment/slow-start-note"))
    }

    @Test("a fault that is annotated on a running workload comes at once, and goes with the annotation")
    func comesAndGoes() throws {
        var bench = try bench()
        defer { bench.remove() }
        let server = try Started.simulator(&bench, ["--speed", "20"])
        defer { server.stop() }
        try apply(bench, healthy("web"))
        func annotate(_ value: String) throws {
            try bench.write(
                "annotate.lua",
                "runbook {}\nexec.run { \"kubectl\", \"annotate\", \"--overwrite\", \"deployment/web\", \"sim.runbook.dev/fault\(value)\" }\n"
            )
            let result = try bench.run("annotate.lua", "--yes")
            #expect(result.status == 0, "\(result.errors)")
        }
        func reaches(_ wanted: Set<String>) throws -> Bool {
            let end = Date().addingTimeInterval(60)
            while Date() < end {
                if errors(try diagnose(bench)) == wanted { return true }
                usleep(200_000)
            }
            return false
        }
        #expect(try reaches([]))
        try annotate("=readiness")
        #expect(try reaches(["probe-failing deployment/web"]))
        try annotate("-")
        #expect(try reaches([]))
    }

    @Test("faults of the API are told from faults of workloads")
    func api() throws {
        var bench = try bench()
        defer { bench.remove() }
        func run(_ fault: String, _ body: (Bench) throws -> Void) throws {
            let server = try Started.simulator(&bench, ["--speed", "1", "--fault", fault])
            defer { server.stop() }
            try body(bench)
        }
        try run("api-unreachable:*") { bench in
            let result = try bench.run("diagnose.lua", "-p", "namespace=default", "--output", "json")
            #expect(result.status == 3)
            #expect(try result.json()["error"]["message"].text?.hasPrefix("the cluster is not reachable") == true)
        }
        try run("api-429:pods:1") { bench in
            let document = try diagnose(bench)
            #expect(document["result"]["healthy"].flag == true, "the client asks again, as it is told to")
            #expect(document["result"]["notes"].texts == [])
        }
        try run("api-500:resourcequotas") { bench in
            let notes = try diagnose(bench)["result"]["notes"].texts
            #expect(notes.contains { $0.contains("could not check") && $0.lowercased().contains("quota") }, "\(notes)")
        }
        try run("api-conflict:deployment/web:6") { bench in
            try apply(bench, healthy("web"))
            #expect(errors(try diagnose(bench)) == [])
            try bench.write(
                "label.lua", "runbook {}\nexec.run { \"kubectl\", \"label\", \"deployment/web\", \"a=b\" }\n")
            let refused = try bench.run("label.lua", "--yes")
            #expect(refused.status == 1)
            #expect(refused.errors.contains("the object has been modified"), "\(refused.errors)")
        }
    }
}
