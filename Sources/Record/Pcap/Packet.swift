// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities

/// A packet in a capture. Its bytes belong to the file, so it is valid only during the call that it is passed to.
package struct Packet: ~Escapable {
    /// The captured bytes, starting with the link header.
    package let bytes: RawSpan
    /// Length on the wire, including the link header.
    package var originalLength: ByteCount { ByteCount(Int64(originalBytes)) }
    let originalBytes: Int
    /// nil if the format has no time stamp (a simple packet block).
    package let time: Timestamp?
    /// Index of the packet's interface in the reader's list.
    package let interface: Int
    package let linkType: LinkType
    /// The position of the packet's record from the start of the file; in a compressed file, from the start of its
    /// decompressed contents.
    package let offset: Int64
    package let options: BlockOptions

    @_lifetime(copy bytes, copy options)
    @inline(__always)
    init(_ record: PacketRecord, _ bytes: RawSpan, _ options: RawSpan) {
        self.bytes = bytes
        originalBytes = record.originalBytes
        time = record.time
        interface = record.interface
        linkType = record.linkType
        offset = record.offset
        self.options = BlockOptions(bytes: options, swapped: record.swapped)
    }

    /// A packet that is in no file, for tests.
    @_lifetime(copy bytes, copy options)
    package init(_ bytes: RawSpan, _ linkType: LinkType, originalLength: ByteCount, options: RawSpan) {
        self.init(
            PacketRecord(
                originalBytes: Int(originalLength.bytes), time: nil, interface: 0, linkType: linkType, offset: 0,
                swapped: false), bytes, options)
    }

    /// The direction given by the capture's options or by a cooked header.
    package var direction: PacketDirection {
        @inline(__always)
        get { PacketDirection(in: bytes, linkType, options.bytes, swapped: options.swapped) }
    }

    package var comments: [String] { options.texts(OptionCode.comment) }
}

extension PacketDirection {
    /// - Parameters:
    ///   - bytes: the captured bytes, starting with the link header.
    ///   - options: the options of the packet's block.
    @inline(__always)
    init(in bytes: RawSpan, _ linkType: LinkType, _ options: RawSpan, swapped: Bool) {
        if options.byteCount > 0, let flagged = BlockOptions(bytes: options, swapped: swapped).direction {
            self = flagged
        } else {
            self.init(in: bytes, linkType)
        }
    }

    @inline(__always)
    private init(in bytes: RawSpan, _ linkType: LinkType) {
        let type: UInt16
        switch linkType {
        case .linuxCooked where bytes.byteCount >= 2: type = bytes.network(at: 0)
        case .linuxCooked2 where bytes.byteCount >= 12: type = UInt16(bytes.byte(at: 10))
        case .pppDirectional where bytes.byteCount >= 1: type = bytes.byte(at: 0) == 0 ? 0 : 4
        default:
            self = .unknown
            return
        }
        // 0 to 2: to this host, broadcast, multicast; 3: to another host; 4: from this host.
        self = type == 4 ? .outbound : type <= 2 ? .inbound : .unknown
    }
}

/// The options at the end of a pcapng block, in their raw form.
package struct BlockOptions: ~Escapable {
    let bytes: RawSpan
    let swapped: Bool

    @_lifetime(copy bytes)
    init(bytes: RawSpan, swapped: Bool) {
        self.bytes = bytes
        self.swapped = swapped
    }

    /// Passes each option to `body` until one is truncated or `body` returns false.
    package func forEach(_ body: (_ code: UInt16, _ value: RawSpan) -> Bool) {
        var position = 0
        while position + 4 <= bytes.byteCount {
            let code = bytes.number(at: position, as: UInt16.self, swapped: swapped)
            let length = Int(bytes.number(at: position + 2, as: UInt16.self, swapped: swapped))
            position += 4
            guard code != OptionCode.endOfOptions, position + length <= bytes.byteCount else { return }
            guard body(code, bytes.extracting(position..<(position + length))) else { return }
            position += (length + 3) & ~3
        }
    }

    /// The packet's direction according to its block; nil if the block does not state it.
    var direction: PacketDirection? {
        number(OptionCode.Packet.flags, as: UInt32.self).map { PacketDirection(rawValue: UInt8($0 & 3)) ?? .unknown }
    }

    func number<Number: FixedWidthInteger & BitwiseCopyable>(_ wanted: UInt16, as type: Number.Type) -> Number? {
        var found: Number?
        forEach { code, value in
            guard code == wanted, value.byteCount == MemoryLayout<Number>.size else { return true }
            found = value.number(at: 0, swapped: swapped)
            return false
        }
        return found
    }

    /// A time stamp whose upper half comes first.
    func stamp(_ wanted: UInt16) -> UInt64? {
        var found: UInt64?
        forEach { code, value in
            guard code == wanted, value.byteCount == 8 else { return true }
            let high = value.number(at: 0, as: UInt32.self, swapped: swapped)
            found = UInt64(high) << 32 | UInt64(value.number(at: 4, as: UInt32.self, swapped: swapped))
            return false
        }
        return found
    }

    func texts(_ wanted: UInt16) -> [String] {
        var found: [String] = []
        forEach { code, value in
            if code == wanted { found.append(Self.text(value)) }
            return found.count < Self.mostTexts
        }
        return found
    }

    func text(_ wanted: UInt16) -> String? {
        var found: String?
        forEach { code, value in
            guard code == wanted else { return true }
            found = Self.text(value)
            return false
        }
        return found
    }

    /// The most texts of one kind in a block, and the most bytes of one, that are read.
    private static let mostTexts = 20
    private static let mostBytes = 4096

    /// The option as text. Some writers terminate it with a zero byte.
    static func text(_ value: RawSpan) -> String {
        var bytes = value.extracting(0..<min(value.byteCount, mostBytes)).array
        while bytes.last == 0 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
