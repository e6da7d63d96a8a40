// SPDX-License-Identifier: Apache-2.0
import Documents
import Netlink
import Plans
import Quantities
import SystemPackage

/// The kernel settings of the lab: what would else follow from the machine's memory, its configuration or chance.
struct KernelSettings {
    private let receiveBuffer: Int64
    private let initialReceiveBuffer: Int64
    private let sendBuffer: Int64
    private let scheduler: String?
    private let staleLossCount: Int?

    init(_ plan: RunPlan) {
        scheduler = plan.transport.scheduler
        staleLossCount = plan.transport.staleLossCount
        receiveBuffer = plan.transport.receiveBuffer.bytes
        initialReceiveBuffer = plan.transport.initialReceiveBuffer.bytes
        sendBuffer = plan.transport.sendBuffer.bytes
    }

    /// For every namespace, before it has interfaces.
    private static let everywhere = [
        ("net.ipv4.conf.all.rp_filter", "0"),
        ("net.ipv4.conf.default.rp_filter", "0"),
        // No address, no router and no neighbour but ours: link-local traffic would take its share of the links.
        ("net.ipv6.conf.default.addr_gen_mode", "1"),
        ("net.ipv6.conf.default.accept_ra", "0"),
        ("net.ipv6.conf.default.router_solicitations", "0"),
    ]

    /// A host-unreachable from a router would turn off TCP's RTO backoff (RFC 6069) and falsify every outage. Known
    /// neighbours, complete routes and one MTU leave routers no cause for one; that they may send one error of each
    /// kind in a day, and not the first either, sees to the rest.
    private static let routers = [
        ("net.ipv4.conf.all.send_redirects", "0"),
        ("net.ipv4.conf.default.send_redirects", "0"),
        // Unreachable (3), quench (4), redirect (5), time exceeded (11), parameter problem (12): 2^3 + … + 2^12.
        ("net.ipv4.icmp_ratemask", "6200"),
        ("net.ipv4.icmp_ratelimit", "86400000"),
        ("net.ipv6.icmp.ratelimit", "86400000"),
    ]

    private static let forwarding = [("net.ipv4.ip_forward", "1"), ("net.ipv6.conf.all.forwarding", "1")]

    /// Makes routers of these, whose interfaces must be there already: one that is made in an IPv6 router joins the
    /// group of all routers, and would report that on our links.
    static func forward(_ routers: [Namespace]) throws {
        for router in routers {
            try router.run {
                for (name, value) in forwarding { try set(name, value) }
            }
        }
    }

    /// In the order of minimum, default, maximum. The default is where autotuning starts.
    private var endHosts: [(String, String)] {
        [
            (
                "net.ipv4.tcp_rmem",
                "4096 \(max(4096, min(initialReceiveBuffer, receiveBuffer))) \(max(4096, receiveBuffer))"
            ),
            ("net.ipv4.tcp_wmem", "4096 \(max(4096, min(16_384, sendBuffer))) \(max(4096, sendBuffer))"),
            ("net.ipv4.tcp_no_metrics_save", "1"),
        ]
    }

    /// Of the kernel as a whole, so set only where the kernel is ours alone.
    private static let global = [
        // In pages: 1 GB before TCP feels pressure, whatever the memory.
        ("net.ipv4.tcp_mem", "262144 349525 524288"),
        // Packets between two interfaces of the lab; a burst from a queue that opens may hold many.
        ("net.core.netdev_max_backlog", "100000"),
    ]

    /// Not ours to choose, but results depend on them.
    private static let reported = [
        "net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_sack", "net.ipv4.tcp_retries2", "net.mptcp.close_timeout",
        "net.mptcp.enabled", "net.mptcp.scheduler", "net.mptcp.stale_loss_cnt",
    ]

    /// Sets everything.
    ///
    /// - Returns: what results depend on, with the values in force.
    func apply(endHosts: [Namespace], routers: [Namespace]) throws -> [String: String] {
        var record: [String: String] = [:]
        for namespace in endHosts {
            try namespace.run {
                for (name, value) in Self.everywhere { try Self.set(name, value) }
                for (name, value) in self.endHosts {
                    try SystemControl.set(name, to: value)
                    record[name] = value
                }
                try setMPTCP()
                for name in Self.reported { record[name] = try SystemControl.value(of: name) }
            }
        }
        for namespace in routers {
            try namespace.run {
                for (name, value) in Self.everywhere + Self.routers { try Self.set(name, value) }
            }
        }
        for (name, value) in Self.global {
            if Self.kernelIsOurs { try SystemControl.set(name, to: value) }
            record[name] = try SystemControl.value(of: name)
        }
        return record
    }

    /// What the replay asks of MPTCP, in the present namespace.
    private func setMPTCP() throws {
        if let scheduler {
            let offered = try SystemControl.value(of: "net.mptcp.available_schedulers")
            if let offered, !offered.split(separator: " ").contains(Substring(scheduler)) {
                throw Fault(
                    .missingFeature, "this kernel has no MPTCP scheduler '\(scheduler)'; it has \(offered)")
            }
            try setOffered("net.mptcp.scheduler", scheduler, "MPTCP scheduler '\(scheduler)'")
        }
        if let staleLossCount {
            try setOffered("net.mptcp.stale_loss_cnt", String(staleLossCount), "setting 'stale_loss_cnt'")
        }
    }

    private func setOffered(_ name: String, _ value: String, _ what: String) throws {
        guard try SystemControl.value(of: name) != nil else {
            throw Fault(
                .missingFeature, "this kernel has no \(what); use another kernel, or leave it out of the replay")
        }
        do {
            try SystemControl.set(name, to: value)
        } catch {
            throw Fault(.missingFeature, "this kernel has no \(what): \(error); use another kernel, or leave it out")
        }
    }

    /// A kernel without IPv6 lacks its settings, and needs none.
    private static func set(_ name: String, _ value: String) throws {
        if name.hasPrefix("net.ipv6."), try SystemControl.value(of: name) == nil { return }
        try SystemControl.set(name, to: value)
    }

    /// Whether this is a kernel built for user mode, which was started for this run.
    private static let kernelIsOurs: Bool = {
        guard let file = try? FileDescriptor.open("/proc/cpuinfo", .readOnly, options: .closeOnExec) else {
            return false
        }
        let bytes = try? file.closeAfter {
            try [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
                count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
        }
        return String(decoding: bytes ?? [], as: UTF8.self).contains("User Mode Linux")
    }()
}
