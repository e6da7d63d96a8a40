// SPDX-License-Identifier: Apache-2.0
import Determinism
import Glibc
import System
import SystemPackage
import Testing

@Suite(.enabled(if: Walkback.canRun, Walkback.whyNot)) struct `Saved results` {
    private func compare(_ replay: FilePath, to output: FilePath, _ options: [String] = []) throws -> Walkback.Outcome {
        try Walkback.run(["compare", replay.string, "--output", output.string] + options)
    }

    @Test func `give the same report again, from three files alone`() throws {
        let scratch = try Scratch()
        let output = scratch.path.appending("out")
        let compared = try compare(try scratch.walk(), to: output, ["--seeds", "2"])
        #expect(compared.status == 0, "\(compared.errors)")
        let names = Files.entries(of: output).filter { $0 != "run.log" }
        let before = try names.map { try Walkback.text(output.appending($0)) }
        #expect(names.contains("figure1.csv") && names.contains("junit.xml"))
        for name in names where !["comparison.json", "series.csv", "links.csv", "delays.csv"].contains(name) {
            unlink(output.appending(name).string)
        }
        let reported = try Walkback.run(["report", output.string])
        #expect(reported.status == 0, "\(reported.errors)")
        #expect(reported.output == compared.output)
        for (name, text) in zip(names, before) {
            #expect(try Walkback.text(output.appending(name)) == text, "\(name)")
        }
        unlink(output.appending("links.csv").string)
        let half = try Walkback.run(["report", output.string])
        #expect(half.status == 65)
        #expect(half.errors.contains("links.csv: is missing, so the result is not complete"))
        #expect(try Walkback.run(["report", scratch.path.string]).status == 65)
        #expect(try Walkback.run(["report", scratch.path.appending("none").string]).status == 65)
    }

    @Test func `are bit-identical to their own baseline and worse than a better one`() throws {
        let scratch = try Scratch()
        let (replay, output) = (try scratch.walk(), scratch.path.appending("out"))
        #expect(try compare(replay, to: output, ["--seeds", "4"]).status == 0)
        let saved = try Walkback.run(["baseline", "save", output.string, "--in", scratch.path.appending("base").string])
        #expect(saved.status == 0, "\(saved.errors)")
        let file = scratch.path.appending("base/walk.json")
        #expect(saved.output == "\(file)\n")
        for baseline in [file, scratch.path.appending("base"), output] {
            let check = try Walkback.run(["check", output.string, "--baseline", baseline.string])
            #expect(check.status == 0, "\(check.errors)")
            #expect(check.output.contains("The result is bit-identical to the baseline in all 12 runs."))
        }
        let list = try Walkback.run(["baseline", "list", "--in", scratch.path.appending("base").string])
        #expect(list.output.hasPrefix("walk  walk  4 seeds  Linux "))

        // A walk of the same name with a faster WiFi, which further down gets the digest of this one.
        let faster = scratch.path.appending("faster")
        let quick = Scratch.trace("wifi", rows: "0,20,3,10,10,0,0,1,\n1.5,0,0,10,10,0,0,0,\n2.5,20,2,12,10,0,0,1,\n")
        #expect(try compare(try scratch.walk(wifi: quick), to: faster, ["--seeds", "4"]).status == 0)
        let other = try Walkback.run(["check", output.string, "--baseline", faster.string])
        #expect(other.status == 65)
        #expect(other.errors.contains("is of another version of 'walk'"))
        func digest(_ directory: FilePath) throws -> String {
            let text = try Walkback.text(directory.appending("comparison.json"))
            return String(try #require(text.split(separator: "\"walk_sha256\": \"").last).prefix(64))
        }
        let document = try Walkback.text(faster.appending("comparison.json"))
            .replacing(try digest(faster), with: try digest(output))
        try scratch.write("faster/comparison.json", document)
        let worse = try Walkback.run(["check", output.string, "--baseline", faster.string])
        #expect(worse.status == 2, "\(worse.output)")
        #expect(worse.output.contains("Regression: tcp-wifi goodput"))
        let report = try Walkback.run(["check", output.string, "--baseline", faster.string, "--json"])
        #expect(report.output.contains("\n  \"gates\": []"))
        #expect(try Walkback.run(["check", output.string, "--level", "1"]).status == 64)
    }

    @Test func `of a set are checked against their baseline in a directory`() throws {
        let scratch = try Scratch()
        let first = try scratch.walk()
        let second = scratch.path.appending("second.yaml")
        try scratch.write("second.yaml", try Walkback.text(first).replacing("name: walk", with: "name: second"))
        let (set, one) = (scratch.path.appending("set"), scratch.path.appending("one"))
        let compared = try Walkback.run(
            ["compare", first.string, second.string, "--output", set.string, "--strategies", "tcp-wifi"])
        #expect(compared.status == 0, "\(compared.errors)")
        #expect(try Walkback.run(["report", set.string]).output == compared.output)
        let base = scratch.path.appending("base")
        #expect(try Walkback.run(["baseline", "save", set.string, "--in", base.string]).output == "\(base)/set.json\n")
        let check = try Walkback.run(["check", set.string, "--baseline", base.string])
        #expect(check.status == 0 && check.output.contains("The result is bit-identical"), "\(check.errors)")
        // The baseline of a single walk now stands where the set's baseline was.
        _ = try compare(first, to: one, ["--strategies", "tcp-wifi"])
        #expect(try Walkback.run(["baseline", "save", one.string, "--in", base.string, "--name", "set"]).status == 0)
        let missing = try Walkback.run(["check", set.string, "--baseline", base.string])
        #expect(missing.status == 65)
        #expect(missing.errors.contains("holds no baseline of second (set.json)"), "\(missing.errors)")
    }

    @Test func `leave nothing of what stood there before`() throws {
        let scratch = try Scratch()
        let (replay, output) = (try scratch.walk(), scratch.path.appending("out"))
        _ = try compare(replay, to: output, ["--strategies", "tcp-wifi,tcp-cellular,optimal-built,mptcp"])
        _ = try Walkback.run(["check", output.string])
        #expect(Set(Files.entries(of: output)).isSuperset(of: ["check.md", "built.svg", "paths.csv"]))
        #expect(try compare(replay, to: output, ["--strategies", "tcp-wifi"]).status == 0)
        #expect(Set(Files.entries(of: output)).isDisjoint(with: ["check.md", "built.svg", "built.csv", "paths.csv"]))
    }

    @Test func `of several congestion controls are each by themselves`() throws {
        let scratch = try Scratch()
        let output = scratch.path.appending("out")
        let options = ["--strategies", "tcp-wifi", "--congestion-control", "reno,cubic"]
        #expect(try compare(try scratch.walk(), to: output, options).status == 0)
        let report = try Walkback.run(["report", output.string])
        #expect(report.status == 65)
        #expect(report.errors.contains("holds several comparisons (cubic, reno); name one of them"), "\(report.errors)")
        for list in ["", ",", "tcp-wifi,"] {
            #expect(try compare(try scratch.walk(), to: output, ["--strategies", list]).status == 64)
        }
    }

    @Test func `of gates that were not run say so, and end with 0`() throws {
        let scratch = try Scratch()
        let replay = try scratch.walk(extra: "gates: {mptcp/longest-gap: \"<= 0.001s\", mptcp/optimal: \">= 9\"}")
        let output = scratch.path.appending("out")
        let left = try compare(replay, to: output, ["--strategies", "tcp-wifi"])
        #expect(left.status == 0, "\(left.errors)")
        #expect(left.errors.contains("gate not evaluated: mptcp/optimal >= 9, because mptcp was not run"))
        #expect(try Walkback.run(["check", output.string]).status == 0)
        #expect(try compare(replay, to: output).status == 2)
        #expect(try Walkback.run(["check", output.string]).status == 2)
    }

    @Test func `of a counter that is misspelt say so`() throws {
        let scratch = try Scratch()
        let replay = try scratch.walk(extra: "gates: {mptcp/counter mobile.MPTcpExt.RmAdrTx: \"<= 100\"}")
        let outcome = try compare(replay, to: scratch.path.appending("out"))
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("the kernel has no such counter; did you mean 'mobile.MPTcpExt.RmAddrTx'?"))
    }

    @Test(.enabled(if: Walkback.isRoot, "becomes another user: needs root"))
    func `and replays that may not be read end with 77`() throws {
        let scratch = try Scratch()
        let replay = try scratch.walk()
        chmod(replay.string, 0o600)
        chmod(scratch.path.string, 0o755)
        let program = scratch.path.appending("walkback")
        _ = try Walkback.run([], wrapper: "cp \"$1\" '\(program)'")
        let outcome = try Walkback.run(
            ["compare", replay.string, "--output", "/nonexistent"],
            wrapper: "shift; exec setpriv --reuid 65534 --regid 65534 --clear-groups '\(program)' \"$@\"")
        #expect(outcome.status == 77, "\(outcome.errors)")
        #expect(outcome.errors.contains("walk.yaml: cannot be opened: Permission denied"))
    }
}
