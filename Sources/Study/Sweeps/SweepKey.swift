// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import Replays
import Settings
import Synthesis

/// What a sweep may set: a parameter of the generator, or a value of the replay by its dotted key, such as
/// `transport.congestion_control`.
enum SweepKey: Equatable, Sendable {
    /// The generator's seed: another seed gives another walk.
    case walk
    case coverage
    case calibration
    case duration
    case parameter(OutdoorParameter)
    case replay([String])

    static let generatorNames =
        ["walk", "wifi-coverage", "calibration", "duration"] + OutdoorParameter.allCases.map(\.rawValue)

    /// The replay's settings, for suggestions. A sweep may set other keys of a replay, too.
    static let replayNames = Setting.all.map(\.key)

    init?(generator text: String) {
        switch text {
        case "walk": self = .walk
        case "wifi-coverage": self = .coverage
        case "calibration": self = .calibration
        case "duration": self = .duration
        default:
            guard let parameter = OutdoorParameter(rawValue: text) else { return nil }
            self = .parameter(parameter)
        }
    }

    init?(replay text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 1, !parts.contains(""), ReplayKeys.sections.contains(parts[0]) else { return nil }
        self = .replay(parts)
    }

    var text: String {
        switch self {
        case .walk: "walk"
        case .coverage: "wifi-coverage"
        case .calibration: "calibration"
        case .duration: "duration"
        case .parameter(let parameter): parameter.rawValue
        case .replay(let parts): parts.joined(separator: ".")
        }
    }

    /// The name of its column, with the unit of the column's numbers.
    var column: String {
        switch self {
        case .walk, .calibration: text
        case .coverage: "wifi_coverage_percent"
        case .duration: "generated_duration_s"
        case .parameter(let parameter): text.split(separator: "-").joined(separator: "_") + parameter.unit.suffix
        case .replay: text
        }
    }

    /// A value as its column shows it: numbers are in the column's unit; nil if the text is not a valid value of this
    /// key.
    func column(of text: String) -> String? {
        switch self {
        case .walk: UInt64(text).map(String.init)
        case .calibration: OutdoorParameters.Calibration(rawValue: text)?.rawValue
        case .coverage: Self.percent(text)?.text()
        case .duration: Duration(text: text)?.seconds.text()
        case .parameter(let parameter): parameter.number(of: text)?.text()
        case .replay: text
        }
    }

    /// `40` or `40%`.
    static func percent(_ text: String) -> Double? {
        Double(text.hasSuffix("%") ? String(text.dropLast()) : text).flatMap { $0.isFinite ? $0 : nil }
    }
}

extension OutdoorParameter.Unit {
    fileprivate var suffix: String {
        switch self {
        case .time: "_s"
        case .rate: "_mbps"
        case .spread: ""
        case .share: "_percent"
        }
    }
}

extension OutdoorParameter {
    /// The number in its column's unit.
    fileprivate func number(of text: String) -> Double? {
        value(of: text).map { unit == .share ? $0 * 100 : $0 }
    }
}
