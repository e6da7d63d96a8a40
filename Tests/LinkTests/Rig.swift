// SPDX-License-Identifier: Apache-2.0
import Glibc
import Link
import Netlink
import Quantities
import SystemPackage
import Testing
import Traces

/// Three namespaces in a row, in one process: packets sent by `sender` cross the link between `access` and `far`.
///
///     sender ── access ══ link ══ far
///
/// A meter where they enter `access` sees them at the instant at which they reach the shaper.
final class Rig {
    let link: Link
    /// Only its meter is used.
    let entrance: Link
    /// In nanoseconds of the kernel's monotonic clock.
    let traceZero: Int64
    private let network: RigNetwork
    private let socket: Int32
    private let sink: Int32
    private var payload = [UInt8](repeating: 0, count: 1472)

    /// - Parameters:
    ///   - zeroIn: the time from now until trace zero, where the bins start.
    ///   - packets: the number of packets that the logs have room for.
    init(
        _ table: MemoryFile, jitter: Duration = .zero, seed: UInt64 = 0, span: Duration, packets: Int,
        zeroIn: Duration = .seconds(1)
    ) throws {
        let bins = Int(span.wholeNanoseconds / 10_000_000)
        let link = try table.withPath {
            try Link(tableFile: $0, jitter: jitter, seed: seed, bins: bins, packetLog: packets)
        }
        let entrance = try MemoryFile(Self.nothing.encoded()).withPath {
            try Link(tableFile: $0, jitter: .zero, seed: 0, bins: 1, packetLog: packets)
        }
        let network = try RigNetwork()
        try network.access.run {
            try entrance.attachMeter(interfaceIndex: RigNetwork.entryIndex)
            try link.attachShaper(interfaceIndex: RigNetwork.exitIndex)
        }
        sink = try network.far.run {
            try link.attachMeter(interfaceIndex: RigNetwork.endIndex)
            return try Self.datagramSocket(bound: true)
        }
        socket = try network.sender.run { try Self.datagramSocket(bound: false) }
        self.link = link
        self.entrance = entrance
        self.network = network
        traceZero = Rig.now + zeroIn.wholeNanoseconds
        link.start(traceZero: traceZero, binsStart: traceZero)
        // The interfaces notice each other's carrier a moment after they are up.
        sleep(until: -zeroIn.wholeNanoseconds / 2)
    }

    convenience init(
        _ table: LinkTable, jitter: Duration = .zero, seed: UInt64 = 0, span: Duration, packets: Int
    ) throws {
        try self.init(try MemoryFile(table.encoded()), jitter: jitter, seed: seed, span: span, packets: packets)
    }

    deinit {
        close(socket)
        close(sink)
    }

    private static let nothing = LinkTable(
        curve: Curve(shape: .linear, points: []), conditions: [.init(time: .zero, delay: .zero, loss: 0)],
        queue: .zero, overhead: .zero)

    static var now: Int64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }

    /// Sleeps until an instant given in nanoseconds since trace zero.
    func sleep(until time: Int64) {
        let instant = traceZero + time
        var wake = timespec(tv_sec: Int(instant / 1_000_000_000), tv_nsec: Int(instant % 1_000_000_000))
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &wake, nil)
    }

    /// Sends one packet of `length` IP bytes now.
    func send(length: Int) throws {
        let sent = payload.withUnsafeBytes { bytes in
            RigNetwork.withFarAddress { Glibc.sendto(socket, bytes.baseAddress, length - 28, 0, $0, $1) }
        }
        try #require(sent == length - 28, "sendto: \(String(cString: strerror(errno)))")
    }

    /// Offers `rate` in packets of `length` IP bytes from trace zero until `end`, in bursts every `every`.
    func overload(rate: DataRate, length: Int, until end: Duration, every: Duration = .milliseconds(5)) throws {
        var sent: Int64 = 0
        var time: Int64 = 0
        while time < end.wholeNanoseconds {
            sleep(until: time)
            let due = rate.bytes(in: .nanoseconds(time) + every).bytes
            while sent < due {
                try send(length: length)
                sent += Int64(length)
            }
            time += every.wholeNanoseconds
        }
    }

    /// What reached the shaper, in nanoseconds since trace zero.
    var offered: [(time: Int64, length: Int)] { entrance.packetLog.map { ($0.time - traceZero, $0.length) } }

    /// What reached the far end, in nanoseconds since trace zero.
    var arrived: [(time: Int64, length: Int)] { link.packetLog.map { ($0.time - traceZero, $0.length) } }

    func emptyQueue() throws {
        try network.emptyQueue()
    }

    /// Packets that fq itself dropped or sent too early since the rig was built or its queue was last emptied.
    func queueViolations() throws -> Int64 {
        try network.queueViolations()
    }

    private static func datagramSocket(bound: Bool) throws -> Int32 {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        try #require(socket >= 0)
        if bound {
            let result = RigNetwork.withFarAddress { Glibc.bind(socket, $0, $1) }
            try #require(result == 0, "bind: \(String(cString: strerror(errno)))")
        }
        return socket
    }
}

/// A file in memory: the guest's own file system may be read-only.
final class MemoryFile {
    private let descriptor: Int32

    init(_ bytes: [UInt8]) throws {
        // GNU-only, so Glibc's module does not have it.
        typealias MemoryFileMaker = @convention(c) (UnsafePointer<CChar>, UInt32) -> Int32
        let maker = try #require(dlsym(nil, "memfd_create"))
        descriptor = unsafeBitCast(maker, to: MemoryFileMaker.self)("table", 0)
        try #require(descriptor >= 0, "memfd_create: \(String(cString: strerror(errno)))")
        try append(bytes)
    }

    deinit {
        close(descriptor)
    }

    func append(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            try #require(count > 0)
            rest = rest.dropFirst(count)
        }
    }

    /// A file that is opened by this path is read from its start.
    func withPath<Result>(_ body: (FilePath) throws -> Result) rethrows -> Result {
        try body(FilePath("/proc/self/fd/\(descriptor)"))
    }
}
