// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import Statistics
import Testing
import Traces

@testable import Documents
@testable import Reports

@Suite("A check against a baseline")
struct RegressionCheckTests {
    static let seeds: [UInt64] = Array(1...12)
    static let baseline = try? walk(0.93)

    /// - Parameter share: MPTCP's share of the links' capacity.
    static func walk(_ share: Double, name: String = "walk", seeds: [UInt64] = seeds) throws -> Baseline {
        let result = Fixture.result(
            .init(seconds: 40, seeds: seeds, name: name, mptcpShare: share, reconnecting: false))
        return Baseline(walks: [try Baseline.Walk(try SavedComparison(result), name: name)])
    }

    private func check(
        _ now: Baseline, gates: [String: [String]] = [:], settings: RegressionCheck.Settings = .init()
    ) throws -> RegressionCheck {
        try RegressionCheck(
            now, against: try #require(Self.baseline), gates: gates, settings: settings, baselinePath: "base.json")
    }

    @Test("of an unchanged system finds it bit-identical")
    func identical() throws {
        let check = try check(try Self.walk(0.93))
        #expect(check.identical == ["walk"])
        #expect(check.regressions.isEmpty)
        #expect(check.findings.allSatisfy { $0.verdict == .same && $0.change == 0 })
    }

    @Test("calls a loss of 5 % a regression of the strategy that has it, and says where")
    func regression() throws {
        let check = try check(try Self.walk(0.93 * 0.95), gates: ["walk": ["mptcp/optimal"]])
        #expect(check.regressions.map(\.quantity.name) == ["mptcp goodput", "mptcp/optimal"])
        let finding = try #require(check.regressions.first)
        #expect(finding.test?.method == .signFlip)
        #expect(abs(try #require(finding.change) + 0.05) < 0.005)
        #expect(try #require(finding.interval).high < -0.04)
        let place = try #require(finding.place)
        #expect(place.difference < 0 && place.whole <= place.difference)
        // The fixture's WiFi carries most in its best ten seconds, so a loss in proportion costs most bytes there.
        #expect(place.span.upperBound - place.span.lowerBound == .seconds(10))
        let report = CheckReport(walks: [], check: check)
        #expect(report.exitCode == .gateNotMet)
        #expect(report.text.contains("Regression: mptcp goodput was "))
        #expect(report.text.contains("after the first SYN"))
    }

    @Test("does not call a loss that is too small to matter, or a gain, a regression")
    func small() throws {
        #expect(try check(try Self.walk(0.93 * 0.99)).regressions.isEmpty)
        #expect(try check(try Self.walk(0.93 * 1.05)).regressions.isEmpty)
        var strict = RegressionCheck.Settings()
        strict.smallestEffect = 0.005
        #expect(try check(try Self.walk(0.93 * 0.99), settings: strict).regressions.count == 1)
    }

    @Test("pairs other seeds in their order, and says so")
    func otherSeeds() throws {
        let check = try check(try Self.walk(0.93, seeds: Array(101...112)))
        #expect(check.pairedInOrder == ["walk"])
        #expect(check.identical.isEmpty)
        #expect(CheckReport(walks: [], check: check).text.contains("seeds were paired in order"))
    }

    @Test("of one seed compares nothing")
    func oneSeed() throws {
        let one = try Self.walk(0.5, seeds: [1])
        let check = try RegressionCheck(
            one, against: try Self.walk(0.93, seeds: [1]), gates: [:], baselinePath: "b.json")
        #expect(check.regressions.isEmpty)
        #expect(check.findings.contains { $0.verdict == .notComparable })
        #expect(CheckReport(walks: [], check: check).text.contains("One pair shows no spread"))
    }

    @Test("with a baseline of another replay is refused")
    func otherReplay() throws {
        var changed = try Self.walk(0.93)
        changed.walks[0].walkSHA256 = String(repeating: "f", count: 64)
        let digest = #expect(throws: Fault.self) { try check(changed) }
        #expect(digest?.code == .badInput)
        #expect(
            digest?.message.contains(
                "base.json: is of another version of 'walk': the digest of its paths, traces and workload is") == true)
        changed.walks[0].replay = "elsewhere"
        let name = #expect(throws: Fault.self) { try check(changed) }
        #expect(name?.message == "base.json: is a baseline of walk, but the result is of 'elsewhere'; name another")
    }

    @Test("with another setting goes on, and says so")
    func otherSettings() throws {
        var changed = try Self.walk(0.93)
        changed.walks[0].sha256 = String(repeating: "f", count: 64)
        changed.walks[0].digest = ""
        let check = try check(changed)
        #expect(check.otherSettings == ["walk"])
        #expect(CheckReport(walks: [], check: check).text.contains("but other settings, strategies"))
    }

    @Test("A baseline is small, and is read back as it was written")
    func document() throws {
        let baseline = try #require(Self.baseline)
        let text = baseline.json.text
        let again = try Baseline(document: Array(text.utf8), path: "base.json")
        #expect(again.json.text == text)
        #expect(again.walks[0].digest == baseline.walks[0].digest)
        #expect(text.utf8.count < 40_000)
        #expect(try check(again).identical == ["walk"])
        let cut = #expect(throws: Fault.self) {
            try Baseline(document: Array(text.utf8.prefix(900)), path: "base.json")
        }
        #expect(cut?.code == .badInput)
    }
}
