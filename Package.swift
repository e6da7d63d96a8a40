// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

// The rooms read like the pipeline: C and Base below, then Record, Trace, Replay, Lab, Result, Report and Study, and
// the program on top. A target imports only what it declares, and only from below; CI checks both.

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("MemberImportVisibility")]
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

/// A library target in one of the rooms.
func target(
    _ room: String, _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [],
    resources: [Resource] = [], settings: [SwiftSetting] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(room)/\(name)", exclude: exclude, resources: resources,
        swiftSettings: strict + settings)
}

/// A library of the system, of which a target of ours is the only owner.
func library(_ name: String, pkgConfig: String, _ packages: [String]) -> Target {
    .systemLibrary(name: name, path: "Sources/C/\(name)", pkgConfig: pkgConfig, providers: [.apt(packages)])
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, exclude: exclude,
        swiftSettings: strict)
}

let c: [Target] = [
    .target(name: "CLinux", path: "Sources/C/CLinux"),
    library("CNetlink", pkgConfig: "libnl-route-3.0", ["libnl-3-dev", "libnl-route-3-dev"]),
    library("CGenericNetlink", pkgConfig: "libnl-genl-3.0", ["libnl-genl-3-dev"]),
    library("CBPF", pkgConfig: "libbpf", ["libbpf-dev"]),
    library("CZlib", pkgConfig: "zlib", ["zlib1g-dev"]),
    library("CZstd", pkgConfig: "libzstd", ["libzstd-dev"]),
    library("CPcap", pkgConfig: "libpcap", ["libpcap-dev"]),
    library("CCrypto", pkgConfig: "libcrypto", ["libssl-dev"]),
]

let base: [Target] = [
    target("Base", "Determinism"),
    target("Base", "Quantities", ["Determinism"]),
    target("Base", "Documents", ["Determinism", "Quantities"]),
    target("Base", "Registries", ["Documents"]),
    target("Base", "Statistics"),
    target("Base", "System", ["CLinux", "Determinism", "Documents", "Quantities", system]),
    target(
        "Base", "Netlink",
        ["CGenericNetlink", "CLinux", "CNetlink", "Determinism", "Documents", "Quantities", system]),
]

let record: [Target] = [
    target(
        "Record", "Pcap", ["CZlib", "CZstd", "Determinism", "Documents", "Quantities", "System", system],
        settings: [.enableExperimentalFeature("Lifetimes")]),
    target("Record", "ProbeFormat", ["Quantities"]),
    target(
        "Record", "Probe",
        ["CCrypto", "CLinux", "Determinism", "Documents", "ProbeFormat", "Quantities", "System", system]),
    target(
        "Record", "Recorder",
        ["CLinux", "CPcap", "Determinism", "Documents", "Netlink", "Pcap", "Probe", "Quantities", "System", system]),
]

let trace: [Target] = [
    target("Trace", "Traces", ["Determinism", "Quantities"]),
    target("Trace", "TraceFormats", ["Determinism", "Documents", "Quantities", "Registries", "System", "Traces"]),
    target(
        "Trace", "Derivation",
        ["Determinism", "Documents", "Pcap", "ProbeFormat", "Quantities", "System", "TraceFormats", "Traces"]),
    target("Trace", "Synthesis", ["Determinism", "Documents", "Quantities", "Traces"]),
    target(
        "Trace", "Scrubbing",
        ["Derivation", "Determinism", "Documents", "Pcap", "ProbeFormat", "Quantities", "System", "Traces", system]),
]

let replay: [Target] = [
    target("Replay", "Plans", ["Determinism", "Documents", "Quantities", "Registries", "Traces"]),
    target("Replay", "Radios", ["Documents", "Quantities", "Traces"]),
    target("Replay", "Bounds", ["Determinism", "Plans", "Quantities", "Registries", "Traces"]),
    target("Replay", "Settings", ["Determinism", "Documents", "Plans", "Quantities", "Radios"]),
    target("Replay", "Strategies", ["Documents", "Plans", "Quantities", "Radios", "Registries", "Traces"]),
    target(
        "Replay", "Replays",
        [
            "Bounds", "Derivation", "Determinism", "Documents", "Plans", "Quantities", "Radios", "Registries",
            "Settings",
            "Strategies", "Synthesis", "System", "TraceFormats", "Traces", yams,
        ]),
]

let lab: [Target] = [
    target(
        "Lab", "Link", ["CBPF", "Determinism", "Documents", "Quantities", "System", "Traces", system],
        exclude: ["BPF/link.bpf.c"], resources: [.embedInCode("BPF/link.bpf.o")]),
    target(
        "Lab", "Lab", ["Determinism", "Documents", "Link", "Netlink", "Plans", "Quantities", "Traces", system]),
    target("Lab", "Traffic", ["CLinux", "Determinism", "Documents", "Plans", "Quantities", "System", system]),
    target(
        "Lab", "Guest",
        [
            "CLinux", "Determinism", "Documents", "Lab", "Netlink", "Plans", "Quantities", "Strategies", "System",
            "Traces", "Traffic", system,
        ]),
    target("Lab", "Kernels", ["CLinux", "Determinism", "Documents", "Plans", "Quantities", "System", system]),
]

let result: [Target] = [
    target("Result", "Results", ["Bounds", "Plans", "Quantities", "Statistics", "Traces"]),
    target(
        "Result", "Verification",
        ["Bounds", "Determinism", "Documents", "Plans", "Quantities", "Replays", "Results", "Statistics", "Traces"]),
    target("Result", "Oracles", ["Bounds", "Plans", "Quantities", "Results", "Statistics", "Traces"]),
    target("Result", "Energy", ["Plans", "Quantities", "Radios", "Results", "Statistics", "Traces"]),
    target("Result", "Fluid", ["Determinism", "Plans", "Quantities", "Strategies", "Traces"]),
]

let report: [Target] = [
    target(
        "Report", "Reports",
        [
            "Bounds", "Determinism", "Documents", "Plans", "Quantities", "Results", "Settings", "Statistics",
            "Strategies", "Traces", "Verification",
        ], resources: [.embedInCode("Page/report.js"), .embedInCode("Page/tables.js")]),
    target(
        "Report", "Inspection",
        ["Determinism", "Documents", "Pcap", "Quantities", "System", "TraceFormats", "Traces"]),
]

let study: [Target] = [
    target(
        "Study", "Comparison",
        [
            "Derivation", "Determinism", "Documents", "Energy", "Kernels", "Oracles", "Plans", "Quantities", "Replays",
            "Reports", "Results", "Settings", "Strategies", "System", "Traces", "Verification", system,
        ]),
    target(
        "Study", "Sweeps",
        [
            "Bounds", "CLinux", "Comparison", "Determinism", "Documents", "Energy", "Fluid", "Kernels", "Oracles",
            "Plans", "Quantities", "Replays", "Reports", "Results", "Settings", "Statistics", "Synthesis", "System",
            "TraceFormats", "Traces", "Verification", system, yams,
        ]),
    target(
        "Study", "Paper",
        [
            "Comparison", "Determinism", "Documents", "Energy", "Kernels", "Quantities", "Radios", "Replays", "Reports",
            "Results", "Statistics", "Sweeps", "System", "Traces", system,
        ]),
]

let program: [Target] = [
    target(
        "walkback", "WalkbackKit",
        [
            "Bounds", "Comparison", "Derivation", "Determinism", "Documents", "Guest", "Inspection", "Kernels", "Paper",
            "Plans",
            "Probe", "ProbeFormat", "Quantities", "Recorder", "Registries", "Replays", "Reports", "Scrubbing",
            "Strategies",
            "Sweeps", "Synthesis", "System", "TraceFormats", "Traces", system,
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ], exclude: ["WalkbackKit.docc"]),
    .executableTarget(
        name: "walkback", dependencies: ["WalkbackKit"], path: "Sources/walkback/walkback", swiftSettings: strict),
]

let testTargets: [Target] = [
    .target(name: "KernelTier", path: "Tests/KernelTier", swiftSettings: strict),
    .target(
        name: "TestWorkload", dependencies: ["Plans", "Quantities", "Registries", "Traces"], path: "Tests/TestWorkload",
        swiftSettings: strict),
    .target(name: "CGuestProbe", path: "Tests/CGuestProbe"),
    .executableTarget(
        name: "guest-probe",
        dependencies: [
            "CGuestProbe", "Determinism", "Documents", "Guest", "Kernels", "Plans", "Quantities", "System", system,
        ],
        path: "Tests/GuestProbe", swiftSettings: strict),
    .target(
        name: "FuzzTargets",
        dependencies: [
            "Comparison", "Derivation", "Determinism", "Documents", "Inspection", "Kernels", "Pcap", "Plans", "Probe",
            "ProbeFormat", "Quantities", "Replays", "Reports", "Results", "Scrubbing", "Sweeps", "System",
            "TraceFormats", "Traces", "Verification", system,
        ],
        path: "Tests/FuzzTargets", swiftSettings: strict),
    .testTarget(
        name: "FuzzTests", dependencies: ["Documents", "FuzzTargets"], swiftSettings: strict),
    tests("Determinism", ["Quantities"]), tests("Quantities", ["Determinism"]),
    tests("Documents", ["Determinism"]), tests("Registries", ["Documents"]), tests("Statistics", ["Determinism"]),
    tests("Netlink", ["CNetlink", "Determinism", "Documents", "KernelTier", "Quantities", system]),
    tests("Pcap", ["Determinism", "Documents", "Quantities", system]),
    tests("ProbeFormat", ["Determinism", "Quantities"]),
    tests(
        "Probe",
        [
            "Determinism", "Documents", "KernelTier", "Netlink", "ProbeFormat", "Quantities", "System", "walkback",
            system,
        ]),
    tests(
        "Recorder",
        ["Determinism", "Documents", "KernelTier", "Netlink", "Pcap", "Probe", "Quantities", "System", system],
        exclude: ["stand-in-modem.py"]),
    tests("Traces", ["Determinism", "Quantities"]),
    tests("TraceFormats", ["Determinism", "Documents", "Quantities", "Replays", "System", "Traces"]),
    tests(
        "Derivation",
        [
            "Determinism", "Documents", "Pcap", "ProbeFormat", "Quantities", "Replays", "Scrubbing", "System",
            "TraceFormats", "Traces", system,
        ]),
    tests("Synthesis", ["Determinism", "Documents", "Quantities", "Replays", "System", "TraceFormats", "Traces"]),
    tests(
        "Scrubbing",
        ["Derivation", "Determinism", "Documents", "Pcap", "ProbeFormat", "Quantities", "Traces", system]),
    tests("Bounds", ["Quantities", "Traces"]),
    tests("Settings", ["Documents", "Plans", "Quantities"]),
    tests("Plans", ["Determinism", "Documents", "Quantities", "Registries", "TestWorkload", "Traces"]),
    tests("Strategies", ["Determinism", "Plans", "Quantities", "Radios", "Traces"]),
    tests(
        "Replays",
        [
            "Determinism", "Documents", "Plans", "Quantities", "Settings", "Statistics", "Strategies", "System",
            "TestWorkload", "TraceFormats",
            "Traces",
        ]),
    tests("Link", ["KernelTier", "Netlink", "Quantities", "Traces", system]),
    tests(
        "Lab",
        ["Determinism", "Documents", "KernelTier", "Netlink", "Plans", "Quantities", "Strategies", "Traces", system]),
    tests(
        "Traffic",
        [
            "CLinux", "Documents", "KernelTier", "Lab", "Netlink", "Plans", "Quantities", "Strategies", "System",
            "Traces",
            system,
        ]),
    tests(
        "Guest",
        [
            "CLinux", "Determinism", "Documents", "KernelTier", "Lab", "Netlink", "Plans", "Quantities", "Results",
            "Strategies", "System", "TestWorkload", "Traces", "Traffic", "Verification", system,
        ]),
    tests("System", ["CLinux", "Documents", "Quantities", system]),
    tests(
        "Kernels",
        ["Determinism", "Documents", "Plans", "Quantities", "System", "guest-probe", system]),
    tests("Results", ["Plans", "Quantities"]),
    tests(
        "Verification",
        [
            "Bounds", "Determinism", "Documents", "Plans", "Quantities", "Replays", "Results", "Strategies", "System",
            "Traces",
        ]),
    tests("Oracles", ["Bounds", "Plans", "Quantities", "Results", "Traces"]),
    tests("Energy", ["Determinism", "Documents", "Plans", "Quantities", "Radios", "Results", "Strategies", "Traces"]),
    tests("Fluid", ["Plans", "Quantities", "Strategies", "Traces"]),
    tests(
        "Reports",
        [
            "Bounds", "Determinism", "Documents", "Oracles", "Plans", "Quantities", "Registries", "Results",
            "Settings", "Statistics", "TestWorkload", "Traces", "Verification",
        ], exclude: ["Golden"]),
    tests("Inspection", ["Determinism", "Documents", "Pcap", "Quantities", system]),
    tests(
        "Sweeps",
        [
            "Determinism", "Documents", "Fluid", "Plans", "Quantities", "Replays", "Reports", "Settings", "Statistics",
            "Synthesis", "System", "TraceFormats", "Traces",
        ]),
    tests(
        "Paper",
        [
            "Comparison", "Determinism", "Documents", "Energy", "Kernels", "Plans", "Quantities", "Results",
            "Statistics", "Sweeps", "System", "TraceFormats", "Traces", system,
        ]),
    tests(
        "Comparison",
        [
            "Determinism", "Documents", "Kernels", "Plans", "Quantities", "Replays", "Reports", "Results", "System",
            "TraceFormats", "Traces", "walkback", system, yams,
        ]),
    tests(
        "WalkbackKit",
        ["Bounds", "Documents", "Plans", "Quantities", "Registries", "Strategies", "System", "TraceFormats", "Traces"]),
]

/// Built by `make fuzz` alone, which sets the variable: libFuzzer brings its main function.
let fuzz: [Target] =
    Context.environment["WALKBACK_FUZZ_BUILD"] == nil
    ? []
    : [
        .executableTarget(
            name: "fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzz", swiftSettings: strict)
    ]

let package = Package(
    name: "walkback",
    products: [
        .executable(name: "walkback", targets: ["walkback"]),
        .library(name: "WalkbackKit", targets: ["WalkbackKit"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: c + base + record + trace + replay + lab + result + report + study + program + testTargets + fuzz,
    swiftLanguageModes: [.v6]
)
