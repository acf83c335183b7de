// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
    name: "runbook",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CLua", pkgConfig: "lua5.4",
            providers: [.apt(["liblua5.4-dev"]), .brew(["lua@5.4"])]
        ),
        .target(name: "CRunbookLua", dependencies: ["CLua"]),
        .target(name: "RunbookLua", dependencies: ["CLua", "CRunbookLua"], swiftSettings: strict),
        .target(name: "RunbookSecrets", swiftSettings: strict),
        .target(name: "RunbookSpec", swiftSettings: strict),
        .target(name: "LuaSyntax", swiftSettings: strict),
        .target(
            name: "RunbookHost",
            dependencies: [
                "LuaSyntax", "RunbookLua", "RunbookSecrets", "RunbookSpec",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "Yams", package: "Yams"),
            ], swiftSettings: strict),
        .target(
            name: "RunbookHTTP",
            dependencies: [
                "RunbookHost", "RunbookSecrets",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ], swiftSettings: strict),
        .target(
            name: "ClusterSim",
            dependencies: [
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Yams", package: "Yams"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ], swiftSettings: strict),
        .target(
            name: "SimulatedCluster", dependencies: ["ClusterSim", "RunbookHost", "RunbookSecrets"],
            swiftSettings: strict),
        .target(name: "RunbookCheck", dependencies: ["LuaSyntax", "RunbookSpec"], swiftSettings: strict),
        .target(name: "RunbookDocs", dependencies: ["RunbookSpec"], swiftSettings: strict),
        .target(name: "RunbookTerminal", dependencies: ["RunbookHost"], swiftSettings: strict),
        .target(name: "RunbookTestSupport", swiftSettings: strict),
        .executableTarget(
            name: "runbook",
            dependencies: [
                "ClusterSim", "RunbookCheck", "RunbookDocs", "RunbookHTTP", "RunbookHost", "RunbookLua",
                "RunbookSecrets", "RunbookSpec", "RunbookTerminal", "SimulatedCluster",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: strict),
        .testTarget(name: "RunbookLuaTests", dependencies: ["RunbookLua"], swiftSettings: strict),
        .testTarget(name: "LuaSyntaxTests", dependencies: ["LuaSyntax"], swiftSettings: strict),
        .testTarget(
            name: "RunbookCheckTests", dependencies: ["RunbookCheck", "LuaSyntax", "RunbookSpec"], swiftSettings: strict
        ),
        .testTarget(
            name: "RunbookDocsTests", dependencies: ["RunbookDocs", "LuaSyntax", "RunbookSpec"], swiftSettings: strict),
        .testTarget(
            name: "ClusterSimTests", dependencies: ["ClusterSim", "RunbookTestSupport"], swiftSettings: strict),
        .testTarget(
            name: "RunbookHostTests",
            dependencies: [
                "ClusterSim", "RunbookCheck", "RunbookDocs", "RunbookHost", "RunbookLua", "RunbookSecrets",
                "RunbookSpec",
                "RunbookTestSupport", "SimulatedCluster",
            ], swiftSettings: strict),
        .testTarget(
            name: "RunbookTerminalTests", dependencies: ["RunbookHost", "RunbookTerminal"], swiftSettings: strict),
        .testTarget(name: "RunbookCLITests", dependencies: ["RunbookTestSupport"], swiftSettings: strict),
        .target(
            name: "RunbookFuzzProperties", dependencies: ["RunbookSecrets"], path: "Fuzz/Properties",
            swiftSettings: strict),
        .executableTarget(
            name: "redactor-benchmark", dependencies: ["RunbookSecrets"], path: "Benchmarks/redactor",
            exclude: ["measure.sh"], swiftSettings: strict),
        .testTarget(
            name: "RunbookSecretsTests",
            dependencies: ["RunbookSecrets", "RunbookTestSupport", "RunbookFuzzProperties"], swiftSettings: strict),
    ]
)
