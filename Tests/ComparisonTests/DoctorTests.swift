// SPDX-License-Identifier: Apache-2.0
import SystemPackage
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

    @Test func `leaves no directory, at whatever instant it is killed`() throws {
        let scratch = try Scratch()
        let temporary = scratch.path.appending("tmp")
        // Each run gets three seconds, within which the kernel that it started ends as well.
        let wrapper = """
            mkdir -p "$TMPDIR"; seen=0
            for delay in 0.02 0.05 0.1 0.2 0.3 0.4 0.5; do
                "$@" >"$TMPDIR.out" & process=$!
                sleep $delay; ls "$TMPDIR" | grep -q . && seen=$((seen + 1))
                kill -9 $process
                tries=0; while ls "$TMPDIR" | grep -q . && [ $tries -lt 30 ]; do sleep 0.1; tries=$((tries + 1)); done
                ls "$TMPDIR"
            done
            echo "$seen times there was one"
            """
        let outcome = try Walkback.run(["doctor"], wrapper: wrapper, environment: ["TMPDIR": temporary.string])
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 1, "\(outcome.output) \(outcome.errors)")
        #expect(lines.last?.hasSuffix(" times there was one") == true)
        #expect(lines.last != "0 times there was one")
    }
}
