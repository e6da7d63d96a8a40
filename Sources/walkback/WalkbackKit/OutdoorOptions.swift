// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Determinism
import Documents
import Quantities
import Synthesis

/// The options from which an outdoor walk or drive is generated.
struct OutdoorOptions: ParsableArguments {
    @Option(help: "Share of the time with WiFi, in percent.")
    var wifiCoverage: Double

    @Option(help: "Seed from which the whole walk is generated.")
    var seed: UInt64

    @Option(help: "Length of the walk.")
    var duration: String = "600s"

    @Option(name: .customLong("association-mean"), help: "\(OutdoorParameter.associationMean.help)")
    var associationMean: String?

    @Option(name: .customLong("association-sigma"), help: "\(OutdoorParameter.associationSigma.help)")
    var associationSigma: String?

    @Option(name: .customLong("dead-start"), help: "\(OutdoorParameter.deadStart.help)")
    var deadStart: String?

    @Option(name: .customLong("wifi-mean"), help: "\(OutdoorParameter.wifiMean.help)")
    var wifiMean: String?

    @Option(name: .customLong("wifi-mean-up"), help: "\(OutdoorParameter.wifiMeanUp.help)")
    var wifiMeanUp: String?

    @Option(name: .customLong("wifi-variation"), help: "\(OutdoorParameter.wifiVariation.help)")
    var wifiVariation: String?

    @Option(name: .customLong("wifi-cap"), help: "\(OutdoorParameter.wifiCap.help)")
    var wifiCap: String?

    @Option(name: .customLong("wifi-rtt"), help: "\(OutdoorParameter.wifiRTT.help)")
    var wifiRTT: String?

    @Option(name: .customLong("good-share"), help: "\(OutdoorParameter.goodShare.help)")
    var goodShare: String?

    @Option(name: .customLong("good-length"), help: "\(OutdoorParameter.goodLength.help)")
    var goodLength: String?

    @Option(name: .customLong("good-rate"), help: "\(OutdoorParameter.goodRate.help)")
    var goodRate: String?

    @Option(name: .customLong("weak-rate"), help: "\(OutdoorParameter.weakRate.help)")
    var weakRate: String?

    @Option(name: .customLong("weak-variation"), help: "\(OutdoorParameter.weakVariation.help)")
    var weakVariation: String?

    @Option(name: .customLong("drop-out-interval"), help: "\(OutdoorParameter.dropOutInterval.help)")
    var dropOutInterval: String?

    @Option(name: .customLong("drop-out-length"), help: "\(OutdoorParameter.dropOutLength.help)")
    var dropOutLength: String?

    @Option(name: .customLong("drop-out-share"), help: "\(OutdoorParameter.dropOutShare.help)")
    var dropOutShare: String?

    @Option(name: .customLong("cellular-mean"), help: "\(OutdoorParameter.cellularMean.help)")
    var cellularMean: String?

    @Option(name: .customLong("cellular-variation"), help: "\(OutdoorParameter.cellularVariation.help)")
    var cellularVariation: String?

    @Option(name: .customLong("cellular-time-constant"), help: "\(OutdoorParameter.cellularTimeConstant.help)")
    var cellularTimeConstant: String?

    @Option(name: .customLong("cellular-jitter"), help: "\(OutdoorParameter.cellularJitter.help)")
    var cellularJitter: String?

    @Option(name: .customLong("cellular-cap"), help: "\(OutdoorParameter.cellularCap.help)")
    var cellularCap: String?

    @Option(name: .customLong("cellular-rtt"), help: "\(OutdoorParameter.cellularRTT.help)")
    var cellularRTT: String?

    private var settings: [(parameter: OutdoorParameter, value: String?)] {
        [
            (.associationMean, associationMean),
            (.associationSigma, associationSigma),
            (.deadStart, deadStart),
            (.wifiMean, wifiMean),
            (.wifiMeanUp, wifiMeanUp),
            (.wifiVariation, wifiVariation),
            (.wifiCap, wifiCap),
            (.wifiRTT, wifiRTT),
            (.goodShare, goodShare),
            (.goodLength, goodLength),
            (.goodRate, goodRate),
            (.weakRate, weakRate),
            (.weakVariation, weakVariation),
            (.dropOutInterval, dropOutInterval),
            (.dropOutLength, dropOutLength),
            (.dropOutShare, dropOutShare),
            (.cellularMean, cellularMean),
            (.cellularVariation, cellularVariation),
            (.cellularTimeConstant, cellularTimeConstant),
            (.cellularJitter, cellularJitter),
            (.cellularCap, cellularCap),
            (.cellularRTT, cellularRTT),
        ]
    }

    /// - Throws: `Fault` (usage) if an option is wrong.
    func parameters(
        _ movement: OutdoorParameters.Movement, _ calibration: OutdoorParameters.Calibration = .published
    ) throws -> OutdoorParameters {
        guard let duration = Duration(text: duration) else {
            throw Fault(
                .usage, "--duration '\(self.duration.prefix(40))' is not a time; write it with its unit, like 600s")
        }
        return try OutdoorParameters(
            movement: movement, calibration: calibration, coverage: wifiCoverage / 100, seed: seed, duration: duration,
            settings: settings.compactMap { setting in setting.value.map { (setting.parameter.rawValue, $0) } })
    }
}

extension OutdoorParameter {
    /// The help text: the parameter's meaning, and the defaults of the walks that have it.
    fileprivate var help: String {
        let cases: [(OutdoorParameters.Movement, OutdoorParameters.Calibration)] = [
            (.walking, .published), (.walking, .tableFitted), (.driving, .published),
        ]
        let defaults = cases.compactMap { movement, calibration in
            OutdoorParameters.defaults(movement, calibration)[self].map { value in
                "\(movement.rawValue)\(calibration == .published ? "" : " \(calibration.rawValue)") \(text(of: value))"
            }
        }
        return "\(meaning.prefix(1).uppercased())\(meaning.dropFirst()). (default: \(defaults.joined(separator: ", ")))"
    }
}
