// SPDX-License-Identifier: Apache-2.0
import Link
import Netlink
import Traces

/// A link of the lab and the queue in which its packets wait.
final class ShapedLink {
    let path: String
    let direction: Direction
    /// Of the access network, where the link is shaped.
    let interface: Int32
    let link: Link

    /// Two handles take turns, since a queue is replaced only by one of another handle.
    private var handle: UInt32 = 2
    /// Of the queues that have been thrown away.
    private var pastViolations: Int64 = 0

    init(path: String, direction: Direction, interface: Int32, link: Link) {
        self.path = path
        self.direction = direction
        self.interface = interface
        self.link = link
    }

    /// Puts an empty queue in the place of what is there.
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

    /// Packets of all its queues that did not leave at their departure time.
    func violations(with current: FairQueueStatistics) -> Int64 {
        pastViolations + current.violations
    }
}
