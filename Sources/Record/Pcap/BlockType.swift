// SPDX-License-Identifier: Apache-2.0
/// The types of pcapng block that are read here (draft-ietf-opsawg-pcapng, section 4); other blocks are skipped.
enum BlockType {
    static let section: UInt32 = 0x0a0d_0d0a
    static let interface: UInt32 = 1
    /// Appears in files that are older than the format's first specification.
    static let obsoletePacket: UInt32 = 2
    static let simplePacket: UInt32 = 3
    static let interfaceStatistics: UInt32 = 5
    static let enhancedPacket: UInt32 = 6

    /// Follows a section's length and shows its byte order.
    static let byteOrderMagic: UInt32 = 0x1a2b_3c4d
}

/// The options of those blocks. The same number means different things in different blocks.
enum OptionCode {
    static let endOfOptions: UInt16 = 0
    static let comment: UInt16 = 1

    enum Section {
        static let hardware: UInt16 = 2
        static let operatingSystem: UInt16 = 3
        static let application: UInt16 = 4
    }

    enum Interface {
        static let name: UInt16 = 2
        static let description: UInt16 = 3
        static let resolution: UInt16 = 9
        static let filter: UInt16 = 11
        static let operatingSystem: UInt16 = 12
        static let offset: UInt16 = 14
        static let hardware: UInt16 = 15
    }

    enum Packet {
        static let flags: UInt16 = 2
    }

    enum Statistics {
        static let start: UInt16 = 2
        static let end: UInt16 = 3
        static let received: UInt16 = 4
        static let droppedByInterface: UInt16 = 5
        static let accepted: UInt16 = 6
        static let droppedBySystem: UInt16 = 7
        static let delivered: UInt16 = 8
    }
}
