// SPDX-License-Identifier: Apache-2.0
import Determinism
import Plans
import Quantities

/// The value of a setting, whichever setting it is.
package enum SettingValue: Sendable, Equatable {
    case duration(Duration)
    case size(ByteCount)
    case count(Int)
    case number(Double)
    case text(String)

    /// The value as text in a replay's file, such as `200ms` or `6MB`.
    package var text: String {
        switch self {
        case .duration(let time):
            let isInSeconds = time.wholeNanoseconds.isMultiple(of: 1_000_000_000)
            return isInSeconds ? "\(time.seconds.text())s" : "\(time.milliseconds.text())ms"
        case .size(let size):
            for (unit, bytes) in [("MB", Int64(1_000_000)), ("kB", 1000)] where size.bytes.isMultiple(of: bytes) {
                return "\(size.bytes / bytes)\(unit)"
            }
            return "\(size.bytes)B"
        case .count(let count): return "\(count)"
        case .number(let number): return number.text()
        case .text(let text): return text
        }
    }
}

/// A type that the property behind a setting may have.
package protocol SettingField: Sendable {
    /// nil if the value is of another kind, or is not a value of this type.
    init?(setting value: SettingValue?)
    /// The property's value as a setting; nil: not set.
    var setting: SettingValue? { get }
}

extension Duration: SettingField {
    package init?(setting value: SettingValue?) {
        guard case .duration(let time) = value else { return nil }
        self = time
    }

    package var setting: SettingValue? { .duration(self) }
}

extension ByteCount: SettingField {
    package init?(setting value: SettingValue?) {
        guard case .size(let size) = value else { return nil }
        self = size
    }

    package var setting: SettingValue? { .size(self) }
}

extension Int: SettingField {
    package init?(setting value: SettingValue?) {
        guard case .count(let count) = value else { return nil }
        self = count
    }

    package var setting: SettingValue? { .count(self) }
}

extension Double: SettingField {
    package init?(setting value: SettingValue?) {
        guard case .number(let number) = value else { return nil }
        self = number
    }

    package var setting: SettingValue? { .number(self) }
}

extension String: SettingField {
    package init?(setting value: SettingValue?) {
        guard case .text(let text) = value else { return nil }
        self = text
    }

    package var setting: SettingValue? { .text(self) }
}

extension SettingField where Self: RawRepresentable<String> {
    package init?(setting value: SettingValue?) {
        guard case .text(let text) = value else { return nil }
        self.init(rawValue: text)
    }

    package var setting: SettingValue? { .text(rawValue) }
}

extension Mobility.Mode: SettingField {}
extension EnergyPolicy.Switching: SettingField {}

extension Optional: SettingField where Wrapped: SettingField {
    package init?(setting value: SettingValue?) {
        guard let value else {
            self = .none
            return
        }
        guard let wrapped = Wrapped(setting: value) else { return nil }
        self = .some(wrapped)
    }

    package var setting: SettingValue? { flatMap(\.setting) }
}
