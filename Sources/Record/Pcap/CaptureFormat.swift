// SPDX-License-Identifier: Apache-2.0
/// The layout of a capture, detected from its first bytes.
package enum CaptureFormat: Sendable, Equatable {
    case pcap(PcapLayout)
    case pcapng

    package var name: String {
        switch self {
        case .pcap(let layout): layout.name
        case .pcapng: "pcapng"
        }
    }

    /// - Parameter header: the file's first 24 bytes, or all of them if the file is shorter.
    /// - Returns: nil if these bytes do not begin a capture.
    init?(header: RawSpan) {
        guard header.byteCount >= 4 else { return nil }
        if header.network(at: 0, as: UInt32.self) == BlockType.section {
            self = .pcapng
        } else if header.byteCount >= PcapLayout.headerSize, let layout = PcapLayout(header: header) {
            self = .pcap(layout)
        } else {
            return nil
        }
    }
}

/// The layout of a classic pcap file: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html and its variants.
package struct PcapLayout: Sendable, Equatable {
    static let headerSize = 24

    /// Whether the byte order of numbers differs from this machine's.
    let swapped: Bool
    let nanosecondsPerTick: Int64
    /// 16, or 24 in the variant that has an interface index, protocol and packet type after the lengths.
    let recordHeaderSize: Int
    let minorVersion: UInt16
    let snapLength: UInt32
    let linkType: LinkType

    init?(header: RawSpan) {
        let magic = header.number(at: 0, as: UInt32.self, swapped: false)
        switch magic {
        case 0xa1b2_c3d4, 0xd4c3_b2a1: (nanosecondsPerTick, recordHeaderSize) = (1000, 16)
        case 0xa1b2_3c4d, 0x4d3c_b2a1: (nanosecondsPerTick, recordHeaderSize) = (1, 16)
        case 0xa1b2_cd34, 0x34cd_b2a1: (nanosecondsPerTick, recordHeaderSize) = (1000, 24)
        default: return nil
        }
        swapped = magic >> 24 != 0xa1
        minorVersion = header.number(at: 6, swapped: swapped)
        snapLength = header.number(at: 16, swapped: swapped)
        // The upper half of the field describes the frame check sequence.
        linkType = LinkType(
            rawValue: UInt16(truncatingIfNeeded: header.number(at: 20, as: UInt32.self, swapped: swapped)))
    }

    /// Before version 2.3 the two lengths were in the opposite order, and some writers of version 2.3 still used the
    /// old order.
    @inline(never)
    func lengthsAreSwapped(_ captured: UInt32, _ original: UInt32) -> Bool {
        minorVersion < 3 || (minorVersion == 3 && captured > original)
    }

    var name: String {
        recordHeaderSize == 24 ? "modified pcap" : nanosecondsPerTick == 1 ? "nanosecond pcap" : "pcap"
    }
}
