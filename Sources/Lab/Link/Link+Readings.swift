// SPDX-License-Identifier: Apache-2.0
import CBPF
import Quantities

extension Link {
    /// A number of packets and their IP bytes.
    package struct Count: Sendable, Equatable {
        package var packets: Int64 = 0
        package var bytes = ByteCount.zero

        package init() {}

        init(_ count: walkback_count) {
            packets = Int64(clamping: count.packets)
            bytes = ByteCount(Int64(clamping: count.bytes))
        }

        static func + (left: Count, right: Count) -> Count {
            var sum = left
            sum.packets += right.packets
            sum.bytes += right.bytes
            return sum
        }

        static func - (left: Count, right: Count) -> Count {
            var difference = left
            difference.packets -= right.packets
            difference.bytes -= right.bytes
            return difference
        }
    }

    package struct Counters: Sendable, Equatable {
        /// All packets that reached the shaper.
        package var offered: Count
        package var droppedQueue: Count
        /// Lost by the seeded draw, after using the link.
        package var droppedLoss: Count
        /// Sent while the link was detached, or on the link when it was detached.
        package var droppedDetached: Count
        /// Packets that could never have left: the curve ends, or rises again only beyond `horizon`.
        package var droppedBeyondEnd: Count
        /// Given up because too many processors sent at once. Any number other than zero falsifies the run.
        package var contended: Count
        /// All packets that reached the meter.
        package var arrived: Count
        /// The largest IP packet that reached the shaper.
        package var largestPacket: ByteCount

        package init(
            offered: Count, droppedQueue: Count, droppedLoss: Count, droppedDetached: Count, droppedBeyondEnd: Count,
            contended: Count, arrived: Count, largestPacket: ByteCount
        ) {
            self.offered = offered
            self.droppedQueue = droppedQueue
            self.droppedLoss = droppedLoss
            self.droppedDetached = droppedDetached
            self.droppedBeyondEnd = droppedBeyondEnd
            self.contended = contended
            self.arrived = arrived
            self.largestPacket = largestPacket
        }
    }

    /// How long a packet sent now would wait for the packets before it.
    package var waiting: Duration {
        guard state[0].started == 1 else { return .zero }
        return .nanoseconds(max(0, Int64(clamping: state[0].busy_until) - Int64(clamping: Self.monotonicNow())))
    }

    package var counters: Counters {
        let now = state[0]
        return Counters(
            offered: Count(now.offered), droppedQueue: Count(now.dropped_queue), droppedLoss: Count(now.dropped_loss),
            droppedDetached: Count(now.dropped_detached) + lostAtDetachment,
            droppedBeyondEnd: Count(now.dropped_beyond_end), contended: Count(now.dropped_contended),
            arrived: Count(now.arrived), largestPacket: ByteCount(Int64(clamping: now.largest_packet)))
    }

    /// IP bytes for each 10 ms since `binsStart`: those that arrived at the far end; those lost after using the link,
    /// counted when they left the bottleneck; and those dropped on arrival or by a detachment. A bin is idle if the
    /// link had nothing to send, or was detached, at any instant of the bin. Bins after the last packet are idle.
    package func series() -> (arrived: [UInt32], lost: [UInt32], dropped: [UInt32], idle: [Bool]) {
        let bins = shaperBins.count
        let arrived = meterBins.entries.map { UInt32(clamping: $0) }
        var lost: [UInt32] = []
        var dropped: [UInt32] = []
        lost.reserveCapacity(bins)
        dropped.reserveCapacity(bins)
        var idle = [Bool](repeating: false, count: bins)
        // The end of the idle stretch that covers the current bin.
        var idleUntil = 0
        let last = state[0]
        let idleFrom =
            last.started == 0
            ? 0 : Int(clamping: (max(last.busy_until, last.bins_start) - last.bins_start) / Self.binNanoseconds)
        for (index, bin) in shaperBins.entries.enumerated() {
            lost.append(bin.lost)
            dropped.append(bin.dropped &+ (lostInBins[index] ?? 0))
            idleUntil = max(idleUntil, Int(bin.idle_until))
            idle[index] = index < idleUntil || index >= idleFrom
        }
        return (arrived, lost, dropped, idle)
    }

    /// The first packets that reached the meter, with kernel monotonic nanoseconds and IP bytes; at most as many as
    /// were requested.
    package var packetLog: [(time: Int64, length: Int)] {
        log.entries.prefix(Int(clamping: state[0].logged)).map { (Int64($0.time), Int($0.length)) }
    }
}
