// SPDX-License-Identifier: Apache-2.0
import Determinism
import Plans
import Quantities
import Results
import Traces

/// What rich fixtures have besides their bytes.
extension Fixture {
    /// Moves to the other path every twenty seconds, beginning with the first path.
    static func moves(_ traces: [PathTrace], offset: Duration, duration: Duration) -> [ComparisonResult.Run.Move] {
        (0..<Int(duration.seconds / 20) + 1).map { index in
            .init(time: .seconds(index * 20), path: traces[index % traces.count].name)
        }
    }

    /// Carries nothing over a path that the home address is not on, and half as much for a second after a move.
    static func follow(_ moves: [ComparisonResult.Run.Move], to path: String, _ carried: inout [Double]) {
        var next = 0
        var (present, since): (String?, Int) = (nil, 0)
        for bin in carried.indices {
            while next < moves.count, moves[next].time <= Series.binWidth * bin {
                (present, since) = (moves[next].path, bin)
                next += 1
            }
            carried[bin] *= present != path ? 0 : bin - since < 100 && since > 0 ? 0.5 : 1
        }
    }

    /// The energy under models that disagree about which radio is better.
    static func energy(of links: [Series.Link], traces: [PathTrace]) -> [ComparisonResult.Energy] {
        let megabits = traces.map { trace in
            links.filter { $0.path == trace.name }.flatMap(\.arrived).reduce(0) { $0 + Double($1) } * 8 / 1e6
        }
        return [("hybrid", 6.0, 0.12), ("rate-linear", 1, 0.32), ("constant", 20, 0.05)].map { model, fixed, each in
            .init(model: model, paths: megabits.map { EnergyAmount(joules: $0 > 0 ? fixed + each * $0 : 0.5) })
        }
    }

    static func handoffs(
        _ traces: [PathTrace], offset: Duration, random: inout SplitMix64
    ) -> [ComparisonResult.Handoff] {
        traces.flatMap { trace in
            trace.attachments.filter { $0.time > offset }.map { change in
                let gap = Duration.milliseconds(200 + Int64(random.next(below: 400)))
                return .init(
                    kind: change.attached ? .gained : .lost, path: trace.name, time: change.time - offset,
                    longestGap: gap, firstByteOnNewPath: change.attached ? nil : gap,
                    carriesAgain: change.attached && random.next(below: 4) > 0 ? gap * 2 : nil,
                    stranded: change.attached ? ["cellular": ByteCount(Int64(random.next(below: 90_000)))] : [:])
            }
        }.sorted { $0.time < $1.time }
    }

    /// One exchange each second, which is done sooner where more is delivered.
    static func exchanges(
        _ shape: Shape, delivered: [UInt32], random: inout SplitMix64
    ) -> [RunRecord.Exchange] {
        guard !shape.workload.isBulk else { return [] }
        return stride(from: 0, to: delivered.count, by: 100).map { bin in
            let size = 100_000 + Int64(random.next(below: 400_000))
            var rest = size
            let end = delivered[bin...].firstIndex { bytes in
                rest -= Int64(bytes)
                return rest <= 0
            }
            return .init(
                start: Series.binWidth * bin, end: end.map { Series.binWidth * ($0 + 1) }, size: ByteCount(size))
        }
    }
}
