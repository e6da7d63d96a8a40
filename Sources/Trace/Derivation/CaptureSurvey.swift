// SPDX-License-Identifier: Apache-2.0
import Documents
import Pcap

/// What must be known about a capture before its packets can be read: which addresses are near, and the interfaces'
/// names.
package struct CaptureSurvey {
    /// The near addresses of each interface, for packets that do not say in which direction they went.
    let near: [Set<InternetAddress>]
    /// The interfaces' names from the capture; an interface without a name is named after the file.
    let names: [String]
    package let described: [CaptureInterface]
    package let damage: [CaptureDamage]
    /// The number of interfaces that have packets.
    let used: Int
    private let source: CaptureSource
    private let first: Timestamp?

    package init(_ source: CaptureSource) throws {
        var tallies: [AddressTally] = []
        var hasPackets: [Bool] = []
        var used = 0
        var first: Timestamp?
        var reader = try CaptureReader(source.file)
        try reader.forEach { packet in
            while tallies.count <= packet.interface {
                tallies.append(AddressTally())
                hasPackets.append(false)
            }
            if !hasPackets[packet.interface] {
                hasPackets[packet.interface] = true
                used += 1
                guard used <= DerivationMemory.mostInterfaces else {
                    throw Fault.input(
                        source.file,
                        "has packets of more than \(DerivationMemory.mostInterfaces) interfaces, which is not the "
                            + "capture of a walk; keep those of a few, with Wireshark's editcap or tshark")
                }
            }
            tallies[packet.interface].add(packet)
            if let time = packet.time { first = min(first ?? time, time) }
        }
        self.source = source
        self.first = first
        self.used = used
        near = tallies.map(\.near)
        described = Array(reader.interfaces)
        damage = Array(reader.damage.first)
        let stem = source.fileName.split(separator: ".").first.map(String.init) ?? "path"
        names = described.prefix(near.count).map { $0.name ?? stem }
    }

    /// The direction in which derivation takes a packet to have gone.
    package func direction(of packet: borrowing Packet) -> PacketDirection {
        let stated = packet.direction
        guard stated == .unknown, let internet = packet.internetPacket, near.indices.contains(packet.interface) else {
            return stated
        }
        return near[packet.interface].direction(of: internet)
    }

    /// The duration to add to the capture's timestamps.
    func shift(_ shift: Duration, alignsStarts: Bool) -> Duration {
        let zero = Timestamp(nanoseconds: 0)
        return shift + (alignsStarts ? zero - (first ?? zero) : .zero)
    }

    /// The names of the interfaces' paths. The source's name is used only for a single interface.
    var pathNames: [String] {
        names.map { name in
            names.count == 1 ? source.name ?? CaptureSource.pathName(name) : CaptureSource.pathName(name)
        }
    }
}
