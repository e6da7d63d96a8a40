// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import KernelTier
import Plans
import Quantities
import SystemPackage
import Strategies
import Testing
import Traces

@testable import Lab
@testable import Netlink

/// A lab for a test, with link tables made for it.
final class LabRig {
    let lab: Lab
    let plan: RunPlan
    private let directory: String
    private(set) var sockets: [String: TestSocket] = [:]

    /// Every link carries `rate` for an hour, with a delay of 10 ms.
    init(
        _ families: [RunPlan.AddressFamily], rate: DataRate = .megabitsPerSecond(10),
        queue: ByteCount = ByteCount(100_000),
        endpoints: Bool = false, change: (inout RunPlan) -> Void = { _ in }
    ) throws {
        let temporary = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(temporary)/walkback-lab.XXXXXX".utf8CString)
        let made = try #require(mkdtemp(&template))
        directory = String(cString: made)
        let table = LinkTable(
            curve: Curve(rates: [(.zero, rate)], end: .seconds(3600)),
            conditions: [LinkTable.Condition(time: .zero, delay: .milliseconds(10), loss: 0)], queue: queue,
            overhead: .zero)
        let file = try FileDescriptor.open(
            FilePath("\(directory)/table"), .writeOnly, options: [.create], permissions: .ownerReadWrite)
        try file.closeAfter { _ = try file.writeAll(table.encoded()) }
        var plan = try RunPlan(
            id: "test.1", strategy: .mptcp, seed: 1,
            paths: families.enumerated().map { index, family in
                RunPlan.Path(
                    name: "path\(index + 1)", kind: .other, family: family, downTable: "table", upTable: "table",
                    attachments: [RunPlan.Attachment(time: .zero, attached: true)])
            }, offset: .zero, duration: .seconds(60), workload: Workload(), transport: Transport(), mobility: Mobility()
        )
        change(&plan)
        self.plan = plan
        lab = try Lab(plan: plan, directory: FilePath(directory), bins: 6000, mptcpEndpoints: endpoints)
        // A worker of the kernel notices carriers; give it time to run.
        usleep(1000)
    }

    deinit {
        unlink("\(directory)/table")
        rmdir(directory)
    }

    /// Makes this instant trace time zero and the beginning of bin 0.
    func start() {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let nanoseconds = Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
        lab.start(traceZero: nanoseconds, binsStart: nanoseconds)
    }

    func mobileAddress(_ path: Int, _ family: IPAddress.Family) throws -> String {
        try #require(lab.mobileAddress(of: path, family)).description
    }

    func serverAddress(_ family: IPAddress.Family) throws -> String {
        try #require(lab.serverAddress(family)).description
    }

    func mobileSocket(_ path: Int, _ family: IPAddress.Family = .v4) throws -> TestSocket {
        try lab.mobile.run { try TestSocket(.datagram, on: try mobileAddress(path, family), port: 7) }
    }

    func serverSocket(_ family: IPAddress.Family = .v4) throws -> TestSocket {
        try lab.server.run { try TestSocket(.datagram, on: try serverAddress(family), port: 7) }
    }

    /// ICMP messages that either end has received, of both families.
    func receivedControlMessages() throws -> Int64 {
        try [lab.mobile, lab.server].reduce(0) { sum, end in
            let counters = try end.run { try ProtocolCounters.read() }
            return sum + (counters["Icmp.InMsgs"] ?? 0) + (counters["Icmp6.InMsgs"] ?? 0)
        }
    }

    /// ICMP messages that access and core have sent.
    func routersControlMessages() throws -> Int64 {
        let routers = [lab.core] + plan.paths.indices.map { lab.access($0) }
        return try routers.reduce(0) { sum, router in
            let counters = try router.run { try ProtocolCounters.read() }
            return sum + (counters["Icmp.OutMsgs"] ?? 0) + (counters["Icmp6.OutMsgs"] ?? 0)
        }
    }
}

extension RunPlan.AddressFamily {
    var all: [IPAddress.Family] {
        switch self {
        case .ipv4: [.v4]
        case .ipv6: [.v6]
        case .both: [.v4, .v6]
        }
    }
}
