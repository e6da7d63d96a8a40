// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Quantities
import Testing
import TraceFormats
import Traces

@testable import Synthesis

/// Compares many hours of walks and drives with fixed seeds with the distributions that they are drawn from. Each test
/// says how many independent draws it has; tolerances are about four standard errors of that number.
@Suite struct OutdoorWalkTests {
    private func parameters(
        _ movement: OutdoorParameters.Movement, _ calibration: OutdoorParameters.Calibration = .published,
        coverage: Double,
        seed: UInt64 = 1, hours: Double = 24, _ settings: [(String, String)] = []
    ) throws -> OutdoorParameters {
        try OutdoorParameters(
            movement: movement, calibration: calibration, coverage: coverage, seed: seed,
            duration: .seconds(Int(hours * 3600)),
            settings: settings.map { (name: $0.0, value: $0.1) })
    }

    /// A step of 1 s is enough for what takes minutes, and is quicker.
    private func receptions(
        _ parameters: OutdoorParameters, step: Duration = .seconds(1)
    ) -> [OutdoorWiFi.Reception?] {
        let steps = Int(parameters.duration.wholeNanoseconds / step.wholeNanoseconds)
        return OutdoorWiFi(parameters, step: step, steps: steps).receptions()
    }

    private static func mean(_ values: some Collection<Double>) -> Double {
        values.reduce(0, +) / Double(values.count)
    }

    private static func variation(_ values: [Double]) -> Double {
        let mean = mean(values)
        return (self.mean(values.map { ($0 - mean) * ($0 - mean) })).squareRoot() / mean
    }

    /// Twenty days with a coverage of a half have 66 000 associations of 13 s, or 3600 of 240 s.
    @Test(arguments: [
        (OutdoorParameters.Movement.walking, 0.1, 0.03), (.walking, 0.5, 0.02), (.walking, 0.9, 0.012),
        (.driving, 0.1, 0.012), (.driving, 0.5, 0.012), (.driving, 0.9, 0.006),
    ])
    func `Associations cover what they should and are as long as they should be`(
        movement: OutdoorParameters.Movement, coverage: Double, tolerance: Double
    ) throws {
        var covered = 0
        var lengths: [Double] = []
        var gaps: [Double] = []
        for seed in UInt64(1)...20 {
            let encounters = Encounters.steps(
                try parameters(movement, coverage: coverage, seed: seed), step: OutdoorWalk.step)
            covered += encounters.reduce(0) { $0 + $1.clamped(to: 0..<864_000).count }
            // Leaves out the first and the last one, which the day may cut.
            lengths += encounters.dropFirst().dropLast().map { Double($0.count) / 10 }
            gaps += zip(encounters.dropFirst(), encounters.dropFirst(2)).map {
                Double($1.lowerBound - $0.upperBound) / 10
            }
        }
        let share = Double(covered) / (20 * 864_000)
        #expect(abs(share - coverage) < tolerance)
        let (mean, sigma) = movement == .walking ? (240.0, 0.5) : (13.0, 0.8)
        let variation = (PortableMath.exp(sigma * sigma) - 1).squareRoot()
        let count = Double(lengths.count)
        let lengthTolerance = 4 * variation / count.squareRoot() + 0.005
        #expect(abs(Self.mean(lengths) / mean - 1) < lengthTolerance)
        let logarithms = lengths.filter { $0 > 0 }.map { PortableMath.log($0) }
        let centre = Self.mean(logarithms)
        let spread = Self.mean(logarithms.map { ($0 - centre) * ($0 - centre) }).squareRoot()
        let spreadTolerance = 4 / (2 * count).squareRoot() + 0.01
        #expect(abs(spread / sigma - 1) < spreadTolerance)
        // Gaps are exponential: their mean and standard deviation are the same.
        let meanGap = mean * (1 - coverage) / coverage
        let (gapTolerance, variationTolerance) = (4 / count.squareRoot() + 0.01, 6 / count.squareRoot() + 0.02)
        #expect(abs(Self.mean(gaps) / meanGap - 1) < gapTolerance)
        #expect(abs(Self.variation(gaps) - 1) < variationTolerance)
    }

    @Test(arguments: OutdoorParameters.Movement.allCases)
    func `Without coverage WiFi is never there, with all of it always`(movement: OutdoorParameters.Movement) throws {
        #expect(try receptions(parameters(movement, coverage: 0, hours: 1)).allSatisfy { $0 == nil })
        let all = try receptions(parameters(movement, coverage: 1, hours: 1), step: OutdoorWalk.step)
        if movement == .walking {
            #expect(all.allSatisfy { $0 != nil })
        } else {
            // Except for the dead time at the start of each association.
            let dead = Double(all.filter { $0 == nil }.count) / 36_000
            #expect(abs(dead - 2.0 / 13) < 0.03)
        }
    }

    /// One rate for each of some 3300 associations of a day, from a lognormal that is cut at 3.6 means.
    @Test func `A drive's associations have one rate each, with the mean and the spread of the parameters`() throws {
        let drive = try receptions(parameters(.driving, coverage: 0.5), step: OutdoorWalk.step)
        var rates: [Double] = []
        for (last, next) in zip(drive, drive.dropFirst()) where last == nil {
            guard let next else { continue }
            rates.append(next.down)
            #expect(next.up <= next.down)
        }
        #expect(rates.count > 2500)
        #expect(rates.allSatisfy { $0 <= 1 })
        // The cap takes 1.7 % off the mean of a lognormal of this spread, and some of the spread.
        #expect(abs(Self.mean(rates) / 0.28 - 0.983) < 0.06)
        #expect((0.65...0.8).contains(Self.variation(rates)))
    }

    /// Twenty hours: 1800 time constants, which leave the mean a standard error of 1.2 %.
    @Test(arguments: [("0.6Mb/s", 0.6), ("1.24Mb/s", 1.24)])
    func `3G has its mean, its spread and its memory`(text: String, mean: Double) throws {
        var rates: [Double] = []
        for seed in UInt64(1)...10 {
            let parameters = try parameters(.walking, coverage: 0, seed: seed, [("cellular-mean", text)])
            rates += OutdoorCellular.receptions(parameters, step: .milliseconds(500), steps: 14_400).map(\.down)
        }
        #expect(abs(Self.mean(rates) / mean - 1) < 0.05)
        // (1 + 0.35^2)(1 + 0.15^2) - 1 of the mean squared.
        #expect(abs(Self.variation(rates) - 0.3844) < 0.05)
        #expect(rates.allSatisfy { $0 <= 3 })
        let centred = rates.map { $0 - mean }
        let lag = 80
        let covariance = Self.mean((0..<centred.count - lag).map { centred[$0] * centred[$0 + lag] })
        let memory = covariance / Self.mean(centred.map { $0 * $0 })
        // After one time constant the slow part, which is 83 % of the variance, has a correlation of e^-1, and a
        // lognormal 1 % less.
        #expect(abs(memory - 0.302) < 0.1)
    }

    @Test func `Nothing that concerns WiFi changes 3G`() throws {
        let first = OutdoorWalk.generate(try parameters(.walking, coverage: 0.2, seed: 3, hours: 0.1)).cellular
        let second = OutdoorWalk.generate(
            try parameters(.walking, coverage: 0.7, seed: 3, hours: 0.1, [("wifi-cap", "5Mb/s")])
        ).cellular
        #expect(first == second)
        #expect(TraceFile.text(of: first) == TraceFile.text(of: second))
        let other = OutdoorWalk.generate(try parameters(.walking, coverage: 0.2, seed: 4, hours: 0.1)).cellular
        #expect(first != other)
    }

    /// A published walk's WiFi has a peak between 0 and 10 Mb/s and on average two thirds of it. There are 360
    /// associations a day, for ten days.
    @Test func `A published walk gives a third of the cap, a fitted one what the paper's table has`() throws {
        var published: [Double] = []
        var fitted: [Double] = []
        for seed in UInt64(1)...10 {
            published += try receptions(parameters(.walking, coverage: 1, seed: seed)).compactMap { $0?.down }
            fitted += try receptions(parameters(.walking, .tableFitted, coverage: 1, seed: seed)).compactMap {
                $0?.down
            }
        }
        // The cap cuts contention where it would give more than 10 Mb/s.
        #expect(abs(Self.mean(published) - 10.0 / 3) < 0.2)
        #expect(published.allSatisfy { $0 <= 10 } && fitted.allSatisfy { $0 <= 10 })
        // WiFi is good for a fifth of the time: 9.25 Mb/s, except in drop-outs of 1.5 s in every 11.5 s, which leave
        // 5 %. Otherwise it has 0.1 Mb/s. There are some 290 good episodes.
        let expected = 0.2 * 9.25 * (1 - 1.5 / 11.5 * 0.95) + 0.8 * 0.1
        #expect(abs(Self.mean(fitted) / expected - 1) < 0.35)
        // Nothing lies between weak and good, apart from the change between them: 0.6 % of a lognormal of mean 0.1 and
        // this spread lie above 0.5.
        let between = fitted.filter { (1.0...8.4).contains($0) }.count
        #expect(Double(between) / Double(fitted.count) < 0.005)
    }

    @Test(arguments: [
        (
            OutdoorParameters.Movement.walking, 1.2, [] as [(String, String)],
            "a WiFi coverage of 120 % is not possible; give a value from 0 to 100"
        ),
        (.walking, -0.1, [], "a WiFi coverage of -10 % is not possible; give a value from 0 to 100"),
        (.walking, .nan, [], "a WiFi coverage of - % is not possible; give a value from 0 to 100"),
        (
            .driving, 0.5, [("wifi-mean", "2Mb/s")],
            "wifi-mean 2Mb/s is above wifi-cap 1Mb/s; raise the cap or lower the mean"
        ),
        (
            .walking, 0.5, [("cellular-mean", "4Mb/s")],
            "cellular-mean 4Mb/s is above cellular-cap 3Mb/s; raise the cap or lower the mean"
        ),
        (
            .walking, 0.5, [("cellular-mean", "0.6")],
            "cellular-mean '0.6' is not a value from 0.001Mb/s to 10000Mb/s, written like 0.6Mb/s"
        ),
        (
            .walking, 0.5, [("association-sigma", "-1")],
            "association-sigma '-1' is not a value from 0 to 3, written like 0.5"
        ),
        (
            .walking, 0.5, [("celular-mean", "1Mb/s")],
            "a published walking walk has no parameter 'celular-mean'; did you mean 'cellular-mean'?"
        ),
    ])
    func `What cannot be is refused`(
        movement: OutdoorParameters.Movement, coverage: Double, settings: [(String, String)], message: String
    ) {
        let fault = #expect(throws: Fault.self) {
            try parameters(movement, coverage: coverage, settings)
        }
        #expect(fault == Fault(.usage, message))
    }

    @Test func `Traces say what made them, and a seed gives the same bytes`() throws {
        let parameters = try parameters(.driving, coverage: 0.17, seed: 5, hours: 0.1, [("cellular-mean", "1Mb/s")])
        let walk = OutdoorWalk.generate(parameters)
        let source = """
            synthetic: walkback synth driving --wifi-coverage 17 --seed 5 --duration 360s --association-mean 13s \
            --association-sigma 0.8 --dead-start 2s --wifi-mean 0.28Mb/s --wifi-mean-up 0.24Mb/s --wifi-variation 0.8 \
            --wifi-cap 1Mb/s --wifi-rtt 0.01s
            """
        #expect(walk.wifi.source == source)
        #expect(walk.cellular.source.hasSuffix("--cellular-cap 3Mb/s --cellular-rtt 0.15s"))
        // 12 x 18 750 B and 3 packets.
        #expect(walk.cellular.queueDown == ByteCount(229_500) && walk.wifi.queueDown == ByteCount(28_500))
        #expect(walk == OutdoorWalk.generate(parameters))
    }
}
