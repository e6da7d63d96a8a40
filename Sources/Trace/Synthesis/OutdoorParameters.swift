// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Quantities

/// Everything that a walk or a drive outdoors is generated from.
package struct OutdoorParameters: Sendable, Equatable {
    package enum Movement: String, Sendable, CaseIterable {
        case walking, driving
    }

    /// `published`: what the paper says of its links, with nothing fitted. `table-fitted` (walking only): WiFi is good
    /// for a fifth of the time and otherwise weak, with drop-outs, so that the paper's table is reproduced. A
    /// conclusion that rests on `table-fitted` alone is not a conclusion about radios.
    package enum Calibration: String, Sendable, CaseIterable {
        case published
        case tableFitted = "table-fitted"
    }

    package let movement: Movement
    package let calibration: Calibration
    /// The share of time in which WiFi is associated, 0 to 1.
    package let coverage: Double
    package let seed: UInt64
    package let duration: Duration
    private var values: [OutdoorParameter: Double]

    static let longest = Duration.seconds(24 * 3600)

    /// - Parameter settings: parameters by name and value, as the user wrote them: `("cellular-mean", "1.24Mb/s")`.
    /// - Throws: `Fault` (usage) if a setting is out of range, unknown, of another unit, or conflicts with another one.
    package init(
        movement: Movement, calibration: Calibration = .published, coverage: Double, seed: UInt64,
        duration: Duration = .seconds(600), settings: [(name: String, value: String)] = []
    ) throws {
        guard coverage.isFinite, (0...1).contains(coverage) else {
            throw Fault(
                .usage, "a WiFi coverage of \((coverage * 100).text()) % is not possible; give a value from 0 to 100")
        }
        guard duration >= .seconds(1), duration <= Self.longest, duration.wholeNanoseconds % 100_000_000 == 0 else {
            throw Fault(.usage, "the duration must be from 1 s to 24 h, in steps of 0.1 s; write it like 600s")
        }
        if movement == .driving, calibration != .published {
            throw Fault(.usage, "the paper's energy table is of walks, so a drive has only the calibration 'published'")
        }
        self.movement = movement
        self.calibration = calibration
        self.coverage = coverage
        self.seed = seed
        self.duration = duration
        values = Self.defaults(movement, calibration)
        for setting in settings { try set(setting.name, to: setting.value) }
        try check()
    }

    /// Only for parameters that this movement and calibration have. Any other one would describe a walk that nobody
    /// asked for.
    subscript(parameter: OutdoorParameter) -> Double {
        guard let value = values[parameter] else {
            preconditionFailure("a \(calibration.rawValue) \(movement.rawValue) walk has no \(parameter.rawValue)")
        }
        return value
    }

    /// The parameters that this movement and calibration have, in the order of their declaration.
    package var parameters: [(parameter: OutdoorParameter, value: Double)] {
        OutdoorParameter.allCases.compactMap { parameter in values[parameter].map { (parameter, $0) } }
    }

    /// Whether `OutdoorWalk.cellular` is the same for both, apart from the text of its source.
    package func hasCellular(of other: OutdoorParameters) -> Bool {
        func cellular(_ all: OutdoorParameters) -> [Double] {
            all.parameters.filter(\.parameter.isCellular).map(\.value)
        }
        return movement == other.movement && seed == other.seed && duration == other.duration
            && cellular(self) == cellular(other)
    }

    package static func defaults(_ movement: Movement, _ calibration: Calibration) -> [OutdoorParameter: Double] {
        var values: [OutdoorParameter: Double] = [
            .wifiRTT: 0.010, .cellularMean: 0.6, .cellularVariation: 0.35, .cellularTimeConstant: 40,
            .cellularJitter: 0.15,
            .cellularCap: 3, .cellularRTT: 0.150,
        ]
        switch (movement, calibration) {
        case (.driving, _):
            values.merge([
                .associationMean: 13, .associationSigma: 0.8, .deadStart: 2, .wifiMean: 0.28, .wifiMeanUp: 0.24,
                .wifiVariation: 0.8, .wifiCap: 1,
            ]) { $1 }
        case (.walking, .published):
            values.merge([
                .associationMean: 240, .associationSigma: 0.5, .wifiVariation: 0.3, .wifiCap: 10,
            ]) { $1 }
        case (.walking, .tableFitted):
            values.merge([
                .associationMean: 240, .associationSigma: 0.5, .wifiCap: 10, .goodShare: 0.2, .goodLength: 600,
                .goodRate: 8.5,
                .weakRate: 0.1, .weakVariation: 1, .dropOutInterval: 10, .dropOutLength: 1.5, .dropOutShare: 0.1,
            ]) { $1 }
        }
        return values
    }

    private mutating func set(_ name: String, to text: String) throws {
        guard let parameter = OutdoorParameter(rawValue: name), values[parameter] != nil else {
            let names = parameters.map(\.parameter.rawValue)
            throw Fault(
                .usage,
                "a \(calibration.rawValue) \(movement.rawValue) walk has no parameter '\(name.prefix(40))'"
                    + Suggestion.ending(for: name, among: names))
        }
        guard let value = parameter.value(of: text), parameter.range.contains(value) else {
            let (low, high) = (parameter.range.lowerBound, parameter.range.upperBound)
            throw Fault(
                .usage,
                "\(name) '\(text.prefix(40))' is not a value from \(parameter.text(of: low)) to "
                    + "\(parameter.text(of: high)), "
                    + "written like \(parameter.text(of: values[parameter] ?? low))")
        }
        values[parameter] = value
    }

    /// Rejects combinations that no process can have.
    private func check() throws {
        for (mean, cap) in [
            (OutdoorParameter.wifiMean, OutdoorParameter.wifiCap), (.wifiMeanUp, .wifiCap), (.goodRate, .wifiCap),
            (.weakRate, .wifiCap), (.cellularMean, .cellularCap),
        ] {
            guard let value = values[mean], let most = values[cap], value > most else { continue }
            throw Fault(
                .usage,
                "\(mean.rawValue) \(mean.text(of: value)) is above \(cap.rawValue) \(cap.text(of: most)); "
                    + "raise the cap or lower the mean"
            )
        }
    }

    /// The command that makes the traces again. It contains only the parameters that concern one path, so that paths
    /// with equal parameters have equal files.
    package func command(cellular: Bool) -> String {
        var words = ["walkback synth \(movement.rawValue)"]
        if !cellular { words.append("--wifi-coverage \((coverage * 100).text())") }
        words.append("--seed \(seed) --duration \(duration.seconds.text())s")
        if !cellular, calibration != .published { words.append("--calibration \(calibration.rawValue)") }
        for (parameter, value) in parameters where parameter.isCellular == cellular {
            words.append("--\(parameter.rawValue) \(parameter.text(of: value))")
        }
        return words.joined(separator: " ")
    }
}
