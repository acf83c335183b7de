import Testing

@testable import ClusterSim

/// The rules that the server checks before it stores an object, in its words.
@Suite("Rules for objects")
struct ValidationTests {
    private static let catalog = try? ResourceCatalog(directory: Fixtures.documents)

    /// What is wrong with a manifest, as a client reads it in the causes of a 422; nothing when it is right.
    private static func problems(_ yaml: String) throws -> [String] {
        var object = try YAMLReader.parse(Array(yaml.utf8))
        let type = try #require(
            catalog?.type(apiVersion: object["apiVersion"].text, kind: object["kind"].text), "\(yaml)")
        Metadata.prepareForCreate(&object, type: type, namespace: "default", time: 0)
        Defaults.apply(&object, type: type)
        do {
            try Validation.checkNew(object, type: type, schema: schema("apis/apps/v1", type.kind))
        } catch let error as APIError {
            #expect(error.code == 422 && error.reason == "Invalid")
            return error.details["causes"].array.map { "\($0["field"].text): \($0["message"].text)" }
        }
        return []
    }

    private static func pod(_ spec: String) -> String {
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {\(spec)}"
    }

    /// A pod whose only container has more than a name and an image.
    private static func container(_ fields: String, _ spec: String = "") -> String {
        pod("containers: [{name: a, image: i, \(fields)}]\(spec.isEmpty ? "" : ", ")\(spec)")
    }

    private static let plainPod = "containers: [{name: a, image: i}]"
    private static let nameRule =
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"

    static let pods: [(String, [String])] = [
        (pod(plainPod), []),
        (
            container(
                "ports: [{containerPort: 80, name: http}], readinessProbe: {httpGet: {port: http}}, env: [{name: A.b-c, value: x}], volumeMounts: [{name: v, mountPath: /v}]",
                "volumes: [{name: v}], tolerations: [{operator: Exists}], nodeSelector: {a/b: c}"), []
        ),
        (
            pod("containers: [{name: a, image: i}, {name: a, image: i}]"),
            [#"spec.containers[1].name: Duplicate value: "a""#]
        ),
        (
            pod("initContainers: [{name: a, image: i}], \(plainPod)"),
            [#"spec.initContainers[0].name: Duplicate value: "a""#]
        ),
        (
            pod(#"containers: [{name: a, image: " i"}]"#),
            [#"spec.containers[0].image: Invalid value: " i": must not have leading or trailing whitespace"#]
        ),
        (
            container("ports: [{containerPort: 80, name: web}, {containerPort: 81, name: web}, {name: 1-}]"),
            [
                #"spec.containers[0].ports[1].name: Duplicate value: "web""#,
                #"spec.containers[0].ports[2].name: Invalid value: "1-": must contain at least one letter (a-z)"#,
                #"spec.containers[0].ports[2].name: Invalid value: "1-": must not begin or end with a hyphen"#,
                "spec.containers[0].ports[2].containerPort: Required value",
            ]
        ),
        (
            container("ports: [{containerPort: 70000, name: a-name-that-is-long, hostPort: -1}]"),
            [
                #"spec.containers[0].ports[0].name: Invalid value: "a-name-that-is-long": must be no more than 15 bytes"#,
                "spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive",
                "spec.containers[0].ports[0].hostPort: Invalid value: -1: must be between 1 and 65535, inclusive",
            ]
        ),
        (
            container(
                "volumeMounts: [{name: v}, {name: w, mountPath: /a}, {name: w, mountPath: /a}]", "volumes: [{name: w}]"),
            [
                #"spec.containers[0].volumeMounts[0].name: Not found: "v""#,
                "spec.containers[0].volumeMounts[0].mountPath: Required value",
                #"spec.containers[0].volumeMounts[2].mountPath: Invalid value: "/a": must be unique"#,
            ]
        ),
        (
            pod(
                "\(plainPod), volumes: [{name: v, emptyDir: {}, secret: {secretName: s}}, {name: v, configMap: {}}, {name: w, persistentVolumeClaim: {}}]"
            ),
            [
                "spec.volumes[0].secret: Forbidden: may not specify more than 1 volume type",
                "spec.volumes[1].configMap.name: Required value",
                #"spec.volumes[1].name: Duplicate value: "v""#,
                "spec.volumes[2].persistentVolumeClaim.claimName: Required value",
            ]
        ),
        (
            container(#"resources: {requests: {cpu: "2", memory: "-1", gpu: 1, a.b/c: 500m}, limits: {cpu: "1"}}"#),
            [
                #"spec.containers[0].resources.requests[a.b/c]: Invalid value: "500m": must be an integer"#,
                #"spec.containers[0].resources.requests[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified"#,
                #"spec.containers[0].resources.requests[gpu]: Invalid value: "gpu": must be a standard resource for containers"#,
                #"spec.containers[0].resources.requests[memory]: Invalid value: "-1": must be greater than or equal to 0"#,
                #"spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1"#,
            ]
        ),
        (
            container("livenessProbe: {exec: {}, httpGet: {port: 80}, periodSeconds: -1, successThreshold: 2}"),
            [
                "spec.containers[0].livenessProbe.exec.command: Required value",
                "spec.containers[0].livenessProbe.httpGet: Forbidden: may not specify more than 1 handler type",
                "spec.containers[0].livenessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0",
                "spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1",
            ]
        ),
        (
            container(
                "readinessProbe: {httpGet: {path: /}}, startupProbe: {tcpSocket: {port: No_Port}}, lifecycle: {preStop: {}}"
            ),
            [
                "spec.containers[0].lifecycle.preStop: Required value: must specify a handler type",
                "spec.containers[0].readinessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive",
                #"spec.containers[0].startupProbe.tcpSocket.port: Invalid value: "No_Port": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"#,
            ]
        ),
        (
            pod("initContainers: [{name: i, image: i, livenessProbe: {httpGet: {port: 80}}}], \(plainPod)"),
            [
                "spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always"
            ]
        ),
        (
            pod(
                "initContainers: [{name: i, image: i, restartPolicy: Always, livenessProbe: {httpGet: {port: 80}}}], \(plainPod)"
            ), []
        ),
        (
            container(
                #"env: [{name: "a=b"}, {value: x}, {name: c, value: x, valueFrom: {secretKeyRef: {name: s, key: k}}}, {name: d, valueFrom: {fieldRef: {fieldPath: spec.x}}}], envFrom: [{}, {secretRef: {}}]"#
            ),
            [
                #"spec.containers[0].env[0].name: Invalid value: "a=b": a valid environment variable name must consist only of printable ASCII characters other than '='"#,
                "spec.containers[0].env[1].name: Required value",
                #"spec.containers[0].env[2].valueFrom: Invalid value: "": may not be specified when `value` is not empty"#,
                #"spec.containers[0].env[3].valueFrom.fieldRef.fieldPath: Invalid value: "spec.x": error converting fieldPath: field label not supported: spec.x"#,
                #"spec.containers[0].envFrom[0]: Invalid value: "": must specify one of: `configMapRef` or `secretRef`"#,
                "spec.containers[0].envFrom[1].secretRef.name: Required value",
            ]
        ),
        (
            pod(#"\#(plainPod), nodeSelector: {"a b": c}, activeDeadlineSeconds: 0, dnsPolicy: None"#),
            [
                "spec.nodeSelector: Invalid value: \"a b\": \(nameRule)",
                "spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None",
                "spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive",
            ]
        ),
        (
            pod("\(plainPod), tolerations: [{key: a, operator: Exists, value: b}, {operator: Equal, value: b}]"),
            [
                #"spec.tolerations[0].operator: Invalid value: {"key":"a","operator":"Exists","value":"b"}: value must be empty when `operator` is 'Exists'"#,
                #"spec.tolerations[1].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys""#,
            ]
        ),
    ]

    private static func deployment(_ fields: String, _ labels: String = "app: d") -> String {
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {\(fields), template: {metadata: {labels: {\(labels)}}, spec: {containers: [{name: a, image: i}]}}}"
    }

    private static let chosen = "selector: {matchLabels: {app: d}}"

    static let workloads: [(String, [String])] = [
        (deployment(chosen), []),
        (
            deployment("\(chosen), strategy: {type: Recreate, rollingUpdate: {maxSurge: 1}}"),
            ["spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"]
        ),
        (
            deployment("\(chosen), strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 0%}}"),
            [
                #"spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0"#
            ]
        ),
        (
            deployment("\(chosen), strategy: {rollingUpdate: {maxSurge: -1, maxUnavailable: 200%}}"),
            [
                #"spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "200%": must not be greater than 100%"#,
                "spec.strategy.rollingUpdate.maxSurge: Invalid value: -1: must be greater than or equal to 0",
            ]
        ),
        (
            deployment("\(chosen), minReadySeconds: 700"),
            ["spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds"]
        ),
        (
            deployment("selector: {matchExpressions: [{key: app, operator: In}, {key: app, operator: Is}]}"),
            [
                "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
                #"spec.selector.matchExpressions[1].operator: Invalid value: "Is": not a valid selector operator"#,
                #"spec.template.metadata.labels: Invalid value: {"app":"d"}: `selector` does not match template `labels`"#,
            ]
        ),
        (
            "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: d}\nspec: {\(chosen), updateStrategy: {rollingUpdate: {maxUnavailable: 0}}, template: {metadata: {labels: {app: d}}, spec: {activeDeadlineSeconds: 5, containers: [{name: a, image: i}]}}}",
            [
                "spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in DaemonSet is not Supported",
                "spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0",
            ]
        ),
        (job("backoffLimit: 1", "Never"), []),
        (
            job("backoffLimit: -1, parallelism: 2, completionMode: Indexed", "Always"),
            [
                "spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0",
                "spec.completions: Required value: when completion mode is Indexed",
                #"spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never""#,
            ]
        ),
        (
            job("selector: {matchLabels: {a: b}}", "Never"),
            [#"spec.selector: Invalid value: {"matchLabels":{"a":"b"}}: `selector` not auto-generated"#]
        ),
        (job("manualSelector: true, selector: {matchLabels: {a: b}}", "Never"), []),
        (
            job("backoffLimitPerIndex: 1, podFailurePolicy: {rules: []}", "OnFailure"),
            [
                "spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode",
                #"spec.template.spec.restartPolicy: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified"#,
            ]
        ),
    ]

    private static func job(_ fields: String, _ policy: String) -> String {
        "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec: {\(fields), template: {metadata: {labels: {a: b}}, spec: {restartPolicy: \(policy), containers: [{name: a, image: i}]}}}"
    }

    private static func service(_ spec: String) -> String {
        "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {\(spec)}"
    }

    static let others: [(String, [String])] = [
        (service("ports: [{port: 80}]"), []),
        (service("type: ExternalName, externalName: a.example.com"), []),
        (service("type: ExternalName"), ["spec.externalName: Required value"]),
        (
            service("ports: [{port: 80, name: a}, {port: 80, name: a, targetPort: No_Port, nodePort: 30000}]"),
            [
                #"spec.ports[1].name: Duplicate value: "a""#,
                #"spec.ports[1].targetPort: Invalid value: "No_Port": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"#,
                "spec.ports[1].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
                #"spec.ports[1]: Duplicate value: {"port":80,"protocol":"TCP"}"#,
            ]
        ),
        (
            service("type: NodePort, clusterIP: None, ports: [{port: 80}]"),
            [#"spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for NodePort services"#]
        ),
        (
            service("clusterIP: nowhere, externalTrafficPolicy: Local, ports: [{port: 80}]"),
            [
                #"spec.clusterIPs[0]: Invalid value: "nowhere": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"#,
                #"spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services"#,
            ]
        ),
        (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, labels: {\"a/b/c\": x}, annotations: {\"/x\": \"1\"}}\ndata: {a: x}\nbinaryData: {a: eA==}",
            [
                "metadata.labels: Invalid value: \"a/b/c\": a qualified \(nameRule.dropFirst(0).replacing("name part", with: "name")) with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
                #"metadata.annotations: Invalid value: "/x": prefix part must be non-empty"#,
                #"data[a]: Invalid value: "a": duplicate of key present in binaryData"#,
                #"binaryData[a]: Invalid value: "a": duplicate of key present in data"#,
            ]
        ),
        (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: \(String(repeating: "x", count: 1_048_577))}",
            ["[]: Too long: may not be more than 1048576 bytes"]
        ),
        (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, annotations: {a: \(String(repeating: "x", count: 262_144))}}",
            ["metadata.annotations: Too long: may not be more than 262144 bytes"]
        ),
        (
            "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ntype: kubernetes.io/tls\ndata: {tls.crt: eA==}",
            ["data[tls.key]: Required value"]
        ),
        (
            "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ntype: kubernetes.io/dockerconfigjson\ndata: {.dockerconfigjson: eA==}",
            [
                #"data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": invalid character 'x' looking for beginning of value"#
            ]
        ),
        (
            "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b}\nspec: {minAvailable: 1, maxUnavailable: 1}",
            [
                #"spec: Invalid value: {"maxUnavailable":1,"minAvailable":1}: minAvailable and maxUnavailable cannot be both set"#
            ]
        ),
        (
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b}\nroleRef: {kind: Role}\nsubjects: [{kind: ServiceAccount, name: x}]",
            ["roleRef.name: Required value", "subjects[0].namespace: Required value"]
        ),
        (
            "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q}\nspec: {hard: {gpu: 1, pods: 1500m}}",
            [
                #"spec.hard[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified"#,
                #"spec.hard[gpu]: Invalid value: "gpu": must be a standard resource for quota"#,
                #"spec.hard[pods]: Invalid value: "1500m": must be an integer"#,
            ]
        ),
        (
            "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: \(String(repeating: "c", count: 53))}\nspec: {schedule: \"* * * * *\", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: i}]}}}}}",
            [
                "metadata.name: Invalid value: \"\(String(repeating: "c", count: 53))\": must be no more than 52 characters"
            ]
        ),
    ]

    @Test("pods", arguments: ValidationTests.pods) func refusesPods(_ yaml: String, _ wanted: [String]) throws {
        #expect(try Self.problems(yaml) == wanted)
    }

    @Test("workloads", arguments: ValidationTests.workloads) func refusesWorkloads(_ yaml: String, _ wanted: [String])
        throws
    {
        #expect(try Self.problems(yaml) == wanted)
    }

    @Test("other kinds", arguments: ValidationTests.others) func refusesOthers(_ yaml: String, _ wanted: [String])
        throws
    {
        #expect(try Self.problems(yaml) == wanted)
    }

    @Test(
        "names of images",
        arguments: [
            ("nginx", nil), ("docker.io/library/nginx:1.27", nil), ("localhost:5000/a/b_c:v1.0.0-rc.1", nil),
            ("a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", nil),
            ("a:b:c", "invalid reference format"), ("a b", "invalid reference format"),
            ("Nginx:1", "invalid reference format: repository name (library/Nginx) must be lowercase"),
        ] as [(String, String?)])
    func images(_ name: String, _ problem: String?) {
        #expect(Images.problem(name) == problem)
    }
}
