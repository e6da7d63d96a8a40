// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Quantities
import SystemPackage
import Testing

@testable import Pcap

/// Files that were changed at random are read to some end. A trap of Swift would end this process, and so would a read
/// beyond a packet.
@Suite struct MutationTests {
    let scratch: ScratchDirectory

    init() throws {
        scratch = try ScratchDirectory()
    }

    /// Reads everything that can be asked of a packet.
    static func readAll(_ path: String) throws -> (packets: Int, options: Int) {
        var packets = 0
        var options = 0
        var bytes: Int64 = 0
        var reader = try CaptureReader(path)
        try reader.forEach { packet in
            packets += 1
            bytes += packet.internetPacket?.length.bytes ?? 0
            options += packet.comments.count
            guard case .tcp(let segment)? = packet.internetPacket?.transport else { return }
            var rest = packet.options(of: segment)
            if rest.timestamps != nil { options += 1 }
            while let option = rest.next() { if option != .noOperation { options += 1 } }
        }
        // A summary has the same totals.
        var again = try CaptureReader(path)
        let summary = CaptureSummary(of: &again)
        #expect(summary.interfaces.map(\.packets).reduce(0, +) == packets)
        #expect(summary.interfaces.map(\.protocols.internet.bytes.bytes).reduce(0, +) == bytes)
        #expect(again.damage == reader.damage)
        _ = reader.interfaces.map(\.linkType.name)
        _ = reader.damage.first.map(\.description)
        return (packets, options)
    }

    /// Flips bits, sets bytes to extremes, copies, removes and inserts ranges, and cuts off the end.
    static func mutate(_ bytes: inout [UInt8], _ generator: inout SplitMix64) {
        func place(_ count: Int) -> Int { Int(generator.next(below: UInt64(max(1, count)))) }
        for _ in 0...place(12) where !bytes.isEmpty {
            let at = place(bytes.count)
            switch generator.next(below: 8) {
            case 0, 1, 2: bytes[at] ^= 1 << UInt8(generator.next(below: 8))
            case 3: bytes[at] = [0, 0xff, 0x7f, 0x80, 1][place(5)]
            case 4: for index in at..<min(at + 4, bytes.count) { bytes[index] = 0xff }
            case 5: bytes.removeSubrange(at..<min(at + 1 + place(40), bytes.count))
            case 6: bytes.insert(contentsOf: bytes[at..<min(at + 1 + place(40), bytes.count)], at: at)
            default: if place(6) == 0 { bytes.removeSubrange(at...) }
            }
        }
    }

    /// A capture of each link type with TCP, with the headers that may stand before it.
    static func seeds() throws -> [(name: String, bytes: [UInt8])] {
        let own: [(String, [UInt8])] = LinkTypeTests.samples.map { sample in
            ("link \(sample.linkType.rawValue)", PcapFile(linkType: sample.linkType, packets: [sample.bytes]).bytes)
        }
        let disk = SmallDisk(room: 1 << 20)
        try PcapngWriterTests.write(to: disk)
        return own + [("own pcapng", disk.bytes)]
    }

    /// The beginnings of the shipped captures, as they are and uncompressed: a probe's datagrams and Multipath TCP.
    private func shipped() throws -> [(name: String, bytes: [UInt8])] {
        try SharedCaptures.shipped.flatMap { name in
            let plain = scratch.file("plain").string
            _ = SharedCaptures.run(["sh", "-c", "gzip -dc '\(SharedCaptures.path(name))' >'\(plain)'"])
            return try [(name, SharedCaptures.path(name)), ("\(name), uncompressed", plain)].map {
                ($0, Array(try ScratchDirectory.read($1).prefix(60_000)))
            }
        }
    }

    @Test func `No change to a file is a crash`() throws {
        let shipped = try shipped()
        // This fails if gzip is missing.
        #expect(shipped.allSatisfy { $0.bytes.count == 60_000 })
        try mutate(try Self.seeds() + shipped)
    }

    @Test(.enabled(if: SharedCaptures.isPresent, SharedCaptures.missing))
    func `No change to a published file is a crash`() throws {
        let names = SharedCaptures.published.filter { !$0.contains("iperf") }
        try mutate(names.map { ($0, Array(try ScratchDirectory.read(SharedCaptures.path($0)).prefix(60_000))) })
    }

    private func mutate(_ seeds: [(name: String, bytes: [UInt8])]) throws {
        var read = 0
        var refused = 0
        for (index, seed) in seeds.enumerated() {
            // Small files are read quickly, and their headers are a larger part of them.
            let rounds = seed.bytes.count < 4000 ? 60 : 8
            for round in 0..<rounds {
                var generator = SplitMix64(seed: UInt64(index * 1000 + round), purpose: "mutations")
                var bytes = seed.bytes
                Self.mutate(&bytes, &generator)
                let path = try scratch.write("mutated", bytes)
                do {
                    read += try Self.readAll(path).packets
                } catch let fault as Fault {
                    #expect(fault.code == .badInput, "\(seed.name), round \(round): \(fault)")
                    refused += 1
                }
            }
        }
        // Most files are still captures, and some are not.
        #expect(read > seeds.count * 20 && refused > 0, "\(read) packets read, \(refused) files refused")
    }

    @Test func `Random bytes behind each link type are no crash`() throws {
        let memory = try PageEnd()
        var generator = SplitMix64(seed: 7, purpose: "random packets")
        var found = 0
        for linkType in LinkTypeTests.samples.map(\.linkType) {
            for _ in 0..<4000 {
                let count = Int(generator.next(below: 120))
                var bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
                // Versions and protocols that lead to further headers.
                for index in bytes.indices where generator.next(below: 6) == 0 {
                    bytes[index] = [0x45, 0x60, 6, 17, 44, 0, 0x08, 0x86, 0xdd, 30, 8][Int(generator.next(below: 11))]
                }
                let length = Int(generator.next(below: 3000))
                memory.withPacket(bytes, linkType, originalBytes: length, hasOptions: true) { packet in
                    if let internet = packet.internetPacket {
                        found += 1
                        if case .tcp(let segment) = internet.transport {
                            var options = packet.options(of: segment)
                            while options.next() != nil {}
                        }
                    }
                    _ = packet.direction
                    _ = packet.comments
                }
            }
        }
        #expect(found > 100)
    }
}
