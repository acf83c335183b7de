/// The rules for what makes pods: Deployments and their kin, Jobs and CronJobs.
enum WorkloadValidation {
    /// The errors of a Deployment, ReplicaSet, StatefulSet or DaemonSet.
    static func errors(_ spec: JSON, type: ResourceType) -> [FieldError] {
        var errors = Formats.counts(
            spec, ["replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"], "spec")
        let template = spec["template"]
        let labels = template["metadata"]["labels"]
        let mismatch = FieldError.invalid(
            "spec.template.metadata.labels", labels, "`selector` does not match template `labels`")
        if spec["selector"].isNull {
            errors += [.required("spec.selector"), mismatch]
        } else {
            errors += Formats.selector(spec["selector"], "spec.selector")
            let selector = LabelSelector(spec["selector"])
            if selector.isEmpty {
                // A ReplicaSet's message names the Deployment too.
                let kind = type.plural == "replicasets" ? "deployment" : type.kind.lowercased()
                errors.append(.invalid("spec.selector", [:], "empty selector is invalid for \(kind)"))
            } else if !selector.matches(labels) {
                errors.append(mismatch)
            }
        }
        errors += templateErrors(
            template, "spec.template",
            claims: spec["volumeClaimTemplates"].array.compactMap { $0["metadata"]["name"].string })
        if let policy = template["spec"]["restartPolicy"].string, policy != "Always" {
            errors.removeAll { $0.field == "spec.template.spec.restartPolicy" }
            errors.append(.unsupported("spec.template.spec.restartPolicy", policy, ["Always"]))
        }
        if !template["spec"]["activeDeadlineSeconds"].isNull {
            let kind = type.plural == "deployments" ? "ReplicaSet" : type.kind
            errors.append(
                .forbidden(
                    "spec.template.spec.activeDeadlineSeconds", "activeDeadlineSeconds in \(kind) is not Supported"))
        }
        switch type.plural {
        case "deployments":
            errors += deploymentErrors(spec)
        case "daemonsets":
            let update = spec["updateStrategy"]["rollingUpdate"]
            errors += shares(update, "spec.updateStrategy.rollingUpdate")
            if update.isNull { break }
            let place = "spec.updateStrategy.rollingUpdate"
            switch (isZero(update["maxUnavailable"]), isZero(update["maxSurge"])) {
            case (true, true): errors.append(.required("\(place).maxUnavailable", "cannot be 0 when maxSurge is 0"))
            case (false, false):
                errors.append(
                    .invalid("\(place).maxSurge", update["maxSurge"], "may not be set when maxUnavailable is non-zero"))
            default: break
            }
        case "statefulsets":
            errors += Formats.counts(
                spec["updateStrategy"]["rollingUpdate"], ["partition"], "spec.updateStrategy.rollingUpdate")
        default: break
        }
        return errors
    }

    private static func templateErrors(_ template: JSON, _ path: String, claims: [String] = []) -> [FieldError] {
        Formats.labels(template["metadata"]["labels"], "\(path).labels")
            + Formats.annotations(template["metadata"]["annotations"], "\(path).annotations")
            + PodValidation.errors(template["spec"], "\(path).spec", claims: claims)
    }

    private static func isZero(_ share: JSON) -> Bool { ["", "0", "0%"].contains(share.text) }

    private static func shares(_ update: JSON, _ path: String) -> [FieldError] {
        Formats.share(update["maxUnavailable"], "\(path).maxUnavailable", isBounded: true)
            + Formats.share(update["maxSurge"], "\(path).maxSurge")
    }

    private static func deploymentErrors(_ spec: JSON) -> [FieldError] {
        var errors: [FieldError] = []
        let update = spec["strategy"]["rollingUpdate"]
        let path = "spec.strategy.rollingUpdate"
        if spec["strategy"]["type"].string == "Recreate" {
            if !update.isNull {
                errors.append(.forbidden(path, "may not be specified when strategy `type` is 'Recreate'"))
            }
        } else if !update.isNull {
            errors += shares(update, path)
            if errors.isEmpty, isZero(update["maxUnavailable"]), isZero(update["maxSurge"]) {
                errors.append(
                    .invalid("\(path).maxUnavailable", update["maxUnavailable"], "may not be 0 when `maxSurge` is 0"))
            }
        }
        if let deadline = spec["progressDeadlineSeconds"].int, deadline <= spec["minReadySeconds"].int ?? 0 {
            errors.append(
                .invalid("spec.progressDeadlineSeconds", .int(deadline), "must be greater than minReadySeconds"))
        }
        return errors
    }

    /// The errors of a Job's spec, also of one that a CronJob holds.
    static func jobErrors(_ spec: JSON, _ path: String) -> [FieldError] {
        var errors = Formats.counts(
            spec,
            [
                "parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished",
                "backoffLimitPerIndex", "maxFailedIndexes",
            ], path)
        if spec["completionMode"].string == "Indexed" {
            if spec["completions"].isNull {
                errors.append(.required("\(path).completions", "when completion mode is Indexed"))
            }
        } else {
            for field in ["backoffLimitPerIndex", "maxFailedIndexes"] where !spec[field].isNull {
                errors.append(.invalid("\(path).\(field)", spec[field], "requires indexed completion mode"))
            }
        }
        if !spec["podFailurePolicy"].isNull, spec["template"]["spec"]["restartPolicy"].string != "Never" {
            errors.append(
                .invalid(
                    "\(path).template.spec.restartPolicy", spec["template"]["spec"]["restartPolicy"],
                    "only \"Never\" is supported when podFailurePolicy is specified"))
        }
        errors += templateErrors(spec["template"], "\(path).template")
        let policy = spec["template"]["spec"]["restartPolicy"].string
        if policy == "Always" {
            errors.append(
                .required("\(path).template.spec.restartPolicy", "valid values: \"OnFailure\", \"Never\""))
        }
        return errors
    }

    /// The errors of a Job's selector and labels, which the server makes unless the Job says otherwise.
    static func jobSelectorErrors(_ job: JSON) -> [FieldError] {
        let spec = job["spec"]
        let selector = spec["selector"]
        var errors: [FieldError] = []
        if spec["manualSelector"].bool != true, let uid = job["metadata"]["uid"].string,
            selector["matchLabels"] != ["batch.kubernetes.io/controller-uid": .string(uid)]
                && selector["matchLabels"] != ["controller-uid": .string(uid)]
        {
            errors.append(.invalid("spec.selector", selector, "`selector` not auto-generated"))
        }
        if !LabelSelector(selector).matches(spec["template"]["metadata"]["labels"]) {
            errors.append(
                .invalid(
                    "spec.template.metadata.labels", spec["template"]["metadata"]["labels"],
                    "`selector` does not match template `labels`"))
        }
        return errors
    }
}
