import KernelTier
import Lab
import Runs
import SystemPackage
import Testing
import Traces
import Units

@testable import Traffic

/// Over one steady link in the guest.
@Suite(.kernelTier, .serialized) struct `An application on the lab's hosts` {
    private func lab(rate: Double, seconds: Int) throws -> Lab {
        let directory = FilePath("/dev/walkback")
        let duration = Duration.seconds(seconds + 2)
        for (direction, rate) in [("down", rate), ("up", rate / 3)] {
            let table = LinkTable(
                curve: Curve(rates: [(time: .zero, rate: .megabitsPerSecond(rate))], end: duration),
                conditions: [.init(time: .zero, delay: .milliseconds(10), loss: 0)],
                // 100 ms
                queue: ByteCount(Int64(rate * 1e6 / 8 / 10)), overhead: .zero)
            let file = try FileDescriptor.open(
                directory.appending("reader.\(direction).link"), .writeOnly, options: [.create, .truncate],
                permissions: .ownerReadWrite)
            try file.closeAfter { _ = try file.writeAll(table.encoded()) }
        }
        let path = RunPlan.Path(
            name: "wifi", kind: .wifi, downTable: "reader.down.link", upTable: "reader.up.link",
            attachments: [.init(time: .zero, attached: true)])
        let plan = RunPlan(
            id: "reader.1", strategy: .tcp(path: "wifi"), seed: 1, paths: [path], offset: .zero,
            duration: .seconds(seconds), workload: Workload(), transport: Transport(), mobility: Mobility())
        return try Lab(plan: plan, directory: directory, bins: 1, mptcpEndpoints: false)
    }

    private func server(_ transport: TransportProtocol, _ lab: Lab, _ loop: EventLoop) throws -> PayloadServer {
        try lab.server.run {
            try PayloadServer(
                loop: loop, stream: PayloadStream(seed: 1), transport: transport, congestionControl: "cubic")
        }
    }

    private func socket(_ transport: TransportProtocol, _ lab: Lab) throws -> StreamSocket {
        try lab.mobile.run {
            let socket = try StreamSocket(transport, congestionControl: "cubic")
            try socket.bind(to: lab.mobileAddress(of: 0))
            return socket
        }
    }

    /// Bytes in 20 s. A draining reader sleeps 10 ms at a time; the other one wakes for everything that arrives.
    private func delivered(rate: Double, draining: Bool) throws -> Int {
        let seconds = 20
        let lab = try lab(rate: rate, seconds: seconds)
        let loop = try EventLoop()
        let server = try server(.tcp, lab, loop)
        defer { server.close() }
        let zero = MonotonicTimer.now + 1_000_000_000
        lab.start(traceZero: zero, binsStart: zero)
        let tick = try MonotonicTimer(first: zero, interval: .milliseconds(10))
        let download = Download(loop: loop, stream: PayloadStream(seed: 1), size: nil)
        let eager = try socket(.tcp, lab)
        var (ticks, taken) = (0, 0)
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        try loop.watch(tick.descriptor, for: .readable) { _ in
            let count = tick.expirations
            guard count > 0 else { return }
            ticks += count
            if draining { taken += download.drain() }
        }
        func readAll() {
            while case .bytes(let count) = buffer.withUnsafeMutableBytes(eager.receive) { taken += count }
        }
        while ticks == 0 { try loop.turn() }
        if draining {
            try download.connect(try socket(.tcp, lab), to: lab.serverAddress(for: 0))
        } else {
            #expect(eager.connect(to: lab.serverAddress(for: 0), port: PayloadServer.port) == nil)
            var asked = false
            try loop.watch(eager.descriptor, for: [.readable, .writable]) { _ in
                if !asked {
                    asked = true
                    _ = PayloadServer.Request(offset: 0, end: .max).encoded.withUnsafeBytes(eager.send)
                }
                readAll()
            }
        }
        while ticks < seconds * 100 { try loop.turn() }
        if draining { download.abandon() } else { loop.ignore(eager.descriptor) }
        return taken
    }

    @Test(arguments: [8.0, 50.0]) func `costs TCP nothing by sleeping 10 ms at a time`(rate: Double) throws {
        let eager = try delivered(rate: rate, draining: false)
        let drained = try delivered(rate: rate, draining: true)
        let difference = Double(drained - eager) / Double(eager)
        print("\(rate) Mb/s: \(drained) bytes drained, \(eager) read as they come: \(difference * 100) %")
        #expect(eager > Int(rate * 1e6 / 8 * 18))
        #expect(abs(difference) <= 0.002)
    }

    @Test func `sees that a server without MPTCP made it fall back`() throws {
        for transport in [TransportProtocol.tcp, .mptcp] {
            let lab = try lab(rate: 8, seconds: 5)
            let loop = try EventLoop()
            let server = try server(transport, lab, loop)
            defer { server.close() }
            let download = Download(loop: loop, stream: PayloadStream(seed: 1), size: nil)
            try download.connect(try socket(.mptcp, lab), to: lab.serverAddress(for: 0))
            while download.state == .connecting { try loop.turn() }
            #expect(download.state == .established)
            #expect(download.socket?.information.is_mptcp == (transport == .mptcp ? 1 : 0))
            download.abandon()
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
