// SPDX-License-Identifier: Apache-2.0
import Link
import Netlink
import Traces

/// A link of the lab and the queue that its packets wait in.
final class ShapedLink {
    let path: String
    let direction: Direction
    /// The interface of the access network at which the link is shaped.
    let interface: Int32
    let link: Link

    /// Two handles alternate, since a queue can be replaced only by one with another handle.
    private var handle: UInt32 = 2
    /// Violations of the queues that have been thrown away.
    private var pastViolations: Int64 = 0

    init(path: String, direction: Direction, interface: Int32, link: Link) {
        self.path = path
        self.direction = direction
        self.interface = interface
        self.link = link
    }

    /// Replaces the present queue with an empty one.
    func emptyQueue() -> Request {
        handle = 3 - handle
        return .replaceFairQueue(interface: interface, handle: handle)
    }

    func queueStatistics() -> Request {
        .fairQueue(interface: interface, handle: handle)
    }

    func queueHasGone(_ statistics: FairQueueStatistics) {
        pastViolations += statistics.violations
    }

    /// Packets, over all its queues, that did not leave at their departure time.
    func violations(with current: FairQueueStatistics) -> Int64 {
        pastViolations + current.violations
    }
}
