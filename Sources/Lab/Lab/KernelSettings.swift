// SPDX-License-Identifier: Apache-2.0
import Documents
import Netlink
import Plans
import Quantities
import SystemPackage

/// The kernel settings of the lab: those that would otherwise depend on the machine's memory, its configuration or
/// chance.
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

    /// Settings of every namespace, made before it has interfaces.
    private static let everywhere = [
        ("net.ipv4.conf.all.rp_filter", "0"),
        ("net.ipv4.conf.default.rp_filter", "0"),
        // The lab configures its own addresses, routers and neighbours, because link-local traffic would use the links.
        ("net.ipv6.conf.default.addr_gen_mode", "1"),
        ("net.ipv6.conf.default.accept_ra", "0"),
        ("net.ipv6.conf.default.router_solicitations", "0"),
    ]

    /// A host-unreachable from a router would turn off TCP's RTO backoff (RFC 6069) and falsify every outage. Known
    /// neighbours, complete routes and one MTU leave routers no reason to send one. As a further safeguard, routers may
    /// send only one error of each kind per day, and not even the first one.
    private static let routers = [
        ("net.ipv4.conf.all.send_redirects", "0"),
        ("net.ipv4.conf.default.send_redirects", "0"),
        // Unreachable (3), quench (4), redirect (5), time exceeded (11), parameter problem (12): 2^3 + … + 2^12.
        ("net.ipv4.icmp_ratemask", "6200"),
        ("net.ipv4.icmp_ratelimit", "86400000"),
        ("net.ipv6.icmp.ratelimit", "86400000"),
    ]

    private static let forwarding = [("net.ipv4.ip_forward", "1"), ("net.ipv6.conf.all.forwarding", "1")]

    /// Turns these namespaces into routers. Their interfaces must already exist: an interface created in an IPv6 router
    /// joins the all-routers group, and would report that on our links.
    static func forward(_ routers: [Namespace]) throws {
        for router in routers {
            try router.run {
                for (name, value) in forwarding { try set(name, value) }
            }
        }
    }

    /// Values in the order minimum, default, maximum. Autotuning starts at the default.
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

    /// Settings of the kernel as a whole, made only if the kernel is ours alone.
    private static let global = [
        // In pages: 1 GB before TCP feels memory pressure, however much memory there is.
        ("net.ipv4.tcp_mem", "262144 349525 524288"),
        // Packets between two interfaces of the lab; a burst from a queue that opens may contain many.
        ("net.core.netdev_max_backlog", "100000"),
    ]

    /// Settings that are not ours to choose but that results depend on.
    private static let reported = [
        "net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_sack", "net.ipv4.tcp_retries2", "net.mptcp.close_timeout",
        "net.mptcp.enabled", "net.mptcp.scheduler", "net.mptcp.stale_loss_cnt",
    ]

    /// Applies all settings.
    ///
    /// - Returns: the settings that results depend on, with the values in force.
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

    /// Applies what the replay sets for MPTCP, in the present namespace.
    private func setMPTCP() throws {
        if let scheduler {
            let offered = try SystemControl.value(of: "net.mptcp.available_schedulers")
            if let offered, !offered.split(separator: " ").contains(Substring(scheduler)) {
                throw Fault(
                    .missingFeature, "this kernel has no MPTCP scheduler '\(scheduler)'; choose from: \(offered)")
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
            throw Fault(
                .missingFeature,
                "this kernel has no \(what): \(error); use another kernel, or leave it out of the replay")
        }
    }

    /// Applies a setting; a kernel without IPv6 lacks IPv6's settings and needs none.
    private static func set(_ name: String, _ value: String) throws {
        if name.hasPrefix("net.ipv6."), try SystemControl.value(of: name) == nil { return }
        try SystemControl.set(name, to: value)
    }

    /// Whether this is a user-mode kernel that was started for this run.
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
