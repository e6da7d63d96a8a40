// SPDX-License-Identifier: Apache-2.0
import CLinux
import Determinism
import Glibc
import KernelTier
import Lab
import Netlink
import Plans
import Quantities
import System
import SystemPackage
import Strategies
import Testing
import Traces
import Traffic

/// Subflows that come and go, and many connections. A kernel from `Kernel/build --debug` watches its locks and its
/// memory meanwhile; any kernel reports what is badly wrong.
@Suite(.kernelTier, .serialized) struct `Coupled subflows` {
    /// Two paths, with three subflows on the second.
    private func lab(
        seconds: Int, rate: DataRate = .megabitsPerSecond(20), queue: ByteCount = ByteCount(50_000)
    ) throws -> (lab: Lab, plan: RunPlan) {
        let directory = FilePath("/dev/walkback")
        for direction in Direction.allCases {
            let table = LinkTable(
                curve: Curve(rates: [(time: .zero, rate: rate)], end: .seconds(seconds)),
                conditions: [.init(time: .zero, delay: .milliseconds(5), loss: 0.001)], queue: queue,
                overhead: .zero)
            let file = try FileDescriptor.open(
                directory.appending("stress.\(direction.rawValue).link"), .writeOnly, options: [.create, .truncate],
                permissions: .ownerReadWrite)
            try file.closeAfter { _ = try file.writeAll(table.encoded()) }
        }
        let paths = [("first", 1), ("second", 3)].map { name, subflows in
            RunPlan.Path(
                name: name, kind: .other, downTable: "stress.down.link", upTable: "stress.up.link",
                attachments: [.init(time: .zero, attached: true)], subflows: subflows)
        }
        let plan = try RunPlan(
            id: "stress.1", strategy: .mptcp, seed: 1, paths: paths, offset: .zero, duration: .seconds(seconds),
            workload: Workload(), transport: Transport(), mobility: Mobility())
        return (try Lab(plan: plan, directory: directory, bins: 1, mptcpEndpoints: true), plan)
    }

    private func connect(_ transfer: Transfer, _ lab: Lab, control: String) throws {
        let socket = try lab.mobile.run {
            let socket = try StreamSocket(.mptcp, congestionControl: control)
            try socket.bind(to: lab.mobileAddress(of: 0))
            return socket
        }
        try transfer.connect(socket, to: lab.serverAddress(for: 0))
    }

    /// Turns the loop for `span` and reads as an application would.
    private func run(_ loop: EventLoop, _ transfers: [Transfer], for span: Duration) throws {
        let tick = try MonotonicTimer(first: SystemClock.monotonic, interval: .milliseconds(10))
        var ticks = 0
        try loop.watch(tick.descriptor, for: .readable) { _ in
            ticks += tick.expirations
            for transfer in transfers { _ = transfer.drain() }
        }
        while ticks < Int(span / .milliseconds(10)) { try loop.turn() }
        loop.ignore(tick.descriptor)
    }

    /// Runs `body` and expects that it left nothing behind and that the kernel logged no warning.
    private func watch(_ body: () throws -> Void) throws {
        let log = try KernelLog()
        let trace: CoupledTrace
        do {
            trace = try CoupledTrace(groups: true) {
                try body()
                // A connection that nobody holds any more may wait for a peer that is gone, but not longer than twice
                // close_timeout.
                usleep(150_000_000)
            }
        } catch {
            _ = try log.finish()
            throw error
        }
        let complaints = try log.finish().filter { $0.level <= 4 }
        #expect(complaints.isEmpty, "\(complaints.map(\.text).prefix(40))")
        #expect(trace.groups.made > 0 && trace.groups.made == trace.groups.gone, "\(trace.groups)")
    }

    @Test(arguments: ["lia", "olia"]) func `come and go a thousand times in one connection`(control: String) throws {
        try watch {
            let (lab, _) = try lab(seconds: 600)
            let loop = try EventLoop()
            let server = try lab.server.run {
                try PayloadServer(loop: loop, port: 5001, transport: .mptcp, congestionControl: control)
            }
            defer { server.close() }
            let now = SystemClock.monotonic
            lab.start(traceZero: now, binsStart: now)
            let transfer = try Transfer(loop: loop, workload: Workload(), seed: 1, port: 5001)
            try connect(transfer, lab, control: control)
            try run(loop, [transfer], for: .milliseconds(500))
            var most = 0
            // Some SYNs are lost, and their subflows with them.
            for _ in 0..<345 {
                try lab.use(1, as: .none)
                try run(loop, [transfer], for: .milliseconds(30))
                try lab.use(1, as: .full)
                try run(loop, [transfer], for: .milliseconds(100))
                most = max(most, server.client(1).socket?.subflows.count ?? 0)
            }
            let joins = try lab.counters()["server.MPTcpExt.MPJoinAckRx"] ?? 0
            print("\(control): \(joins) subflows came, \(transfer.received) bytes")
            #expect(joins >= 1000)
            #expect(most == 4)
            #expect(transfer.received > 10_000_000 && transfer.firstDifference == nil)
            #expect(transfer.socket?.information.is_mptcp == 1)
            transfer.abandon()
        }
    }

    @Test(arguments: ["lia", "olia"]) func `of a hundred connections at once get along`(control: String) throws {
        try watch {
            // There is room for 400 subflows: in a short queue some would get nothing as long as this lasts.
            let (lab, _) = try lab(seconds: 600, rate: .megabitsPerSecond(50), queue: ByteCount(1_000_000))
            let loop = try EventLoop()
            let server = try lab.server.run {
                try PayloadServer(loop: loop, port: 5001, transport: .mptcp, congestionControl: control)
            }
            defer { server.close() }
            let now = SystemClock.monotonic
            lab.start(traceZero: now, binsStart: now)
            let transfers = try (1...100).map {
                try Transfer(loop: loop, workload: Workload(), seed: UInt64($0), port: 5001)
            }
            // Not more at a time than fit the server's queue of new connections.
            for first in stride(from: 0, to: 100, by: 20) {
                for transfer in transfers[first..<first + 20] { try connect(transfer, lab, control: control) }
                try run(loop, transfers, for: .milliseconds(200))
            }
            try run(loop, transfers, for: .seconds(5))
            for _ in 0..<7 {
                try lab.use(1, as: .none)
                try run(loop, transfers, for: .milliseconds(500))
                try lab.use(1, as: .full)
                try run(loop, transfers, for: .seconds(2))
            }
            let joins = try lab.counters()["server.MPTcpExt.MPJoinAckRx"] ?? 0
            print("\(control): 100 connections, \(joins) joins, \(transfers.map(\.received).reduce(0, +)) bytes")
            #expect(joins >= 1000)
            let idle = transfers.filter { $0.received == 0 || $0.firstDifference != nil }
            #expect(idle.isEmpty, "\(idle.map { "\($0.seed): \($0.state), \($0.received)" })")
            for transfer in transfers { transfer.abandon() }
        }
    }
}
