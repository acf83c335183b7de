// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
    name: "runbook",
    platforms: [.macOS(.v15)],
    targets: [
        .systemLibrary(
            name: "CLua", pkgConfig: "lua5.4",
            providers: [.apt(["liblua5.4-dev"]), .brew(["lua@5.4"])]
        ),
        .target(name: "CRunbookLua", dependencies: ["CLua"]),
        .target(name: "RunbookLua", dependencies: ["CLua", "CRunbookLua"], swiftSettings: strict),
        .target(name: "RunbookSpec", swiftSettings: strict),
        .testTarget(name: "RunbookLuaTests", dependencies: ["RunbookLua"], swiftSettings: strict),
    ]
)
