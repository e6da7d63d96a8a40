// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities

extension CaptureBlocks {
    /// The size of a block's type and of the length fields at both its ends.
    private static let frame = 12

    /// Reads the blocks of a pcapng file.
    @inline(__always)
    mutating func readBlocks(
        _ window: RawSpan, at base: Int64, _ body: PacketRecord.Body
    ) rethrows -> Progress {
        var position = 0
        while true {
            let left = window.byteCount &- position
            let offset = base &+ Int64(position)
            guard left >= Self.frame else { return Progress(consumed: position, needed: Self.frame) }
            let type = window.number(unchecked: position, as: UInt32.self, swapped: swapped)
            // A section block, the only one whose type reads the same in either byte order, shows the byte order that
            // its section has.
            if type == BlockType.section {
                switch window.number(unchecked: position &+ 8, as: UInt32.self, swapped: false) {
                case BlockType.byteOrderMagic: swapped = false
                case BlockType.byteOrderMagic.byteSwapped: swapped = true
                default:
                    damage.add(offset, "a section has no byte-order mark; what follows cannot be read")
                    return Progress(consumed: position, needed: Self.frame, isOver: true)
                }
            }
            let length = Int(window.number(unchecked: position &+ 4, as: UInt32.self, swapped: swapped))
            guard length >= Self.frame, length <= Self.largest, length % 4 == 0 else {
                damage.add(offset, "a block claims a length of \(length) bytes; what follows cannot be read")
                return Progress(consumed: position, needed: Self.frame, isOver: true)
            }
            guard left >= length else { return Progress(consumed: position, needed: length) }
            let end = position &+ length
            let closing = Int(window.number(unchecked: end &- 4, as: UInt32.self, swapped: swapped))
            guard closing == length else {
                damage.add(
                    offset,
                    "a block gives its length as \(length) bytes at its start and as \(closing) at its end; it "
                        + "and what follows cannot be trusted"
                )
                return Progress(consumed: position, needed: Self.frame, isOver: true)
            }
            let content = window.extracting(unchecked: Range(uncheckedBounds: (position &+ 8, end &- 4)))
            switch type {
            case BlockType.enhancedPacket, BlockType.obsoletePacket:
                try packet(content, isObsolete: type == BlockType.obsoletePacket, at: offset, body)
            case BlockType.section: readSection(content, at: offset)
            case BlockType.interface: readInterface(content, at: offset)
            case BlockType.simplePacket: try simplePacket(content, at: offset, body)
            case BlockType.interfaceStatistics: readStatistics(content, at: offset)
            default: break
            }
            position = end
        }
    }

    /// Reads an enhanced or an obsolete packet block. An obsolete block has a 16-bit interface number and a 16-bit drop
    /// count in place of the enhanced block's 32-bit interface number.
    @inline(__always)
    private mutating func packet(
        _ block: RawSpan, isObsolete: Bool, at offset: Int64, _ body: PacketRecord.Body
    ) rethrows {
        let header = 20
        guard block.byteCount >= header else { return damage.add(offset, "a packet block is too short") }
        let number =
            isObsolete
            ? Int(block.number(unchecked: 0, as: UInt16.self, swapped: swapped))
            : Int(block.number(unchecked: 0, as: UInt32.self, swapped: swapped))
        let index = firstInterface &+ number
        guard index < stamps.count else {
            return damage.add(offset, "a packet belongs to interface \(number), which its section does not describe")
        }
        let captured = Int(block.number(unchecked: 12, as: UInt32.self, swapped: swapped))
        guard captured <= block.byteCount &- header else {
            return damage.add(
                offset,
                "a packet claims \(captured) captured bytes, but its block holds only \(block.byteCount - header)")
        }
        let high = block.number(unchecked: 4, as: UInt32.self, swapped: swapped)
        let low = block.number(unchecked: 8, as: UInt32.self, swapped: swapped)
        let ticks = UInt64(high) << 32 | UInt64(low)
        var time: Timestamp?
        let stamp = stamps[index]
        if let factor = stamp.nanosecondsPerTick {
            let (product, overflow) = ticks.multipliedReportingOverflow(by: factor)
            if !overflow, product <= UInt64(Int64.max) { time = Timestamp(nanoseconds: Int64(product)) }
        } else {
            time = stamp.clock.timestamp(ticks: ticks)
        }
        if time == nil { damage.add(offset, "the timestamp of a packet is beyond the year 2262; it is not used") }
        let end = header &+ captured
        let options = min(block.byteCount, (end &+ 3) & ~3)
        try body(
            PacketRecord(
                originalBytes: Int(block.number(unchecked: 16, as: UInt32.self, swapped: swapped)), time: time,
                interface: index, linkType: stamp.linkType, offset: offset, swapped: swapped),
            block.extracting(unchecked: Range(uncheckedBounds: (header, end))),
            block.extracting(unchecked: Range(uncheckedBounds: (options, block.byteCount))))
    }

    @inline(never)
    private mutating func simplePacket(
        _ block: RawSpan, at offset: Int64, _ body: PacketRecord.Body
    ) rethrows {
        guard block.byteCount >= 4 else { return damage.add(offset, "a packet block is too short") }
        guard firstInterface < stamps.count else {
            return damage.add(offset, "a simple packet is in a section that describes no interface")
        }
        let interface = stamps[firstInterface]
        let original = Int(block.number(at: 0, as: UInt32.self, swapped: swapped))
        let most = interface.snapLength > 0 ? interface.snapLength : original
        // A simple block does not record the captured length: it is what the interface's snap length allows, if the
        // block is that long.
        let captured = min(original, most, block.byteCount - 4)
        try body(
            PacketRecord(
                originalBytes: original, time: nil, interface: firstInterface, linkType: interface.linkType,
                offset: offset, swapped: swapped),
            block.extracting(4..<(4 + captured)), block.extracting(0..<0))
    }

    private mutating func readSection(_ block: RawSpan, at offset: Int64) {
        firstInterface = interfaces.count
        guard block.byteCount >= 16 else { return damage.add(offset, "the header of a section is too short") }
        guard sections.count < Self.mostSections else {
            return damage.add(
                offset, "there are more than \(Self.mostSections) sections; the texts of this one are not read")
        }
        let options = BlockOptions(bytes: block.extracting(16..<block.byteCount), swapped: swapped)
        sections.append(
            CaptureSection(
                hardware: options.text(OptionCode.Section.hardware),
                operatingSystem: options.text(OptionCode.Section.operatingSystem),
                application: options.text(OptionCode.Section.application),
                comments: options.texts(OptionCode.comment)))
    }

    private mutating func readInterface(_ block: RawSpan, at offset: Int64) {
        guard block.byteCount >= 8 else { return damage.add(offset, "an interface block is too short") }
        guard interfaces.count < Self.mostInterfaces else {
            return damage.add(
                offset, "there are more than \(Self.mostInterfaces) interfaces; this one and its packets are not read")
        }
        let options = BlockOptions(bytes: block.extracting(8..<block.byteCount), swapped: swapped)
        typealias Code = OptionCode.Interface
        var interface = CaptureInterface(
            name: options.text(Code.name), description: options.text(Code.description),
            linkType: LinkType(rawValue: block.number(at: 0, swapped: swapped)),
            snapLength: ByteCount(Int64(block.number(at: 4, as: UInt32.self, swapped: swapped))),
            operatingSystem: options.text(Code.operatingSystem), hardware: options.text(Code.hardware),
            clock: CaptureClock(
                resolution: options.number(Code.resolution, as: UInt8.self) ?? CaptureClock.microseconds.resolution,
                offset: options.number(Code.offset, as: Int64.self) ?? 0))
        options.forEach { code, value in
            guard code == Code.filter, value.byteCount > 1, value.byte(at: 0) == 0 else { return true }
            interface.filter = BlockOptions.text(value.extracting(1..<value.byteCount))
            return false
        }
        add(interface)
    }

    private mutating func readStatistics(_ block: RawSpan, at offset: Int64) {
        guard block.byteCount >= 12 else { return damage.add(offset, "a statistics block is too short") }
        let number = block.number(at: 0, as: UInt32.self, swapped: swapped)
        let index = firstInterface + Int(number)
        guard index < interfaces.count else {
            return damage.add(
                offset, "a statistics block belongs to interface \(number), which its section does not describe")
        }
        let options = BlockOptions(bytes: block.extracting(12..<block.byteCount), swapped: swapped)
        let clock = stamps[index].clock
        typealias Code = OptionCode.Statistics
        func count(_ code: UInt16) -> UInt64? { options.number(code, as: UInt64.self) }
        interfaces[index].statistics = InterfaceStatistics(
            start: options.stamp(Code.start).flatMap(clock.timestamp),
            end: options.stamp(Code.end).flatMap(clock.timestamp),
            received: count(Code.received), droppedByInterface: count(Code.droppedByInterface),
            accepted: count(Code.accepted), droppedBySystem: count(Code.droppedBySystem),
            delivered: count(Code.delivered))
    }
}
