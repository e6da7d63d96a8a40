import FoundationEssentials
import Testing

/// A strategy that a switch does not name must not compile: with a `default` it would silently be run as another one.
@Suite struct `Switches over strategies` {
    private static let sources = String(#filePath.dropLast("Tests/VerificationTests/SwitchTests.swift".count)) + "Sources"

    @Test func `name every strategy`() throws {
        var switches = 0
        for name in try FileManager.default.subpathsOfDirectory(atPath: Self.sources) where name.hasSuffix(".swift") {
            let data = try #require(FileManager.default.contents(atPath: "\(Self.sources)/\(name)"), "\(name)")
            let lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            for (number, line) in lines.enumerated() where Self.isOverStrategies(line, in: name) {
                let indent = line.prefix { $0 == " " }
                let body = lines[(number + 1)...].prefix { $0 != "\(indent)}" }
                // Over names of strategies and bounds, which are text, none is complete.
                guard body.contains(where: { $0.hasPrefix("\(indent)case .") }) else { continue }
                switches += 1
                #expect(!body.contains { $0.hasPrefix("\(indent)default") }, "\(name):\(number + 1)")
            }
        }
        // The type's own, the plan's, the mobile host's, the path policy's, the fluid model's.
        #expect(switches >= 10)
    }

    private static func isOverStrategies(_ line: Substring, in file: String) -> Bool {
        let words = line.split(separator: " ")
        guard let at = words.firstIndex(of: "switch"), words.count > at + 1 else { return false }
        let subject = words[(at + 1)...].joined(separator: " ").lowercased()
        return subject.contains("strategy") || file.hasSuffix("/Strategy.swift") && subject.hasPrefix("self")
    }
}
