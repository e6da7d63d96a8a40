// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import Testing
import Traces

@Suite struct `Opportunities to send a packet` {
    private static func random(seed: UInt64) throws -> Opportunities {
        var generator = SplitMix64(seed: seed)
        var instant: Int64 = Int64(generator.next(below: 4))
        let instants = (0..<400).map { _ in
            // Several in one millisecond, and sometimes a long silence.
            switch generator.next(below: 20) {
            case 0: instant += Int64(generator.next(below: 300))
            case 1..<10: break
            default: instant += Int64(generator.next(below: 5))
            }
            return instant
        }
        return try #require(Opportunities(milliseconds: instants.last == 0 ? [1] : instants))
    }

    /// When packets leave, opportunity by opportunity, as `mm-link` accounts for them. Opportunities up to a packet's
    /// arrival are gone, the rest of one serves the packet that waits, and the file begins again after its last line.
    private static func departures(
        of packets: [(time: Int64, size: Int64)], at instants: [Int64]
    ) -> [Int64?] {
        var next = 0
        var left: Int64 = 0
        var free: Int64 = .min
        return packets.map { packet in
            // No packet waits any more when this one arrives, so the rest of an opportunity is lost.
            if free <= packet.time { left = 0 }
            while next < instants.count, instants[next] * 1_000_000 <= packet.time { next += 1 }
            var wanted = packet.size + 4
            while wanted > left {
                guard next < instants.count else { return nil }
                wanted -= left
                left = 1504
                free = instants[next] * 1_000_000
                next += 1
            }
            left -= wanted
            return free
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `let packets leave exactly as mm-link does`(seed: UInt64) throws {
        let opportunities = try Self.random(seed: seed)
        let end = opportunities.period * 3
        let curve = opportunities.curve(until: end)
        var generator = SplitMix64(seed: seed, purpose: "packets")
        var time: Int64 = 0
        let packets = (0..<600).map { _ -> (time: Int64, size: Int64) in
            if generator.next(below: 4) == 0 { time += Int64(generator.next(below: 30_000_000)) }
            return (time, 40 + Int64(generator.next(below: 1461)))
        }
        let expected = Self.departures(of: packets, at: opportunities.instants(before: end))
        // The link's own rule, applied to the curve.
        var position = Curve.Position.zero
        for (index, packet) in packets.enumerated() {
            let sent = curve.position(atNanosecond: packet.time)
            let start = max(position, sent).units
            let charge = UInt64(packet.size + Opportunities.overhead.bytes) * Curve.Position.unitsPerByte
            let reached = Curve.Position(units: start + charge)
            let departure = curve.nanosecond(reaching: reached)
            #expect(departure == expected[index], "packet \(index)")
            if departure == nil { break }
            position = reached
        }
    }

    @Test func `begin anew with the last one as zero`() throws {
        let opportunities = try #require(Opportunities(milliseconds: [0, 3, 3, 10]))
        #expect(opportunities.period == .milliseconds(10))
        #expect(opportunities.instants(before: .milliseconds(21)) == [0, 3, 3, 10, 10, 13, 13, 20, 20])
        #expect(opportunities.instants(before: .milliseconds(10)) == [0, 3, 3])
        let curve = opportunities.curve(until: .milliseconds(21))
        #expect(curve.total == Curve.Position(ByteCount(9 * 1504)))
        #expect(curve.nanosecond(reaching: Curve.Position(ByteCount(4 * 1504 + 1))) == 10_000_000)
    }

    @Test(arguments: [[], [0], [0, 0], [5, 4], [-1, 4]] as [[Int64]])
    func `are none where the file is no file of opportunities`(instants: [Int64]) {
        #expect(Opportunities(milliseconds: instants) == nil)
    }

    @Test func `of an uplink that nobody measured are a third, but 1 Mb per second at least`() throws {
        // 12 Mb/s for a second, 0.24 Mb/s for a second, silence for two seconds, and one opportunity at the end.
        let fast = (0..<1000).map { Int64($0) }
        let slow = (0..<20).map { Int64(1000 + $0 * 50) }
        let third = try #require(Opportunities(milliseconds: fast + slow + [4000])).third()
        let rates = third.rates(until: .seconds(4)).map(\.megabitsPerSecond)
        #expect(abs(rates[0] - 4) < 0.05)
        // It never has more than the downlink.
        #expect((0.228...0.24).contains(rates[1]))
        #expect(rates[2...] == [0, 0])
        #expect(third.period == .seconds(4))
    }

    @Test func `of a linear curve carry what it carries, to one packet`() throws {
        let curve = Curve(
            rates: [(.zero, .megabitsPerSecond(3.7)), (.seconds(1), .zero), (.seconds(2), .megabitsPerSecond(11))],
            end: .seconds(3))
        let opportunities = try #require(Opportunities(of: curve))
        for time in stride(from: 0, through: 3000, by: 7) {
            let carried = curve.position(at: .milliseconds(time)).bytes
            let counted = Double(opportunities.milliseconds.filter { $0 <= time }.count) * 1500
            #expect(counted <= carried && carried < counted + 1500 + 11e6 / 8 / 1000, "at \(time) ms")
        }
        #expect(Opportunities(of: Curve(rates: [(.zero, .zero)], end: .seconds(3))) == nil)
    }
}
