// SPDX-License-Identifier: Apache-2.0
import Quantities

/// What a reader knows about the file so far. Also reads the records in a window.
struct CaptureBlocks {
    struct Interface {
        var description: CaptureInterface
        var statistics: InterfaceStatistics?
    }

    /// What reading a packet needs to know about its interface. It has no strings because copying them would cost
    /// reference counting for every packet.
    struct Stamps {
        var clock: CaptureClock
        /// Nanoseconds per tick if that is a whole number and there is no offset, which is nearly always so.
        var nanosecondsPerTick: UInt64?
        var linkType: LinkType
        var snapLength: Int
    }

    /// How far a window was read.
    struct Progress {
        /// Bytes of complete records that were read.
        var consumed: Int
        /// Bytes after those that the next step needs.
        var needed: Int
        /// Whether nothing after this can be read.
        var isOver = false
    }

    /// Upper limit on the length of a packet's record. A record that claims more is damaged, and no memory is allocated
    /// for it.
    static let largest = 16 << 20

    /// The most interfaces and sections of a file that are read, because each takes memory. Packets of further
    /// interfaces count as damage.
    static let mostInterfaces = 1000
    static let mostSections = 1000

    var interfaces: [Interface] = []
    var stamps: [Stamps] = []
    var sections: [CaptureSection] = []
    /// The byte order of the section being read, and the index of its first interface in the list.
    var swapped = false
    var firstInterface = 0
    var damage = DamageLog()

    mutating func begin(_ layout: PcapLayout) {
        add(
            CaptureInterface(
                name: nil, linkType: layout.linkType, snapLength: ByteCount(Int64(layout.snapLength)),
                clock: layout.nanosecondsPerTick == 1 ? .nanoseconds : .microseconds))
    }

    mutating func add(_ interface: CaptureInterface) {
        interfaces.append(Interface(description: interface))
        let clock = interface.clock
        let isSimple = clock.offset == 0 && clock.resolution <= 9
        stamps.append(
            Stamps(
                clock: clock,
                nanosecondsPerTick: isSimple ? (clock.resolution..<9).reduce(1) { product, _ in product * 10 } : nil,
                linkType: interface.linkType, snapLength: Int(interface.snapLength.bytes)))
    }

    /// - Parameter cause: what ended the contents early, if known.
    mutating func reportEnd(_ offset: Int64, left: Int, needed: Int, cause: String?) {
        let cut = left > 0 ? "a record of at least \(needed) bytes has only \(left) of them" : "the contents end"
        damage.add(offset, cause.map { "\(cut): \($0)" } ?? "\(cut): the file is cut off")
    }

    /// Reads the records of a classic pcap file.
    @inline(__always)
    mutating func readRecords(
        _ window: RawSpan, at base: Int64, _ layout: PcapLayout, _ body: PacketRecord.Body
    ) rethrows -> Progress {
        let header = layout.recordHeaderSize
        // Merged packets can be longer than the snap length that some writers state.
        let largest = layout.snapLength == 0 ? Self.largest : min(Self.largest, max(262_144, Int(layout.snapLength)))
        let isOld = layout.minorVersion <= 3
        var position = 0
        while true {
            let left = window.byteCount &- position
            guard left >= header else { return Progress(consumed: position, needed: header) }
            let seconds = window.number(unchecked: position, as: UInt32.self, swapped: layout.swapped)
            let fraction = window.number(unchecked: position &+ 4, as: UInt32.self, swapped: layout.swapped)
            var captured = window.number(unchecked: position &+ 8, as: UInt32.self, swapped: layout.swapped)
            var original = window.number(unchecked: position &+ 12, as: UInt32.self, swapped: layout.swapped)
            if isOld, layout.lengthsAreSwapped(captured, original) { swap(&captured, &original) }
            let length = Int(captured)
            let offset = base &+ Int64(position)
            guard length <= largest else {
                damage.add(offset, "a packet claims \(length) captured bytes; what follows cannot be read")
                return Progress(consumed: position, needed: header, isOver: true)
            }
            guard left &- header >= length else { return Progress(consumed: position, needed: header + length) }
            // Nothing can overflow: seconds and fraction have 32 bits each, and the nanoseconds in either unit at most
            // 30.
            let nanoseconds = Int64(fraction) &* layout.nanosecondsPerTick
            var time: Timestamp? = Timestamp(nanoseconds: Int64(seconds) &* 1_000_000_000 &+ nanoseconds)
            if nanoseconds >= 1_000_000_000 {
                // A fraction of one to two seconds is accepted as a missing carry; a larger value is not a fraction.
                if nanoseconds >= 2_000_000_000 { time = nil }
                let use = time == nil ? "; the timestamp is not used" : ""
                damage.add(offset, "the fraction of a second in a timestamp, \(fraction), is one second or more\(use)")
            }
            let start = position &+ header
            position = start &+ length
            try body(
                PacketRecord(
                    originalBytes: Int(original), time: time, interface: 0, linkType: layout.linkType, offset: offset,
                    swapped: layout.swapped),
                window.extracting(unchecked: Range(uncheckedBounds: (start, position))), window.extracting(0..<0))
        }
    }
}
