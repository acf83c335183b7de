/// The rules for the volumes of pods and templates.
enum VolumeValidation {
    /// In the order in which the server looks at them.
    private static let sources = [
        "emptyDir", "hostPath", "gitRepo", "gcePersistentDisk", "awsElasticBlockStore", "secret", "nfs", "iscsi",
        "glusterfs", "flexVolume", "configMap", "flocker", "rbd", "cephfs", "quobyte", "azureFile", "vsphereVolume",
        "photonPersistentDisk", "portworxVolume", "azureDisk", "storageos", "projected", "scaleIO", "csi",
        "downwardAPI", "fc", "persistentVolumeClaim", "cinder", "ephemeral", "image",
    ]

    static func errors(_ spec: JSON, _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        var names: Set<String> = []
        for (index, volume) in spec["volumes"].array.enumerated() {
            let place = "\(path).volumes[\(index)]"
            errors += source(volume, place)
            let name = volume["name"].text
            if name.isEmpty {
                errors.append(.required("\(place).name"))
            } else {
                errors += Formats.dnsLabel(name).map { .invalid("\(place).name", .string(name), $0) }
            }
            if !names.insert(name).inserted { errors.append(.duplicate("\(place).name", name)) }
        }
        return errors
    }

    private static func source(_ volume: JSON, _ place: String) -> [FieldError] {
        let used = sources.filter { !volume[$0].isNull }
        guard let kind = used.first else { return [.required(place, "must specify a volume type")] }
        var errors: [FieldError] = []
        let needed: [String: [String]] = [
            "secret": ["secretName"], "configMap": ["name"], "persistentVolumeClaim": ["claimName"],
            "hostPath": ["path"], "nfs": ["server", "path"], "csi": ["driver"],
        ]
        for field in needed[kind] ?? [] where volume[kind][field].isEmpty {
            errors.append(.required("\(place).\(kind).\(field)"))
        }
        if kind == "nfs", let path = volume["nfs"]["path"].string, !path.isEmpty, !path.hasPrefix("/") {
            errors.append(.invalid("\(place).nfs.path", .string(path), "must be an absolute path"))
        }
        if let mode = volume[kind]["defaultMode"].int, !(0...0o777).contains(mode) {
            errors.append(
                .invalid(
                    "\(place).\(kind).defaultMode", .int(mode),
                    "must be a number between 0 and 0777 (octal), both inclusive"))
        }
        if kind == "secret" || kind == "configMap" {
            for (index, item) in volume[kind]["items"].array.enumerated() {
                let field = "\(place).\(kind).items[\(index)]"
                if item["key"].isEmpty { errors.append(.required("\(field).key")) }
                let path = item["path"].text
                if path.isEmpty { errors.append(.required("\(field).path")) }
                if path.hasPrefix("/") {
                    errors.append(.invalid("\(field).path", .string(path), "must be a relative path"))
                }
                if path.split(separator: "/").contains("..") {
                    errors.append(.invalid("\(field).path", .string(path), "must not contain '..'"))
                }
            }
        }
        return errors
            + used.dropFirst().map { .forbidden("\(place).\($0)", "may not specify more than 1 volume type") }
    }
}
