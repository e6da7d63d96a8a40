// SPDX-License-Identifier: Apache-2.0
import Documents
import Plans
import Quantities

/// A row of the table of settings. From it come the key of a replay's file and how its value is read, the key of
/// comparison.json both ways, the report's row, and the row in Documentation/formats.md. To add a setting, add the
/// property and its row in `Setting.all`.
package struct Setting: Sendable {
    package enum Kind: Sendable {
        case duration(ClosedRange<Duration>, example: String)
        case size(ClosedRange<ByteCount>, example: String)
        case count(ClosedRange<Int>)
        /// A number whose unit is in the setting's name.
        case number(ClosedRange<Double>)
        case choice([String])
        /// What only the kernel knows.
        case kernelName(KernelDemand.Kind, example: String)
        /// The name of one of the replay's paths.
        case path
    }

    package let section: String
    package let name: String
    package let kind: Kind
    /// What happens where it is not set; nil: it always has a value.
    package let otherwise: String?
    /// What it sets, for the documentation, in Markdown.
    package let meaning: String
    private let get: @Sendable (ReplaySettings) -> SettingValue?
    private let put: @Sendable (SettingValue?, inout ReplaySettings) -> Bool
    private let objects: @Sendable (ReplaySettings) -> String?

    /// - Parameters:
    ///   - key: section and name, as `transport.send_buffer`.
    ///   - objection: what is wrong with a value that is in range, as a sentence; nil: nothing.
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

    /// nil: not set.
    package func value(in settings: ReplaySettings) -> SettingValue? { get(settings) }

    /// - Returns: whether it may have this value.
    package func set(_ value: SettingValue?, in settings: inout ReplaySettings) -> Bool {
        if case .choice(let choices) = kind, case .text(let text) = value, !choices.contains(text) { return false }
        return put(value, &settings)
    }

    /// Why a value that was just set does not go with the others, as a sentence.
    package func objection(to settings: ReplaySettings) -> String? { objects(settings) }

    /// The value as a replay's file has it, or what happens without one.
    package func text(in settings: ReplaySettings) -> String {
        value(in: settings)?.text ?? otherwise ?? ""
    }
}

// MARK: - In comparison.json

extension Setting {
    /// With the unit of its values.
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

    /// - Returns: false where the document does not have it, and `settings` stays as it is.
    package func read(_ section: JSONReader, into settings: inout ReplaySettings) throws -> Bool {
        guard try section.has(jsonKey) else { return false }
        let value = try otherwise == nil ? section[jsonKey] : section.optional(jsonKey)
        guard set(try value.map(read), in: &settings) else {
            throw section.fault("'\(section.place).\(jsonKey)' is '\(try value?.string.prefix(40) ?? "null")'")
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
