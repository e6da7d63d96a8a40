// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities

/// The WiFi of a walk or a drive outdoors: one access point after the other, with or without gaps.
struct OutdoorWiFi {
    /// The rate that WiFi gives at one step, in Mb/s, and the corresponding signal in dBm.
    struct Reception {
        var down: Double
        var up: Double
        var signal: Double
    }

    private let parameters: OutdoorParameters
    private let step: Duration
    private let steps: Int

    init(_ parameters: OutdoorParameters, step: Duration, steps: Int) {
        self.parameters = parameters
        self.step = step
        self.steps = steps
    }

    /// - Returns: what WiFi gives at each step; nil if it cannot be used.
    func receptions() -> [Reception?] {
        let encounters = Encounters.steps(parameters, step: step)
        switch (parameters.movement, parameters.calibration) {
        case (.driving, _): return driving(encounters)
        case (.walking, .published): return passing(encounters)
        case (.walking, .tableFitted): return bimodal(encounters)
        }
    }

    /// The weakest and strongest signal, in dBm, are those of the indoor walk; between them the signal is linear in
    /// quality.
    private static func signal(_ quality: Double) -> Double { (-85 + 25 * min(1, max(0, quality))).rounded() }

    /// The uplink gets a third of the rate for requests and acknowledgements, as everywhere in Walkback.
    private func reception(_ down: Double, quality: Double) -> Reception {
        Reception(down: down, up: down / 3, signal: Self.signal(quality))
    }

    /// Each encounter has one rate, from the end of its dead time on. Before that the car has no address.
    private func driving(_ encounters: [Range<Int>]) -> [Reception?] {
        var generator = SplitMix64(seed: parameters.seed, purpose: "outdoor wifi rates")
        let variation = Lognormal(coefficientOfVariation: parameters[.wifiVariation])
        let dead = Int((parameters[.deadStart] / step.seconds).rounded())
        var receptions = [Reception?](repeating: nil, count: steps)
        for encounter in encounters {
            let factor = variation.factor(generator.nextNormal())
            let down = min(parameters[.wifiCap], parameters[.wifiMean] * factor)
            let reception = Reception(
                down: down, up: min(parameters[.wifiCap], parameters[.wifiMeanUp] * factor),
                signal: Self.signal(down / parameters[.wifiCap]))
            for step in max(0, encounter.lowerBound + dead)..<max(0, encounter.lowerBound + dead, encounter.upperBound)
            {
                receptions[step] = reception
            }
        }
        return receptions
    }

    /// A walker approaches an access point and leaves it again. The paper says of its rate only "up to 10 Mb/s". Here
    /// its maximum is drawn uniformly from 0 to the cap, and then shaped by a parabola over the association and by what
    /// other users take.
    private func passing(_ encounters: [Range<Int>]) -> [Reception?] {
        let cap = parameters[.wifiCap]
        var peaks = SplitMix64(seed: parameters.seed, purpose: "outdoor wifi peaks")
        var others = Fluctuation(
            timeConstant: .seconds(2), step: step,
            generator: SplitMix64(seed: parameters.seed, purpose: "outdoor wifi contention"))
        let variation = Lognormal(coefficientOfVariation: parameters[.wifiVariation])
        let taken = (0..<steps).map { _ in variation.factor(others.next()) }
        var receptions = [Reception?](repeating: nil, count: steps)
        for encounter in encounters {
            let peak = peaks.nextUnit() * cap
            for step in encounter.clamped(to: 0..<steps) {
                let place = (Double(step - encounter.lowerBound) + 0.5) / Double(encounter.count)
                let quality = 4 * place * (1 - place)
                receptions[step] = reception(
                    min(cap, peak * quality * taken[step]), quality: quality)
            }
        }
        return receptions
    }

    /// Good and weak episodes, independent of the access point.
    private func bimodal(_ encounters: [Range<Int>]) -> [Reception?] {
        let good = goodRates()
        var slow = Fluctuation(
            timeConstant: .seconds(10), step: step,
            generator: SplitMix64(seed: parameters.seed, purpose: "outdoor wifi weakness"))
        let (rate, variation) = (
            parameters[.weakRate], Lognormal(coefficientOfVariation: parameters[.weakVariation])
        )
        let weak = (0..<steps).map { _ in rate * variation.factor(slow.next()) }
        var receptions = [Reception?](repeating: nil, count: steps)
        for encounter in encounters {
            for step in encounter.clamped(to: 0..<steps) {
                let rate = min(parameters[.wifiCap], good[step] ?? weak[step])
                receptions[step] = reception(rate, quality: rate / parameters[.wifiCap])
            }
        }
        return receptions
    }

    /// The rate that WiFi gives at each step of a good episode, in Mb/s; nil in a weak one.
    private func goodRates() -> [Double?] {
        var generator = SplitMix64(seed: parameters.seed, purpose: "outdoor wifi episodes")
        var rates = [Double?](repeating: nil, count: steps)
        let share = parameters[.goodShare]
        guard share > 0 else { return rates }
        let length = parameters[.goodLength]
        // Both are exponential, hence memoryless: the walk can start at any instant, in a good episode with probability
        // `share`.
        var isGood = generator.nextUnit() < share
        var time = 0.0
        let end = parameters.duration.seconds
        while time < end {
            let next = time + generator.nextExponential() * (isGood ? length : length * (1 - share) / share)
            if isGood { fill(&rates, from: time, to: min(next, end), with: &generator) }
            // At a share of 1 the weak episodes have length zero.
            isGood.toggle()
            time = next
        }
        return rates
    }

    private func fill(
        _ rates: inout [Double?], from start: Double, to end: Double, with generator: inout SplitMix64
    ) {
        let rate = parameters[.goodRate] + generator.nextUnit() * (parameters[.wifiCap] - parameters[.goodRate])
        let range = Int((start / step.seconds).rounded())..<Int((end / step.seconds).rounded())
        for step in range { rates[step] = rate }
        var time = start + generator.nextExponential() * parameters[.dropOutInterval]
        while time < end {
            let over = time + generator.nextExponential() * parameters[.dropOutLength]
            let left = rate * generator.nextUnit() * parameters[.dropOutShare]
            let dropOut = Int((time / step.seconds).rounded())..<Int((over / step.seconds).rounded())
            for step in dropOut.clamped(to: range) { rates[step] = left }
            time = over + generator.nextExponential() * parameters[.dropOutInterval]
        }
    }
}
