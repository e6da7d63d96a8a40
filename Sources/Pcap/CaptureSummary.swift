import Units

/// What a capture has in it, interface by interface, summed as it is read.
package struct CaptureSummary: Sendable {
    package struct Interface: Sendable {
        package var packets = 0
        /// As the packets were on the wire, the link's headers included.
        package var wireBytes = ByteCount.zero
        /// Packets of which not all was captured.
        package var cutPackets = 0
        package var first: Timestamp?
        package var last: Timestamp?
        package var packetsWithoutTime = 0
        package var protocols = ProtocolCounts()
        package var throughput = Throughput()
        package var backwards = BackwardSteps()
        /// The latest stamp so far in the order of the file.
        fileprivate var previous: Timestamp?

        package init() {}
    }

    /// IP packets and bytes by what they carry.
    package struct ProtocolCounts: Sendable, Equatable {
        package var tcp = Count()
        package var udp = Count()
        package var icmp = Count()
        package var other = Count()
        /// Packets without IP, or cut before it.
        package var notInternet = 0

        package var internet: Count {
            Count(
                packets: tcp.packets + udp.packets + icmp.packets + other.packets,
                bytes: tcp.bytes + udp.bytes + icmp.bytes + other.bytes)
        }
    }

    package struct Count: Sendable, Equatable {
        package var packets = 0
        package var bytes = ByteCount.zero
    }

    /// Stamps that are before the one that they follow.
    package struct BackwardSteps: Sendable, Equatable {
        package var count = 0
        /// Of the first one's record, in bytes from the start of the file.
        package var firstOffset: Int64?
        package var largest = Duration.zero
    }

    package private(set) var interfaces: [Interface] = []

    package init() {}

    package mutating func add(_ packet: borrowing Packet) {
        while interfaces.count <= packet.interface { interfaces.append(Interface()) }
        interfaces[packet.interface].add(packet)
    }
}

extension CaptureSummary.Interface {
    fileprivate mutating func add(_ packet: borrowing Packet) {
        packets += 1
        wireBytes += packet.originalLength
        if packet.bytes.byteCount < packet.originalLength.bytes { cutPackets += 1 }
        if let time = packet.time { note(time, at: packet.offset) } else { packetsWithoutTime += 1 }
        guard let internet = packet.internetPacket else {
            protocols.notInternet += 1
            return
        }
        switch internet.transport {
        case .tcp: protocols.tcp.add(internet.length)
        case .udp: protocols.udp.add(internet.length)
        case .icmp: protocols.icmp.add(internet.length)
        case .other: protocols.other.add(internet.length)
        }
        if let time = packet.time { throughput.add(internet.length, packet.direction, at: time) }
    }

    private mutating func note(_ time: Timestamp, at offset: Int64) {
        if let previous, time < previous {
            backwards.count += 1
            if backwards.firstOffset == nil { backwards.firstOffset = offset }
            backwards.largest = max(backwards.largest, previous - time)
            if let first, time < first { self.first = time }
        } else {
            if first == nil { first = time }
            if last == nil || time > last ?? time { last = time }
        }
        previous = time
    }
}

extension CaptureSummary.Count {
    fileprivate mutating func add(_ length: ByteCount) {
        packets += 1
        bytes += length
    }
}
