import Synchronization

/// What the simulated docker and minikube know: images, containers and profiles, for the length of a run.
public final class SimulatedMachine: Sendable {
    /// One of docker's engines.
    struct Engine: Sendable {
        /// Images by id.
        var images: [String: SimulatedImage] = [:]
        /// Ids by full name.
        var names: [String: String] = [:]
        /// Containers, oldest first.
        var containers: [SimulatedContainer] = []
        var volumes: [String] = []
        var networks = ["bridge", "host", "none"]
    }

    /// One of minikube's profiles.
    struct Profile: Sendable {
        var isRunning = true
        var isPaused = false
        var runtime = "docker"
        var driver = "docker"
        var kubernetes = "v1.36.0"
        var nodes = 1
        /// The further nodes that do not run, such as `m02`.
        var stoppedNodes: Set<String> = []
        /// What was copied into nodes, by `node:/path`.
        var files: [String: [UInt8]] = [:]
        var addons: Set<String> = ["default-storageclass", "storage-provisioner"]
        /// The images in the node.
        var node = Engine()
    }

    struct State: Sendable {
        var host = Engine()
        var profiles: [String: Profile] = [:]
        var active = "minikube"
        /// minikube's own settings.
        var settings: [String: String] = [:]
    }

    private let state: Mutex<State>
    /// Gives the addresses of a service, or nil when the cluster has no such service.
    let serviceURLs: @Sendable (_ namespace: String, _ name: String) async -> [String]?

    /// Makes a machine with an empty docker.
    ///
    /// - Parameters:
    ///   - profileIsRunning: True when minikube's profile runs at the start; false: it does not exist.
    ///   - serviceURLs: What `minikube service --url` prints; nil for a service that is not there.
    public init(
        profileIsRunning: Bool = true,
        serviceURLs: @escaping @Sendable (_ namespace: String, _ name: String) async -> [String]? = SimulatedMachine
            .nodePort
    ) {
        var initial = State()
        if profileIsRunning { initial.profiles["minikube"] = Profile.fresh() }
        state = Mutex(initial)
        self.serviceURLs = serviceURLs
    }

    /// The address of the simulated node.
    public static let address = "192.168.49.2"

    /// The address of a service on a port of the node: the same for the same name.
    public static let nodePort: @Sendable (_ namespace: String, _ name: String) async -> [String]? = { _, name in
        ["http://\(address):\(30_000 + SimulatedImage.number(of: name) % 2768)"]
    }

    /// True when a node has the image, as its kubelet sees it: loaded, or built in the node's own engine.
    public func imageIsPresent(_ name: String) -> Bool {
        let wanted = ImageName.full(name)
        return state.withLock { state in
            state.profiles.values.contains { $0.node.names[wanted] != nil }
        }
    }

    /// True when a pod can have the image: a node has it, or it was not made on this machine and so can be pulled.
    public func imageCanBeHad(_ name: String) -> Bool {
        let wanted = ImageName.full(name)
        return imageIsPresent(name) || state.withLock { $0.host.names[wanted] == nil }
    }

    /// True when a cluster of this machine has a metrics server: minikube's addon.
    public var metricsAreServed: Bool {
        state.withLock { $0.profiles.values.contains { $0.addons.contains("metrics-server") } }
    }

    func withState<Value: Sendable>(_ body: (inout State) throws -> Value) rethrows -> Value {
        try state.withLock { try body(&$0) }
    }
}

extension SimulatedMachine.Profile {
    /// A profile as a start makes it, with the images of Kubernetes.
    static func fresh(runtime: String = "docker") -> Self {
        var profile = Self()
        profile.runtime = runtime
        let images = [
            ("registry.k8s.io/pause:3.10.1", 736_000), ("registry.k8s.io/kube-apiserver:v1.36.0", 90_100_000),
            ("registry.k8s.io/kube-controller-manager:v1.36.0", 76_000_000),
            ("registry.k8s.io/kube-scheduler:v1.36.0", 53_700_000), ("registry.k8s.io/kube-proxy:v1.36.0", 73_200_000),
            ("registry.k8s.io/etcd:3.6.5-0", 62_500_000), ("registry.k8s.io/coredns/coredns:v1.13.1", 79_200_000),
            ("gcr.io/k8s-minikube/storage-provisioner:v5", 31_500_000),
        ]
        for (name, size) in images {
            profile.node.add(SimulatedImage(id: SimulatedImage.digest(of: [name]), size: size, layers: []), as: [name])
        }
        return profile
    }
}

extension SimulatedMachine.Engine {
    /// The image of a name, an id or the beginning of one.
    func image(_ name: String) -> SimulatedImage? {
        if let id = names[ImageName.full(name)] { return images[id] }
        let digits = name.hasPrefix("sha256:") ? String(name.dropFirst(7)) : name
        guard digits.count >= 4 else { return nil }
        return images.values.first { $0.id.dropFirst(7).hasPrefix(digits) }
    }

    /// The names of an image, short where docker shows them so, ascending.
    func tags(of id: String) -> [String] {
        names.filter { $0.value == id }.map { ImageName.short($0.key) }.sorted()
    }

    /// Takes an image in under names, which leave the images that had them.
    mutating func add(_ image: SimulatedImage, as tags: [String]) {
        if images[image.id] == nil { images[image.id] = image }
        for tag in tags { names[ImageName.full(tag)] = image.id }
    }
}

/// A container in the simulated engine.
struct SimulatedContainer: Sendable {
    var id: String
    var name: String
    var image: String
    var command: String
    var isRunning: Bool
    var exitCode = 0
    var created: Double
}

extension ImageName {
    /// A full name as docker shows it: `docker.io/library/todo:v1` is `todo:v1`.
    static func short(_ full: String) -> String {
        for prefix in ["docker.io/library/", "docker.io/"] where full.hasPrefix(prefix) {
            return String(full.dropFirst(prefix.count))
        }
        return full
    }

    /// A short name in its two parts.
    static func parts(_ name: String) -> (repository: String, tag: String) {
        guard let colon = name.lastIndex(of: ":"), !name[colon...].contains("/") else { return (name, "latest") }
        return (String(name[..<colon]), String(name[name.index(after: colon)...]))
    }

    /// True for what docker takes as a name.
    static func isValid(_ name: String) -> Bool {
        name.wholeMatch(
            of:
                /([a-zA-Z0-9.\-]+(:[0-9]+)?\/)?[a-z0-9]+([._\-\/]+[a-z0-9]+)*(:[A-Za-z0-9_][A-Za-z0-9_.\-]{0,127})?(@sha256:[0-9a-f]{64})?/
        ) != nil
    }
}
