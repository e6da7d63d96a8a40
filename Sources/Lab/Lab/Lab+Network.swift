// SPDX-License-Identifier: Apache-2.0
import Link
import Netlink
import Plans
import SystemPackage
import Traces

/// Builds the network. Requests to one namespace are sent together.
extension Lab {
    func createWires() throws {
        func pair(_ wire: Topology.Wire, _ far: Namespace) -> Request {
            .createPair(
                near: wire.near.interface, far: wire.far.interface, farNamespace: far.descriptor.rawValue)
        }
        let paths = topology.paths
        try mobile.routing.perform(paths.indices.map { pair(paths[$0].radio, access($0)) })
        try core.routing.perform(
            paths.indices.map { pair(paths[$0].backhaul, access($0)) } + [pair(topology.trunk, server)])

        let offloads = try mobile.run {
            let offloads = try Offloads(asking: paths[0].radio.near.interface.name)
            try offloads.disable(on: paths.map(\.radio.near.interface.name))
            return offloads
        }
        try core.run {
            try offloads.disable(on: paths.map(\.backhaul.near.interface.name) + [topology.trunk.near.interface.name])
        }
        try server.run { try offloads.disable(on: [topology.trunk.far.interface.name]) }
        for (index, path) in paths.enumerated() {
            try access(index).run {
                try offloads.disable(on: [path.radio.far.interface.name, path.backhaul.far.interface.name])
            }
        }
    }

    /// Brings one end up: its link, its addresses and the neighbour at the other end.
    ///
    /// - Parameter kept: families whose addresses the end still has.
    func bringUp(_ end: Topology.End, peer: Topology.End, keeping kept: [IPAddress.Family] = []) -> [Request] {
        let interface = end.interface.index
        return [.setInterface(end.interface.name, index: interface, up: true)]
            + end.addresses.filter { !kept.contains($0.family) }
            .map { .addAddress($0.inItsNetwork, interface: interface) } + neighbours(peer, interface: interface)
    }

    private func neighbours(_ peer: Topology.End, interface: Int32) -> [Request] {
        peer.addresses.map { .addNeighbour($0, mac: peer.interface.mac, interface: interface) }
    }

    /// The mobile host's end of a path with its present addresses.
    func mobileEnd(_ path: Int) -> Topology.End {
        topology.paths[path].mobileEnd(afterChanges: changes[path])
    }

    /// The same end with every address that it has during the run.
    private func everyMobileEnd(_ path: Int) -> Topology.End {
        let ends = (0...plannedChanges[path]).map { topology.paths[path].mobileEnd(afterChanges: $0) }
        return Topology.End(interface: ends[0].interface, addresses: ends.flatMap(\.addresses))
    }

    /// Brings up the access network's end of the radio: for the first time or, with `keeping`, after it was down.
    func radioUpRequests(_ path: Int, keeping kept: [IPAddress.Family] = []) -> [Request] {
        bringUp(topology.paths[path].radio.far, peer: everyMobileEnd(path), keeping: kept)
    }

    /// Higher than the metrics of the kernel's own routes to an attached network (0 and 256).
    private static let lastMetric: UInt32 = 4096

    func addressRouters() throws {
        var coreRequests = bringUp(topology.trunk.near, peer: topology.trunk.far)
        for (index, path) in topology.paths.enumerated() {
            coreRequests += bringUp(path.backhaul.near, peer: path.backhaul.far)
            var accessRequests = bringUp(path.backhaul.far, peer: path.backhaul.near)
            accessRequests += radioUpRequests(index)
            for family in path.families {
                guard let mobile = path.radio.near.address(family) else { continue }
                coreRequests.append(
                    .addRoute(
                        Route(
                            family, to: mobile.network, via: path.backhaul.far.address(family),
                            interface: path.backhaul.near.interface.index)))
                accessRequests.append(
                    .addRoute(
                        Route(
                            family, via: path.backhaul.near.address(family),
                            interface: path.backhaul.far.interface.index)))
                // While the radio's interface is down, traffic for the mobile host must not go back to the core.
                accessRequests.append(.addBlackhole(to: mobile.network, metric: Self.lastMetric))
            }
            try access(index).routing.perform(accessRequests)
        }
        try core.routing.perform(coreRequests)
    }

    func addressServer() throws {
        let (core, end) = (topology.trunk.near, topology.trunk.far)
        let routes = end.addresses.map { address in
            Request.addRoute(
                Route(address.family, via: core.address(address.family), interface: end.interface.index))
        }
        try server.routing.perform(bringUp(end, peer: core) + routes)
    }

    private static let firstTable: UInt32 = 100

    /// Traffic from a path's address leaves over that path or not at all. Without the second rule, while that path is
    /// down, the traffic would leave over another path with a source address that does not belong to that path.
    func mobileRules() -> [Request] {
        topology.paths.indices.flatMap { index in
            everyMobileEnd(index).addresses.flatMap { address -> [Request] in
                let number = UInt32(index)
                return [
                    .addRule(from: address, table: Self.firstTable + number, priority: 1000 + number),
                    .addRule(from: address, table: nil, priority: 2000 + number),
                ]
            }
        }
    }

    /// The routes over a path: traffic from its address takes the first one; traffic without a source address yet takes
    /// the route with the lowest metric.
    func routes(_ path: Int) -> [Route] {
        let (end, gateways) = (mobileEnd(path), topology.paths[path].radio.far)
        return topology.paths[path].families.flatMap { family -> [Route] in
            // Further addresses use the same two routes, since their traffic already has a source address.
            let (address, interface) = (end.address(family), end.interface.index)
            let gateway = gateways.address(family)
            return [
                Route(
                    family, via: gateway, interface: interface, source: address,
                    table: Self.firstTable + UInt32(path)),
                Route(family, via: gateway, interface: interface, source: address, metric: metrics[path]),
            ]
        }
    }

    /// The requests that make a path usable for the mobile host. When its interface has been down, all of this is gone
    /// except the addresses of the families in `keeping`.
    func joinRequests(_ path: Int, keeping kept: [IPAddress.Family] = []) -> [Request] {
        bringUp(mobileEnd(path), peer: topology.paths[path].radio.far, keeping: kept)
            + routes(path).map { .addRoute($0) }
    }

    /// Removes addresses and routes; the link stays.
    func dropAddressRequests(_ path: Int) -> [Request] {
        let end = mobileEnd(path)
        // IPv4 routes go with the address that they name; IPv6 routes would stay.
        return routes(path).filter { $0.family == .v6 }.map { .deleteRoute($0) }
            + end.addresses.map { .deleteAddress($0.inItsNetwork, interface: end.interface.index) }
    }

    /// Removes the addresses and the link; routes go with them.
    func leaveRequests(_ path: Int) -> [Request] {
        let end = mobileEnd(path)
        return end.addresses.map { .deleteAddress($0.inItsNetwork, interface: end.interface.index) }
            + [.setInterface(end.interface.name, index: end.interface.index, up: false)]
    }

    /// Loads both links of every path and attaches them.
    func shape(plan: RunPlan, directory: FilePath, bins: Int) throws {
        let paths = topology.paths
        try core.routing.perform(paths.map { .addClassifier(interface: $0.backhaul.near.interface.index) })
        try mobile.routing.perform(paths.map { .addClassifier(interface: $0.radio.near.interface.index) })
        for (index, path) in plan.paths.enumerated() {
            func link(_ direction: Direction, _ table: String, _ jitter: Duration, _ interface: Int32) throws
                -> ShapedLink
            {
                ShapedLink(
                    path: path.name, direction: direction, interface: interface,
                    link: try Link(
                        tableFile: directory.appending(table), jitter: jitter,
                        // Neighbouring seeds are far apart here, so that no two links of any two runs draw the same
                        // losses.
                        seed: (plan.seed &* 64 &+ UInt64(index) &* 2 &+ (direction == .down ? 0 : 1))
                            &* 0x9e37_79b9_7f4a_7c15,
                        bins: bins))
            }
            let (radio, backhaul) = (paths[index].radio, paths[index].backhaul)
            let down = try link(.down, path.downTable, path.downJitter, radio.far.interface.index)
            let up = try link(.up, path.upTable, path.upJitter, backhaul.far.interface.index)
            links.append([down, up])
            let both = [down, up]
            try access(index).routing.perform(
                both.flatMap { [$0.emptyQueue(), .addClassifier(interface: $0.interface)] })
            try access(index).run {
                for link in both { try link.link.attachShaper(interfaceIndex: link.interface) }
            }
        }
        try mobile.run {
            for (index, path) in paths.enumerated() {
                try links[index][0].link.attachMeter(interfaceIndex: path.radio.near.interface.index)
            }
        }
        try core.run {
            for (index, path) in paths.enumerated() {
                try links[index][1].link.attachMeter(interfaceIndex: path.backhaul.near.interface.index)
            }
        }
    }
}

extension IPAddress {
    /// The address with the prefix length of the lab's networks.
    var inItsNetwork: IPPrefix { IPPrefix(self, Topology.prefixLength(family)) }

    /// The network itself, with the bits beyond its prefix length set to zero.
    var network: IPPrefix {
        let length = Topology.prefixLength(family)
        return IPPrefix(masked(to: length), length)
    }
}
