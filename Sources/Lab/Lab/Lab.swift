// SPDX-License-Identifier: Apache-2.0
import Determinism
import Link
import Netlink
import Plans
import SystemPackage

/// A walk's network in the kernel: a mobile host, an access network for each path, a core and a server, each of them a
/// network namespace, and the links between them that follow the trace.
///
/// Links are shaped at the access networks only, never on an end host. The whole network belongs to this object and
/// ends with it or with the process. A lab is used by one thread.
package final class Lab {
    package let topology: Topology
    package let mobile: Namespace
    package let core: Namespace
    package let server: Namespace
    private let accesses: [Namespace]
    /// Downlink and uplink of each path, in the order of the plan.
    var links: [[ShapedLink]] = []
    /// The kernel settings that results depend on, with the values in force.
    package let sysctls: [String: String]

    /// nil if no MPTCP endpoints are wanted.
    let pathManager: PathManager?
    /// What `leave` does unless told otherwise.
    let mode: Mobility.Mode
    /// How each path was left, in the order of the plan; nil if it is joined.
    var absences: [Mobility.Mode?]
    /// Whether each path has faded and has not been joined again since.
    var faded: [Bool]
    /// How often each path's address may change, and how often it has changed.
    let plannedChanges: [Int]
    var changes: [Int]
    /// Address changes that wait until the path is joined again.
    var waitingChanges: [Int]
    /// The address family that connections use on each path, and that of the first connection.
    let families: [IPAddress.Family]
    let initialFamily: IPAddress.Family
    /// How MPTCP may use each path.
    var uses: [PathUse]
    /// The path to which each end sends the home address's traffic.
    var mobileHomePath: Int?
    var coreHomePath: Int?
    /// Metrics of the default routes, in the order of the plan. The initial path has the lowest, since the first SYN of
    /// a connection that is not bound to an address takes that route.
    let metrics: [UInt32]

    /// Builds the lab with every path attached. Packets pass unshaped until `start`.
    ///
    /// - Parameters:
    ///   - directory: the directory of the plan's link tables.
    ///   - bins: how many bins of 10 ms are kept, from the first SYN on.
    ///   - mptcpEndpoints: whether MPTCP connections of the mobile host should use every path.
    /// - Throws: `Fault`: 69 if the kernel lacks a feature, 77 without the privilege to build a network.
    package init(plan: RunPlan, directory: FilePath, bins: Int, mptcpEndpoints: Bool) throws {
        let topology = try Topology(paths: plan.paths.map { ($0.name, $0.family, $0.subflows) })
        self.topology = topology
        let settings = KernelSettings(plan)
        mobile = try Namespace("the mobile host's")
        core = try Namespace("the core's")
        server = try Namespace("the server's")
        accesses = try topology.paths.map { try Namespace("\($0.name)'s access") }
        mode = plan.mobility.mode
        absences = topology.paths.map { _ in nil }
        faded = topology.paths.map { _ in false }
        plannedChanges = plan.paths.map { min($0.addressChanges.count, Topology.maximumAddressChanges) }
        changes = topology.paths.map { _ in 0 }
        waitingChanges = changes
        uses = topology.paths.map { _ in .full }
        let named = try plan.initialPath()
        metrics = plan.paths.indices.map { $0 == named ? 10 : 100 + UInt32($0) }
        let families = Self.families(plan, topology, named: named)
        self.families = families.paths
        initialFamily = families.initial
        let isMixed = families.paths.contains { $0 != families.initial }

        // Settings come first: interfaces take the defaults that exist when they are created.
        sysctls = try settings.apply(endHosts: [mobile, server], routers: [core] + accesses)
        pathManager =
            mptcpEndpoints
            ? try Self.pathManager(
                mobile: mobile, server: server, announcing: isMixed ? Self.announced(topology, families.initial) : [])
            : nil
        try createWires()
        try KernelSettings.forward([core] + accesses)
        try addressRouters()
        try addressServer()
        try mobile.routing.perform(mobileRules())
        for path in topology.paths.indices { try mobile.routing.perform(joinRequests(path)) }
        try shape(plan: plan, directory: directory, bins: bins)
        if plan.hasHomeAddress { try addHome() }
        for path in topology.paths.indices { try addEndpoints(path) }
    }

    /// The access network of a path, by its index in the plan.
    package func access(_ path: Int) -> Namespace { accesses[path] }

    /// Starts trace time on every link.
    ///
    /// - Parameters:
    ///   - traceZero: kernel monotonic nanoseconds of the tables' time zero.
    ///   - binsStart: kernel monotonic nanoseconds of the first bin's beginning.
    package func start(traceZero: Int64, binsStart: Int64) {
        for link in links.joined() { link.link.start(traceZero: traceZero, binsStart: binsStart) }
    }

    package func isJoined(_ path: Int) -> Bool { absences[path] == nil }

    /// The mobile host's present address on a path, as text.
    package func mobileAddress(of path: Int) -> String {
        mobileAddress(of: path, families[path])?.description ?? ""
    }

    package func mobileAddress(of path: Int, _ family: IPAddress.Family) -> IPAddress? {
        mobileEnd(path).address(family)
    }

    /// The server's address that can be reached over a path, as text. It is of the family that all paths share, if
    /// there is one.
    package func serverAddress(for path: Int) -> String {
        serverAddress(families[path])?.description ?? ""
    }

    package func serverAddress(_ family: IPAddress.Family) -> IPAddress? {
        topology.trunk.far.address(family)
    }

    /// The path of an address that the mobile host has, had or will have. The address may be written in any form. nil
    /// if it is none of these.
    package func pathName(ofAddress text: String) -> String? {
        let mapped = "::ffff:"
        let plain = text.hasPrefix(mapped) && text.contains(".") ? String(text.dropFirst(mapped.count)) : text
        guard let address = IPAddress(plain) else { return nil }
        return topology.paths.first { path in
            (0...Topology.maximumAddressChanges).contains {
                path.mobileEnd(afterChanges: $0).addresses.contains(address)
            }
        }?.name
    }

    /// One family for each path: more would only add subflows on the same links. It is a family that all paths have, if
    /// there is one; else the family of the first connection, if the path has it. If no path is attached at the
    /// beginning, the first path's family stands in for that of the first connection.
    private static func families(
        _ plan: RunPlan, _ topology: Topology, named initialPath: Int?
    ) -> (paths: [IPAddress.Family], initial: IPAddress.Family) {
        let paths = topology.paths
        let shared = IPAddress.Family.allCases.first { family in paths.allSatisfy { $0.families.contains(family) } }
        let attached = MobilitySchedule(plan).initiallyAttached
        let named = initialPath.flatMap { attached[$0] ? $0 : nil }
        let initial = shared ?? paths[named ?? attached.firstIndex(of: true) ?? 0].families[0]
        return (paths.map { $0.families.contains(initial) ? initial : $0.families[0] }, initial)
    }

    /// The server's addresses. The one that the first connection does not already know comes first.
    private static func announced(_ topology: Topology, _ initial: IPAddress.Family) -> [IPAddress] {
        topology.trunk.far.addresses.filter { $0.family != initial }
            + topology.trunk.far.addresses.filter { $0.family == initial }
    }

    /// - Parameter announced: the addresses that the server announces on every connection.
    private static func pathManager(
        mobile: Namespace, server: Namespace, announcing announced: [IPAddress]
    ) throws -> PathManager {
        // The highest limits that the kernel allows, at both ends.
        let limits = PathManager.Limits(subflows: 8, acceptedAddresses: 8)
        try server.run {
            let manager = try PathManager()
            try manager.setLimits(limits)
            for (index, address) in announced.enumerated() {
                try manager.add(PathManager.Endpoint(id: UInt8(index + 1), address: address, flags: .signal))
            }
        }
        return try mobile.run {
            let manager = try PathManager()
            try manager.setLimits(limits)
            return manager
        }
    }
}
