// SPDX-License-Identifier: Apache-2.0
import CLinux
import Documents
import KernelTier
import Lab
import Netlink
import Plans
import Quantities
import SystemPackage
import Strategies
import Testing
import Traces

@testable import System
@testable import Traffic

/// A reader that takes everything as it arrives.
private final class EagerReader {
    private(set) var taken = 0
    private let loop: EventLoop
    private var buffer = [UInt8](repeating: 0, count: 1 << 20)
    private var socket: StreamSocket?

    init(loop: EventLoop) {
        self.loop = loop
    }

    /// - Parameter request: sent first, once there is a connection.
    func read(_ socket: StreamSocket, request: PayloadRequest?) throws {
        self.socket = socket
        var request = request
        try loop.watch(socket.descriptor, for: [.readable, .writable]) { [unowned self] _ in
            if let bytes = request?.encoded {
                request = nil
                _ = bytes.withUnsafeBytes(socket.send)
            }
            while case .bytes(let count) = buffer.withUnsafeMutableBytes(socket.receive) { taken += count }
        }
    }
}

/// Transfers over one steady link in the guest.
@Suite(.kernelTier, .serialized) struct `An application on the lab's hosts` {
    private func lab(rate: Double, seconds: Int) throws -> Lab {
        let directory = FilePath("/dev/walkback")
        let duration = Duration.seconds(seconds + 2)
        for direction in ["down", "up"] {
            let table = LinkTable(
                curve: Curve(rates: [(time: .zero, rate: .megabitsPerSecond(rate))], end: duration),
                conditions: [.init(time: .zero, delay: .milliseconds(10), loss: 0)],
                // Enough for 100 ms.
                queue: ByteCount(Int64(rate * 1e6 / 8 / 10)), overhead: .zero)
            let file = try FileDescriptor.open(
                directory.appending("reader.\(direction).link"), .writeOnly, options: [.create, .truncate],
                permissions: .ownerReadWrite)
            try file.closeAfter { _ = try file.writeAll(table.encoded()) }
        }
        let path = RunPlan.Path(
            name: "wifi", kind: .wifi, downTable: "reader.down.link", upTable: "reader.up.link",
            attachments: [.init(time: .zero, attached: true)])
        let plan = try RunPlan(
            id: "reader.1", strategy: .tcp(path: "wifi"), seed: 1, paths: [path], offset: .zero,
            duration: .seconds(seconds), workload: Workload(), transport: Transport(), mobility: Mobility())
        return try Lab(plan: plan, directory: directory, bins: 1, mptcpEndpoints: false)
    }

    private func server(_ transport: TransportProtocol, _ lab: Lab, _ loop: EventLoop) throws -> PayloadServer {
        try lab.server.run {
            try PayloadServer(loop: loop, port: 5001, transport: transport, congestionControl: "cubic")
        }
    }

    private func socket(_ transport: TransportProtocol, _ lab: Lab) throws -> StreamSocket {
        try lab.mobile.run {
            let socket = try StreamSocket(transport, congestionControl: "cubic")
            try socket.bind(to: lab.mobileAddress(of: 0))
            return socket
        }
    }

    /// The bytes of 20 s. A draining reader sleeps 10 ms at a time; the other one wakes for everything that arrives.
    private func delivered(_ direction: Direction, rate: Double, draining: Bool) throws -> Int {
        let seconds = 20
        let lab = try lab(rate: rate, seconds: seconds)
        let loop = try EventLoop()
        let server = try server(.tcp, lab, loop)
        defer { server.close() }
        let zero = SystemClock.monotonic + 1_000_000_000
        lab.start(traceZero: zero, binsStart: zero)
        let tick = try MonotonicTimer(first: zero, interval: .milliseconds(10))
        let port: UInt16 = direction == .up && !draining ? 5002 : 5001
        let transfer = try Transfer(loop: loop, workload: .bulk(direction), seed: 1, port: port)
        let eager = EagerReader(loop: loop)
        var (ticks, taken) = (0, 0)
        try loop.watch(tick.descriptor, for: .readable) { _ in
            let count = tick.expirations
            guard count > 0 else { return }
            ticks += count
            if draining { taken += direction == .down ? transfer.drain() : server.client(1).drain() }
        }
        let listener = try lab.server.run { try StreamSocket(.tcp, congestionControl: "cubic") }
        try listener.listen(on: "::", port: 5002)
        try loop.watch(listener.descriptor, for: .readable) { _ in
            if let socket = listener.accept() { try? eager.read(socket, request: nil) }
        }
        while ticks == 0 { try loop.turn() }
        let socket = try socket(.tcp, lab)
        if direction == .up || draining {
            try transfer.connect(socket, to: lab.serverAddress(for: 0))
        } else {
            var request = PayloadRequest(seed: 1)
            request.end = .max
            #expect(socket.connect(to: lab.serverAddress(for: 0), port: port) == nil)
            try eager.read(socket, request: request)
        }
        while ticks < seconds * 100 { try loop.turn() }
        transfer.abandon()
        return draining ? taken : eager.taken
    }

    @Test(arguments: [Direction.down, .up], [8.0, 50.0])
    func `costs TCP nothing by sleeping 10 ms at a time`(direction: Direction, rate: Double) throws {
        let eager = try delivered(direction, rate: rate, draining: false)
        let drained = try delivered(direction, rate: rate, draining: true)
        let difference = Double(drained - eager) / Double(eager)
        print("\(direction) \(rate) Mb/s: \(drained) bytes drained, \(eager) read as they come: \(difference * 100) %")
        #expect(eager > Int(rate * 1e6 / 8 * 18))
        #expect(abs(difference) <= 0.002)
    }

    @Test func `sees that a server without MPTCP made it fall back`() throws {
        for transport in [TransportProtocol.tcp, .mptcp] {
            let lab = try lab(rate: 8, seconds: 5)
            let loop = try EventLoop()
            let server = try server(transport, lab, loop)
            defer { server.close() }
            let transfer = try Transfer(loop: loop, workload: Workload(), seed: 1, port: 5001)
            try transfer.connect(try socket(.mptcp, lab), to: lab.serverAddress(for: 0))
            while transfer.state == .connecting { try loop.turn() }
            #expect(transfer.state == .established)
            #expect(transfer.socket?.information.is_mptcp == (transport == .mptcp ? 1 : 0))
            transfer.abandon()
        }
    }

    @Test func `is told where the kernel has no MPTCP`() throws {
        let lab = try lab(rate: 8, seconds: 5)
        try lab.mobile.run {
            let file = try FileDescriptor.open("/proc/sys/net/mptcp/enabled", .writeOnly)
            try file.closeAfter { _ = try file.writeAll("0".utf8) }
        }
        let fault = #expect(throws: Fault.self) { try socket(.mptcp, lab) }
        #expect(fault?.code == .missingFeature)
        #expect(fault?.message.contains("no Multipath TCP") == true)
    }
}
