// SPDX-License-Identifier: Apache-2.0
import Documents
import Quantities
import SystemPackage

/// Writes a pcapng file (draft-ietf-opsawg-pcapng) with one section as packets arrive. Interfaces may be added at any
/// time, and everything up to the last flush stays readable whatever happens afterwards.
///
/// Not safe for concurrent use: hold it in a `Mutex` to share it between threads.
package struct PcapngWriter: ~Copyable {
    /// The file's description of itself.
    package struct Section: Sendable, Equatable {
        package var hardware: String?
        package var operatingSystem: String?
        /// The program that writes the file.
        package var application: String?
        package var comments: [String]

        package init(
            hardware: String? = nil, operatingSystem: String? = nil, application: String? = nil, comments: [String] = []
        ) {
            self.hardware = hardware
            self.operatingSystem = operatingSystem
            self.application = application
            self.comments = comments
        }
    }

    /// Blocks wait in the buffer for the next flush. Beyond this many bytes they are written at once, so that a burst
    /// uses memory only briefly.
    private static let spill = 1 << 18

    private let output: any CaptureOutput
    private var buffer = BlockBuffer(capacity: PcapngWriter.spill + 1 << 16)
    /// The snap length of each interface block; zero means whole packets.
    private var snapLengths: [Int] = []
    /// The failure that ended writing. The output then consists of complete blocks.
    private var failure: Fault?
    /// The number of bytes in the output. Blocks that wait for a flush are not counted.
    package private(set) var flushed = ByteCount.zero

    /// Begins the section and flushes it before returning.
    ///
    /// - Throws: `Fault` if the output cannot be written.
    package init(to output: any CaptureOutput, section: Section = Section()) throws(Fault) {
        self.output = output
        buffer.beginBlock(BlockType.section)
        buffer.append(BlockType.byteOrderMagic)
        buffer.append(UInt16(1))
        buffer.append(UInt16(0))
        // The section's length is unknown while it grows.
        buffer.append(Int64(-1))
        for comment in section.comments { buffer.appendOption(OptionCode.comment, comment) }
        buffer.appendOption(OptionCode.Section.hardware, section.hardware)
        buffer.appendOption(OptionCode.Section.operatingSystem, section.operatingSystem)
        buffer.appendOption(OptionCode.Section.application, section.application)
        buffer.endOptions()
        buffer.endBlock()
        try flush()
    }

    package var interfaceCount: Int { snapLengths.count }

    /// The size of the file after the next flush.
    package var written: ByteCount { flushed + ByteCount(Int64(buffer.count)) }

    /// Describes an interface. Its time stamps are nanoseconds since 1970 whatever `interface` says, because no other
    /// clock is written.
    ///
    /// - Returns: the number by which packets and statistics name it.
    package mutating func addInterface(_ interface: CaptureInterface, comments: [String] = []) throws(Fault) -> Int {
        if let failure { throw failure }
        buffer.beginBlock(BlockType.interface)
        buffer.append(interface.linkType.rawValue)
        buffer.append(UInt16(0))
        let snapLength = UInt32(clamping: interface.snapLength.bytes)
        buffer.append(snapLength)
        for comment in comments { buffer.appendOption(OptionCode.comment, comment) }
        buffer.appendOption(OptionCode.Interface.name, interface.name)
        buffer.appendOption(OptionCode.Interface.description, interface.description)
        buffer.appendOption(OptionCode.Interface.resolution, CaptureClock.nanoseconds.resolution)
        // A filter begins with a byte that gives its language: 0 is libpcap's.
        buffer.appendOption(OptionCode.Interface.filter, interface.filter, prefix: [0])
        buffer.appendOption(OptionCode.Interface.operatingSystem, interface.operatingSystem)
        buffer.appendOption(OptionCode.Interface.hardware, interface.hardware)
        buffer.endOptions()
        buffer.endBlock()
        snapLengths.append(Int(snapLength))
        try spillIfFull()
        return snapLengths.count - 1
    }

    /// Appends a packet, truncated to its interface's snap length.
    ///
    /// - Parameters:
    ///   - packet: the captured bytes.
    ///   - originalLength: the length on the wire; never less than what was captured.
    ///   - interface: the number that `addInterface` returned.
    package mutating func write(
        _ packet: UnsafeRawBufferPointer, originalLength: ByteCount, time: Timestamp, interface: Int,
        direction: PacketDirection = .unknown, comments: [String] = []
    ) throws(Fault) {
        if let failure { throw failure }
        guard snapLengths.indices.contains(interface) else { throw Self.unknown(interface, output) }
        let snapLength = snapLengths[interface]
        let kept = snapLength > 0 ? packet.prefix(snapLength) : packet[...]
        let ticks = UInt64(clamping: time.nanoseconds)
        buffer.beginBlock(BlockType.enhancedPacket)
        buffer.append(UInt32(truncatingIfNeeded: interface))
        buffer.append(UInt32(truncatingIfNeeded: ticks >> 32))
        buffer.append(UInt32(truncatingIfNeeded: ticks))
        buffer.append(UInt32(clamping: kept.count))
        buffer.append(UInt32(clamping: max(originalLength.bytes, Int64(packet.count))))
        buffer.appendPadded(UnsafeRawBufferPointer(rebasing: kept))
        if direction != .unknown || !comments.isEmpty {
            for comment in comments { buffer.appendOption(OptionCode.comment, comment) }
            if direction != .unknown { buffer.appendOption(OptionCode.Packet.flags, UInt32(direction.rawValue)) }
            buffer.endOptions()
        }
        buffer.endBlock()
        try spillIfFull()
    }

    /// Appends an interface's counters so far. May be called repeatedly: readers use the last.
    package mutating func write(
        _ statistics: InterfaceStatistics, of interface: Int, time: Timestamp
    ) throws(Fault) {
        if let failure { throw failure }
        guard snapLengths.indices.contains(interface) else { throw Self.unknown(interface, output) }
        let ticks = UInt64(clamping: time.nanoseconds)
        buffer.beginBlock(BlockType.interfaceStatistics)
        buffer.append(UInt32(truncatingIfNeeded: interface))
        buffer.append(UInt32(truncatingIfNeeded: ticks >> 32))
        buffer.append(UInt32(truncatingIfNeeded: ticks))
        typealias Code = OptionCode.Statistics
        for (code, stamp) in [(Code.start, statistics.start), (Code.end, statistics.end)] {
            buffer.appendOption(code, stamp: stamp.map { UInt64(clamping: $0.nanoseconds) })
        }
        let counts = [
            (Code.received, statistics.received), (Code.droppedByInterface, statistics.droppedByInterface),
            (Code.accepted, statistics.accepted), (Code.droppedBySystem, statistics.droppedBySystem),
            (Code.delivered, statistics.delivered),
        ]
        for case (let code, let count?) in counts { buffer.appendOption(code, count) }
        buffer.endOptions()
        buffer.endBlock()
        try spillIfFull()
    }

    /// Writes every block to the output. After this a crash of this program loses none of them.
    ///
    /// - Throws: `Fault` with the output and the cause. The output then ends with the last complete block it accepted,
    ///   and every later call throws the same fault.
    package mutating func flush() throws(Fault) {
        if let failure { throw failure }
        var count = 0
        do {
            while count < buffer.count {
                count += try output.write(UnsafeRawBufferPointer(rebasing: buffer.bytes[count...]))
            }
        } catch {
            throw fail(error, written: count)
        }
        flushed += ByteCount(Int64(count))
        buffer.removeAll()
    }

    /// Calls `flush` and returns when the output is on the disk. After this even a crash of the machine loses nothing.
    package mutating func synchronize() throws(Fault) {
        try flush()
        do {
            try output.synchronize()
        } catch {
            throw fail(error, written: 0)
        }
    }

    private mutating func spillIfFull() throws(Fault) {
        if buffer.count >= Self.spill { try flush() }
    }

    /// Truncates the output to complete blocks: a full disk accepts no more data but can still drop a partial block.
    private mutating func fail(_ cause: Errno, written: Int) -> Fault {
        flushed += ByteCount(Int64(buffer.wholeBlocks(within: written)))
        var ending = output.isKept ? "; its first \(flushed.bytes) bytes are complete and can be read" : ""
        do {
            try output.truncate(to: flushed.bytes)
        } catch {
            ending += ", but the incomplete rest cannot be removed: \(error)"
        }
        let place = output.isKept ? "record to another disk" : "name another place with --output"
        let remedy = cause == .noSpace ? "; free some space, or \(place)" : ""
        let fault = Fault(.failed, "cannot write '\(output.name)': \(cause)\(ending)\(remedy)")
        failure = fault
        buffer.removeAll()
        return fault
    }

    private static func unknown(_ interface: Int, _ output: any CaptureOutput) -> Fault {
        Fault(.failed, "'\(output.name)' has no interface \(interface); add the interface before its packets")
    }
}
