// SPDX-License-Identifier: Apache-2.0
import SystemPackage
import Testing

@Suite(.enabled(if: Walkback.canRun, Walkback.whyNot)) struct `Congestion controls side by side` {
    /// A plain TCP that asks for a coupled congestion control has Reno's windows, so its run is the same to the byte.
    @Test func `are the same for plain TCP where they are coupled ones or Reno`() throws {
        let scratch = try Scratch()
        let output = scratch.path.appending("out")
        let outcome = try Walkback.run([
            "compare", try scratch.walk().string, "--output", output.string, "--strategies", "tcp-wifi,tcp-cellular",
            "--congestion-control", "lia,olia,reno,cubic",
        ])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let series = try ["lia", "olia", "reno", "cubic"].map {
            try Walkback.text(output.appending($0).appending("series.csv"))
        }
        #expect(series[0].count > 1000)
        #expect(series[0] == series[2] && series[1] == series[2] && series[3] != series[2])
        for control in ["lia", "olia", "reno"] {
            let document = try Walkback.text(output.appending(control).appending("comparison.json"))
            #expect(document.contains("\"congestion_control\": \"\(control)\""))
            #expect(document.contains("--congestion-control \(control)\""))
        }
    }

    @Test func `are told apart for MPTCP, in a table of their own`() throws {
        let scratch = try Scratch()
        let outcome = try Walkback.run([
            "compare", try scratch.walk().string, "--output", scratch.path.appending("out").string,
            "--congestion-control", "lia,cubic",
        ])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let table = outcome.output.split(separator: "\n").suffix(3)
        #expect(table.map { $0.prefix { $0 != " " } } == ["congestion", "lia", "cubic"])
    }
}
