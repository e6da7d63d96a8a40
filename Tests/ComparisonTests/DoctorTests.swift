import Kernels
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

    @Test func `removes what one that was killed left, and nothing that is in use`() throws {
        let scratch = try Scratch()
        let temporary = scratch.path.appending("tmp")
        // The last command holds its directory as a process at work does, while the doctor runs.
        let wrapper = """
            for name in left used; do mkdir -p "$TMPDIR/walkback-guest-$name"; touch -d '1 hour ago' "$TMPDIR/walkback-guest-$name"; done
            mkdir "$TMPDIR/walkback-guest-new" "$TMPDIR/other"; touch -d '1 hour ago' "$TMPDIR/other"
            exec 9<"$TMPDIR/walkback-guest-used"; flock -n 9; "$@"
            """
        let outcome = try Walkback.run(["doctor"], wrapper: wrapper, environment: ["TMPDIR": temporary.string])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(Files.entries(of: temporary).sorted() == ["other", "walkback-guest-new", "walkback-guest-used"])
    }
}
