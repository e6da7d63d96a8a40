// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing

/// Documents that are kept on disk next to the tests, byte for byte.
///
/// `WALKBACK_REGENERATE=1 swift test --filter ReportsTests` writes them again; look at the difference before you commit
/// it.
enum GoldenFiles {
    static let directory = String(#filePath.dropLast("GoldenFiles.swift".count)) + "Golden/"

    static var regenerates: Bool { ProcessInfo.processInfo.environment["WALKBACK_REGENERATE"] == "1" }

    static func expect(
        _ text: String, equals name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let path = directory + name
        if regenerates {
            try Data(text.utf8).write(to: URL(filePath: path))
            return
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            Issue.record("\(name) is missing; WALKBACK_REGENERATE=1 writes it", sourceLocation: sourceLocation)
            return
        }
        let golden = String(decoding: data, as: UTF8.self)
        if golden == text { return }
        let lines = golden.split(separator: "\n", omittingEmptySubsequences: false)
        let now = text.split(separator: "\n", omittingEmptySubsequences: false)
        let line = zip(lines, now).enumerated().first { $1.0 != $1.1 }?.offset ?? min(lines.count, now.count)
        func shown(_ lines: [Substring]) -> String { line < lines.count ? String(lines[line].prefix(200)) : "(end)" }
        Issue.record(
            "\(name) differs from line \(line + 1) on: was '\(shown(lines))', is '\(shown(now))'",
            sourceLocation: sourceLocation)
    }
}
