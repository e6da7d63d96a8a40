// SPDX-License-Identifier: Apache-2.0
import Determinism
import Glibc
import SystemPackage
import Testing

@Suite(.enabled(if: Walkback.canRun, Walkback.whyNot)) struct `Equal replays give equal bytes` {
    static let documents = ["comparison.json", "series.csv", "figure1.svg", "report.html", "summary.md"]

    private func results(in directory: FilePath) throws -> [String: String] {
        var results: [String: String] = [:]
        for name in Self.documents { results[name] = try Walkback.text(directory.appending(name)) }
        return results
    }

    private func expectEqual(_ one: [String: String], _ other: [String: String], _ what: String) {
        for name in Self.documents {
            #expect(one[name]?.isEmpty == false)
            #expect(one[name] == other[name], "\(name) differs \(what)")
        }
    }

    @Test func `whatever the machine, the user and the place`() throws {
        let scratch = try Scratch()
        let replay = try scratch.walk()
        func compare(
            _ replay: FilePath, to name: String, _ options: [String] = [], wrapper: String = "exec \"$@\"",
            environment: [String: String] = [:]
        ) throws -> [String: String] {
            let output = scratch.path.appending(name)
            let outcome = try Walkback.run(
                ["compare", replay.string, "--output", output.string] + options, wrapper: wrapper,
                environment: environment)
            #expect(outcome.status == 0, "\(outcome.errors)")
            return try results(in: output)
        }
        let first = try compare(replay, to: "1")
        expectEqual(first, try compare(replay, to: "2", ["--jobs", "1"]), "with one job")
        expectEqual(
            first, try compare(replay, to: "3", environment: ["NOISE": String(repeating: "x", count: 30_000)]),
            "with a larger environment")
        expectEqual(
            first,
            try compare(
                replay, to: "4",
                wrapper: "(while :; do :; done) & one=$!; (while :; do :; done) & two=$!; \"$@\"; "
                    + "status=$?; kill -9 $one $two; exit $status"),
            "with busy cores")

        let elsewhere = scratch.path.appending("another directory, with a longer name")
        mkdir(elsewhere.string, 0o777)
        for name in ["walk.yaml", "wifi.trace.csv", "cellular.trace.csv"] {
            let copy = try FileDescriptor.open(
                elsewhere.appending(name), .writeOnly, options: .create, permissions: [.ownerReadWrite, .otherRead])
            try copy.closeAfter { _ = try copy.writeAll(try Walkback.text(scratch.path.appending(name)).utf8) }
        }
        let kernel = elsewhere.appending("linux")
        _ = try Walkback.run([], wrapper: "cp '\(try #require(Walkback.kernel))'* '\(elsewhere)'")
        expectEqual(
            first,
            try compare(
                elsewhere.appending("walk.yaml"), to: "5 \(String(repeating: "long", count: 30))",
                wrapper: "cd '\(elsewhere)' && exec \"$@\"", environment: ["WALKBACK_KERNEL": kernel.string]),
            "elsewhere, with a copy of the kernel")
        if Walkback.isRoot {
            // The program and the kernel may lie where only root can read, so the user nobody gets copies.
            let program = elsewhere.appending("walkback")
            _ = try Walkback.run([], wrapper: "cp \"$1\" '\(program)'")
            chmod(elsewhere.string, 0o777)
            let libraries = "/usr/bin/env LD_LIBRARY_PATH=\"$LD_LIBRARY_PATH\""
            expectEqual(
                first,
                try compare(
                    replay, to: "6",
                    wrapper:
                        "shift; exec setpriv --reuid 65534 --regid 65534 --clear-groups \(libraries) "
                        + "'\(program)' \"$@\"",
                    environment: ["WALKBACK_KERNEL": kernel.string, "HOME": "/nonexistent"]),
                "as another user")
        }
    }

    @Test(arguments: [
        "{kind: upload}", "{kind: both, bytes: 500kB}", "{kind: requests, think: 0.2s}", "{kind: stream}",
    ])
    func `of every workload`(workload: String) throws {
        let scratch = try Scratch()
        let replay = try scratch.walk(extra: "workload: \(workload)")
        let both = try (1...2).map { number in
            let output = scratch.path.appending("\(number)")
            let outcome = try Walkback.run([
                "compare", replay.string, "--output", output.string, "--jobs", "\(number)",
            ])
            #expect(outcome.status == 0, "\(outcome.errors)")
            return try results(in: output)
        }
        expectEqual(both[0], both[1], "with two jobs")
    }

    /// A program takes other steps at its start on a processor with other features. It therefore used to read the
    /// guest's clock more or less often before the first SYN.
    @Test func `on another processor`() throws {
        let scratch = try Scratch()
        let wifi = (0..<120).map { step in
            "\(Double(step) / 2),\(3 + step * 7 % 11),2,10,10,0.002,0,\(step % 30 == 29 ? 0 : 1),\n"
        }
        let replay = try scratch.walk(wifi: Scratch.trace("wifi", duration: 60, rows: wifi.joined()), duration: 60)
        let kernel = try scratch.write(
            "linux",
            """
            #!/bin/sh
            exec '\(try #require(Walkback.kernel))' "$@" GLIBC_TUNABLES=glibc.cpu.hwcaps=-XSAVE,-XSAVEC,-AVX2,-AVX512F
            """)
        chmod(kernel.string, 0o755)
        _ = try Walkback.run([], wrapper: "cp '\(try #require(Walkback.kernel)).txt' '\(kernel).txt'")
        let both = try [[:], ["WALKBACK_KERNEL": kernel.string]].enumerated().map { number, environment in
            let output = scratch.path.appending("\(number)")
            let outcome = try Walkback.run(
                ["compare", replay.string, "--output", output.string], environment: environment)
            #expect(outcome.status == 0, "\(outcome.errors)")
            return try results(in: output)
        }
        expectEqual(both[0], both[1], "with fewer features")
    }

    @Test func `and different seeds different ones`() throws {
        let scratch = try Scratch()
        let output = scratch.path.appending("out")
        let outcome = try Walkback.run([
            "compare", try scratch.walk().string, "--output", output.string, "--seeds", "2", "--strategies", "mptcp",
        ])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let rows = try Walkback.text(output.appending("series.csv")).split(separator: "\n")
        func series(_ run: String) -> [Substring] {
            rows.filter { $0.hasPrefix("\(run),") }.map { $0.drop { $0 != "," } }
        }
        #expect(!series("mptcp.1").isEmpty)
        #expect(series("mptcp.1") != series("mptcp.2"))
    }
}
