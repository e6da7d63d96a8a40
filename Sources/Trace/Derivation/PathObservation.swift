// SPDX-License-Identifier: Apache-2.0
import Pcap
import ProbeFormat
import Quantities

/// Everything that one interface's packets tell about its path, on the capture's own clock.
struct PathObservation {
    /// The counts of one second.
    struct Second {
        var down: Int64 = 0
        var up: Int64 = 0
        var packetsDown = 0
        var packetsUp = 0
        var lostDown = 0
        var lostUp = 0
    }

    private struct Endpoint: Hashable {
        var address: InternetAddress
        var port: UInt16
    }

    private(set) var bins: [Int64: (down: Int64, up: Int64)] = [:]
    private(set) var seconds: [Int64: Second] = [:]
    private(set) var roundTrips: [FlowObserver.RoundTrip] = []
    private(set) var first: Timestamp?
    private(set) var last: Timestamp?
    /// The number of IP packets with no near endpoint.
    private(set) var strangers = 0
    private(set) var flows: [FlowObserver.Key: FlowObserver] = [:]
    /// Outbound probe traffic is counted here and in no bin, because the server reports how much of it arrived.
    private(set) var probe = ProbeObserver()
    /// The far ends of probes. TCP traffic to them fills the link too.
    private var probed: Set<Endpoint> = []
    private var echoes: [UInt32: Timestamp] = [:]
    private let near: Set<InternetAddress>
    private let bin: Int64

    /// Limits the memory for flows; no walk has more connections.
    private static let mostFlows = 100_000

    init(near: Set<InternetAddress>, bin: Duration) {
        self.near = near
        self.bin = bin.wholeNanoseconds
    }

    mutating func add(_ packet: borrowing Packet, shift: Duration) {
        guard let stamp = packet.time, let internet = packet.internetPacket else { return }
        let time = stamp.shifted(by: shift)
        let stated = packet.direction
        let direction = stated == .unknown ? near.direction(of: internet) : stated
        guard direction != .unknown else {
            strangers += 1
            return
        }
        let outbound = direction == .outbound
        first = min(first ?? time, time)
        last = max(last ?? time, time)
        let number = time.number(of: 1_000_000_000)
        var finding = FlowObserver.Finding()
        var wire = internet.length.bytes
        var count = 1
        var isStream = false
        switch internet.transport {
        case .tcp(let segment):
            let key = FlowObserver.Key(segment, of: internet, outbound: outbound)
            guard flows[key] != nil || flows.count < Self.mostFlows else { break }
            finding = flows[key, default: FlowObserver()].observe(
                segment, packet.options(of: segment), outbound: outbound, at: time)
            let headers = Int(internet.length.bytes) - segment.payloadLength
            let size = flows[key]?.segmentSize(optionLength: segment.options.count, headers: headers) ?? 1448
            // The network card or the kernel merged segments into this one. Each had its own headers on the wire.
            if segment.payloadLength > size {
                count = (segment.payloadLength + size - 1) / size
                let onLink = packet.originalLength.bytes - Int64(internet.headerOffset)
                wire = onLink > wire ? onLink : wire + Int64((count - 1) * headers)
            }
            isStream = probed.contains(Endpoint(address: key.far, port: key.farPort))
            if isStream, !outbound { probe.add(streamBytes: wire) }
        case .icmp(let message):
            finding.roundTrip = echo(message, outbound: outbound, at: time)
        case .udp(let datagram):
            let message = packet.bytes.extracting(datagram.payload).withUnsafeBytes { ProbeMessage($0) }
            if let message {
                probe.add(message, ipBytes: internet.length.bytes, outbound: outbound, at: time)
                guard outbound else { break }
                probed.insert(Endpoint(address: internet.destination, port: datagram.destinationPort))
                return
            }
        case .other: break
        }
        if let trip = finding.roundTrip { roundTrips.append(trip) }
        // The server reports how much of it arrived.
        if isStream, outbound { return }
        if outbound {
            bins[time.number(of: bin), default: (0, 0)].up += wire
            seconds[number, default: Second()].up += wire
            seconds[number, default: Second()].packetsUp += count
        } else {
            bins[time.number(of: bin), default: (0, 0)].down += wire
            seconds[number, default: Second()].down += wire
            seconds[number, default: Second()].packetsDown += count
        }
        if finding.lost > 0, let missed = finding.missedAt {
            let at = missed.number(of: 1_000_000_000)
            if outbound {
                seconds[at, default: Second()].lostUp += finding.lost
            } else {
                seconds[at, default: Second()].lostDown += finding.lost
            }
        }
    }

    /// The round trip of a request that the near host sent, once its answer arrives.
    private mutating func echo(_ message: ICMPMessage, outbound: Bool, at time: Timestamp) -> FlowObserver.RoundTrip? {
        let key = UInt32(message.identifier) << 16 | UInt32(message.sequence)
        if outbound, message.type == 8 || message.type == 128 {
            if echoes.count < Self.mostFlows { echoes[key] = time }
        } else if !outbound, message.type == 0 || message.type == 129, let sent = echoes.removeValue(forKey: key) {
            return FlowObserver.RoundTrip(sent: sent, received: time)
        }
        return nil
    }
}

extension Timestamp {
    /// The index of the span of this many nanoseconds that contains the timestamp, counted from 1970.
    func number(of span: Int64) -> Int64 {
        let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: span)
        return remainder < 0 ? quotient - 1 : quotient
    }

    func shifted(by duration: Duration) -> Timestamp {
        guard duration.components.seconds.magnitude < UInt64(Int64.max) / 1_000_000_000 else { return self }
        let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
        return overflow ? self : Timestamp(nanoseconds: sum)
    }
}

extension Int64 {
    /// The sum, or the nearest number that there is.
    func adding(saturating other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
