// SPDX-License-Identifier: Apache-2.0
import Documents
import Netlink
import Plans

/// A home address of the mobile host. It belongs to no path; traffic to it takes the path that the core chooses. The
/// core acts as its home agent, without the tunnel: the core's route takes the place of a binding.
extension Lab {
    /// The routing table for traffic from the home address.
    private static let homeTable: UInt32 = 90
    /// The kernel numbers the loopback interface 1 in every namespace.
    private static let loopback: Int32 = 1

    package var homeAddress: String? { topology.home?.description }

    /// The server's address in the home address's family, as text.
    package var serverAddressForHome: String {
        topology.home.flatMap { serverAddress($0.family) }?.description ?? ""
    }

    /// Gives the mobile host its home address, which is not reachable over any path yet.
    func addHome() throws {
        guard let home = topology.home else {
            throw Fault(
                .badInput,
                "these paths share no address family, so no home address can be reached over all of them; give "
                    + "one of them both families")
        }
        try mobile.routing.perform([
            .addAddress(IPPrefix(home, home.bits), interface: Self.loopback),
            .addRule(from: home, table: Self.homeTable, priority: 900),
            .addRule(from: home, table: nil, priority: 990),
        ])
        // If the address is reached over no path, the core drops the traffic silently and sends no error.
        try core.routing.perform([.addBlackhole(to: IPPrefix(home, home.bits), metric: 1000)])
        for (index, path) in topology.paths.enumerated() {
            try access(index).routing.perform([
                .addRoute(
                    Route(
                        home.family, to: IPPrefix(home, home.bits), via: path.radio.near.address(home.family),
                        interface: path.radio.far.interface.index))
            ])
        }
    }

    /// Moves one end of the home address's traffic to a path, or to none.
    package func moveHome(_ end: RouteChange.End, to path: Int?) throws {
        guard let home = topology.home else { return }
        switch end {
        case .mobile:
            let routes = topology.paths.map { path in
                Route(
                    home.family, via: path.radio.far.address(home.family), interface: path.radio.near.interface.index,
                    source: home, table: Self.homeTable)
            }
            try move(mobile, routes, to: path, isMoved: &mobileHomePath)
        case .home:
            let routes = topology.paths.map { path in
                Route(
                    home.family, to: IPPrefix(home, home.bits), via: path.backhaul.far.address(home.family),
                    interface: path.backhaul.near.interface.index, metric: 10)
            }
            try move(core, routes, to: path, isMoved: &coreHomePath)
        }
    }

    private func move(_ namespace: Namespace, _ routes: [Route], to path: Int?, isMoved present: inout Int?) throws {
        if let path {
            try namespace.routing.perform([.replaceRoute(routes[path])])
        } else if let present {
            try namespace.routing.perform([.deleteRoute(routes[present])])
        }
        present = path
    }
}
