// SPDX-License-Identifier: Apache-2.0
import Determinism
import ProbeFormat
import Quantities
import Testing

@testable import Probe

/// The other end has the key, and lies.
@Suite struct `An end of a probe` {
    private static let extremes: [UInt64] = [
        0, 1, 2, 15, 1 << 31, 1 << 32, 1 << 61, (1 << 61) - 1, UInt64(Int64.max) - 1, UInt64(Int64.max),
        1 << 63, .max - 1, .max,
    ]

    private struct Liar {
        var generator: SplitMix64

        /// - Parameter likely: a value that could be true.
        mutating func number(_ likely: UInt64) -> UInt64 {
            switch generator.next(below: 4) {
            case 0: extremes[Int(generator.next(below: UInt64(extremes.count)))]
            case 1: likely &+ generator.next(below: 3) &- 1
            default: likely
            }
        }

        mutating func feedback(sent: UInt64, at now: Int64) -> ProbeMessage.Feedback {
            ProbeMessage.Feedback(
                latest: number(sent), latestSent: number(UInt64(now)), packets: number(sent), ipBytes: number(sent),
                time: number(UInt64(now)), held: UInt32(truncatingIfNeeded: number(0)))
        }

        mutating func message(sent: UInt64, at now: Int64) -> ProbeMessage {
            switch generator.next(below: 9) {
            case 0: .data(session: 1, number: number(1), time: number(1), feedback(sent: sent, at: now))
            case 1: .echo(session: 1, number: number(1), time: number(UInt64(now)))
            case 2: .echoReply(session: 1, number: number(1), time: number(UInt64(now)))
            case 3: .idle(session: 1, milliseconds: UInt32(truncatingIfNeeded: number(0)))
            case 4: .report(session: 1, feedback(sent: sent, at: now))
            case 5: .relay(session: 1, of: number(2), feedback(sent: sent, at: now))
            case 6: .sound(session: 1)
            default: .feedback(session: 1, feedback(sent: sent, at: now))
            }
        }
    }

    /// A session begins right after the machine has started, and after ten days.
    @Test(arguments: [0, 1_000_000, 864_000_000_000_000] as [Int64], [true, false])
    func `survives whatever numbers the other end sends`(begin: Int64, sendsEchoes: Bool) {
        for seed in UInt64(0)..<200 {
            for filling in Filling.allCases {
                var liar = Liar(generator: SplitMix64(seed: seed))
                var end = ProbeEndpoint(
                    session: 1, sendsEchoes: sendsEchoes, filling: filling, rate: .megabitsPerSecond(100), at: begin)
                end.others = [2: LinkReceiver(at: begin)]
                var sent: UInt64 = 0
                for tick in Int64(0)..<200 {
                    let now = begin + tick * 3_000_000
                    end.act(at: now) { message in
                        if case .data(_, let number, _, _) = message { sent = number }
                        return true
                    }
                    end.take(liar.message(sent: sent, at: now), ipBytes: 1400, at: now)
                    end.take(relayed: liar.feedback(sent: sent, at: now), at: now)
                    _ = end.wakeTime(at: now)
                    #expect(end.roundTrip >= 0 && end.roundTrip <= now - begin, "seed \(seed)")
                }
            }
        }
    }

    @Test func `is not made to send by feedback that cannot be true`() {
        /// The number of data datagrams that are sent in two seconds in which `feedback` arrives every millisecond.
        func sent(_ feedback: (_ sent: UInt64, _ now: Int64) -> ProbeMessage.Feedback?) -> Int {
            var end = ProbeEndpoint(session: 1, sendsEchoes: false, rate: DataRate(bitsPerSecond: 1e9), at: 0)
            var numbers: [UInt64] = []
            for tick in Int64(0)..<2000 {
                let now = tick * 1_000_000
                end.act(at: now) { message in
                    if case .data(_, let number, _, _) = message { numbers.append(number) }
                    return true
                }
                if let feedback = feedback(numbers.last ?? 0, now) {
                    end.take(.feedback(session: 1, feedback), ipBytes: 88, at: now)
                }
            }
            return numbers.count
        }
        let alone = sent { _, _ in nil }
        for (name, latest, packets, sentAt, time) in [
            ("more has arrived than was sent", 1000, 1000, 0, 0), ("more has arrived than could", 0, 1 << 40, 0, 0),
            ("it was sent in the future", 0, 0, Int64.max - 1, 0), ("the clock has run for 80 years", 0, 0, 0, 5 << 59),
        ] as [(String, Int64, Int64, Int64, Int64)] {
            let drawn = sent { numbers, now in
                ProbeMessage.Feedback(
                    latest: numbers + UInt64(latest), latestSent: UInt64(max(now, sentAt)),
                    packets: numbers + UInt64(packets), ipBytes: 0, time: UInt64(now + time), held: 0)
            }
            #expect(drawn == alone, "\(name): \(drawn) datagrams instead of \(alone)")
        }
        // What can be true is believed.
        let believed = sent { numbers, now in
            ProbeMessage.Feedback(
                latest: numbers, latestSent: UInt64(max(0, now - 1)), packets: numbers, ipBytes: 0, time: UInt64(now),
                held: 0)
        }
        #expect(believed > 10 * alone)
    }

    @Test func `keeps no more replies than so many while nothing can be sent`() {
        var end = ProbeEndpoint(session: 1, sendsEchoes: false, rate: .megabitsPerSecond(1), at: 0)
        for number in UInt64(1)...100_000 {
            end.take(.echo(session: 1, number: number, time: number), ipBytes: 60, at: 1)
        }
        var replies = 0
        end.act(at: 2) { message in
            if case .echoReply = message { replies += 1 }
            return true
        }
        #expect((1...100).contains(replies), "\(replies)")
    }
}
