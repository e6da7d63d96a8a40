// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import Traces

/// The 3G of the indoor walk.
enum IndoorCellular {
    /// Mean rate in each part of the building: a few hundred kb/s on the floor with poor 3G, a rise on the stairs,
    /// about 2 Mb/s on the floor with better 3G (HSDPA of its time; never above 2.5 Mb/s).
    private static func meanMegabits(_ part: IndoorWalk.Part) -> Double {
        switch part {
        case .upperFloor: 0.5
        case .stairs: 1.0
        case .lowerFloor: 1.9
        }
    }

    private static let most = 2.5

    /// Slow changes: lognormal, coefficient of variation 0.35, time constant 40 s; on top 15 % from sample to sample
    /// (half a second), as the base station shares its slots.
    private static let variation = 0.35
    private static let spread = Lognormal(coefficientOfVariation: variation)
    private static let variationTime = Duration.seconds(40)
    private static let jitter = Lognormal(coefficientOfVariation: 0.15)
    private static let jitterTime = Duration.milliseconds(500)

    /// Reception is lost for two periods on the floor with poor 3G and one on the stairs or below, each of 6 to 20 s.
    private static let periods: [(earliest: Int, latest: Int)] = [(200, 1300), (1500, 2700), (3000, 6500)]
    private static let shortest = 60
    private static let longest = 200

    /// Both radios are never lost at the same time for more than this many samples: 3 s.
    private static let together = 30

    /// 302 packets: about 12 BDP and 3 packets at 2 Mb/s and 150 ms, as in the authors' simulator. The uplink follows
    /// the same rule at a third of the rate: 12 x 12 500 + 3 x 1500.
    static let queueDown = ByteCount(302 * 1500)
    static let queueUp = ByteCount(12 * 12_500 + 3 * 1500)

    /// 150 ms round trip, half each way.
    private static let delay = Duration.milliseconds(75)

    /// The mean signal of each part in dBm, and the change in dB for each factor of e in rate.
    private static func meanSignal(_ part: IndoorWalk.Part) -> Double {
        switch part {
        case .upperFloor: -101
        case .stairs: -95
        case .lowerFloor: -85
        }
    }

    private static let decibelsPerFold = 8.0

    /// Whether reception is lost, for each sample. A period is drawn again until it leaves the user a path.
    static func losses(seed: UInt64, avoiding wifiLost: [Bool]) -> [Bool] {
        var generator = SplitMix64(seed: seed, purpose: "cellular losses")
        var lost = [Bool](repeating: false, count: IndoorWalk.steps)
        for period in periods {
            // WiFi is available for most of each interval. If no position is found, the walk has one period less.
            for _ in 0..<200 {
                let start = period.earliest + Int(generator.next(below: UInt64(period.latest - period.earliest)))
                let length = shortest + Int(generator.next(below: UInt64(longest - shortest + 1)))
                guard longestRun(of: wifiLost[start..<start + length]) <= together else { continue }
                for step in start..<start + length { lost[step] = true }
                break
            }
        }
        return lost
    }

    static func longestRun(of flags: some Sequence<Bool>) -> Int {
        var longest = 0
        var run = 0
        for flag in flags {
            run = flag ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }

    static func samples(seed: UInt64, lost: [Bool]) -> [PathTrace.Sample] {
        var slow = Fluctuation(
            timeConstant: variationTime, step: IndoorWalk.step,
            generator: SplitMix64(seed: seed, purpose: "cellular variation"))
        var fast = Fluctuation(
            timeConstant: jitterTime, step: IndoorWalk.step,
            generator: SplitMix64(seed: seed, purpose: "cellular jitter"))
        return (0..<IndoorWalk.steps).map { step in
            let part = IndoorWalk.Part(step: step)
            let fold = slow.next()
            let factor = spread.factor(fold) * jitter.factor(fast.next())
            let megabits = lost[step] ? 0 : min(most, meanMegabits(part) * factor)
            // The slow change is a change of signal: its standard deviation is `variation` times `decibelsPerFold`.
            let signal = (meanSignal(part) + decibelsPerFold * variation * fold).rounded()
            return PathTrace.Sample(
                time: IndoorWalk.time(step), down: .init(rate: IndoorWalk.rate(megabits: megabits), delay: delay),
                up: .init(rate: IndoorWalk.rate(megabits: megabits / 3), delay: delay), attached: !lost[step],
                signal: lost[step] ? nil : signal)
        }
    }
}
