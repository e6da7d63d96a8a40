// SPDX-License-Identifier: Apache-2.0
import Determinism
import Testing

@testable import Pcap

/// The short paths that nearly every packet takes give the same result as the long ones.
@Suite struct DissectionTests {
    @Test func `A plain packet is dissected as any other, however it was changed or cut`() throws {
        let memory = try PageEnd()
        var generator = SplitMix64(seed: 11, purpose: "plain packets")
        let sample = LinkTypeTests.fourth
        var plain = 0
        for _ in 0..<50_000 {
            var bytes = sample[..<(sample.count - Int(generator.next(below: 24)))]
            for _ in 0..<generator.next(below: 3) {
                bytes[Int(generator.next(below: UInt64(bytes.count)))] = Self.byte(&generator)
            }
            let wireLength = 36 + Int(generator.next(below: 40))
            memory.with(bytes) { span in
                guard let short = Dissection.plain(span, 0, wireLength) else { return }
                plain += 1
                #expect(short == Dissection.versionFour(span, 0, wireLength), "\(bytes), \(wireLength) on the wire")
            }
        }
        #expect(plain > 5000 && plain < 45_000, "\(plain) were plain")
    }

    @Test(arguments: LinkTypeTests.samples)
    func `A packet's share in the sums is that of what it is dissected to`(sample: LinkTypeTests.Sample) throws {
        let memory = try PageEnd()
        var generator = SplitMix64(seed: 12, purpose: sample.name)
        var kinds: [Dissection.Share.Kind: Int] = [:]
        for _ in 0..<5000 {
            var bytes = sample.bytes
            // Sets the protocol first, so that all kinds occur.
            let field = sample.header.count + (sample.isVersionSix ? 40 : 9)
            if generator.next(below: 2) == 0 { bytes[field] = [1, 17, 58, 6][Int(generator.next(below: 4))] }
            for _ in 0..<generator.next(below: 3) {
                bytes[Int(generator.next(below: UInt64(bytes.count)))] = Self.byte(&generator)
            }
            memory.with(bytes) { span in
                let length = bytes.count + Int(generator.next(below: 20))
                let share = Dissection.share(in: span, sample.linkType, wireLength: length)
                let packet = Dissection.internetPacket(in: span, sample.linkType, wireLength: length)
                #expect(share?.length == packet?.lengthBytes)
                #expect(share?.kind == packet.map { Self.kind($0.transport) })
                if let share { kinds[share.kind, default: 0] += 1 }
            }
        }
        #expect(kinds.values.allSatisfy { $0 > 50 } && kinds.count == 4, "\(kinds)")
    }

    /// A random byte, often one that means something in a header.
    private static func byte(_ generator: inout SplitMix64) -> UInt8 {
        let known: [UInt8] = [0, 0x20, 0x40, 0x45, 0x46, 0x50, 0x60, 6, 17, 60, 0xff]
        let index = Int(generator.next(below: UInt64(known.count * 2)))
        return index < known.count ? known[index] : UInt8(truncatingIfNeeded: generator.next())
    }

    private static func kind(_ transport: IPPacket.Transport) -> Dissection.Share.Kind {
        switch transport {
        case .tcp: .tcp
        case .udp: .udp
        case .icmp: .icmp
        case .other: .other
        }
    }
}
