// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities

/// A setting of a walk or a drive outdoors. The raw value is its name on the command line and in a sweep.
///
/// Sources: [P] Raiciu, Niculescu, Bagnulo, Handley: *Opportunistic Mobility with Multipath TCP* (MobiArch 2011),
/// sections 3.2 and 3.3, and the simulator that its figures come from; [F] fitted to that paper's table (`table-fitted`
/// only); [C] chosen here, where the paper is silent, before anything was replayed.
package enum OutdoorParameter: String, CaseIterable, Sendable {
    case associationMean = "association-mean"
    case associationSigma = "association-sigma"
    case deadStart = "dead-start"
    case wifiMean = "wifi-mean"
    case wifiMeanUp = "wifi-mean-up"
    case wifiVariation = "wifi-variation"
    case wifiCap = "wifi-cap"
    case wifiRTT = "wifi-rtt"
    case goodShare = "good-share"
    case goodLength = "good-length"
    case goodRate = "good-rate"
    case weakRate = "weak-rate"
    case weakVariation = "weak-variation"
    case dropOutInterval = "drop-out-interval"
    case dropOutLength = "drop-out-length"
    case dropOutShare = "drop-out-share"
    case cellularMean = "cellular-mean"
    case cellularVariation = "cellular-variation"
    case cellularTimeConstant = "cellular-time-constant"
    case cellularJitter = "cellular-jitter"
    case cellularCap = "cellular-cap"
    case cellularRTT = "cellular-rtt"

    package enum Unit: Sendable {
        /// Stored in seconds.
        case time
        /// Stored in Mb/s.
        case rate
        /// A coefficient of variation, or the sigma of a lognormal.
        case spread
        /// 0 to 1, written in per cent.
        case share
    }

    package var unit: Unit {
        switch self {
        case .associationMean, .deadStart, .wifiRTT, .goodLength, .dropOutInterval, .dropOutLength,
            .cellularTimeConstant,
            .cellularRTT:
            .time
        case .wifiMean, .wifiMeanUp, .wifiCap, .goodRate, .weakRate, .cellularMean, .cellularCap: .rate
        case .associationSigma, .wifiVariation, .weakVariation, .cellularVariation, .cellularJitter: .spread
        case .goodShare, .dropOutShare: .share
        }
    }

    package var meaning: String {
        switch self {
        case .associationMean: "mean length of an association (lognormal)"
        case .associationSigma: "sigma of the lengths of associations (lognormal)"
        case .deadStart: "time without data at the start of each association"
        case .wifiMean: "mean downlink rate of an association (lognormal)"
        case .wifiMeanUp: "mean uplink rate of an association (lognormal)"
        case .wifiVariation:
            "coefficient of variation of the WiFi rate, between associations (driving) or from second to second "
                + "(walking)"
        case .wifiCap: "highest rate of WiFi"
        case .wifiRTT: "round-trip time of WiFi"
        case .goodShare: "share of the time in which WiFi is good"
        case .goodLength: "mean length of a good episode (exponential)"
        case .goodRate: "lowest rate of a good episode; each episode has one rate between this and the cap (uniform)"
        case .weakRate: "mean rate while WiFi is weak (lognormal)"
        case .weakVariation: "coefficient of variation of the rate while WiFi is weak"
        case .dropOutInterval: "mean time between drop-outs while WiFi is good (exponential)"
        case .dropOutLength: "mean length of a drop-out (exponential)"
        case .dropOutShare: "largest share of the rate that remains in a drop-out (uniform from 0)"
        case .cellularMean: "mean rate of 3G"
        case .cellularVariation: "coefficient of variation of slow changes of the 3G rate (lognormal)"
        case .cellularTimeConstant: "time constant of slow changes of the 3G rate"
        case .cellularJitter: "coefficient of variation of the 3G rate between half-seconds"
        case .cellularCap: "highest rate of 3G"
        case .cellularRTT: "round-trip time of 3G"
        }
    }

    /// Whether the parameter changes the cellular trace, as opposed to the WiFi trace.
    var isCellular: Bool { rawValue.hasPrefix("cellular-") }

    /// The allowed values, in the units above.
    var range: ClosedRange<Double> {
        switch self {
        case .associationMean, .goodLength: 1...86_400
        case .deadStart, .dropOutInterval, .dropOutLength, .cellularTimeConstant: 0.1...3600
        case .wifiRTT, .cellularRTT: 0.001...10
        case .wifiMean, .wifiMeanUp, .wifiCap, .goodRate, .weakRate, .cellularMean, .cellularCap: 0.001...10_000
        case .associationSigma, .wifiVariation, .weakVariation, .cellularVariation, .cellularJitter: 0...3
        case .goodShare, .dropOutShare: 0...1
        }
    }

    /// Parses a value with its unit; nil if `text` is not a value of this unit.
    package func value(of text: String) -> Double? {
        switch unit {
        case .time: Duration(text: text)?.seconds
        case .rate: DataRate(text: text)?.megabitsPerSecond
        case .spread: Double(text).flatMap { $0.isFinite ? $0 : nil }
        case .share: text.hasSuffix("%") ? Double(text.dropLast()).flatMap { $0.isFinite ? $0 / 100 : nil } : nil
        }
    }

    package func text(of value: Double) -> String {
        switch unit {
        case .time: "\(value.text())s"
        case .rate: "\(value.text())Mb/s"
        case .spread: value.text()
        case .share: "\((value * 100).text())%"
        }
    }
}
