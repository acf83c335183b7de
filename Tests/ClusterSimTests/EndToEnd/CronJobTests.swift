import Foundation
import Testing

/// CronJobs on a fast clock: a minute of a schedule passes in half a second.
@Suite("CronJobs")
struct CronJobTests {
    private func manifest(_ name: String, _ spec: String, command: String = "exit 0", job: String = "") -> String {
        """
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: \(name)}
        spec:
          \(spec.split(separator: "; ").joined(separator: "\n  "))
          jobTemplate:
            metadata: {labels: {of: \(name)}}
            spec: {\(job)template: {spec: {restartPolicy: Never, containers: [{name: c, image: "busybox:1.36", command: [sh, -c, "\(command)"]}]}}}
        """
    }

    private func withClock(_ body: (Lab) async throws -> Void) async throws {
        try await Lab.run(speed: 120) { try await body($0) }
    }

    private func jobs(_ lab: Lab, _ name: String) async throws -> [[String: Any]] {
        let output = try await lab.kubectl("get", "jobs", "-l", "of=\(name)", "-o", "json")
        return ((output.json as? [String: Any])?["items"] as? [[String: Any]]) ?? []
    }

    private func names(_ jobs: [[String: Any]]) -> Set<String> {
        Set(jobs.compactMap { ($0["metadata"] as? [String: Any])?["name"] as? String })
    }

    private func reasons(_ lab: Lab, _ name: String) async throws -> String {
        try await lab.kubectl(
            "get", "events", "--field-selector", "involvedObject.kind=CronJob,involvedObject.name=\(name)", "-o",
            "jsonpath={range .items[*]}{.reason}: {.message}{'\\n'}{end}"
        ).stdout
    }

    @Test("a Job is made each minute, and only so many are kept", .timeLimit(.minutes(1)))
    func fires() async throws {
        try await withClock { lab in
            _ = try await lab.kubectl(
                "apply", "-f", "-", stdin: manifest("tick", "schedule: '* * * * *'; successfulJobsHistoryLimit: 2"))
            var seen: Set<String> = []
            let end = Date().addingTimeInterval(15)
            while seen.count < 5, Date() < end {
                let jobs = try await jobs(lab, "tick")
                seen.formUnion(names(jobs))
                let done = jobs.filter { (($0["status"] as? [String: Any])?["succeeded"] as? Int) == 1 }
                #expect(done.count <= 3, "the limit, and one that has just ended")
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(seen.count >= 5)
            let minutes = seen.compactMap { Int($0.split(separator: "-").last ?? "") }.sorted()
            #expect(zip(minutes, minutes.dropFirst()).allSatisfy { $1 - $0 >= 1 }, "\(minutes)")
            let job = try #require(try await jobs(lab, "tick").first)
            let metadata = try #require(job["metadata"] as? [String: Any])
            let annotations = metadata["annotations"] as? [String: String] ?? [:]
            #expect(annotations["batch.kubernetes.io/cronjob-scheduled-timestamp"]?.hasSuffix(":00Z") == true)
            let owner = (metadata["ownerReferences"] as? [[String: Any]])?.first
            #expect(owner?["kind"] as? String == "CronJob" && owner?["controller"] as? Bool == true)
            let status = try await lab.kubectl(
                "get", "cronjob", "tick", "-o", "jsonpath={.status.lastScheduleTime} {.status.lastSuccessfulTime}")
            #expect(status.stdout.split(separator: " ").count == 2)
            let reasons = try await reasons(lab, "tick")
            for text in [
                "SuccessfulCreate: Created job tick-", "SawCompletedJob: Saw completed job: tick-",
                "SuccessfulDelete: Deleted job tick-",
            ] {
                #expect(reasons.contains(text), "\(reasons)")
            }
        }
    }

    @Test("a suspended CronJob makes none, and goes on when it is resumed", .timeLimit(.minutes(1)))
    func suspends() async throws {
        try await withClock { lab in
            _ = try await lab.kubectl(
                "apply", "-f", "-", stdin: manifest("still", "schedule: '* * * * *'; suspend: true"))
            try await Task.sleep(for: .seconds(2))
            #expect(try await jobs(lab, "still").isEmpty)
            _ = try await lab.kubectl("patch", "cronjob", "still", "-p", "{\"spec\":{\"suspend\":false}}")
            _ = try await lab.until(5, "get", "jobs", "-l", "of=still", "-o", "name") { !$0.stdout.isEmpty }
        }
    }

    @Test("Forbid waits for the Job that runs, Replace ends it, Allow runs both", .timeLimit(.minutes(1)))
    func concurrency() async throws {
        try await withClock { lab in
            for policy in ["Forbid", "Replace", "Allow"] {
                _ = try await lab.kubectl(
                    "apply", "-f", "-",
                    stdin: manifest(
                        policy.lowercased(), "schedule: '* * * * *'; concurrencyPolicy: \(policy)",
                        command: "sleep infinity"))
            }
            _ = try await lab.until(10, "get", "jobs", "-l", "of=allow", "-o", "name") {
                $0.stdout.split(separator: "\n").count >= 3
            }
            #expect(try await jobs(lab, "forbid").count == 1)
            #expect(
                try await reasons(lab, "forbid").contains(
                    "JobAlreadyActive: Not starting job because prior execution is running and concurrency policy is Forbid"
                ))
            #expect(try await jobs(lab, "replace").count <= 2)
            #expect(try await reasons(lab, "replace").contains("SuccessfulDelete: Deleted job replace-"))
            let active = try await lab.kubectl("get", "cronjob", "allow", "-o", "jsonpath={.status.active[*].name}")
            #expect(active.stdout.split(separator: " ").count >= 3)
        }
    }

    @Test("failed Jobs have a limit of their own; a start that comes too late is missed", .timeLimit(.minutes(1)))
    func limits() async throws {
        try await withClock { lab in
            _ = try await lab.kubectl(
                "apply", "-f", "-",
                stdin: manifest(
                    "fails", "schedule: '* * * * *'; failedJobsHistoryLimit: 1", command: "exit 1",
                    job: "backoffLimit: 0, "))
            _ = try await lab.until(10, "get", "events", "-o", "jsonpath={.items[*].message}") {
                $0.stdout.contains("Deleted job fails-")
            }
            let failed = try await jobs(lab, "fails").filter {
                (($0["status"] as? [String: Any])?["failed"] as? Int) == 1
            }
            #expect(failed.count <= 2)
            // Held back by a Job that runs, the start of a minute ago is too old by the time that Job ends.
            _ = try await lab.kubectl(
                "apply", "-f", "-",
                stdin: manifest(
                    "late", "schedule: '*/2 * * * *'; concurrencyPolicy: Forbid; startingDeadlineSeconds: 20",
                    command: "sleep 70"))
            _ = try await lab.until(10, "get", "jobs", "-l", "of=late", "-o", "name") {
                $0.stdout.split(separator: "\n").count >= 2
            }
            let starts = names(try await jobs(lab, "late")).compactMap { Int($0.split(separator: "-").last ?? "") }
            #expect(starts.allSatisfy { $0 % 2 == 0 }, "\(starts)")
        }
    }

    @Test(
        "what is no schedule, no zone and no policy is refused in the server's words",
        arguments: [
            (
                "schedule: 'every hour'",
                "spec.schedule: Invalid value: \"every hour\": expected exactly 5 fields, found 2: [every hour]"
            ),
            (
                "schedule: '61 * * * *'",
                "spec.schedule: Invalid value: \"61 * * * *\": end of range (61) above maximum (59): 61"
            ),
            ("schedule: '@often'", "spec.schedule: Invalid value: \"@often\": unrecognized descriptor: @often"),
            (
                "schedule: '* * * * *'; timeZone: Nada/Nada",
                "spec.timeZone: Invalid value: \"Nada/Nada\": unknown time zone Nada/Nada"
            ),
            (
                "schedule: '* * * * *'; concurrencyPolicy: Often",
                "spec.concurrencyPolicy: Unsupported value: \"Often\": supported values: \"Allow\", \"Forbid\", \"Replace\""
            ),
        ])
    func refused(_ spec: String, _ text: String) async throws {
        try await withClock { lab in
            let output = try await lab.kubectl("apply", "-f", "-", stdin: manifest("bad", spec))
            #expect(output.stderr == "The CronJob \"bad\" is invalid: \(text)\n")
        }
    }
}
