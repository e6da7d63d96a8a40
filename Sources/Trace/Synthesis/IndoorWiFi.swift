// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import Traces

/// The WiFi of the indoor walk: access points along two corridors, which the walker passes.
enum IndoorWiFi {
    /// A slow walk, with a laptop in the hands.
    private static let metresPerSecond = 0.8

    /// One access point every 40 m of corridor, 4 m to the side of its middle. Between two access points the signal is
    /// weak, and one access point on each floor is dead, so that one stretch has no signal. The spacing determines how
    /// much WiFi gives overall: at 40 m both radios together give 6 to 7 Mb/s, the level of the paper's walk.
    private static let spacing = 40.0
    private static let aside = 4.0
    private static let deadUpper = 2
    private static let deadLower = 3

    /// Received power at 1 m, and the path-loss exponent inside a building.
    private static let dBmAtOneMetre = -38.0
    private static let pathLossExponent = 3.0

    /// Shadowing by walls and people: 4 dB, changing within 5 s (4 m of walking).
    private static let shadowing = 4.0
    private static let shadowingTime = Duration.seconds(5)

    /// The rate is full at -60 dBm and better, zero at -85 dBm, and linear between them. 10 Mb/s is the paper's good
    /// spot.
    private static let best = 10.0
    private static let strong = -60.0
    private static let weakest = -85.0

    /// The share that other users of the channel take: a factor of mean 1 and coefficient of variation 0.3, changing
    /// within 2 s. The channel itself never gives more than a tenth above `best`.
    private static let contention = Lognormal(coefficientOfVariation: 0.3)
    private static let contentionTime = Duration.seconds(2)

    /// The association is lost after a second below -84 dBm and returns after a second above -80 dBm, because drivers
    /// do not give it up at once.
    private static let leaveBelow = -84
    private static let joinAbove = -80
    private static let patience = 10

    /// Bytes of 19 full packets: 4 BDP and 3 packets at the paper's 10 ms.
    static let queue = ByteCount(19 * 1500)

    static func samples(seed: UInt64) -> [PathTrace.Sample] {
        var shadow = Fluctuation(
            timeConstant: shadowingTime, step: IndoorWalk.step,
            generator: SplitMix64(seed: seed, purpose: "wifi shadowing"))
        var others = Fluctuation(
            timeConstant: contentionTime, step: IndoorWalk.step,
            generator: SplitMix64(seed: seed, purpose: "wifi contention"))
        var attached = true
        var pending = 0
        return (0..<IndoorWalk.steps).map { step in
            // Rounded to whole dBm first, as cards report it. Everything below depends on this value.
            let signal = Int((meanSignal(step) + shadowing * shadow.next()).rounded())
            let factor = contention.factor(others.next())
            pending = (attached ? signal < leaveBelow : signal > joinAbove) ? pending + 1 : 0
            if pending >= patience {
                attached.toggle()
                pending = 0
            }
            let quality = min(1, max(0, (Double(signal) - weakest) / (strong - weakest)))
            let megabits = attached ? min(best * 1.1, best * quality * factor) : 0
            // The round trip is 10 ms if the signal is good, and up to 20 ms if frames are repeated; in half
            // milliseconds one way.
            let delay = Duration.microseconds(5000 + 500 * Int((10 * (1 - quality)).rounded()))
            return PathTrace.Sample(
                time: IndoorWalk.time(step), down: .init(rate: IndoorWalk.rate(megabits: megabits), delay: delay),
                // The walk downloads. The uplink gets a third, enough for acknowledgements and requests.
                up: .init(rate: IndoorWalk.rate(megabits: megabits / 3), delay: delay), attached: attached,
                signal: attached ? Double(signal) : nil)
        }
    }

    /// Received power at the walker's position, before shadowing, in dBm.
    private static func meanSignal(_ step: Int) -> Double {
        let distance: Double
        switch IndoorWalk.Part(step: step) {
        case .upperFloor: distance = nearest(metres(from: 0, to: step), dead: deadUpper)
        // Surrounded by concrete, as if the nearest access point were 45 m away.
        case .stairs: distance = 45
        case .lowerFloor: distance = nearest(metres(from: 3400, to: step), dead: deadLower)
        }
        return dBmAtOneMetre - 10 * pathLossExponent * PortableMath.log10(distance)
    }

    private static func metres(from start: Int, to step: Int) -> Double {
        Double(step - start) * IndoorWalk.step.seconds * metresPerSecond
    }

    /// Metres to the nearest working access point. They are at 0, 40, 80, … along the corridor.
    private static func nearest(_ place: Double, dead: Int) -> Double {
        let distances = (0...8).filter { $0 != dead }.map { place - Double($0) * spacing }
        let along = distances.map { $0 * $0 }.min() ?? 0
        return (along + aside * aside).squareRoot()
    }
}
