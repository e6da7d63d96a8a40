// SPDX-License-Identifier: Apache-2.0
import Documents
import Plans
import Quantities

/// A row of the table of settings. It defines the key in a replay's file and how its value is read, the key in
/// comparison.json for reading and writing, the report's row, and the row in Documentation/formats.md. To add a
/// setting, add the property and its row in `Setting.all`.
package struct Setting: Sendable {
    package enum Kind: Sendable {
        case duration(ClosedRange<Duration>, example: String)
        case size(ClosedRange<ByteCount>, example: String)
        case count(ClosedRange<Int>)
        /// A number whose unit is in the setting's name.
        case number(ClosedRange<Double>)
        case choice([String])
        /// A name that only the kernel can check.
        case kernelName(KernelDemand.Kind, example: String)
        /// The name of one of the replay's paths.
        case path
    }

    package let section: String
    package let name: String
    package let kind: Kind
    /// What happens if it is not set; nil: it always has a value.
    package let otherwise: String?
    /// What it sets, for the documentation, in Markdown.
    package let meaning: String
    private let get: @Sendable (ReplaySettings) -> SettingValue?
    private let put: @Sendable (SettingValue?, inout ReplaySettings) -> Bool
    private let objects: @Sendable (ReplaySettings) -> String?

    /// - Parameters:
    ///   - key: section and name, such as `transport.send_buffer`.
    ///   - objection: what is wrong with a value that is in range, as a sentence; nil: nothing is wrong.
    init<Field: SettingField>(
        _ key: String, _ field: WritableKeyPath<ReplaySettings, Field> & Sendable, _ kind: Kind,
        otherwise: String? = nil, _ meaning: String,
        objection: @escaping @Sendable (ReplaySettings) -> String? = { _ in nil }
    ) {
        let parts = key.split(separator: ".", maxSplits: 1).map(String.init)
        (section, name) = (parts[0], parts[1])
        self.kind = kind
        self.otherwise = otherwise
        self.meaning = meaning
        get = { $0[keyPath: field].setting }
        put = { value, settings in
            guard let value = Field(setting: value) else { return false }
            settings[keyPath: field] = value
            return true
        }
        objects = objection
    }

    package var key: String { "\(section).\(name)" }

    /// The setting's value; nil: not set.
    package func value(in settings: ReplaySettings) -> SettingValue? { get(settings) }

    /// - Returns: whether the value is allowed.
    package func set(_ value: SettingValue?, in settings: inout ReplaySettings) -> Bool {
        if case .choice(let choices) = kind, case .text(let text) = value, !choices.contains(text) { return false }
        return put(value, &settings)
    }

    /// Why a value that was just set conflicts with the others, as a sentence.
    package func objection(to settings: ReplaySettings) -> String? { objects(settings) }

    /// The value as in a replay's file, or what happens without one.
    package func text(in settings: ReplaySettings) -> String {
        value(in: settings)?.text ?? otherwise ?? ""
    }
}

// MARK: - In comparison.json

extension Setting {
    /// The key in comparison.json, including the unit of its values.
    package var jsonKey: String {
        switch kind {
        case .duration: "\(name)_s"
        case .size: "\(name)_bytes"
        case .count, .number, .choice, .kernelName, .path: name
        }
    }

    package func json(of settings: ReplaySettings) -> JSON {
        switch value(in: settings) {
        case .duration(let time): .number(time.seconds)
        case .size(let size): .bytes(size)
        case .count(let count): .integer(Int64(count))
        case .number(let number): .number(number)
        case .text(let text): .string(text)
        case nil: .null
        }
    }

    /// - Returns: false if the document does not contain the setting. `settings` is then unchanged.
    package func read(_ section: JSONReader, into settings: inout ReplaySettings) throws -> Bool {
        guard try section.has(jsonKey) else { return false }
        let value = try otherwise == nil ? section[jsonKey] : section.optional(jsonKey)
        guard set(try value.map(read), in: &settings) else {
            let text = try value?.string.prefix(40) ?? "null"
            throw section.fault("'\(section.place).\(jsonKey)' has the unknown value '\(text)'")
        }
        return true
    }

    private func read(_ value: JSONReader) throws -> SettingValue {
        switch kind {
        case .duration: .duration(try value.seconds)
        case .size: .size(try value.bytes)
        case .count: .count(Int(try value.integer))
        case .number: .number(try value.number)
        case .choice, .kernelName, .path: .text(try value.string)
        }
    }
}
