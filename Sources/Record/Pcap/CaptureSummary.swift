// SPDX-License-Identifier: Apache-2.0
import Quantities

/// A capture's contents per interface, summed up while it is read.
package struct CaptureSummary: Sendable {
    package struct Interface: Sendable {
        package fileprivate(set) var packets = 0
        /// The size of the packets on the wire, including link headers.
        package var wireBytes: ByteCount { ByteCount(wire) }
        fileprivate var wire: Int64 = 0
        /// Packets that were not captured completely.
        package fileprivate(set) var cutPackets = 0
        package fileprivate(set) var packetsWithoutTime = 0
        package fileprivate(set) var protocols = ProtocolCounts()
        package fileprivate(set) var throughput = Throughput()
        package fileprivate(set) var backwards = BackwardSteps()
        /// In nanoseconds; larger than any time stamp if there is none yet. These are plain numbers because every
        /// packet is compared with them.
        fileprivate var earliest = Int64.max
        fileprivate var latest = Int64.min
        /// The time stamp of the previous packet in file order.
        fileprivate var previous = Int64.min

        package init() {}

        package var first: Timestamp? { earliest <= latest ? Timestamp(nanoseconds: earliest) : nil }
        package var last: Timestamp? { earliest <= latest ? Timestamp(nanoseconds: latest) : nil }
    }

    /// IP packets and bytes by transport protocol.
    package struct ProtocolCounts: Sendable, Equatable {
        package var tcp = Count()
        package var udp = Count()
        package var icmp = Count()
        package var other = Count()
        /// Packets without an IP header, or truncated before it.
        package var notInternet = 0

        package var internet: Count {
            Count(
                packets: tcp.packets + udp.packets + icmp.packets + other.packets,
                sum: tcp.sum + udp.sum + icmp.sum + other.sum)
        }
    }

    package struct Count: Sendable, Equatable {
        package fileprivate(set) var packets = 0
        package var bytes: ByteCount { ByteCount(sum) }
        fileprivate var sum: Int64 = 0
    }

    /// Time stamps that are earlier than the preceding one.
    package struct BackwardSteps: Sendable, Equatable {
        package var count = 0
        /// The position of the first such record, in bytes from the start of the file.
        package var firstOffset: Int64?
        package var largest = Duration.zero
    }

    package private(set) var interfaces: [Interface] = []
    /// The number of bins of throughput that may still be added.
    private var freeBins = Throughput.mostOfAll

    package init() {}

    /// Sums up all packets that `reader` still has.
    package init(of reader: inout CaptureReader) {
        reader.readAll { add($0, $1, $2) }
        for index in interfaces.indices { interfaces[index].throughput.end(&freeBins) }
    }

    @inline(__always)
    private mutating func add(_ record: PacketRecord, _ bytes: RawSpan, _ options: RawSpan) {
        if interfaces.count <= record.interface { makeRoom(for: record.interface) }
        interfaces[record.interface].add(record, bytes, options, &freeBins)
    }

    @inline(never)
    private mutating func makeRoom(for interface: Int) {
        while interfaces.count <= interface { interfaces.append(Interface()) }
    }
}

extension CaptureSummary.Interface {
    @inline(__always)
    fileprivate mutating func add(
        _ record: PacketRecord, _ bytes: RawSpan, _ options: RawSpan, _ freeBins: inout Int
    ) {
        packets += 1
        wire += Int64(record.originalBytes)
        if bytes.byteCount < record.originalBytes { cutPackets += 1 }
        if let time = record.time { note(time.nanoseconds, at: record.offset) } else { packetsWithoutTime += 1 }
        guard let share = Dissection.share(in: bytes, record.linkType, wireLength: record.originalBytes) else {
            protocols.notInternet += 1
            return
        }
        switch share.kind {
        case .tcp: protocols.tcp.add(share.length)
        case .udp: protocols.udp.add(share.length)
        case .icmp: protocols.icmp.add(share.length)
        case .other: protocols.other.add(share.length)
        }
        guard let time = record.time else { return }
        let direction = PacketDirection(in: bytes, record.linkType, options, swapped: record.swapped)
        throughput.add(Int64(share.length), direction, at: time, &freeBins)
    }

    @inline(__always)
    private mutating func note(_ time: Int64, at offset: Int64) {
        earliest = min(earliest, time)
        latest = max(latest, time)
        if time < previous {
            backwards.add(Timestamp(nanoseconds: previous) - Timestamp(nanoseconds: time), at: offset)
        }
        previous = time
    }
}

extension CaptureSummary.BackwardSteps {
    @inline(never)
    fileprivate mutating func add(_ step: Duration, at offset: Int64) {
        count += 1
        if firstOffset == nil { firstOffset = offset }
        largest = max(largest, step)
    }
}

extension CaptureSummary.Count {
    @inline(__always)
    fileprivate mutating func add(_ length: Int) {
        packets += 1
        sum += Int64(length)
    }
}
