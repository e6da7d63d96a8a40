// SPDX-License-Identifier: Apache-2.0
import Pcap

/// What must be known of a capture before its packets tell anything: whose they are, and what its interfaces are
/// called.
struct CaptureSurvey {
    /// Of each interface: near addresses, where packets do not say which way they went.
    let near: [Set<InternetAddress>]
    /// As the capture has them, where it has any; else after the file.
    let names: [String]
    let described: [CaptureInterface]
    let damage: [CaptureDamage]
    private let source: CaptureSource
    private let first: Timestamp?

    init(_ source: CaptureSource) throws {
        var tallies: [AddressTally] = []
        var first: Timestamp?
        var reader = try CaptureReader(source.file)
        try reader.forEach { packet in
            while tallies.count <= packet.interface { tallies.append(AddressTally()) }
            tallies[packet.interface].add(packet)
            if let time = packet.time { first = min(first ?? time, time) }
        }
        self.source = source
        self.first = first
        near = tallies.map(\.near)
        described = Array(reader.interfaces)
        damage = Array(reader.damage.first)
        let stem = source.fileName.split(separator: ".").first.map(String.init) ?? "path"
        names = near.indices.map { index in reader.interfaces[index].name ?? stem }
    }

    /// What to add to its stamps.
    func shift(_ shift: Duration, alignsStarts: Bool) -> Duration {
        let zero = Timestamp(nanoseconds: 0)
        return shift + (alignsStarts ? zero - (first ?? zero) : .zero)
    }

    /// What the interfaces' paths are called where the source names none for the only one.
    var pathNames: [String] {
        names.map { name in
            names.count == 1 ? source.name ?? CaptureSource.pathName(name) : CaptureSource.pathName(name)
        }
    }
}
