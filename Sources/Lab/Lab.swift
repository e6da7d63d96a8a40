import Link
import Netlink
import Runs
import SystemPackage
import Traces
import Units

/// A walk's network in the kernel: a mobile host, an access network for each path, a core and a server, each a network
/// namespace, and the links between them that follow the trace.
///
/// Links are shaped at the access networks only, never on an end host. All of it belongs to this object and ends with it or
/// with the process. One thread uses a lab.
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
    /// Whether the path's address is usable, in the order of the plan.
    var isJoined: [Bool]
    /// How MPTCP may use each path.
    var uses: [PathUse]
    /// Where each end sends the home address's traffic.
    var mobileHomePath: Int?
    var coreHomePath: Int?
    /// Metrics of the default routes, in the order of the plan.
    let metrics: [UInt32]

    /// Builds the lab with every path attached. Packets pass unshaped until `start`.
    ///
    /// - Parameters:
    ///   - directory: where the plan's link tables lie.
    ///   - bins: how many bins of 10 ms are kept, from the first SYN on.
    ///   - mptcpEndpoints: whether MPTCP connections of the mobile host are to use every path.
    /// - Throws: `Fault`: 69 where the kernel lacks a feature, 77 without the right to build a network.
    package init(plan: RunPlan, directory: FilePath, bins: Int, mptcpEndpoints: Bool) throws {
        let topology = try Topology(paths: plan.paths.map { ($0.name, $0.family) })
        self.topology = topology
        let settings = KernelSettings(plan)
        mobile = try Namespace("the mobile host's")
        core = try Namespace("the core's")
        server = try Namespace("the server's")
        accesses = try topology.paths.map { try Namespace("\($0.name)'s access") }
        isJoined = topology.paths.map { _ in true }
        uses = topology.paths.map { _ in .full }
        metrics = Self.metrics(plan)

        // Settings first: interfaces take the defaults that they find when they are made.
        sysctls = try settings.apply(endHosts: [mobile, server], routers: [core] + accesses)
        pathManager = mptcpEndpoints ? try Self.pathManager(mobile: mobile, server: server, topology) : nil
        try createWires()
        try KernelSettings.forward([core] + accesses)
        try addressRouters()
        try addressServer()
        try mobile.routing.perform(Self.mobileRules(topology))
        for path in topology.paths.indices { try mobile.routing.perform(joinRequests(path)) }
        try shape(plan: plan, directory: directory, bins: bins)
        if plan.strategy.hasHomeAddress { try addHome() }
        for path in topology.paths.indices { try addEndpoint(path) }
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

    /// The address of the mobile host on a path, as text.
    package func mobileAddress(of path: Int) -> String {
        mobileAddress(of: path, topology.paths[path].families[0])?.description ?? ""
    }

    package func mobileAddress(of path: Int, _ family: IPAddress.Family) -> IPAddress? {
        topology.paths[path].radio.near.address(family)
    }

    /// The server's address that can be reached over a path, as text; IPv4 where there is a choice.
    package func serverAddress(for path: Int) -> String {
        serverAddress(topology.paths[path].families[0])?.description ?? ""
    }

    package func serverAddress(_ family: IPAddress.Family) -> IPAddress? {
        topology.trunk.far.address(family)
    }

    /// The path to which an address of the mobile host belongs, written in any way; nil where it is none of its.
    package func pathName(ofAddress text: String) -> String? {
        let mapped = "::ffff:"
        let plain = text.hasPrefix(mapped) && text.contains(".") ? String(text.dropFirst(mapped.count)) : text
        guard let address = IPAddress(plain) else { return nil }
        return topology.paths.first { $0.radio.near.addresses.contains(address) }?.name
    }

    /// The initial path first, then the order of the plan: the default route with the lowest metric carries the first SYN of
    /// what is not bound to an address.
    private static func metrics(_ plan: RunPlan) -> [UInt32] {
        let name = plan.transport.initialPath
        return plan.paths.indices.map { plan.paths[$0].name == name ? 10 : 100 + UInt32($0) }
    }

    private static func pathManager(
        mobile: Namespace, server: Namespace, _ topology: Topology
    ) throws -> PathManager {
        guard
            IPAddress.Family.allCases.contains(where: { family in
                topology.paths.allSatisfy { $0.families.contains(family) }
            })
        else {
            throw Fault(
                .badInput,
                "these paths share no address family, and MPTCP does not return to a path of another family than its first; "
                    + "give one of them both")
        }
        // The most that the kernel allows, at both ends.
        let limits = PathManager.Limits(subflows: 8, acceptedAddresses: 8)
        try server.run { try PathManager().setLimits(limits) }
        return try mobile.run {
            let manager = try PathManager()
            try manager.setLimits(limits)
            return manager
        }
    }
}
