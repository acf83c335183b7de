import Foundation

/// Starts the Jobs of CronJobs when they are due.
///
/// Schedules run on the simulated clock, which a speed makes faster: with `--speed 60` a minute of a schedule passes in a
/// second. The times that are written into objects are those of the clock on the wall.
enum CronJobController {
    /// More missed starts than these are reported, as the real controller does.
    private static let manyMissed = 100

    static func reconcile(_ key: ObjectKey, _ cluster: isolated Cluster) {
        guard let cron = cluster.store.object(key), !cron.isTerminating else { return }
        forgetFinished(cron, cluster)
        guard let schedule = try? schedule(of: cron) else {
            updateStatus(key, cluster)
            return
        }
        if cluster.crons[cron.uid] == nil {
            cluster.crons[cron.uid] = CronState(
                start: cron.json["status"]["lastScheduleTime"].string.flatMap(Timestamp.parse) ?? cluster.simulatedTime)
        }
        if cron.json["spec"]["suspend"].bool != true {
            start(cron, schedule, cluster)
            plan(key, cron.uid, schedule, cluster)
        }
        updateStatus(key, cluster)
    }

    /// Looks at a CronJob again when it is due next; each has one such look at a time.
    private static func plan(_ key: ObjectKey, _ uid: String, _ schedule: CronSchedule, _ cluster: isolated Cluster) {
        let now = cluster.simulatedTime
        guard let next = schedule.next(after: now) else { return }
        if let planned = cluster.crons[uid]?.look, planned > now, planned <= next { return }
        cluster.crons[uid]?.look = next
        cluster.schedule(.reconcile(key), after: next - now + 0.05)
    }

    private static func schedule(of cron: ObjectVersion) throws -> CronSchedule {
        let zone = cron.json["spec"]["timeZone"].string
        return try CronSchedule(cron.json["spec"]["schedule"].text, zone: zone.flatMap(TimeZone.init(identifier:)))
    }

    private static func jobs(of cron: ObjectVersion, _ cluster: isolated Cluster) -> [ObjectVersion] {
        cluster.store.dependents(of: cron.uid).filter { $0.type == cluster.types.jobs }
            .compactMap { cluster.store.object($0) }.filter { !$0.isTerminating }
            .sorted { $0.key.name < $1.key.name }
    }

    /// How a Job ended: `Complete` or `Failed`; nil while it has not.
    private static func end(of job: ObjectVersion) -> String? {
        ["Complete", "Failed"].first {
            job.json["status"]["conditions"].element(where: "type", is: $0)?["status"].string == "True"
        }
    }

    // MARK: - Starting

    private static func start(_ cron: ObjectVersion, _ schedule: CronSchedule, _ cluster: isolated Cluster) {
        let now = cluster.simulatedTime
        let limit = cron.json["spec"]["startingDeadlineSeconds"].int.map(Double.init)
        // When the last start was due, on the simulated clock.
        var earliest = cluster.crons[cron.uid]?.start ?? now
        if let limit { earliest = max(earliest, now - limit) }
        guard let (due, missed) = schedule.latest(after: earliest, until: now, limit: manyMissed) else { return }
        if missed > manyMissed {
            cluster.record(
                cron, "TooManyMissedTimes",
                "too many missed start times: \(missed). Set or decrease .spec.startingDeadlineSeconds or check clock skew",
                source: .cronJobs, isWarning: true)
        }
        if let limit, due + limit < now {
            cluster.record(
                cron, "MissSchedule", "Missed scheduled time to start a job: \(Timestamp.seconds(due))",
                source: .cronJobs, isWarning: true)
            return
        }
        let active = jobs(of: cron, cluster).filter { end(of: $0) == nil }
        switch cron.json["spec"]["concurrencyPolicy"].string {
        case "Forbid" where !active.isEmpty:
            cluster.record(
                cron, "JobAlreadyActive",
                "Not starting job because prior execution is running and concurrency policy is Forbid",
                source: .cronJobs)
            return
        case "Replace": for job in active { delete(job, of: cron, cluster) }
        default: break
        }
        create(cron, due: due, cluster)
    }

    private static func create(_ cron: ObjectVersion, due: Double, _ cluster: isolated Cluster) {
        let name = "\(cron.key.name)-\(Int(due / 60))"
        let key = ObjectKey(type: cluster.types.jobs, namespace: cron.key.namespace, name: name)
        let template = cron.json["spec"]["jobTemplate"]
        var job: JSON = ["metadata": [:], "spec": template["spec"]]
        for field in ["labels", "annotations"] where !template["metadata"][field].isEmpty {
            job["metadata"][field] = template["metadata"][field]
        }
        job["metadata"]["name"] = .string(name)
        job["metadata"]["annotations"]["batch.kubernetes.io/cronjob-scheduled-timestamp"] = .string(
            Timestamp.seconds(due))
        job["metadata"]["ownerReferences"] = [DeploymentController.owner(cron)]
        if cluster.store.object(key) == nil {
            Metadata.prepareForCreate(&job, type: key.type, namespace: key.namespace, time: Timestamp.now)
            Defaults.apply(&job, type: key.type)
            do {
                try cluster.admitNamespace(key.namespace, type: key.type, name: name)
                try cluster.admit(&job, key: key, old: nil, scope: WriteScope(.internalWrite))
            } catch {
                let text = (error as? APIError)?.message ?? "\(error)"
                cluster.record(
                    cron, "FailedCreate", "Error creating job: \(text)", source: .cronJobs, isWarning: true)
                cluster.retry(cron.key)
                return
            }
            cluster.initializeStatus(&job, type: key.type)
            cluster.commit(job, key: key)
            cluster.record(cron, "SuccessfulCreate", "Created job \(name)", source: .cronJobs)
        }
        cluster.crons[cron.uid]?.start = due
        cluster.modify(cron.key) { $0["status"]["lastScheduleTime"] = .string(Timestamp.seconds(Timestamp.now)) }
    }

    private static func delete(_ job: ObjectVersion, of cron: ObjectVersion, _ cluster: isolated Cluster) {
        cluster.delete(job.key)
        cluster.record(cron, "SuccessfulDelete", "Deleted job \(job.key.name)", source: .cronJobs)
    }

    // MARK: - What is over

    /// Reports Jobs that have ended, and deletes those beyond the limits of the history, the oldest first.
    private static func forgetFinished(_ cron: ObjectVersion, _ cluster: isolated Cluster) {
        let jobs = jobs(of: cron, cluster)
        let known = Set(cron.json["status"]["active"].array.map { $0["uid"].text })
        for job in jobs where known.contains(job.uid) {
            guard let end = end(of: job) else { continue }
            cluster.record(
                cron, "SawCompletedJob", "Saw completed job: \(job.key.name), condition: \(end)", source: .cronJobs)
        }
        for (end, limit) in [
            ("Complete", cron.json["spec"]["successfulJobsHistoryLimit"].int ?? 3),
            ("Failed", cron.json["spec"]["failedJobsHistoryLimit"].int ?? 1),
        ] {
            let list = jobs.filter { self.end(of: $0) == end }
            for job in list.prefix(max(0, list.count - limit)) { delete(job, of: cron, cluster) }
        }
    }

    private static func updateStatus(_ key: ObjectKey, _ cluster: isolated Cluster) {
        guard let cron = cluster.store.object(key) else { return }
        let jobs = jobs(of: cron, cluster)
        let active = jobs.filter { end(of: $0) == nil }
        let finished = jobs.compactMap { $0.json["status"]["completionTime"].string }.max()
        cluster.modify(key) { object in
            if active.isEmpty {
                object["status"].remove("active")
            } else {
                object["status"]["active"] = .array(
                    active.map {
                        [
                            "apiVersion": "batch/v1", "kind": "Job", "name": .string($0.key.name),
                            "namespace": .string($0.key.namespace),
                            "uid": .string($0.uid), "resourceVersion": .string(String($0.resourceVersion)),
                        ]
                    })
            }
            if let finished { object["status"]["lastSuccessfulTime"] = .string(finished) }
        }
    }
}

/// What is remembered of a CronJob, in times of the simulated clock.
struct CronState: Sendable {
    /// When its last Job was due, or when it was first seen.
    var start: Double
    /// When it is looked at next.
    var look: Double?
}

extension Cluster {
    /// The time of the simulated cluster, which runs as fast as the speed says from the moment the cluster began.
    var simulatedTime: Double { began + (Timestamp.now - began) * settings.speed }
}
