/// The numbers of the fields of the messages that kubectl and helm send as protobuf.
///
/// They are the API's own (its `generated.proto` files). Only what the typed commands write is here (`kubectl create …`, `autoscale`, `drain`, helm's storage).
enum ProtobufMessages {
    /// A field of a message.
    struct Field: Sendable {
        let name: String
        /// A scalar, a form of map, or the name of another message.
        let type: String
        let isRepeated: Bool
        /// Whether the members of the message stand in the object itself.
        let isInline: Bool
    }

    static let table: [String: [Int: Field]] = {
        var result: [String: [Int: Field]] = [:]
        for line in definitions.split(separator: "\n") {
            let parts = line.split(separator: " ").map(String.init)
            var fields: [Int: Field] = [:]
            // Each field is three words: number, name, type; `*` marks a list, `^` an embedded message.
            for start in stride(from: 1, to: parts.count - 2, by: 3) {
                guard let number = Int(parts[start]) else { continue }
                let type = parts[start + 2]
                fields[number] = Field(
                    name: parts[start + 1], type: type.filter { $0 != "*" && $0 != "^" },
                    isRepeated: type.hasSuffix("*"),
                    isInline: type.hasSuffix("^"))
            }
            result[parts[0]] = fields
        }
        return result
    }()

    private static let definitions = """
        ObjectMeta 1 name string 2 generateName string 3 namespace string 4 selfLink skip 5 uid string 6 resourceVersion string \
        7 generation int 8 creationTimestamp time 9 deletionTimestamp time 10 deletionGracePeriodSeconds int? 11 labels map \
        12 annotations map 13 ownerReferences OwnerReference* 14 finalizers string* 15 clusterName skip 17 managedFields skip
        OwnerReference 1 kind string 3 name string 4 uid string 5 apiVersion string 6 controller bool? 7 blockOwnerDeletion bool?
        LabelSelector 1 matchLabels map 2 matchExpressions LabelSelectorRequirement*
        LabelSelectorRequirement 1 key string 2 operator string 3 values string*
        Quantity 1 string string
        IntOrString 1 type int 2 number int 3 text string
        Timestamp 1 seconds int 2 nanos int
        Secret 1 metadata ObjectMeta 2 data bytes 3 type string 4 stringData map 5 immutable bool?
        ConfigMap 1 metadata ObjectMeta 2 data map 3 binaryData bytes 4 immutable bool?
        Namespace 1 metadata ObjectMeta 2 spec NamespaceSpec 3 status skip
        NamespaceSpec 1 finalizers string*
        DeleteOptions 1 gracePeriodSeconds int? 2 preconditions Preconditions 3 orphanDependents bool? 4 propagationPolicy string \
        5 dryRun string* 6 ignoreStoreReadErrorWithClusterBreakingPotential bool?
        Preconditions 1 uid string 2 resourceVersion string
        Eviction 1 metadata ObjectMeta 2 deleteOptions DeleteOptions
        PodTemplateSpec 1 metadata ObjectMeta 2 spec PodSpec
        PodSpec 2 containers Container* 20 initContainers Container* 3 restartPolicy string 4 terminationGracePeriodSeconds int? \
        5 activeDeadlineSeconds int? 6 dnsPolicy string 7 nodeSelector map 8 serviceAccountName string 9 serviceAccount string \
        10 nodeName string 11 hostNetwork bool 12 hostPID bool 13 hostIPC bool 14 securityContext PodSecurityContext 16 hostname string 17 subdomain string \
        15 imagePullSecrets LocalObjectReference* 19 schedulerName string 24 priorityClassName string
        PodSecurityContext 2 runAsUser int? 3 runAsNonRoot bool? 5 fsGroup int? 6 runAsGroup int?
        LocalObjectReference 1 name string
        Container 1 name string 2 image string 3 command string* 4 args string* 5 workingDir string 6 ports ContainerPort* \
        7 env EnvVar* 8 resources ResourceRequirements 13 terminationMessagePath string 14 imagePullPolicy string 16 stdin bool \
        17 stdinOnce bool 18 tty bool 20 terminationMessagePolicy string
        ContainerPort 1 name string 2 hostPort int 3 containerPort int 4 protocol string 5 hostIP string
        EnvVar 1 name string 2 value string
        ResourceRequirements 1 limits quantities 2 requests quantities
        Pod 1 metadata ObjectMeta 2 spec PodSpec 3 status skip
        ServiceAccount 1 metadata ObjectMeta 2 secrets ObjectReference* 3 imagePullSecrets LocalObjectReference* \
        4 automountServiceAccountToken bool?
        ObjectReference 1 kind string 2 namespace string 3 name string 4 uid string 5 apiVersion string 6 resourceVersion string 7 fieldPath string
        Service 1 metadata ObjectMeta 2 spec ServiceSpec 3 status skip
        ServiceSpec 1 ports ServicePort* 2 selector map 3 clusterIP string 4 type string 5 externalIPs string* 7 sessionAffinity string \
        8 loadBalancerIP string 10 externalName string 11 externalTrafficPolicy string 12 healthCheckNodePort skip \
        13 publishNotReadyAddresses bool 17 ipFamilyPolicy string 18 clusterIPs string* 19 ipFamilies string* \
        20 allocateLoadBalancerNodePorts bool? 22 internalTrafficPolicy string
        ServicePort 1 name string 2 protocol string 3 port int 4 targetPort intOrString 5 nodePort int 6 appProtocol string
        ResourceQuota 1 metadata ObjectMeta 2 spec ResourceQuotaSpec 3 status skip
        ResourceQuotaSpec 1 hard quantities 2 scopes string*
        Deployment 1 metadata ObjectMeta 2 spec DeploymentSpec 3 status skip
        DeploymentSpec 1 replicas int? 2 selector LabelSelector 3 template PodTemplateSpec 4 strategy DeploymentStrategy \
        5 minReadySeconds int 6 revisionHistoryLimit int? 7 paused bool 9 progressDeadlineSeconds int?
        DeploymentStrategy 1 type string 2 rollingUpdate RollingUpdateDeployment
        RollingUpdateDeployment 1 maxUnavailable intOrString 2 maxSurge intOrString
        Job 1 metadata ObjectMeta 2 spec JobSpec 3 status skip
        JobSpec 1 parallelism int? 2 completions int? 3 activeDeadlineSeconds int? 4 selector LabelSelector 5 manualSelector bool? \
        6 template PodTemplateSpec 7 backoffLimit int? 8 ttlSecondsAfterFinished int? 9 completionMode string 10 suspend bool? \
        14 podReplacementPolicy string
        CronJob 1 metadata ObjectMeta 2 spec CronJobSpec 3 status skip
        CronJobSpec 1 schedule string 2 startingDeadlineSeconds int? 3 concurrencyPolicy string 4 suspend bool? \
        5 jobTemplate JobTemplateSpec 6 successfulJobsHistoryLimit int? 7 failedJobsHistoryLimit int? 8 timeZone string
        JobTemplateSpec 1 metadata ObjectMeta 2 spec JobSpec
        Role 1 metadata ObjectMeta 2 rules PolicyRule*
        ClusterRole 1 metadata ObjectMeta 2 rules PolicyRule* 3 aggregationRule AggregationRule
        AggregationRule 1 clusterRoleSelectors LabelSelector*
        PolicyRule 1 verbs string* 2 apiGroups string* 3 resources string* 4 resourceNames string* 5 nonResourceURLs string*
        RoleBinding 1 metadata ObjectMeta 2 subjects Subject* 3 roleRef RoleRef
        ClusterRoleBinding 1 metadata ObjectMeta 2 subjects Subject* 3 roleRef RoleRef
        RoleRef 1 apiGroup string 2 kind string 3 name string
        Subject 1 kind string 2 apiGroup string 3 name string 4 namespace string
        Ingress 1 metadata ObjectMeta 2 spec IngressSpec 3 status skip
        IngressSpec 1 defaultBackend IngressBackend 2 tls IngressTLS* 3 rules IngressRule* 4 ingressClassName string
        IngressTLS 1 hosts string* 2 secretName string
        IngressRule 1 host string 2 value IngressRuleValue^
        IngressRuleValue 1 http HTTPIngressRuleValue
        HTTPIngressRuleValue 1 paths HTTPIngressPath*
        HTTPIngressPath 1 path string 2 backend IngressBackend 3 pathType string
        IngressBackend 4 service IngressServiceBackend
        IngressServiceBackend 1 name string 2 port ServiceBackendPort
        ServiceBackendPort 1 name string 2 number int
        PodDisruptionBudget 1 metadata ObjectMeta 2 spec PodDisruptionBudgetSpec 3 status skip
        PodDisruptionBudgetSpec 1 minAvailable intOrString 2 selector LabelSelector 3 maxUnavailable intOrString \
        4 unhealthyPodEvictionPolicy string
        PriorityClass 1 metadata ObjectMeta 2 value int? 3 globalDefault bool 4 description string 5 preemptionPolicy string
        HorizontalPodAutoscaler 1 metadata ObjectMeta 2 spec AutoscalerSpec 3 status skip
        AutoscalerSpec 1 scaleTargetRef CrossVersionObjectReference 2 minReplicas int? 3 maxReplicas int 4 metrics MetricSpec*
        HorizontalPodAutoscalerV1 1 metadata ObjectMeta 2 spec AutoscalerSpecV1 3 status skip
        AutoscalerSpecV1 1 scaleTargetRef CrossVersionObjectReference 2 minReplicas int? 3 maxReplicas int 4 targetCPUUtilizationPercentage int?
        CrossVersionObjectReference 1 kind string 2 name string 3 apiVersion string
        MetricSpec 1 type string 4 resource ResourceMetricSource
        ResourceMetricSource 1 name string 2 target MetricTarget
        MetricTarget 1 type string 2 value quantity 3 averageValue quantity 4 averageUtilization int?
        TokenRequest 1 metadata ObjectMeta 2 spec TokenRequestSpec 3 status skip
        TokenRequestSpec 1 audiences string* 3 boundObjectRef skip 4 expirationSeconds int?
        SelfSubjectReview 1 metadata ObjectMeta 2 status skip
        SelfSubjectAccessReview 1 metadata ObjectMeta 2 spec SelfSubjectAccessReviewSpec 3 status skip
        SelfSubjectAccessReviewSpec 1 resourceAttributes ResourceAttributes 2 nonResourceAttributes NonResourceAttributes
        ResourceAttributes 1 namespace string 2 verb string 3 group string 4 version string 5 resource string 6 subresource string 7 name string
        NonResourceAttributes 1 path string 2 verb string
        SelfSubjectRulesReview 1 metadata ObjectMeta 2 spec SelfSubjectRulesReviewSpec 3 status skip
        SelfSubjectRulesReviewSpec 1 namespace string
        Lease 1 metadata ObjectMeta 2 spec LeaseSpec
        LeaseSpec 1 holderIdentity string 2 leaseDurationSeconds int? 3 acquireTime microTime 4 renewTime microTime 5 leaseTransitions int?
        Scale 1 metadata ObjectMeta 2 spec ScaleSpec 3 status skip
        ScaleSpec 1 replicas int
        """
}
