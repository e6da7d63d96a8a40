// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import Pcap
import Quantities
import SystemPackage
import Testing

/// A directory that is removed with this value, together with everything in it.
final class ScratchDirectory {
    let path: FilePath

    init() throws {
        var template = Array("/tmp/walkback-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Fault(.failed, "no scratch directory: \(String(cString: strerror(errno)))")
        }
        path = FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    func file(_ name: String) -> FilePath { path.appending(name) }

    func write(_ name: String, _ text: String) throws {
        let descriptor = try FileDescriptor.open(
            file(name), .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        _ = try descriptor.closeAfter { try descriptor.writeAll(text.utf8) }
    }

    deinit {
        if let directory = opendir(path.string) {
            while let entry = readdir(directory) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                    tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                unlink(path.appending(name).string)
            }
            closedir(directory)
        }
        rmdir(path.string)
    }
}

/// Packets as a phone's interface would see them.
struct PacketMaker {
    static let start: Int64 = 1_700_000_000
    static let near: [UInt8] = [10, 0, 0, 2]
    static let far: [UInt8] = [10, 9, 0, 1]

    /// Raw IPv4 and TCP with timestamps; the far host uses port 443.
    ///
    /// - Parameter multipath: options of Multipath TCP, copied as they are.
    static func tcp(
        outbound: Bool, sequence: UInt32, acknowledgement: UInt32 = 0, flags: UInt8 = 0x10, payload: Int = 0,
        stamp: UInt32 = 1, echo: UInt32 = 1, maximumSegment: UInt16? = nil, nearPort: Int = 40000,
        multipath: [UInt8] = []
    ) -> [UInt8] {
        func two(_ value: Int) -> [UInt8] { [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)] }
        func four(_ value: UInt32) -> [UInt8] { two(Int(value >> 16)) + two(Int(value & 0xffff)) }
        var options: [UInt8] = [1, 1, 8, 10]
        options += four(stamp)
        options += four(echo)
        if let maximumSegment {
            options += [2, 4]
            options += two(Int(maximumSegment))
        }
        options += multipath
        options += [UInt8](repeating: 1, count: (4 - options.count % 4) % 4)
        let headers = 40 + options.count
        var bytes: [UInt8] = [0x45, 0]
        bytes += two(headers + payload)
        bytes += [0, 0, 0x40, 0, 64, 6, 0, 0]
        bytes += outbound ? near : far
        bytes += outbound ? far : near
        bytes += outbound ? two(nearPort) + two(443) : two(443) + two(nearPort)
        bytes += four(sequence)
        bytes += four(acknowledgement)
        bytes += [UInt8((20 + options.count) / 4) << 4, flags, 0xff, 0xff, 0, 0, 0, 0]
        return bytes + options
    }

    /// An ICMP echo request or its reply.
    static func echo(outbound: Bool, sequence: UInt8) -> [UInt8] {
        let head: [UInt8] = [0x45, 0, 0, 84, 0, 0, 0x40, 0, 64, 1, 0, 0]
        let addresses = outbound ? near + far : far + near
        return head + addresses + [outbound ? 8 : 0, 0, 0, 0, 0, 7, 0, sequence]
    }
}

/// Writes a capture of one interface.
struct CaptureMaker: ~Copyable {
    private var writer: PcapngWriter
    private let interface: Int
    private let saysDirection: Bool
    private let start: Int64

    /// - Parameter start: the walk's start, in seconds since 1970.
    init(_ path: FilePath, name: String, saysDirection: Bool = true, start: Int64 = PacketMaker.start) throws {
        self.start = start
        // Complete before it is stored: a value that cannot be copied cannot be released half initialised.
        var writer = try PcapngWriter(to: CaptureFile(creating: path))
        interface = try writer.addInterface(CaptureInterface(name: name, linkType: .raw, snapLength: ByteCount(128)))
        self.writer = writer
        self.saysDirection = saysDirection
    }

    /// - Parameters:
    ///   - seconds: the time since the walk's start.
    ///   - length: the length on the wire, if it is not what the IP header says.
    mutating func add(_ packet: [UInt8], at seconds: Double, outbound: Bool, length: Int? = nil) throws {
        let claimed = Int(packet[2]) << 8 | Int(packet[3])
        let time = start * 1_000_000_000 + Int64((seconds * 1e9).rounded())
        let direction: PacketDirection = outbound ? .outbound : .inbound
        try packet.withUnsafeBytes {
            try writer.write(
                $0, originalLength: ByteCount(Int64(length ?? claimed)), time: Timestamp(nanoseconds: time),
                interface: interface, direction: saysDirection ? direction : .unknown)
        }
    }

    mutating func finish() throws { try writer.flush() }

    /// A download over a link of a fixed rate: a packet of 1500 bytes at a time, acknowledged at once.
    ///
    /// - Parameters:
    ///   - rate: the link's rate in Mb/s.
    ///   - queue: how long each packet waits, in seconds, in addition to the path's 40 ms.
    mutating func download(
        from start: Double, to end: Double, rate: Double, queue: Double, sequence: inout UInt32
    ) throws {
        let interval = 1500 * 8 / (rate * 1e6)
        var time = start
        // Sums of intervals are not exact; half an interval makes sure that the last packet comes before the end.
        while time < end - interval / 2 {
            let echo = UInt32(max(0, (time - 0.04 - queue) * 1000))
            try add(
                PacketMaker.tcp(outbound: false, sequence: sequence, payload: 1448, stamp: 9, echo: echo), at: time,
                outbound: false)
            sequence &+= 1448
            try add(
                PacketMaker.tcp(
                    outbound: true, sequence: 2, acknowledgement: sequence, stamp: UInt32(time * 1000), echo: 9),
                at: time, outbound: true)
            time += interval
        }
    }

    /// A handshake that takes 40 ms.
    mutating func connect(at time: Double) throws {
        try add(
            PacketMaker.tcp(
                outbound: true, sequence: 1, flags: 2, stamp: UInt32(time * 1000), echo: 0, maximumSegment: 1460),
            at: time, outbound: true)
        try add(
            PacketMaker.tcp(
                outbound: false, sequence: 999, acknowledgement: 2, flags: 0x12, stamp: 9, echo: UInt32(time * 1000),
                maximumSegment: 1460), at: time + 0.04, outbound: false)
    }
}
