// SPDX-License-Identifier: Apache-2.0
import Comparison
import Determinism
import Documents
import Glibc
import Replays
import System
import SystemPackage
import Testing

@Suite struct `The replays of a command line` {
    private func fault(_ arguments: [String]) -> Fault? {
        do {
            _ = try ReplaySet(arguments)
            return nil
        } catch {
            return error as? Fault
        }
    }

    @Test func `are files, directories of them in order of name, and imports`() throws {
        let scratch = try Scratch()
        let path = scratch.path
        for directory in ["set", "my-walk"] { mkdir(path.appending(directory).string, 0o755) }
        for name in ["set/b.yaml", "set/a.yaml", "set/.hidden.yaml", "set/notes.txt"] { try scratch.write(name, "") }
        for name in ["my-walk/replay.yaml", "my-walk/other.yaml"] { try scratch.write(name, "") }
        let set = try ReplaySet(["\(path)/one.yaml", "\(path)/set/", "\(path)/my-walk"])
        #expect(set.entries.map(\.name) == ["one", "a", "b", "my-walk"])
        #expect(set.entries.map(\.replay.lastComponent?.string) == ["one.yaml", "a.yaml", "b.yaml", "replay.yaml"])
        // An import that is given as a file also takes its directory's name.
        #expect(
            try ReplaySet(["\(path)/my-walk/replay.yaml", "replay.yaml"]).entries.map(\.name) == ["my-walk", "replay"])
    }

    @Test(arguments: [["x/walk.yaml", "y/walk.yaml"], ["a/w/replay.yaml", "w.yaml"]])
    func `may not share a name`(arguments: [String]) throws {
        let fault = try #require(self.fault(arguments))
        #expect(fault.code == .usage)
        #expect(fault.message.hasPrefix("\(arguments[0]) and \(arguments[1]) would both have their results in 'w"))
    }

    @Test func `are each given once`() throws {
        let fault = try #require(self.fault(["walk.yaml", "walk.yaml"]))
        #expect(fault == Fault(.usage, "walk.yaml is given twice; name it once"))
    }

    @Test func `are not in a directory without any`() throws {
        let scratch = try Scratch()
        try scratch.write("notes.txt", "")
        let fault = try #require(self.fault([scratch.path.string]))
        #expect(fault.code == .usage)
        #expect(fault.message.contains("holds no replay (*.yaml)"))
    }

    @Test(
        arguments: [
            ([], .success), ([.success, .gateNotMet], .gateNotMet),
            ([.gateNotMet, .notTrustworthy, .success], .notTrustworthy),
        ] as [([ExitCode], ExitCode)])
    func `end with the worst of their codes`(codes: [ExitCode], worst: ExitCode) {
        #expect(WalksRequest.worst(of: codes) == worst)
    }
}

@Suite(.enabled(if: Walkback.canRun, Walkback.whyNot)) struct `Several replays` {
    @Test func `have results of their own and one of the whole`() throws {
        let scratch = try Scratch()
        let first = try scratch.walk(extra: "gates: {mptcp/capacity-sum: \">= 1.5\"}")
        let second = scratch.path.appending("second.yaml")
        let text = try Walkback.text(first).split(separator: "\n").dropLast().joined(separator: "\n")
        try scratch.write("second.yaml", text)
        let output = scratch.path.appending("out")
        let arguments = ["compare", first.string, second.string, "--output", output.string, "--strategies"]
        let outcome = try Walkback.run(arguments + ["tcp-wifi,tcp-cellular,mptcp"])
        // The first replay misses its gate and the second has none. The worst exit code counts, and the second is still
        // run.
        #expect(outcome.status == 2, "\(outcome.errors)")
        #expect(
            Files.entries(of: output).sorted() == [
                "second", "walk", "walks.csv", "walks.html", "walks.json", "walks.md", "walks.svg",
            ])
        let json = try Walkback.text(output.appending("walks.json"))
        #expect(json.contains("\"schema\": \"walkback.walks/2\""))
        #expect(outcome.output.contains("mean of the walks"))
        for name in ["walk", "second"] {
            #expect(Files.entries(of: output.appending(name)).contains("comparison.json"))
            #expect(json.contains("\"directory\": \"\(name)\""))
        }
        let again = try Walkback.run(arguments + ["tcp-wifi,tcp-cellular,mptcp", "--json"])
        #expect(again.output == json)
        #expect(try Walkback.text(output.appending("walks.json")) == json)
    }

    @Test func `are all read before anything runs`() throws {
        let scratch = try Scratch()
        let good = try scratch.walk()
        let bad = try scratch.write("bad.yaml", "name: bad\npaths: {}\n")
        let output = scratch.path.appending("out")
        let outcome = try Walkback.run(["compare", good.string, bad.string, "--output", output.string])
        #expect(outcome.status == 65, "\(outcome.errors)")
        #expect(outcome.errors.contains("bad.yaml:2:"))
        #expect(access(output.string, F_OK) != 0)
    }
}

/// A comparison holds all its runs in memory, and its result must be readable.
@Suite struct `How much is run for one result` {
    private func replay(seeds: Int, hours: Int) throws -> Replay {
        let text = """
            name: a
            paths: {wifi: {trace: w}, cellular: {trace: c}}
            strategies: [tcp-wifi, mptcp]
            seeds: \(seeds)
            """
        return try Replay.parse(InputFile(path: "a.yaml", bytes: Array(text.utf8))) { name in
            let kind = name == "w" ? "wifi" : "cellular"
            let trace = Scratch.trace(kind, duration: hours * 3600, rows: "0,3,1,30,30,0,0,1,\n")
            return InputFile(path: name, bytes: Array(trace.utf8))
        }
    }

    @Test func `is limited before the first run`() throws {
        // 7 million rows are 38.9 h of two paths.
        try RunLimit.check(try replay(seeds: 19, hours: 1), "a.yaml")
        let fault = #expect(throws: Fault.self) { try RunLimit.check(try replay(seeds: 20, hours: 1), "a.yaml") }
        #expect(fault?.code == .badInput)
        #expect(
            fault?.message
                == "a.yaml: 40 runs of 3600 s are 40.0 h on 2 paths, and at most 38.9 h fit into memory; choose fewer "
                + "strategies or seeds, or a shorter walk")
    }
}
