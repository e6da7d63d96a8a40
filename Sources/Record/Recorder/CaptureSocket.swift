// SPDX-License-Identifier: Apache-2.0
import CLinux
import Documents
import Glibc
import Netlink
import Pcap
import Quantities
import SystemPackage

/// A packet socket on one interface with the ring that the kernel fills.
///
/// Sendable because only the capture's thread uses it once the capture has begun; what other threads read does not
/// change.
final class CaptureSocket: @unchecked Sendable {
    private var ring = walkback_packet_ring()
    let linkType: LinkType
    /// Whether the kernel reports the segment size of merged packets.
    var knowsSegments: Bool { ring.knows_segments }

    /// 16 MB: room for 128 bytes each of the hundred thousand packets that arrive in a busy second.
    private static let blockSize: UInt32 = 1 << 19
    private static let blockCount: UInt32 = 32

    /// The kernel hands over a block after at most this many microseconds.
    static let blockTimeout = UInt32(WALKBACK_PACKET_BLOCK_MILLISECONDS) * 1000

    /// The kernel's structures hold no more than this of one packet.
    static let wholePackets: UInt32 = 262_144

    /// - Parameter snap: bytes kept of each packet; zero keeps all.
    /// - Throws: `Fault` with code 77 without the right to capture, 65 if the interface carries radio frames.
    init(on link: RoutingEvents.Link, snap: ByteCount) throws {
        linkType = try Self.linkType(of: link)
        let bytes = snap == .zero ? Self.wholePackets : UInt32(clamping: snap.bytes)
        let error = -walkback_packet_open(
            &ring, link.index, bytes, Self.blockSize, Self.blockCount, Self.kernelSaysSegments)
        guard error == 0 else { throw Self.fault(error, link.name) }
    }

    deinit {
        walkback_packet_close(&ring)
    }

    var descriptor: CInt { ring.descriptor }

    /// Passes on the packets in the ring, at most `most` of them.
    ///
    /// - Returns: the number of packets.
    func forEach(most: Int, _ body: (walkback_packet) -> Void) -> Int {
        var packet = walkback_packet()
        var count = 0
        while count < most, walkback_packet_next(&ring, &packet) == 1 {
            body(packet)
            count += 1
        }
        return count
    }

    /// Counts since the last call.
    func statistics() -> (arrived: UInt64, dropped: UInt64) {
        var (arrived, dropped): (UInt32, UInt32) = (0, 0)
        guard walkback_packet_statistics(&ring, &arrived, &dropped) == 0 else { return (0, 0) }
        return (UInt64(arrived), UInt64(dropped))
    }

    /// Reads the error that the socket reports once when its interface goes down; until it is read, every wait ends at
    /// once.
    func clearError() {
        var error: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        getsockopt(ring.descriptor, SOL_SOCKET, SO_ERROR, &error, &size)
    }

    private static func fault(_ error: CInt, _ name: String) -> Fault {
        if error == EPERM || error == EACCES {
            return Fault(
                .permission,
                "cannot capture on '\(name)': permission denied; run with sudo, or run once: sudo setcap "
                    + "cap_net_raw,cap_net_admin+ep $(command -v walkback)")
        }
        return Fault(.failed, "cannot capture on '\(name)': \(Errno(rawValue: error))")
    }

    /// Hardware types are numbered as in include/uapi/linux/if_arp.h.
    static func linkType(of link: RoutingEvents.Link) throws -> LinkType {
        switch link.hardwareType {
        case 1, 772: return .ethernet
        case 801, 802, 803:
            throw Fault(
                .badInput,
                "'\(link.name)' is in monitor mode, so it carries the radio frames of all stations and no packets of "
                    + "this host; record the interface that has the address")
        // A link header of any other type has no meaning outside this host.
        default: return .raw
        }
    }

    /// Kernels before 6.2 drop merged datagrams if a socket asks for segment sizes, which are then computed instead.
    private static let kernelSaysSegments: Bool = {
        var name = utsname()
        uname(&name)
        let release = withUnsafeBytes(of: &name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return saysSegments(release: release)
    }()

    static func saysSegments(release: String) -> Bool {
        let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        guard numbers.count == 2 else { return false }
        return (numbers[0], numbers[1]) >= (6, 2)
    }
}
