// SPDX-License-Identifier: Apache-2.0
import CNetlink
import Quantities

/// What an `fq` queueing discipline holds and what it dropped.
package struct FairQueueStatistics: Sendable, Equatable {
    /// Bytes that wait in the queue, including the Ethernet header of each packet.
    package var backlog = ByteCount.zero
    package var packets: Int64 = 0
    /// Everything that was dropped, for any reason.
    package var drops: Int64 = 0
    package var flowLimitDrops: Int64 = 0
    package var horizonDrops: Int64 = 0
    /// Packets whose departure time was brought forward to the horizon.
    package var horizonCaps: Int64 = 0
    package var allocationErrors: Int64 = 0

    package init() {}

    /// IP bytes that wait in the queue.
    package var ipBacklog: ByteCount { ByteCount(max(0, backlog.bytes - 14 * packets)) }

    /// Packets that did not leave at their departure time: any value other than zero invalidates a run.
    package var violations: Int64 { drops + horizonCaps }

    /// Reads the answer to `Request.fairQueue`; nil if the reply is not one.
    package init?(_ reply: NetlinkSocket.Reply) {
        guard reply.type == Int(RTM_NEWQDISC),
            let statistics = Attributes(reply.payload, after: MemoryLayout<tcmsg>.size).nested(Int(TCA_STATS2)),
            let queue = statistics.value(Int(TCA_STATS_QUEUE), as: gnet_stats_queue.self)
        else { return nil }
        backlog = ByteCount(Int64(queue.backlog))
        packets = Int64(queue.qlen)
        drops = Int64(queue.drops)
        func own(_ field: PartialKeyPath<tc_fq_qd_stats>) -> Int64 {
            // The structure grows at its end from kernel to kernel, so a field is read only if the kernel sent it.
            guard let offset = MemoryLayout<tc_fq_qd_stats>.offset(of: field) else { return 0 }
            return statistics.value(Int(TCA_STATS_APP), as: Int64.self, at: offset) ?? 0
        }
        flowLimitDrops = own(\.flows_plimit)
        horizonDrops = own(\.horizon_drops)
        horizonCaps = own(\.horizon_caps)
        allocationErrors = own(\.allocation_errors)
    }
}
