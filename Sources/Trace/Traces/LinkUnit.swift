// SPDX-License-Identifier: Apache-2.0
import Quantities

/// Converts the values of a `LinkColumn` to numbers: steps in a trace's CSV, and a number in links.csv.
public struct LinkUnit<Value: Sendable>: Sendable {
    let form: LinkColumn.Form
    /// The value in steps; nil for an empty field.
    let steps: @Sendable (Value) -> Int64?
    let value: @Sendable (Int64) -> Value
    let number: @Sendable (Value) -> Double
    /// nil if the number is not a value of this column.
    let valueOfNumber: @Sendable (Double) -> Value?

    /// Creates a unit from its conversions.
    ///
    /// - Parameters:
    ///   - form: how a field of a trace's CSV is written.
    ///   - steps: converts a value to whole multiples of 10^-`form.decimals`; `value` converts back.
    ///   - number: converts a value to the unit of links.csv; `valueOfNumber` converts back, and returns nil for a
    ///     number that is not a value of the column.
    public init(
        form: LinkColumn.Form, steps: @escaping @Sendable (Value) -> Int64?,
        value: @escaping @Sendable (Int64) -> Value,
        number: @escaping @Sendable (Value) -> Double, valueOfNumber: @escaping @Sendable (Double) -> Value?
    ) {
        self.form = form
        self.steps = steps
        self.value = value
        self.number = number
        self.valueOfNumber = valueOfNumber
    }
}

/// The nearest whole number. A value that is not a number or is beyond all limits becomes the largest.
private func wholeSteps(_ value: Double) -> Int64 {
    abs(value) < 9e18 ? Int64(value.rounded()) : .max
}

extension LinkUnit<DataRate> {
    /// Mb/s in steps of one bit per second, up to 1 Tb/s. No recording of a radio has more, and up to this limit no
    /// arithmetic of a link overflows.
    public static var megabitsPerSecond: LinkUnit {
        LinkUnit(
            form: .init(decimals: 6, limits: 0...1_000_000_000_000, bounds: "Mb/s from 0 to 1000000"),
            steps: { wholeSteps($0.bitsPerSecond) }, value: { DataRate(bitsPerSecond: Double($0)) },
            number: { $0.megabitsPerSecond },
            valueOfNumber: { $0.isFinite && $0 >= 0 ? .megabitsPerSecond($0) : nil })
    }
}

extension LinkUnit<Duration> {
    /// Milliseconds in steps of one nanosecond, up to a minute.
    public static var milliseconds: LinkUnit {
        LinkUnit(
            form: .init(decimals: 6, limits: 0...60_000_000_000, bounds: "milliseconds from 0 to 60000"),
            steps: { $0 < .seconds(1_000_000) ? $0.wholeNanoseconds : .max }, value: { .nanoseconds($0) },
            number: { $0.milliseconds },
            valueOfNumber: { Duration(exactlySeconds: $0).map { $0 / 1000 } })
    }
}

extension LinkUnit<Double> {
    /// A probability from 0 to 1 in steps of 10^-9.
    public static var probability: LinkUnit {
        LinkUnit(
            form: .init(decimals: 9, limits: 0...1_000_000_000, bounds: "a probability from 0 to 1"),
            steps: { wholeSteps($0 * 1e9) }, value: { Double($0) / 1e9 }, number: { $0 },
            valueOfNumber: { $0 })
    }
}

extension LinkUnit<Bool> {
    /// 0 or 1.
    ///
    /// - Parameter advice: what an error says of any other field, as the end of a sentence.
    public static func flag(_ advice: String) -> LinkUnit {
        LinkUnit(
            form: .init(decimals: 0, limits: 0...1, bounds: advice, isFlag: true), steps: { $0 ? 1 : 0 },
            value: { $0 == 1 }, number: { $0 ? 1 : 0 }, valueOfNumber: { $0 == 0 || $0 == 1 ? $0 == 1 : nil })
    }
}

extension LinkUnit<Double?> {
    /// dBm in steps of 0.001, or empty if it is not known.
    static var decibelMilliwatts: LinkUnit {
        LinkUnit(
            form: .init(decimals: 3, limits: -300_000...300_000, bounds: "dBm or nothing", mayBeEmpty: true),
            steps: { $0.map { wholeSteps($0 * 1e3) } }, value: { Double($0) / 1e3 }, number: { $0 ?? .nan },
            valueOfNumber: { $0.isFinite ? .some($0) : nil })
    }
}

/// Converts a condition of the link to the 64 bits that the BPF program reads.
public enum LinkWord {
    /// A span in nanoseconds, which must not be negative.
    public static func nanoseconds(_ time: Duration) -> UInt64 { UInt64(time.wholeNanoseconds) }

    /// A probability in the form that is compared with 32 random bits: 2^32 is certain.
    public static func chance(_ probability: Double) -> UInt64 {
        UInt64((min(max(probability, 0), 1) * 4_294_967_296).rounded())
    }
}
