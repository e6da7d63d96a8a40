// SPDX-License-Identifier: Apache-2.0
import Documents
import Link
import Netlink
import Plans
import Quantities
import Traces

/// What the lab has recorded, read at the end of a run.
extension Lab {
    /// Adds links, counters and settings to a run's record.
    package func describe(into record: inout RunRecord) throws {
        record.links = try linkRecords()
        record.counters.merge(try counters()) { $1 }
        record.counterNames = try mobile.run { try ProtocolCounters.read().keys.sorted() }
        record.sysctls = sysctls
        try describeRandomNumbers(into: &record)
        guard let release = try SystemControl.value(of: "kernel.osrelease") else {
            throw Fault(.failed, "the kernel does not say its release in /proc/sys/kernel/osrelease")
        }
        record.kernelRelease = release
        // A kernel without Multipath TCP has no scheduler.
        record.scheduler = sysctls["net.mptcp.scheduler"] ?? ""
    }

    /// IP bytes that have arrived over a path so far, in both directions.
    package func arrived(over path: Int) -> ByteCount {
        links[path].reduce(.zero) { $0 + $1.link.counters.arrived.bytes }
    }

    /// How long a packet sent over a path now would wait at the link for the packets before it.
    package func waiting(on path: Int, _ direction: Direction) throws -> Duration {
        guard let link = links[path].first(where: { $0.direction == direction }) else {
            throw Fault(.failed, "path \(topology.paths[path].name) has no \(direction.rawValue)link in the lab")
        }
        return link.link.waiting
    }

    package func linkRecords() throws -> [RunRecord.Link] {
        var records: [RunRecord.Link] = []
        for (path, both) in links.enumerated() {
            let replies = try access(path).routing.perform(both.map { $0.queueStatistics() })
            for (link, reply) in zip(both, replies) {
                guard let queue = FairQueueStatistics(reply) else {
                    throw Fault(.failed, "cannot read the queue of \(link.path), \(link.direction.rawValue)link")
                }
                records.append(Self.record(link, queue))
            }
        }
        return records
    }

    private static func record(_ link: ShapedLink, _ queue: FairQueueStatistics) -> RunRecord.Link {
        let counters = link.link.counters
        var record = RunRecord.Link(path: link.path, direction: link.direction.rawValue)
        record.arrived = counters.arrived.bytes
        record.droppedQueue = counters.droppedQueue.bytes + counters.droppedBeyondEnd.bytes
        record.droppedLoss = counters.droppedLoss.bytes
        record.droppedDetached = counters.droppedDetached.bytes
        record.packets = counters.offered.packets
        record.largestPacket = counters.largestPacket
        // A packet that the shaper gave up falsifies a run just like one that fq dropped.
        record.queueDisciplineDrops = link.violations(with: queue) + counters.contended.packets
        return record
    }

    package func series() -> [Series.Link] {
        links.joined().map { link in
            let series = link.link.series()
            return Series.Link(
                path: link.path, direction: link.direction, arrived: series.arrived, lost: series.lost,
                dropped: series.dropped, idle: series.idle)
        }
    }

    /// The kernel counters of both ends that are not zero, as `mobile.MPTcpExt.MPJoinSynTx`, and
    /// `kernel.InputQueue.Drops`.
    package func counters() throws -> [String: Int64] {
        var counters: [String: Int64] = [:]
        for (name, namespace) in [("mobile", mobile), ("server", server)] {
            for (counter, value) in try namespace.run({ try ProtocolCounters.read() }) where value != 0 {
                counters["\(name).\(counter)"] = value
            }
        }
        let drops = try ProtocolCounters.inputQueueDrops()
        if drops != 0 { counters["kernel.InputQueue.Drops"] = drops }
        return counters
    }
}
