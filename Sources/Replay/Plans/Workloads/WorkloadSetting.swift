// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities

/// One setting of a kind of workload: its key in a replay, its limits, and the property that holds it.
public struct WorkloadSetting<Kind: WorkloadKind>: Sendable {
    let key: String
    let documentKey: String
    let isOptional: Bool
    let limits: WorkloadLimits
    let read: @Sendable (Kind) -> WorkloadValue?
    let write: @Sendable (inout Kind, WorkloadValue?) -> Void

    private init(
        _ key: String, _ documentKey: String, isOptional: Bool = false, _ limits: WorkloadLimits,
        read: @escaping @Sendable (Kind) -> WorkloadValue?,
        write: @escaping @Sendable (inout Kind, WorkloadValue?) -> Void
    ) {
        self.key = key
        self.documentKey = documentKey
        self.isOptional = isOptional
        self.limits = limits
        self.read = read
        self.write = write
    }

    /// `KEY: 300kB`; `KEY_bytes` in comparison.json.
    public static func size(
        _ key: String, _ place: WritableKeyPath<Kind, ByteCount> & Sendable, in range: ClosedRange<ByteCount>,
        example: String
    ) -> Self {
        Self(key, "\(key)_bytes", .size(range, example: example)) {
            .size($0[keyPath: place])
        } write: {
            if case .size(let value)? = $1 { $0[keyPath: place] = value }
        }
    }

    /// `bytes: 100MB`, which has no default: `bytes` in comparison.json, in which null means no limit.
    public static func bytes(_ place: WritableKeyPath<Kind, ByteCount?> & Sendable) -> Self {
        let range = ByteCount(1)...ByteCount(1_000_000_000_000)
        return Self("bytes", "bytes", isOptional: true, .size(range, example: "100MB")) {
            $0[keyPath: place].map { .size($0) }
        } write: { kind, value in
            if case .size(let size)? = value { kind[keyPath: place] = size } else { kind[keyPath: place] = nil }
        }
    }

    /// `KEY: 2Mbit`; `KEY_mbps` in comparison.json.
    public static func rate(
        _ key: String, _ place: WritableKeyPath<Kind, DataRate> & Sendable, in range: ClosedRange<DataRate>,
        example: String
    ) -> Self {
        Self(key, "\(key)_mbps", .rate(range, example: example)) {
            .rate($0[keyPath: place])
        } write: {
            if case .rate(let value)? = $1 { $0[keyPath: place] = value }
        }
    }

    /// `KEY: 400ms`; `KEY_s` in comparison.json.
    public static func duration(
        _ key: String, _ place: WritableKeyPath<Kind, Duration> & Sendable, in range: ClosedRange<Duration>,
        example: String
    ) -> Self {
        Self(key, "\(key)_s", .duration(range, example: example)) {
            .duration($0[keyPath: place])
        } write: {
            if case .duration(let value)? = $1 { $0[keyPath: place] = value }
        }
    }

    /// `KEY: 0.5`.
    public static func number(
        _ key: String, _ place: WritableKeyPath<Kind, Double> & Sendable, in range: ClosedRange<Double>
    ) -> Self {
        Self(key, key, .number(range)) {
            .number($0[keyPath: place])
        } write: {
            if case .number(let value)? = $1 { $0[keyPath: place] = value }
        }
    }

    /// `KEY: 5`, a whole number.
    public static func count(
        _ key: String, _ place: WritableKeyPath<Kind, Int> & Sendable, in range: ClosedRange<Int>
    ) -> Self {
        Self(key, key, .count(range)) {
            .count($0[keyPath: place])
        } write: {
            if case .count(let value)? = $1 { $0[keyPath: place] = value }
        }
    }
}

/// The type of a setting, and the limits within which a replay may set it.
package enum WorkloadLimits: Sendable {
    case size(ClosedRange<ByteCount>, example: String)
    case rate(ClosedRange<DataRate>, example: String)
    case duration(ClosedRange<Duration>, example: String)
    case number(ClosedRange<Double>)
    case count(ClosedRange<Int>)
}

package enum WorkloadValue: Sendable, Equatable {
    case size(ByteCount)
    case rate(DataRate)
    case duration(Duration)
    case number(Double)
    case count(Int)

    var digestWord: String {
        switch self {
        case .size(let size): "\(size.bytes)"
        case .rate(let rate): rate.bitsPerSecond.text()
        case .duration(let duration): "\(duration.wholeNanoseconds)"
        case .number(let number): number.text()
        case .count(let count): "\(count)"
        }
    }
}

/// A setting with its value, for any kind of workload.
package struct WorkloadField: Sendable {
    /// The key in a replay and in the plan.
    package let key: String
    /// The key in comparison.json.
    package let documentKey: String
    /// Whether the value may be missing.
    package let isOptional: Bool
    package let limits: WorkloadLimits
    package let value: WorkloadValue?
}

extension WorkloadKind {
    package static var keys: [String] { settings.map(\.key) }

    /// All settings, in the order of `settings`.
    package var fields: [WorkloadField] {
        Self.settings.map {
            WorkloadField(
                key: $0.key, documentKey: $0.documentKey, isOptional: $0.isOptional, limits: $0.limits,
                value: $0.read(self))
        }
    }

    /// Sets every setting, in the order of `settings`, to the value that `value` returns for it.
    package mutating func setAll(_ value: (WorkloadField) throws -> WorkloadValue?) rethrows {
        for (setting, field) in zip(Self.settings, fields) { setting.write(&self, try value(field)) }
    }

    package var name: String { Self.name }

    func isEqual(to other: any WorkloadKind) -> Bool { (other as? Self) == self }
}
