// SPDX-License-Identifier: Apache-2.0
import Determinism
import Glibc
import SystemPackage
import Testing

@Suite(.enabled(if: Walkback.canRun, Walkback.whyNot)) struct `A sweep` {
    private static let documents = ["sweep.csv", "sweep.json", "report.html"]

    private func grid(_ scratch: Scratch) throws -> FilePath {
        _ = try scratch.walk()
        return try scratch.write(
            "grid.yaml",
            """
            name: grid
            replay: walk.yaml
            grid:
              transport.congestion_control: [cubic, reno]
              mobility.detection: [0ms, 100ms]
            strategies: [tcp-cellular, mptcp]
            """)
    }

    private func expectEqual(_ one: FilePath, _ other: FilePath) throws {
        for name in Self.documents {
            let text = try Walkback.text(one.appending(name))
            #expect(!text.isEmpty)
            #expect(text == (try Walkback.text(other.appending(name))), "\(name) differs")
        }
    }

    private func sweep(_ file: FilePath, to output: FilePath, _ options: [String] = [], wrapper: String = "exec \"$@\"")
        throws -> Walkback.Outcome
    {
        try Walkback.run(["sweep", file.string, "--output", output.string] + options, wrapper: wrapper)
    }

    @Test func `says how much there is to run`() throws {
        let scratch = try Scratch()
        let outcome = try sweep(try grid(scratch), to: scratch.path.appending("out"), ["--dry-run", "--jobs", "2"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        // Each cell counts a run of TCP, although detection makes no difference to a path that never goes.
        #expect(
            outcome.output.hasPrefix(
                "4 cells (of a grid of 2 transport.congestion_control x 2 mobility.detection), 8 runs"))
        #expect(access(scratch.path.appending("out").string, F_OK) != 0)
    }

    @Test func `goes on where it was killed, and parts make the whole`() throws {
        let scratch = try Scratch()
        let file = try grid(scratch)
        let whole = scratch.path.appending("whole")
        let outcome = try sweep(file, to: whole)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("mptcp"))
        #expect(try Walkback.text(whole.appending("sweep.csv")).split(separator: "\n").count > 9)

        let killed = scratch.path.appending("killed")
        let kill = """
            "$@" & p=$!
            while [ ! -e '\(killed)'/cells/000001.json ] && kill -0 $p; do sleep 0.02; done
            kill -9 $p
            wait $p
            """
        _ = try sweep(file, to: killed, ["--jobs", "1"], wrapper: kill)
        #expect(access(killed.appending("sweep.json").string, F_OK) != 0)
        let resumed = try sweep(file, to: killed)
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(resumed.errors.contains(" cells are already finished"))
        try expectEqual(whole, killed)

        let parts = (1...3).map { scratch.path.appending("part-\($0)") }
        for (index, part) in parts.enumerated().dropLast() {
            #expect(try sweep(file, to: part, ["--shard", "\(index + 1)/3"]).status == 0)
        }
        let merged = scratch.path.appending("merged")
        func merge(_ parts: [FilePath]) throws -> Walkback.Outcome {
            try Walkback.run(["sweep", "merge"] + parts.map(\.string) + ["--output", merged.string])
        }
        let early = try merge(Array(parts.dropLast()))
        #expect(early.status == 1)
        #expect(early.errors.contains("1 of 4 cells are in none of these parts"))
        #expect(try sweep(file, to: parts[2], ["--shard", "3/3"]).status == 0)
        #expect(try merge(parts.reversed()).status == 0)
        try expectEqual(whole, merged)
    }

    @Test func `asks the kernel first for what its cells need`() throws {
        let scratch = try Scratch()
        _ = try scratch.walk()
        let file = try scratch.write(
            "grid.yaml",
            """
            name: grid
            replay: walk.yaml
            grid: {transport.congestion_control: [cubic, nosuch]}
            strategies: [tcp-cellular]
            """)
        let output = scratch.path.appending("out")
        let outcome = try sweep(file, to: output)
        #expect(outcome.status == 69, "\(outcome.errors)")
        #expect(outcome.errors.contains("with transport.congestion_control nosuch: the kernel"))
        #expect(!outcome.errors.contains(" of 2 runs"))
    }

    @Test func `collects failures and goes on`() throws {
        let scratch = try Scratch()
        let file = try grid(scratch)
        let output = scratch.path.appending("out")
        // Kills the kernel of the first run. The kernel before it was only asked what it offers.
        let kill = """
            "$@" & p=$!
            while [ ! -e '\(output)/.partial/runs/0/console.log' ] && kill -0 $p; do sleep 0.01; done
            while ! pkill -9 -P $p linux && kill -0 $p; do sleep 0.01; done
            wait $p
            """
        let outcome = try sweep(file, to: output, ["--jobs", "1"], wrapper: kill)
        #expect(outcome.status == 1, "\(outcome.errors)")
        #expect(outcome.errors.contains("failed: transport.congestion_control cubic, mobility.detection 0"))
        #expect(outcome.errors.contains("\nwalkback: 1 of 4 cells failed; the same command repeats only those\n"))
        let table = try Walkback.text(output.appending("sweep.csv"))
        #expect(table.contains(",reno,"))
        // Only the cell that failed is run again.
        let again = try sweep(file, to: output)
        #expect(again.status == 0, "\(again.errors)")
        #expect(again.errors.contains(" cells are already finished"))
        #expect(access(output.appending("failed").string, F_OK) != 0)
    }

    @Test func `on the fluid engine needs no kernel and says what it does not model`() throws {
        let scratch = try Scratch()
        _ = try scratch.walk()
        let file = try scratch.write(
            "grid.yaml", "name: grid\nreplay: walk.yaml\nstrategies: [tcp-wifi, tcp-cellular, mptcp, mptcp-single]\n")
        let output = scratch.path.appending("out")
        let outcome = try Walkback.run(
            ["sweep", file.string, "--engine", "fluid", "--output", output.string],
            environment: ["WALKBACK_KERNEL": "/nowhere"])
        #expect(outcome.status == 1, "\(outcome.errors)")
        #expect(outcome.errors.contains("mptcp-single: the fluid engine does not model this run"))
        let table = try Walkback.text(output.appending("sweep.csv"))
        let row = table.split(separator: "\n").first { $0.contains("run,tcp-cellular,1,") }
        let goodput = try #require(row?.split(separator: ",", omittingEmptySubsequences: false)[7])
        // The path carries a steady 3 Mb/s.
        #expect((2.3...2.9).contains(Double(goodput) ?? 0), "\(goodput)")
        #expect(try Walkback.text(output.appending("report.html")).contains("nothing said of MPTCP is supported"))
    }

    @Test func `of another file leaves this one's cells alone`() throws {
        let scratch = try Scratch()
        let file = try grid(scratch)
        let output = scratch.path.appending("out")
        #expect(try sweep(file, to: output).status == 0)
        try scratch.write("grid.yaml", try Walkback.text(file) + "\nseeds: 2\n")
        let before = try Walkback.text(output.appending("sweep.csv"))
        let outcome = try sweep(file, to: output)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("holds cells of another sweep (the file or --quick was different)"))
        let fluid = try sweep(file, to: output, ["--engine", "fluid"])
        #expect(fluid.status == 1)
        #expect(fluid.errors.contains("holds cells of another sweep (they come from the kernel engine)"))
        #expect(try Walkback.text(output.appending("sweep.csv")) == before)
    }

    @Test func `on the fluid engine varies nothing that is not modelled`() throws {
        let scratch = try Scratch()
        let text = try Walkback.text(try grid(scratch))
        let file = try scratch.write(
            "buffers.yaml", text.replacing("grid:\n", with: "grid:\n  transport.receive_buffer: [100kB, 6MB]\n"))
        let outcome = try sweep(file, to: scratch.path.appending("out"), ["--engine", "fluid"])
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains("the fluid engine does not model transport.receive_buffer"))
    }

    @Test func `of another kernel leaves this one's cells alone`() throws {
        let scratch = try Scratch()
        let file = try grid(scratch)
        let output = scratch.path.appending("out")
        #expect(try sweep(file, to: output, ["--shard", "1/4"]).status == 0)
        // A kernel of the same release and with the same patches but other bytes, as between two changes by its
        // developer.
        let other = scratch.path.appending("linux")
        _ = try Walkback.run(
            [],
            wrapper: "cp '\(try #require(Walkback.kernel))' '\(other)' && cp '\(try #require(Walkback.kernel))'.txt "
                + "'\(other)'.txt && echo >>'\(other)'")
        let outcome = try sweep(file, to: output, ["--shard", "1/4", "--kernel", other.string])
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("holds cells of another sweep (they come from another kernel)"))
    }

    @Test func `leaves a directory of something else alone`() throws {
        let scratch = try Scratch()
        let file = try grid(scratch)
        let output = scratch.path.appending("out")
        mkdir(output.string, 0o777)
        try scratch.write("out/mine", "")
        let outcome = try sweep(file, to: output)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("holds other files (mine)"))
    }
}
