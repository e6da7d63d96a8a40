// SPDX-License-Identifier: Apache-2.0
import Quantities

/// What a capture records about one of its interfaces. A classic pcap file has exactly one, without a name.
package struct CaptureInterface: Sendable, Equatable {
    package var name: String?
    /// A description in words, such as "Intel Wi-Fi 6 AX201".
    package var description: String?
    package var linkType: LinkType
    /// Bytes kept of each packet; zero means whole packets.
    package var snapLength: ByteCount
    /// The filter in libpcap's language.
    package var filter: String?
    package var operatingSystem: String?
    package var hardware: String?
    package var clock: CaptureClock

    package init(
        name: String?, description: String? = nil, linkType: LinkType, snapLength: ByteCount = .zero,
        filter: String? = nil, operatingSystem: String? = nil, hardware: String? = nil,
        clock: CaptureClock = .nanoseconds
    ) {
        self.name = name
        self.description = description
        self.linkType = linkType
        self.snapLength = snapLength
        self.filter = filter
        self.operatingSystem = operatingSystem
        self.hardware = hardware
        self.clock = clock
    }
}

/// An interface's counters, current or as of the end of its capture; nil if unknown.
package struct InterfaceStatistics: Sendable, Equatable {
    package var start: Timestamp?
    package var end: Timestamp?
    /// Packets that reached the interface.
    package var received: UInt64?
    /// Packets that the interface or its driver dropped.
    package var droppedByInterface: UInt64?
    /// Packets that passed the filter.
    package var accepted: UInt64?
    /// Packets that the kernel dropped for want of buffers.
    package var droppedBySystem: UInt64?
    /// Packets that reached the capturing program.
    package var delivered: UInt64?

    package init(
        start: Timestamp? = nil, end: Timestamp? = nil, received: UInt64? = nil, droppedByInterface: UInt64? = nil,
        accepted: UInt64? = nil, droppedBySystem: UInt64? = nil, delivered: UInt64? = nil
    ) {
        self.start = start
        self.end = end
        self.received = received
        self.droppedByInterface = droppedByInterface
        self.accepted = accepted
        self.droppedBySystem = droppedBySystem
        self.delivered = delivered
    }
}

/// The direction in which a packet passed the interface that it was captured on.
package enum PacketDirection: UInt8, Sendable {
    /// The capture does not state the direction.
    case unknown = 0
    case inbound = 1
    case outbound = 2
}
