// SPDX-License-Identifier: Apache-2.0
import CNetlink
import Glibc

/// One entry of a routing table.
package struct Route: Hashable, Sendable, CustomStringConvertible {
    package static let mainTable = UInt32(RT_TABLE_MAIN.rawValue)

    package let family: IPAddress.Family
    /// nil for a default route.
    package let destination: IPPrefix?
    package let gateway: IPAddress?
    package let interface: Int32
    /// The source address that the kernel gives to packets whose sender has not chosen one.
    package let source: IPAddress?
    package let table: UInt32
    /// Of several routes to the same destination, the kernel uses the one with the lowest metric. With 0 the request
    /// has no metric, and the kernel chooses one.
    package let metric: UInt32

    package init(
        _ family: IPAddress.Family, to destination: IPPrefix? = nil, via gateway: IPAddress?, interface: Int32,
        source: IPAddress? = nil, table: UInt32 = Route.mainTable, metric: UInt32 = 0
    ) {
        self.family = family
        self.destination = destination
        self.gateway = gateway
        self.interface = interface
        self.source = source
        self.table = table
        self.metric = metric
    }

    package var description: String {
        "to \(destination.map(\.description) ?? "everywhere")" + (gateway.map { " via \($0)" } ?? "")
    }
}

extension Request {
    package static func addRoute(_ route: Route) -> Request {
        self.route("add the route \(route)", type: Int(RTM_NEWROUTE), flags: NLM_F_CREATE | NLM_F_EXCL, route)
    }

    /// Replaces the route to the same destination with the same metric, or adds it if there is none.
    package static func replaceRoute(_ route: Route) -> Request {
        self.route("set the route \(route)", type: Int(RTM_NEWROUTE), flags: NLM_F_CREATE | NLM_F_REPLACE, route)
    }

    /// Silently drops what goes to `destination` if there is no better route.
    package static func addBlackhole(to destination: IPPrefix, metric: UInt32) -> Request {
        let header = rtmsg(
            rtm_family: UInt8(destination.address.familyNumber), rtm_dst_len: destination.length, rtm_src_len: 0,
            rtm_tos: 0, rtm_table: UInt8(clamping: Route.mainTable), rtm_protocol: UInt8(RTPROT_STATIC),
            rtm_scope: UInt8(RT_SCOPE_UNIVERSE.rawValue), rtm_type: UInt8(RTN_BLACKHOLE), rtm_flags: 0)
        return Request(
            "add the blackhole for \(destination)", type: Int(RTM_NEWROUTE), flags: NLM_F_CREATE | NLM_F_EXCL,
            header: header
        ) { request in
            request.put(Int(RTA_DST.rawValue), destination.address)
            request.put(Int(RTA_PRIORITY.rawValue), metric)
        }
    }

    package static func deleteRoute(_ route: Route) -> Request {
        // A route that vanished with its interface counts as deleted.
        self.route("delete the route \(route)", type: Int(RTM_DELROUTE), flags: 0, tolerating: [ESRCH], route)
    }

    private static func route(
        _ operation: String, type: Int, flags: Int32, tolerating: Set<Int32> = [], _ route: Route
    ) -> Request {
        let scope = route.gateway == nil && route.family == .v4 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE
        let header = rtmsg(
            rtm_family: UInt8(route.family.number), rtm_dst_len: route.destination?.length ?? 0, rtm_src_len: 0,
            rtm_tos: 0, rtm_table: UInt8(clamping: route.table), rtm_protocol: UInt8(RTPROT_STATIC),
            rtm_scope: UInt8(scope.rawValue), rtm_type: UInt8(RTN_UNICAST), rtm_flags: 0)
        return Request(operation, type: type, flags: flags, header: header, tolerating: tolerating) { request in
            if let destination = route.destination { request.put(Int(RTA_DST.rawValue), destination.address) }
            if let gateway = route.gateway { request.put(Int(RTA_GATEWAY.rawValue), gateway) }
            if let source = route.source { request.put(Int(RTA_PREFSRC.rawValue), source) }
            if route.metric > 0 { request.put(Int(RTA_PRIORITY.rawValue), route.metric) }
            request.put(Int(RTA_OIF.rawValue), route.interface)
            request.put(Int(RTA_TABLE.rawValue), route.table)
        }
    }

    /// Packets sent from `source` are routed by `table`, or silently dropped if `table` is nil.
    ///
    /// - Parameter priority: rules are tried in rising order.
    package static func addRule(from source: IPAddress, table: UInt32?, priority: UInt32) -> Request {
        let header = fib_rule_hdr(
            family: UInt8(source.familyNumber), dst_len: 0, src_len: source.bits, tos: 0,
            table: UInt8(clamping: table ?? 0), res1: 0, res2: 0,
            action: UInt8(table == nil ? FR_ACT_BLACKHOLE : FR_ACT_TO_TBL), flags: 0)
        return Request(
            "add the rule for what \(source) sends", type: Int(RTM_NEWRULE), flags: NLM_F_CREATE | NLM_F_EXCL,
            header: header
        ) { request in
            request.put(Int(FRA_SRC), source)
            request.put(Int(FRA_PRIORITY), priority)
            if let table { request.put(Int(FRA_TABLE), table) }
        }
    }
}
