// SPDX-License-Identifier: Apache-2.0
import Documents
import Plans
import Quantities
import Testing

@testable import Settings

@Suite struct `The table of settings` {
    /// The stored properties of the settings, by their places.
    private func fields(of settings: ReplaySettings) -> [String: String] {
        var fields: [String: String] = [:]
        for section in Mirror(reflecting: settings).children {
            for field in Mirror(reflecting: section.value).children {
                fields["\(section.label ?? "?").\(field.label ?? "?")"] = "\(field.value)"
            }
        }
        return fields
    }

    /// Values that a setting may have, at both ends of its range.
    private func values(of setting: Setting) -> [SettingValue] {
        switch setting.kind {
        case .duration(let range, _): [.duration(range.lowerBound), .duration(range.upperBound)]
        case .size(let range, _): [.size(range.lowerBound), .size(range.upperBound)]
        case .count(let range): [.count(range.lowerBound), .count(range.upperBound)]
        case .number(let range): [.number(range.lowerBound), .number(range.upperBound)]
        case .choice(let choices): choices.map { .text($0) }
        case .kernelName, .path: [.text("lia"), .text("wifi")]
        }
    }

    /// A value that is not its default.
    private func other(_ setting: Setting) throws -> SettingValue {
        let standard = setting.value(in: ReplaySettings())
        return try #require(values(of: setting).first { $0 != standard })
    }

    @Test func `has a row for every property, and no two for the same`() throws {
        let standard = fields(of: ReplaySettings())
        var found: [String] = []
        for setting in Setting.all {
            var settings = ReplaySettings()
            #expect(setting.set(try other(setting), in: &settings))
            let changed = fields(of: settings).filter { $0.value != standard[$0.key] }.keys
            #expect(changed.count == 1, "\(setting.key) changes \(changed.sorted())")
            found += changed
        }
        #expect(found.sorted() == standard.keys.sorted())
        #expect(standard.count > 20)
        #expect(Set(Setting.all.map(\.key)).count == Setting.all.count)
        #expect(Setting.sections.flatMap(Setting.of).map(\.key) == Setting.all.map(\.key))
    }

    @Test func `has the default in the range, and says what happens without a value`() {
        let settings = ReplaySettings()
        for setting in Setting.all {
            let value = setting.value(in: settings)
            #expect((value == nil) == (setting.otherwise != nil), "\(setting.key)")
            #expect(setting.objection(to: settings) == nil, "\(setting.key)")
            let isIn =
                switch (setting.kind, value) {
                case (.duration(let range, _), .duration(let time)): range.contains(time)
                case (.size(let range, _), .size(let size)): range.contains(size)
                case (.count(let range), .count(let count)): range.contains(count)
                case (.number(let range), .number(let number)): range.contains(number)
                case (.choice(let choices), .text(let text)): choices.contains(text)
                case (.kernelName, .text(let text)): KernelDemand.isPossible(text)
                case (_, nil): true
                default: false
                }
            #expect(isIn, "\(setting.key)")
        }
    }

    /// A kind that does not match the property's type would refuse every value that a replay has.
    @Test func `takes every value of its kind, and writes and reads it`() throws {
        for setting in Setting.all {
            for value in values(of: setting) + (setting.otherwise == nil ? [] : [nil]) {
                var settings = ReplaySettings()
                #expect(setting.set(value, in: &settings) && setting.value(in: settings) == value, "\(setting.key)")
                let text = JSON.object([setting.jsonKey: setting.json(of: settings)]).text
                let section = JSONReader(try JSON.parse(Array(text.utf8), path: "a.json"), path: "a.json", place: "s")
                var read = ReplaySettings()
                #expect(setting.set(try other(setting), in: &read))
                #expect(try setting.read(section, into: &read))
                #expect(setting.value(in: read) == value, "\(setting.key)")
            }
        }
    }

    @Test func `does not take a value of another kind`() {
        for setting in Setting.all {
            var settings = ReplaySettings()
            for value in [SettingValue.duration(.zero), .size(.zero), .count(1), .number(1), .text("x")] {
                let isOfKind =
                    switch (setting.kind, value) {
                    case (.duration, .duration), (.size, .size), (.count, .count), (.number, .number),
                        (.kernelName, .text), (.path, .text):
                        true
                    default: false
                    }
                #expect(setting.set(value, in: &settings) == isOfKind, "\(setting.key) \(value)")
            }
            #expect(setting.set(nil, in: &settings) == (setting.otherwise != nil), "\(setting.key)")
        }
    }

    @Test func `refuses a document's value that there is not, and notices what is absent`() throws {
        let mode = try #require(Setting.all.first { $0.key == "mobility.mode" })
        func read(_ text: String) throws -> Bool {
            var settings = ReplaySettings()
            return try mode.read(
                JSONReader(try JSON.parse(Array(text.utf8), path: "a.json"), path: "a.json", place: "s"),
                into: &settings)
        }
        #expect(try !read("{}"))
        #expect(try read("{\"mode\": \"carrier\"}"))
        for (text, words) in [
            ("\"car\"", "'s.mode' has the unknown value 'car'"), ("null", "'s.mode' is missing"),
            ("1", "is not a text"),
        ] {
            let fault = #expect(throws: Fault.self) { _ = try read("{\"mode\": \(text)}") }
            #expect(fault?.message.contains(words) == true, "\(fault?.message ?? "")")
        }
    }

    @Test(arguments: [
        (SettingValue.duration(.seconds(10)), "10s"), (.duration(.milliseconds(1500)), "1500ms"),
        (.duration(.microseconds(500)), "0.5ms"), (.duration(.zero), "0s"), (.size(ByteCount(6_000_000)), "6MB"),
        (.size(ByteCount(64_000)), "64kB"), (.size(ByteCount(2_097_152)), "2097152B"), (.count(4), "4"),
        (.number(-80), "-80"), (.text("reno"), "reno"),
    ])
    func `shows a value as a replay's file has it`(value: SettingValue, text: String) {
        #expect(value.text == text)
        switch value {
        case .duration(let time): #expect(Duration(text: text) == time)
        case .size(let size): #expect(ByteCount(text: text) == size)
        case .count, .number, .text: break
        }
    }
}
