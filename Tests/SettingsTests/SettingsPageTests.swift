// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Plans
import Quantities
import Testing

@testable import Settings

/// The table in Documentation/formats.md is the one that the program gives.
///
/// `WALKBACK_REGENERATE=1 swift test --filter SettingsTests` writes it again.
@Suite struct `The documentation's table of settings` {
    private static let page =
        String(#filePath.dropLast("Tests/SettingsTests/SettingsPageTests.swift".count)) + "Documentation/formats.md"
    private static let mark = "<!-- settings -->\n"

    private var table: String {
        var text = "| key | default | values | what it sets |\n|---|---|---|---|\n"
        for setting in Setting.all {
            let standard = setting.value(in: ReplaySettings()).map { "`\($0.text)`" } ?? setting.otherwise ?? ""
            text += "| `\(setting.key)` | \(standard) | \(Self.values(of: setting)) | \(setting.meaning) |\n"
        }
        return text
    }

    private static func values(of setting: Setting) -> String {
        func span(_ low: SettingValue, _ high: SettingValue) -> String { "\(low.text) to \(high.text)" }
        switch setting.kind {
        case .duration(let range, _): return span(.duration(range.lowerBound), .duration(range.upperBound))
        case .size(let range, _): return span(.size(range.lowerBound), .size(range.upperBound))
        case .count(let range): return span(.count(range.lowerBound), .count(range.upperBound))
        case .number(let range): return span(.number(range.lowerBound), .number(range.upperBound))
        case .choice(let choices): return choices.map { "`\($0)`" }.joined(separator: ", ")
        case .kernelName: return "a name that the kernel knows"
        case .path: return "the name of a path"
        }
    }

    @Test func `is that of the program`() throws {
        let text = try String(contentsOf: URL(filePath: Self.page), encoding: .utf8)
        let parts = text.split(separator: Self.mark, omittingEmptySubsequences: false)
        try #require(parts.count == 3, "two comments '<!-- settings -->' enclose the table")
        if ProcessInfo.processInfo.environment["WALKBACK_REGENERATE"] == "1" {
            let page = [String(parts[0]), table, String(parts[2])].joined(separator: Self.mark)
            try Data(page.utf8).write(to: URL(filePath: Self.page))
            return
        }
        #expect(String(parts[1]) == table)
    }
}
