// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import Results
import Statistics

/// How numbers are written: the same everywhere.
enum Wording {
    static let unknown = "-"

    static func mean(_ sample: Sample?, _ decimals: Int) -> String {
        sample?.mean?.text(decimals: decimals) ?? unknown
    }

    /// - Parameter isSigned: whether the quantity can be negative; otherwise the interval is cut at zero, since no
    ///   value lies below.
    static func interval(_ sample: Sample?, _ decimals: Int, isSigned: Bool = false) -> String {
        let interval = sample?.meanInterval()
        return Self.interval(interval.map { isSigned ? $0.low : max(0, $0.low) }, interval?.high, decimals)
    }

    static func value(_ ratio: ComparisonResult.Ratio?) -> String { number(ratio?.value, 3) }

    static func interval(_ ratio: ComparisonResult.Ratio?) -> String { interval(ratio?.low, ratio?.high, 3) }

    static func smallestDifference(_ ratio: ComparisonResult.Ratio?) -> String {
        number(ratio?.smallestDifference, 3)
    }

    static func number(_ value: Double?, _ decimals: Int) -> String {
        value?.text(decimals: decimals) ?? unknown
    }

    static func seconds(_ time: Duration?, _ decimals: Int = 2) -> String {
        time.map { "\($0.seconds.text(decimals: decimals)) s" } ?? unknown
    }

    static func count(_ number: Int, _ noun: String, _ several: String? = nil) -> String {
        "\(number) \(number == 1 ? noun : several ?? "\(noun)s")"
    }

    static func congestionControl(of environment: ComparisonResult.Environment) -> String {
        environment.congestionControl ?? "congestion control not known, because no run had a connection"
    }

    private static func interval(_ low: Double?, _ high: Double?, _ decimals: Int) -> String {
        guard let low, let high else { return unknown }
        return "\(low.text(decimals: decimals)) to \(high.text(decimals: decimals))"
    }
}

extension Array where Element == Duration {
    /// nil if the array is empty.
    var mean: Duration? { isEmpty ? nil : reduce(.zero, +) / count }
}
