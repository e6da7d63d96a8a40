// SPDX-License-Identifier: Apache-2.0
import Determinism
import Link
import Netlink
import Plans
import SystemPackage

/// A walk's network in the kernel: a mobile host, an access network for each path, a core and a server, each a network
/// namespace, and the links between them that follow the trace.
///
/// Links are shaped at the access networks only, never on an end host. All of it belongs to this object and ends with
/// it or with the process. One thread uses a lab.
package final class Lab {
    package let topology: Topology
    package let mobile: Namespace
    package let core: Namespace
    package let server: Namespace
    private let accesses: [Namespace]
    /// Down and up of each path, in the order of the plan.
    var links: [[ShapedLink]] = []
    /// The kernel settings that results depend on, with the values in force.
    package let sysctls: [String: String]

    /// nil where no MPTCP endpoints are wanted.
    let pathManager: PathManager?
    /// What `leave` does, unless it is told otherwise.
    let mode: Mobility.Mode
    /// How each path was left, in the order of the plan; nil: it is joined.
    var absences: [Mobility.Mode?]
    /// Whether each path has faded and not been joined again since.
    var faded: [Bool]
    /// How often each path's address may change and has changed.
    let plannedChanges: [Int]
    var changes: [Int]
    /// Changes that wait until the path is joined again.
    var waitingChanges: [Int]
    /// The family in which connections use each path, and that of the first connection.
    let families: [IPAddress.Family]
    let initialFamily: IPAddress.Family
    /// How MPTCP may use each path.
    var uses: [PathUse]
    /// Where each end sends the home address's traffic.
    var mobileHomePath: Int?
    var coreHomePath: Int?
    /// Metrics of the default routes, in the order of the plan. The initial path has the lowest, since that route
    /// carries the first SYN of what is not bound to an address.
    let metrics: [UInt32]

    /// Builds the lab with every path attached. Packets pass unshaped until `start`.
    ///
    /// - Parameters:
    ///   - directory: where the plan's link tables lie.
    ///   - bins: how many bins of 10 ms are kept, from the first SYN on.
    ///   - mptcpEndpoints: whether MPTCP connections of the mobile host are to use every path.
    /// - Throws: `Fault`: 69 where the kernel lacks a feature, 77 without the right to build a network.
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

        // Settings first: interfaces take the defaults that they find when they are made.
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

    /// The access network of a path, by its place in the plan.
    package func access(_ path: Int) -> Namespace { accesses[path] }

    /// Trace time begins for every link.
    ///
    /// - Parameters:
    ///   - traceZero: kernel monotonic nanoseconds of the tables' time zero.
    ///   - binsStart: of the first bin.
    package func start(traceZero: Int64, binsStart: Int64) {
        for link in links.joined() { link.link.start(traceZero: traceZero, binsStart: binsStart) }
    }

    package func isJoined(_ path: Int) -> Bool { absences[path] == nil }

    /// The present address of the mobile host on a path, as text.
    package func mobileAddress(of path: Int) -> String {
        mobileAddress(of: path, families[path])?.description ?? ""
    }

    package func mobileAddress(of path: Int, _ family: IPAddress.Family) -> IPAddress? {
        mobileEnd(path).address(family)
    }

    /// The server's address that can be reached over a path, as text; of the family that all paths share where there is
    /// one.
    package func serverAddress(for path: Int) -> String {
        serverAddress(families[path])?.description ?? ""
    }

    package func serverAddress(_ family: IPAddress.Family) -> IPAddress? {
        topology.trunk.far.address(family)
    }

    /// The path to which an address belongs that the mobile host has, had or will have, written in any way; nil where
    /// it is none of these.
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

    /// One family for each path: more would only be further subflows on the same links. One that all paths have where
    /// there is such, else that of the first connection where the path has it. If no path is attached at first, the
    /// first path's family stands for that of the first connection.
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

    /// The server's addresses, first the one that the first connection does not know already.
    private static func announced(_ topology: Topology, _ initial: IPAddress.Family) -> [IPAddress] {
        topology.trunk.far.addresses.filter { $0.family != initial }
            + topology.trunk.far.addresses.filter { $0.family == initial }
    }

    /// - Parameter announced: what the server tells to every connection.
    private static func pathManager(
        mobile: Namespace, server: Namespace, announcing announced: [IPAddress]
    ) throws -> PathManager {
        // The most that the kernel allows, at both ends.
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
