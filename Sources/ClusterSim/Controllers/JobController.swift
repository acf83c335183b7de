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
        let ended = pods.filter { $0.json["status"]["phase"].string == "Succeeded" }
        let failures = JobFailures(job, pods)
        let failed = failures.counted
        var active = pods.filter { !Pods.isFinished($0) && !$0.isTerminating }
        let spec = job.json["spec"]
        let indexes = IndexedJob(job, pods, failures)
        let wanted = spec["completions"].int
        let limit = spec["backoffLimit"].int ?? 6
        let succeeded = indexes.succeeded ?? ended.count
        let retries = max(failed, pods.reduce(0) { $0 + restarts($1) })
        var status = job.json["status"]
        status.fill("startTime", .string(Timestamp.seconds(Timestamp.now)))
        var failure: (String, String)? = failures.verdict ?? indexes.verdict
        if failure != nil {
            // One of the Job's own rules has decided.
        } else if failed > limit || (spec["template"]["spec"]["restartPolicy"].string == "OnFailure" && retries > limit)
        {
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
        let isSuspended = isTrue(conditions, "Suspended")
        if isSuspended, spec["suspend"].bool != true {
            setCondition(&status, "Suspended", "False", reason: "JobResumed", message: "Job resumed")
            status["startTime"] = .string(Timestamp.seconds(Timestamp.now))
            cluster.record(job, "Resumed", "Job resumed", source: .jobs)
        }
        if spec["suspend"].bool == true {
            stop(&active, of: job, cluster)
            if !isSuspended { cluster.record(job, "Suspended", "Job suspended", source: .jobs) }
            setCondition(&status, "Suspended", reason: "JobSuspended", message: "Job suspended")
            status.remove("startTime")
        } else if let failure {
            stop(&active, of: job, cluster)
            setCondition(&status, "FailureTarget", reason: failure.0, message: failure.1)
            setCondition(&status, "Failed", reason: failure.0, message: failure.1)
            cluster.record(job, failure.0, failure.1, source: .jobs, isWarning: true)
        } else if let (reason, message) = success(indexes, spec, wanted, succeeded, active.isEmpty) {
            stop(&active, of: job, cluster)
            setCondition(&status, "SuccessCriteriaMet", reason: reason, message: message)
            setCondition(&status, "Complete", reason: reason, message: message)
            status["completionTime"] = .string(Timestamp.seconds(Timestamp.now))
            cluster.record(job, "Completed", "Job completed", source: .jobs)
        } else {
            let parallel = spec["parallelism"].int ?? 1
            // Without a number of completions, the first success means that no more pods are needed.
            let lacking = wanted.map { min(parallel, $0 - succeeded) } ?? (succeeded > 0 ? active.count : parallel)
            let room = lacking - active.count
            let delay = backoff(pods, failures.actions.count, cluster)
            if room > 0, delay > 0 {
                cluster.schedule(.reconcile(key), after: delay)
            } else if room > 0 {
                for index in indexes.free(room) {
                    if let pod = create(job, index: index, cluster) { active.append(pod) }
                }
            } else if room < 0 {
                var surplus = Array(active.sorted(by: Pods.isDeletedFirst).prefix(-room))
                active.removeAll { pod in surplus.contains { $0.key == pod.key } }
                stop(&surplus, of: job, cluster)
            }
        }
        if let text = indexes.completed { status["completedIndexes"] = .string(text) }
        if let text = indexes.failed { status["failedIndexes"] = .string(text) }
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

    /// Why a Job has succeeded; nil while it has not.
    private static func success(
        _ indexes: IndexedJob, _ spec: JSON, _ wanted: Int?, _ succeeded: Int, _ isIdle: Bool
    ) -> (String, String)? {
        if let rule = indexes.metRule(of: spec["successPolicy"]) {
            return ("SuccessPolicy", "Matched rules at index \(rule)")
        }
        guard wanted.map({ succeeded >= $0 }) ?? (succeeded > 0 && isIdle) else { return nil }
        return ("CompletionsReached", "Reached expected number of succeeded pods")
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

    private static func stop(_ pods: inout [ObjectVersion], of job: ObjectVersion, _ cluster: isolated Cluster) {
        for pod in pods {
            cluster.delete(pod.key)
            cluster.record(job, "SuccessfulDelete", "Deleted pod: \(pod.key.name)", source: .jobs)
        }
        pods = []
    }

    private static func setCondition(
        _ status: inout JSON, _ type: String, _ value: String = "True", reason: String, message: String
    ) {
        var list = status["conditions"]
        Conditions.set(&list, type, value, reason: reason, message: message, now: Timestamp.now, updates: false)
        if let index = list.index(where: "type", is: type) {
            list[index]["lastProbeTime"] = list[index]["lastTransitionTime"]
        }
        status["conditions"] = list
    }

    private static func create(_ job: ObjectVersion, index: Int?, _ cluster: isolated Cluster) -> ObjectVersion? {
        do {
            let name = index.map { "\(job.key.name)-\($0)-\(Names.suffix())" }
            let pod = try Pods.create(from: job.json["spec"]["template"], owner: job, name: name, cluster) { pod in
                if let index { IndexedJob.mark(&pod, index, of: job) }
            }
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
