// SPDX-License-Identifier: Apache-2.0
import CLinux
import CNetlink
import Documents
import Glibc
import SystemPackage

/// The features of an interface that let several packets travel as one: segmentation offload at the sender, merging at
/// the receiver.
///
/// The kernel renumbers its features in every version, so they are looked up by name, once.
package struct Offloads {
    private let blocks: [UInt32]
    private static let nameSize = 32

    /// Asks any one interface of the calling thread's network namespace; the answer holds for all interfaces.
    package init(asking interface: String) throws {
        let socket = try Self.controlSocket()
        defer { try? socket.close() }
        // struct ethtool_sset_info with room for one length.
        var information: [UInt32] = [UInt32(ETHTOOL_GSSET_INFO), 0, 1 << ETH_SS_FEATURES.rawValue, 0, 0]
        try Self.call(socket, interface, &information)
        let count = Int(information[4])
        // struct ethtool_gstrings: command, set, length, names.
        var names = [UInt32](repeating: 0, count: 3 + count * Self.nameSize / 4)
        names[0] = UInt32(ETHTOOL_GSTRINGS)
        names[1] = ETH_SS_FEATURES.rawValue
        names[2] = UInt32(count)
        try Self.call(socket, interface, &names)
        var blocks = [UInt32](repeating: 0, count: (count + 31) / 32)
        names.withUnsafeBytes { bytes in
            for feature in 0..<count {
                let start = 12 + feature * Self.nameSize
                let name = String(
                    decoding: bytes[start..<(start + Self.nameSize)].prefix { $0 != 0 }, as: UTF8.self)
                if Self.joinsPackets(name) { blocks[feature / 32] |= 1 << UInt32(feature % 32) }
            }
        }
        self.blocks = blocks
    }

    static func joinsPackets(_ feature: String) -> Bool {
        (feature.hasPrefix("tx-") && feature.hasSuffix("segmentation")) || feature.hasPrefix("rx-gro")
            || feature == "rx-lro" || feature == "tx-gso-list" || feature == "tx-gso-partial"
    }

    /// Turns these features off on interfaces of the calling thread's network namespace. Checksum offload stays as it
    /// is.
    package func disable(on interfaces: [String]) throws {
        let socket = try Self.controlSocket()
        defer { try? socket.close() }
        for interface in interfaces {
            // struct ethtool_sfeatures: command, size, then (valid, requested) for each block.
            var words = [UInt32(ETHTOOL_SFEATURES), UInt32(blocks.count)] + blocks.flatMap { [$0, 0] as [UInt32] }
            try Self.call(socket, interface, &words)
        }
    }

    /// Whether any of these features is on.
    package func areActive(on interface: String) throws -> Bool {
        let socket = try Self.controlSocket()
        defer { try? socket.close() }
        // struct ethtool_gfeatures: command, size, then (available, requested, active, never changed) for each block.
        var words = [UInt32](repeating: 0, count: 2 + blocks.count * 4)
        words[0] = UInt32(ETHTOOL_GFEATURES)
        words[1] = UInt32(blocks.count)
        try Self.call(socket, interface, &words)
        return blocks.enumerated().contains { words[2 + $0.offset * 4 + 2] & $0.element != 0 }
    }

    private static func controlSocket() throws -> FileDescriptor {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else {
            throw Fault(.failed, "cannot open a socket: \(Errno(rawValue: errno))")
        }
        return FileDescriptor(rawValue: socket)
    }

    private static func call(_ socket: FileDescriptor, _ interface: String, _ words: inout [UInt32]) throws {
        let error = -words.withUnsafeMutableBytes {
            walkback_ethtool(socket.rawValue, interface, $0.baseAddress)
        }
        guard error == 0 else {
            throw Fault(
                error == EPERM ? .permission : .failed,
                "cannot read or set the offloads of '\(interface)': \(Errno(rawValue: error))")
        }
    }
}
