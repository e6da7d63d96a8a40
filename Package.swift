// swift-tools-version: 6.2
import PackageDescription

// The targets read like the pipeline, leaves first. Pure targets (no system library, no clock, no network) are marked ·.

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

/// A library target of ours with its tests beside it.
func pipeline(
    _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [], resources: [Resource] = [],
    settings: [SwiftSetting] = []
)
    -> Target
{
    .target(
        name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: strict + settings
    )
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, exclude: exclude,
        swiftSettings: strict)
}

let package = Package(
    name: "walkback",
    products: [.executable(name: "walkback", targets: ["walkback"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        // · quantities, numbers and text
        pipeline("Units"),
        pipeline("Statistics", ["Units"]),

        // · what a walk was: capacity curves, path traces, their files and generators
        pipeline("Traces", ["Units"]),
        pipeline("TraceFormats", ["Traces"]),
        pipeline("Synthesis", ["Traces"]),

        // · captures: their files and what is in their packets
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        pipeline(
            "Pcap", ["CZlib", "CZstd", "Units", .product(name: "SystemPackage", package: "swift-system")],
            settings: [.enableExperimentalFeature("Lifetimes")]),

        // · what to run and what came of it
        pipeline("Runs", ["Traces", "Statistics"]),
        pipeline("Energy", ["Runs"]),
        pipeline("Replays", ["Energy", "Runs", "TraceFormats", .product(name: "Yams", package: "Yams")]),
        pipeline("Oracle", ["Runs"]),
        pipeline("Fluid", ["Runs"]),
        pipeline("Reports", ["Runs", "Statistics"], resources: [.embedInCode("Page/report.js")]),

        // · captures to traces; what a file holds, for people and programs
        pipeline("Derivation", ["Pcap", "ProbeFormat", "TraceFormats"]),
        pipeline(
            "Scrubbing",
            ["Pcap", "ProbeFormat", "TraceFormats", .product(name: "SystemPackage", package: "swift-system")]),
        pipeline("Inspection", ["Pcap", "Runs", "TraceFormats"]),

        // the kernel's side: C first, then owners of kernel objects
        .target(name: "CLinux"),
        .systemLibrary(
            name: "CNetlink", pkgConfig: "libnl-route-3.0",
            providers: [.apt(["libnl-3-dev", "libnl-route-3-dev", "libnl-genl-3-dev"])]),
        .systemLibrary(name: "CGenericNetlink", pkgConfig: "libnl-genl-3.0", providers: [.apt(["libnl-genl-3-dev"])]),
        .systemLibrary(name: "CBPF", pkgConfig: "libbpf", providers: [.apt(["libbpf-dev"])]),
        pipeline(
            "Netlink",
            [
                "CNetlink", "CGenericNetlink", "CLinux", "Units",
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        pipeline(
            "Link", ["CBPF", "CLinux", "Traces", .product(name: "SystemPackage", package: "swift-system")],
            exclude: ["BPF/link.bpf.c"], resources: [.embedInCode("BPF/link.bpf.o")]),
        pipeline("Lab", ["Link", "Netlink", "Runs"]),

        // one run
        pipeline("Traffic", ["CLinux", "Runs", .product(name: "SystemPackage", package: "swift-system")]),
        pipeline("Strategies", ["Energy", "Lab", "Traffic"]),
        pipeline("Execution", ["Strategies", "CLinux", "Runs", "Threads"]),

        // what interfaces give, live
        pipeline("Threads", ["CLinux", "Units"]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        pipeline("ProbeFormat", ["Units"]),
        pipeline(
            "Probe",
            ["CCrypto", "CLinux", "ProbeFormat", "Units", .product(name: "SystemPackage", package: "swift-system")]),
        pipeline(
            "Recorder",
            [
                "CLinux", "Netlink", "Pcap", "Probe", "Runs", "Threads",
                .product(name: "SystemPackage", package: "swift-system"),
            ]),

        // many runs
        pipeline("Kernels", ["Runs", "CLinux", "Threads", .product(name: "SystemPackage", package: "swift-system")]),
        pipeline("Comparison", ["Derivation", "Energy", "Kernels", "Replays", "Oracle", "Reports", "Statistics"]),
        pipeline(
            "Sweeps",
            ["CLinux", "Comparison", "Fluid", "Replays", "Synthesis", .product(name: "Yams", package: "Yams")]),
        pipeline("Paper", ["Sweeps"]),
        .executableTarget(
            name: "walkback",
            dependencies: [
                "Comparison", "Derivation", "Execution", "Inspection", "Paper", "Probe", "Recorder", "Scrubbing",
                "Sweeps", "Synthesis",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        tests("Units"), tests("Statistics"), tests("Traces"), tests("TraceFormats"),
        tests("Pcap"), tests("Derivation", ["ProbeFormat", "Scrubbing"]), tests("Inspection"), tests("Scrubbing"),
        tests("Synthesis", ["TraceFormats"]), tests("Runs"),
        tests("Energy"), tests("Replays"), tests("Oracle"), tests("Fluid"),
        tests("Reports", ["Oracle"], exclude: ["Golden"]),
        tests("Sweeps", ["Synthesis", "TraceFormats"]),
        tests(
            "Paper",
            [
                "Comparison", "Energy", "Kernels", "Runs", "Statistics", "Sweeps", "TraceFormats", "Traces", "Units",
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .target(name: "KernelTier", path: "Tests/KernelTier", swiftSettings: strict),
        tests("Netlink", ["KernelTier"]), tests("Link", ["KernelTier", "Netlink"]), tests("Lab", ["KernelTier"]),
        tests("Traffic", ["KernelTier", "Lab"]), tests("Execution", ["KernelTier"]),
        tests("Strategies"), tests("Recorder", ["KernelTier"], exclude: ["stand-in-modem.py"]), tests("ProbeFormat"),
        tests("Probe", ["KernelTier", "Netlink", "Threads"]),
        .target(name: "CGuestProbe", path: "Tests/CGuestProbe"),
        .executableTarget(
            name: "guest-probe", dependencies: ["CGuestProbe", "Execution", "Kernels"], path: "Tests/GuestProbe",
            swiftSettings: strict),
        tests("Kernels", ["KernelTier", "guest-probe"]),
        tests(
            "Comparison",
            [
                "Kernels", "walkback", .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "Yams", package: "Yams"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
