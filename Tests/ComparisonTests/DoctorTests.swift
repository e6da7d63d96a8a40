import Testing

@Suite(.enabled(if: Walkback.canRun, Walkback.whyNot)) struct `The doctor` {
    @Test func `says which congestion controls a kernel has, coupled ones among them`() throws {
        let outcome = try Walkback.run(["doctor"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.first?.hasPrefix("kernel: Linux 6.") == true)
        #expect(lines.contains("Multipath TCP: yes"))
        #expect(lines.contains { $0.hasPrefix("congestion control: ") && $0.contains("cubic") })
        #expect(lines.contains("coupled congestion control: lia, olia"))
    }

    @Test func `ends with 69 where the one that is asked for is missing`() throws {
        #expect(try Walkback.run(["doctor", "--congestion-control", "olia"]).status == 0)
        let outcome = try Walkback.run(["doctor", "--congestion-control", "ollia"])
        #expect(outcome.status == 69)
        #expect(outcome.errors.contains("has no congestion control 'ollia'; did you mean 'olia'?"))
    }
}
