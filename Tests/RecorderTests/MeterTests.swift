// SPDX-License-Identifier: Apache-2.0
import Pcap
import Quantities
import Testing

@testable import Recorder

@Suite struct `The bins of an interface` {
    private static func time(_ milliseconds: Int64) -> Timestamp { Timestamp(nanoseconds: milliseconds * 1_000_000) }
    private static let packet = [UInt8](repeating: 0, count: 4).withUnsafeBytes {
        var sizes = SegmentSizes()
        return WireLength(header: $0, length: 100, mtu: 1500, &sizes)
    }

    private static func meter() -> Meter { Meter(width: .milliseconds(100), start: time(1_000_050)) }

    @Test func `count each packet where its stamp is, and the silence between`() {
        var meter = Self.meter()
        for milliseconds in [1_000_060, 1_000_099, 1_000_310] as [Int64] {
            meter.add(Self.packet, outgoing: milliseconds == 1_000_099, at: Self.time(milliseconds))
        }
        let bins = meter.take(before: Self.time(1_000_399))
        #expect(bins.map(\.start.nanoseconds) == [1_000_000, 1_000_100, 1_000_200].map { $0 * 1_000_000 })
        #expect(bins.map(\.count.inBytes) == [100, 0, 0])
        #expect(bins.map(\.count.outPackets) == [1, 0, 0])
        #expect(meter.take(before: Self.time(1_000_399)).isEmpty)
        #expect(meter.take(before: Self.time(1_000_400)).map(\.count.inBytes) == [100])
        #expect(meter.total.inBytes == 200)
    }

    @Test func `lose nothing that comes late or with a stamp from elsewhere`() {
        var meter = Self.meter()
        _ = meter.take(before: Self.time(1_000_500))
        meter.add(Self.packet, outgoing: false, at: Self.time(1_000_100))
        #expect(meter.take(before: Self.time(1_000_600)).map(\.count.inBytes) == [100])
        meter.add(Self.packet, outgoing: false, at: Self.time(9_000_000_000))
        #expect(meter.restart(at: Self.time(1_000_600)).map(\.count.inBytes).reduce(0, +) == 100)
        #expect(meter.total.inBytes == 200)
    }

    @Test func `go on where the clock was set to`() {
        var meter = Self.meter()
        meter.add(Self.packet, outgoing: false, at: Self.time(1_000_060))
        let before = meter.restart(at: Self.time(500_000))
        #expect(before.map(\.count.inBytes) == [100])
        #expect(
            meter.take(before: Self.time(500_200)).map(\.start.nanoseconds)
                == [500_000, 500_100].map { $0 * 1_000_000 })
    }

    @Test func `hold no silence where the clock jumped`() {
        var meter = Self.meter()
        meter.add(Self.packet, outgoing: false, at: Self.time(1_000_060))
        // Stamped after the clock was set forward by a minute, 250 ms after the first packet.
        meter.add(Self.packet, outgoing: false, at: Self.time(1_060_310))
        let rows = meter.take(before: Self.time(1_000_320)) + meter.restart(at: Self.time(1_060_320))
        #expect(rows.map(\.start.nanoseconds) == [1_000_000, 1_000_100, 1_000_200, 1_060_300].map { $0 * 1_000_000 })
        #expect(rows.map(\.count.inBytes) == [100, 0, 0, 100])
    }
}
