// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc
import Netlink
import Pcap
import Quantities

/// The packets of one interface in both directions, in order of time.
///
/// libpcap does not say which way a packet went, but selects by it. So there are two captures, which are merged by
/// their time stamps.
///
/// Sendable because only the capture's thread uses it once the capture has begun; what other threads read does not
/// change.
final class LiveCapture: @unchecked Sendable {
    struct Packet {
        /// Nanoseconds since 1970.
        var time: Int64
        /// The length as the kernel saw it; a merged packet counts as one.
        var length: Int64
        var bytes: UnsafeRawBufferPointer
        var isOutgoing: Bool
    }

    private let inbound: PcapHandle
    private let outbound: PcapHandle
    private let received = CaptureQueue()
    private let sent = CaptureQueue()
    /// Until when, in nanoseconds since 1970, all packets of both directions are in the queues.
    private var complete = Int64.min

    /// 16 MB: room for 128 bytes each of the hundred thousand packets that arrive in a busy second.
    private static let buffer = ByteCount(16 << 20)

    /// After this time a packet has certainly left the kernel's ring. A block that is not full is handed over when the
    /// ring's timer finds it for the second time.
    private static let hold = 3 * Int64(PcapHandle.timeout) * 1_000_000

    /// Up to this many packets of a direction are taken at once.
    private static let batch = 4096

    /// - Returns: nil if the interface is down or has gone, of which the kernel tells when it is up again.
    /// - Throws: `Fault`: 77 without the right to capture, 64 if the filter is wrong, 65 if the interface carries radio
    ///   frames.
    init?(on link: RoutingEvents.Link, snap: ByteCount, filter: String?) throws(Fault) {
        guard let inbound = try PcapHandle(on: link.name, .inbound, snap: snap, buffer: Self.buffer, filter: filter),
            let outbound = try PcapHandle(on: link.name, .outbound, snap: snap, buffer: Self.buffer, filter: filter)
        else { return nil }
        self.inbound = inbound
        self.outbound = outbound
        guard ![.ieee80211, .ieee80211Radiotap].contains(linkType) else {
            throw Fault(
                .badInput,
                "'\(link.name)' is in monitor mode, so it carries the radio frames of all stations and no packets of "
                    + "this host; record the interface that has the address")
        }
    }

    var linkType: LinkType { inbound.linkType }
    var descriptors: [CInt] { [inbound.descriptor, outbound.descriptor] }
    /// Whether packets wait to be merged.
    var isWaiting: Bool { !received.isEmpty || !sent.isEmpty }

    /// Counts since the capture began.
    var statistics: (arrived: UInt64, dropped: UInt64) {
        let (one, other) = (inbound.statistics, outbound.statistics)
        return (one.arrived + other.arrived, one.dropped + other.dropped)
    }

    /// Takes what waits in the kernel.
    ///
    /// - Parameter now: the wall clock in nanoseconds since 1970.
    /// - Returns: whether there may be more at once.
    func take(now: Int64) -> Bool {
        let isFull = (
            inbound.take(into: received, most: Self.batch) == Self.batch,
            outbound.take(into: sent, most: Self.batch) == Self.batch
        )
        complete = min(isFull.0 ? received.last : now - Self.hold, isFull.1 ? sent.last : now - Self.hold)
        return isFull.0 || isFull.1
    }

    /// Passes on the packets of which it is known that no earlier one will come.
    ///
    /// - Parameter now: the wall clock. A packet that is later comes from before the clock was set back, and does not
    ///   wait until it gets there again.
    func forEach(now: Int64, _ body: (Packet) -> Void) {
        while true {
            let (one, other) = (received.first, sent.first)
            let isOutgoing: Bool
            switch (one?.header.time, other?.header.time) {
            case (nil, nil): return
            case (_?, nil): isOutgoing = false
            case (nil, _?): isOutgoing = true
            case (let received?, let sent?): isOutgoing = sent < received
            }
            guard let first = isOutgoing ? other : one else { return }
            let time = first.header.time
            guard time <= complete || time > now else { return }
            body(Packet(time: time, length: first.header.length, bytes: first.bytes, isOutgoing: isOutgoing))
            (isOutgoing ? sent : received).removeFirst()
        }
    }

    /// Says that no more will come, so that nothing waits.
    func end() {
        complete = .max
    }
}
