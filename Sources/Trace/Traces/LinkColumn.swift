// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities

/// One quantity of a path over time: how a trace's CSV, the kernel's link table, links.csv and an export write it.
///
/// `LinkColumn.all` is the table of them, and everything that reads or writes these places goes through it. To add one,
/// see "Adding a link column" in Documentation/hacking.md.
public struct LinkColumn: Sendable {
    /// How a field of the trace's CSV is written: a decimal number, or a flag of 0 or 1.
    public struct Form: Sendable {
        /// A field is a whole multiple of 10^-`decimals` of the column's unit, which is called a step.
        public var decimals: Int
        /// Smallest and largest value, in steps.
        public var limits: ClosedRange<Int64>
        /// The limits in the column's own unit, as an error says them after "write": `Mb/s from 0 to 1000000`.
        public var bounds: String
        /// Whether a field may be empty, which leaves the property at its default.
        public var mayBeEmpty = false
        /// Whether a field must be exactly 0 or 1, and not 0.0 or 01.
        public var isFlag = false

        /// Creates a form; each parameter is the property of the same name.
        public init(
            decimals: Int, limits: ClosedRange<Int64>, bounds: String, mayBeEmpty: Bool = false, isFlag: Bool = false
        ) {
            self.decimals = decimals
            self.limits = limits
            self.bounds = bounds
            self.mayBeEmpty = mayBeEmpty
            self.isFlag = isFlag
        }
    }

    /// What an export to a format without this column reports as lost.
    public enum Loss: Sendable, Equatable {
        /// The column is always lost, and is called by this word.
        case always(String)
        /// The column is lost, and is called by this word, if any row of the exported direction differs from the
        /// default.
        case whereSet(String)
        /// The column is never lost, because the link does not use it.
        case never
    }

    /// The name in messages and in ``losses(of:_:keeping:from:)``: `delay`.
    public let name: String
    /// Names in the trace's CSV, unit included: one for each direction, down first, or one for the path.
    public let csv: [String]
    /// How a field of the trace's CSV is written, and its limits.
    public let form: Form
    /// Whether every trace has the column. An optional column is written only if a row differs from the default, and a
    /// file without it reads as the default.
    public let isRequired: Bool
    /// Name in links.csv, unit included; nil: links.csv does not have the column.
    public let linksCSV: String?
    /// What an export to a format without this column says is lost.
    public let loss: Loss
    /// The column's value in the kernel's `struct walkback_condition`, as 64 bits; nil: the column is not a condition
    /// of the link.
    public let word: (@Sendable (LinkConditions) -> UInt64)?
    /// The value in steps; nil for an empty field.
    let steps: @Sendable (PathTrace.Sample, Direction) -> Int64?
    let setSteps: @Sendable (inout PathTrace.Sample, Direction, Int64) -> Void
    /// The value in the unit of links.csv. `setNumber` returns false if the number is not a value of this column.
    let number: @Sendable (PathTrace.Sample, Direction) -> Double
    let setNumber: (@Sendable (inout PathTrace.LinkSample, Double) -> Bool)?

    /// Whether the column has a value for each direction, as opposed to one for the path.
    public var isOfDirection: Bool { csv.count > 1 }
    /// The directions for which the column has a field. The field of a column of the whole path is under `.down`.
    public var directions: [Direction] { isOfDirection ? Direction.allCases : [.down] }

    /// The value of a row in steps of `form`; nil if it is not known. A value finer than a step is rounded to a whole
    /// step.
    public func value(_ sample: PathTrace.Sample, _ direction: Direction) -> Int64? {
        steps(sample, direction)
    }

    /// Sets the value of a row.
    ///
    /// - Parameter value: in steps of `form`, within its limits.
    public func set(_ value: Int64, in sample: inout PathTrace.Sample, _ direction: Direction) {
        setSteps(&sample, direction, value)
    }

    /// Whether any row differs from the value of a new row.
    public func isSet(in samples: [PathTrace.Sample], _ directions: [Direction]) -> Bool {
        let new = PathTrace.Sample.new
        return directions.contains { direction in
            let usual = steps(new, direction)
            return samples.contains { steps($0, direction) != usual }
        }
    }

    /// The value as text for links.csv.
    package func linksText(_ sample: PathTrace.Sample, _ direction: Direction) -> String {
        number(sample, direction).text()
    }

    /// Sets the value from a number in links.csv. Returns false if it is not a value of this column.
    package func take(_ number: Double, into link: inout PathTrace.LinkSample) -> Bool {
        setNumber?(&link, number) ?? true
    }

    /// What a format without `columns` loses of one direction of a trace, in the order of the table.
    public static func losses(
        of trace: PathTrace, _ direction: Direction, keeping columns: Set<String>,
        from all: [LinkColumn] = LinkColumn.all
    ) -> [String] {
        all.filter { !columns.contains($0.name) }.compactMap { column in
            switch column.loss {
            case .always(let word): word
            case .whereSet(let word):
                column.isSet(in: trace.samples, column.isOfDirection ? [direction] : [.down]) ? word : nil
            case .never: nil
            }
        }
    }
}

extension LinkColumn {
    /// A condition of the link: a property of `LinkConditions`, which the BPF program reads.
    ///
    /// - Parameters:
    ///   - word: a value as the BPF program reads it, in the column's member of `struct walkback_condition`.
    ///   - csv: the name in a trace's CSV for a direction, unit included.
    ///   - linksCSV: the name in links.csv, unit included.
    public static func condition<Value: Sendable>(
        _ name: String, _ property: WritableKeyPath<LinkConditions, Value> & Sendable, _ unit: LinkUnit<Value>,
        word: @escaping @Sendable (Value) -> UInt64, csv: (Direction) -> String, linksCSV: String, loss: Loss,
        isRequired: Bool = false
    ) -> LinkColumn {
        ofLink(
            name, unit, get: { $0.conditions[keyPath: property] }, set: { $0.conditions[keyPath: property] = $1 },
            csv: csv, linksCSV: linksCSV, loss: loss, isRequired: isRequired
        ) { word($0[keyPath: property]) }
    }

    static func ofLink<Value: Sendable>(
        _ name: String, _ unit: LinkUnit<Value>, get: @escaping @Sendable (PathTrace.LinkSample) -> Value,
        set: @escaping @Sendable (inout PathTrace.LinkSample, Value) -> Void,
        csv: (Direction) -> String, linksCSV: String?, loss: Loss, isRequired: Bool,
        word: (@Sendable (LinkConditions) -> UInt64)? = nil
    ) -> LinkColumn {
        LinkColumn(
            name: name, csv: Direction.allCases.map(csv), form: unit.form, isRequired: isRequired, linksCSV: linksCSV,
            loss: loss, word: word,
            steps: { sample, direction in unit.steps(get(sample[direction])) },
            setSteps: { sample, direction, steps in
                if direction == .down {
                    set(&sample.down, unit.value(steps))
                } else {
                    set(&sample.up, unit.value(steps))
                }
            },
            number: { sample, direction in unit.number(get(sample[direction])) },
            setNumber: { link, number in
                guard let value = unit.valueOfNumber(number) else { return false }
                set(&link, value)
                return true
            })
    }

    static func ofPath<Value: Sendable>(
        _ name: String, _ property: WritableKeyPath<PathTrace.Sample, Value> & Sendable, _ unit: LinkUnit<Value>,
        csv: String, linksCSV: String?, loss: Loss, isRequired: Bool
    ) -> LinkColumn {
        LinkColumn(
            name: name, csv: [csv], form: unit.form, isRequired: isRequired, linksCSV: linksCSV, loss: loss, word: nil,
            steps: { sample, _ in unit.steps(sample[keyPath: property]) },
            setSteps: { sample, _, steps in sample[keyPath: property] = unit.value(steps) },
            number: { sample, _ in unit.number(sample[keyPath: property]) }, setNumber: nil)
    }
}

extension PathTrace.Sample {
    /// A row in which every property has its default.
    package static let new = PathTrace.Sample(
        time: .zero, down: .init(rate: .zero, conditions: LinkConditions()),
        up: .init(rate: .zero, conditions: LinkConditions()))
}
