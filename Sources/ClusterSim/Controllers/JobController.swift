/// Runs Jobs to their end.
enum JobController {
    static func reconcile(_ key: ObjectKey, _ cluster: isolated Cluster) {
        guard let job = cluster.store.object(key), !job.isTerminating else { return }
        let conditions = job.json["status"]["conditions"]
        if isTrue(conditions, "Complete") || isTrue(conditions, "Failed") {
            expire(job, cluster)
            return
        }
        let pods = cluster.store.dependents(of: job.uid).filter { $0.type == cluster.types.pods }.compactMap {
            cluster.store.object($0)
        }
        let succeeded = pods.filter { $0.json["status"]["phase"].string == "Succeeded" }.count
        let failed = pods.filter { $0.json["status"]["phase"].string == "Failed" }.count
        var active = pods.filter { !Pods.isFinished($0) && !$0.isTerminating }
        let spec = job.json["spec"]
        let wanted = spec["completions"].int ?? 1
        let limit = spec["backoffLimit"].int ?? 6
        let retries = max(failed, pods.reduce(0) { $0 + restarts($1) })
        var status = job.json["status"]
        status.fill("startTime", .string(Timestamp.seconds(Timestamp.now)))
        var failure: (String, String)?
        if failed > limit || (spec["template"]["spec"]["restartPolicy"].string == "OnFailure" && retries > limit) {
            failure = ("BackoffLimitExceeded", "Job has reached the specified backoff limit")
        } else if let deadline = spec["activeDeadlineSeconds"].int,
            let start = status["startTime"].string.flatMap(Timestamp.parse)
        {
            let end = start + Double(deadline) / cluster.settings.speed
            if Timestamp.now >= end {
                failure = ("DeadlineExceeded", "Job was active longer than specified deadline")
            } else {
                cluster.schedule(.reconcile(key), after: Double(deadline) + 1)
            }
        }
        if spec["suspend"].bool == true {
            for pod in active { cluster.delete(pod.key) }
            active = []
            setCondition(&status, "Suspended", reason: "JobSuspended", message: "Job suspended")
            status.remove("startTime")
        } else if let failure {
            for pod in active { cluster.delete(pod.key) }
            active = []
            setCondition(&status, "FailureTarget", reason: failure.0, message: failure.1)
            setCondition(&status, "Failed", reason: failure.0, message: failure.1)
            cluster.record(job, failure.0, failure.1, source: .jobs, isWarning: true)
        } else if succeeded >= wanted {
            setCondition(
                &status, "SuccessCriteriaMet", reason: "CompletionsReached",
                message: "Reached expected number of succeeded pods")
            setCondition(
                &status, "Complete", reason: "CompletionsReached", message: "Reached expected number of succeeded pods")
            status["completionTime"] = .string(Timestamp.seconds(Timestamp.now))
            cluster.record(job, "Completed", "Job completed", source: .jobs)
        } else {
            let room = min(spec["parallelism"].int ?? 1, wanted - succeeded) - active.count
            let delay = backoff(pods, failed, cluster)
            if room > 0, delay > 0 {
                cluster.schedule(.reconcile(key), after: delay)
            } else if room > 0 {
                for _ in 0..<room { if let pod = create(job, cluster) { active.append(pod) } }
            }
        }
        func put(_ name: String, _ value: Int) {
            if value != 0 { status[name] = .int(value) } else { status.remove(name) }
        }
        put("active", active.count)
        put("succeeded", succeeded)
        put("failed", failed)
        status["ready"] = .int(active.filter(Pods.isReady).count)
        status["terminating"] = 0
        status["uncountedTerminatedPods"] = [:]
        cluster.modify(key) { $0["status"] = status }
    }

    /// A failed pod is followed by another only after a time that doubles with each failure.
    private static func backoff(_ pods: [ObjectVersion], _ failed: Int, _ cluster: isolated Cluster) -> Double {
        guard failed > 0 else { return 0 }
        let wait = min(360, 10 * Double(1 << min(failed - 1, 6)))
        let last =
            pods.compactMap { pod in
                pod.json["status"]["containerStatuses"].array.compactMap {
                    $0["state"]["terminated"]["finishedAt"].string.flatMap(Timestamp.parse)
                }.max()
            }.max() ?? 0
        return max(0, wait - (Timestamp.now - last) * cluster.settings.speed)
    }

    private static func restarts(_ pod: ObjectVersion) -> Int {
        pod.json["status"]["containerStatuses"].array.reduce(0) { $0 + ($1["restartCount"].int ?? 0) }
    }

    private static func isTrue(_ conditions: JSON, _ type: String) -> Bool {
        conditions.element(where: "type", is: type)?["status"].string == "True"
    }

    private static func setCondition(_ status: inout JSON, _ type: String, reason: String, message: String) {
        var list = status["conditions"]
        Conditions.set(&list, type, "True", reason: reason, message: message, now: Timestamp.now, updates: false)
        if let index = list.index(where: "type", is: type) {
            list[index]["lastProbeTime"] = list[index]["lastTransitionTime"]
        }
        status["conditions"] = list
    }

    private static func create(_ job: ObjectVersion, _ cluster: isolated Cluster) -> ObjectVersion? {
        do {
            let pod = try Pods.create(from: job.json["spec"]["template"], owner: job, cluster)
            cluster.retries.succeeded(job.key)
            cluster.record(job, "SuccessfulCreate", "Created pod: \(pod.key.name)", source: .jobs)
            return pod
        } catch let error as APIError {
            cluster.record(job, "FailedCreate", "Error creating: \(error.message)", source: .jobs, isWarning: true)
            cluster.retry(job.key)
        } catch {}
        return nil
    }

    private static func expire(_ job: ObjectVersion, _ cluster: isolated Cluster) {
        guard let seconds = job.json["spec"]["ttlSecondsAfterFinished"].int else { return }
        let end =
            job.json["status"]["conditions"].array.compactMap {
                $0["lastTransitionTime"].string.flatMap(Timestamp.parse)
            }.max() ?? 0
        let rest = Double(seconds) - (Timestamp.now - end) * cluster.settings.speed
        if rest <= 0 { cluster.delete(job.key) } else { cluster.schedule(.reconcile(job.key), after: rest + 0.1) }
    }
}

/// Starts the Jobs of CronJobs when they are due.
enum CronJobController {
    static func reconcile(_ key: ObjectKey, _ cluster: isolated Cluster) {
        guard let cron = cluster.store.object(key), !cron.isTerminating,
            let schedule = CronSchedule(cron.json["spec"]["schedule"].text)
        else { return }
        let now = Timestamp.now
        let jobs = cluster.store.dependents(of: cron.uid).filter { $0.type == cluster.types.jobs }.compactMap {
            cluster.store.object($0)
        }
        let active = jobs.filter { $0.json["status"]["completionTime"].isNull && !isFailed($0) }
        let last =
            (cron.json["status"]["lastScheduleTime"].string ?? cron.json["metadata"]["creationTimestamp"].string)
            .flatMap(Timestamp.parse) ?? now
        if cron.json["spec"]["suspend"].bool != true, let due = schedule.next(after: last) {
            if due <= now { start(cron, at: due, active: active, cluster) }
            if let next = schedule.next(after: now) {
                cluster.schedule(.reconcile(key), after: (next - now) * cluster.settings.speed + 0.1)
            }
        }
        prune(cron, jobs, cluster)
        updateStatus(key, cluster)
    }

    private static func isFailed(_ job: ObjectVersion) -> Bool {
        job.json["status"]["conditions"].element(where: "type", is: "Failed")?["status"].string == "True"
    }

    private static func start(
        _ cron: ObjectVersion, at due: Double, active: [ObjectVersion], _ cluster: isolated Cluster
    ) {
        switch cron.json["spec"]["concurrencyPolicy"].string {
        case "Forbid" where !active.isEmpty:
            cluster.record(
                cron, "JobAlreadyActive",
                "Not starting job because prior execution is running and concurrency policy is Forbid",
                source: .cronJobs)
            return
        case "Replace": for job in active { cluster.delete(job.key) }
        default: break
        }
        let name = "\(cron.key.name)-\(Int(due / 60))"
        let key = ObjectKey(type: cluster.types.jobs, namespace: cron.key.namespace, name: name)
        if cluster.store.object(key) == nil {
            var job: JSON = [
                "metadata": cron.json["spec"]["jobTemplate"]["metadata"],
                "spec": cron.json["spec"]["jobTemplate"]["spec"],
            ]
            job["metadata"].remove("creationTimestamp")
            job["metadata"]["name"] = .string(name)
            job["metadata"]["annotations"]["batch.kubernetes.io/cronjob-scheduled-timestamp"] = .string(
                Timestamp.seconds(due))
            job["metadata"]["ownerReferences"] = [DeploymentController.owner(cron)]
            Metadata.prepareForCreate(&job, type: key.type, namespace: key.namespace, time: Timestamp.now)
            Defaults.apply(&job, type: key.type)
            cluster.commit(job, key: key)
            cluster.record(cron, "SuccessfulCreate", "Created job \(name)", source: .cronJobs)
        }
        cluster.modify(cron.key) { $0["status"]["lastScheduleTime"] = .string(Timestamp.seconds(due)) }
    }

    private static func prune(_ cron: ObjectVersion, _ jobs: [ObjectVersion], _ cluster: isolated Cluster) {
        let byAge = jobs.sorted { $0.key.name < $1.key.name }
        let done = byAge.filter { !$0.json["status"]["completionTime"].isNull }
        let failed = byAge.filter(isFailed)
        for (list, limit) in [
            (done, cron.json["spec"]["successfulJobsHistoryLimit"].int ?? 3),
            (failed, cron.json["spec"]["failedJobsHistoryLimit"].int ?? 1),
        ] {
            for job in list.prefix(max(0, list.count - limit)) { cluster.delete(job.key) }
        }
    }

    private static func updateStatus(_ key: ObjectKey, _ cluster: isolated Cluster) {
        guard let cron = cluster.store.object(key) else { return }
        let jobs = cluster.store.dependents(of: cron.uid).filter { $0.type == cluster.types.jobs }.compactMap {
            cluster.store.object($0)
        }
        let active = jobs.filter { $0.json["status"]["completionTime"].isNull && !isFailed($0) }.sorted {
            $0.key.name < $1.key.name
        }
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
