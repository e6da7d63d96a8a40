// SPDX-License-Identifier: Apache-2.0
import Determinism
import Glibc
import Quantities
import System
import SystemPackage
import Testing

/// When something is wrong, the user reads what it is, and nothing is left behind.
@Suite(.enabled(if: Walkback.canRun, Walkback.whyNot)) struct `Bad input` {
    /// Compares, and expects a refusal that contains `words` and leaves no output.
    private func refuse(
        _ replay: FilePath, _ status: Int32, _ words: String, options: [String] = [], wrapper: String = "exec \"$@\"",
        environment: [String: String] = [:], in scratch: Scratch, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let output = scratch.path.appending("refused")
        let outcome = try Walkback.run(
            ["compare", replay.string, "--output", output.string] + options, wrapper: wrapper, environment: environment)
        #expect(outcome.status == status, "\(outcome.errors)", sourceLocation: sourceLocation)
        #expect(outcome.errors.contains(words), "\(outcome.errors)", sourceLocation: sourceLocation)
        #expect(outcome.output == "", sourceLocation: sourceLocation)
        #expect(access(output.string, F_OK) != 0, "an output directory was left", sourceLocation: sourceLocation)
    }

    @Test func `in a file is named with its place`() throws {
        let scratch = try Scratch()
        try refuse(
            try scratch.walk(extra: "mobilty: {mode: informed}"), 65,
            "walk.yaml:7:1: unknown key 'mobilty'; did you mean",
            in: scratch)
        try refuse(
            try scratch.walk(wifi: Scratch.trace("wifi", rows: "0,-9,3,10,10,0,0,1,\n")), 65, "wifi.trace.csv:6:",
            in: scratch)
        try refuse(
            try scratch.walk(
                wifi: Scratch.trace("wifi", rows: "0,9,3,1,1,0,0,1,\n2,9,3,1,1,0,0,1,\n1,9,3,1,1,0,0,1,\n")), 65,
            "wifi.trace.csv:8:", in: scratch)
        try refuse(try scratch.walk(wifi: ""), 65, "wifi.trace.csv", in: scratch)
        let replay = try scratch.walk()
        unlink(scratch.path.appending("cellular.trace.csv").string)
        try refuse(replay, 65, "cellular.trace.csv", in: scratch)
        try refuse(try scratch.write("empty.yaml", "name: empty\npaths: {}\n"), 65, "empty.yaml:2:", in: scratch)
        try refuse(scratch.path.appending("missing.yaml"), 65, "missing.yaml", in: scratch)
    }

    @Test func `on the command line is named with what there is`() throws {
        let scratch = try Scratch()
        let replay = try scratch.walk()
        try refuse(
            replay, 64, "--strategies names 'tcp-wimax', which is not a strategy",
            options: ["--strategies", "tcp-wimax"], in: scratch)
        try refuse(replay, 64, "--seeds", options: ["--seeds", "0"], in: scratch)
        try refuse(replay, 1, "/bin/true", options: ["--kernel", "/bin/true"], in: scratch)
        try refuse(replay, 1, "/nonexistent", options: ["--kernel", "/nonexistent"], in: scratch)
        try refuse(
            replay, 1, "make kernel", environment: ["WALKBACK_KERNEL": "", "HOME": "/nonexistent"], in: scratch)
    }

    @Test func `that only the kernel can know is asked of it before the first run`() throws {
        let scratch = try Scratch()
        let lacking = try scratch.walk(extra: "transport: {congestion_control: cubik}")
        try refuse(lacking, 69, "walk.yaml:7:33: the kernel 6.", in: scratch)
        try refuse(lacking, 69, "has no congestion control 'cubik'; did you mean 'cubic'?", in: scratch)
        let scheduler = try scratch.walk(extra: "transport: {scheduler: red}")
        try refuse(scheduler, 69, "walk.yaml:7:24: the kernel 6.", in: scratch)
        let replay = try scratch.walk()
        try refuse(
            replay, 69, "--congestion-control: the kernel 6.", options: ["--congestion-control", "lia,nonesuch"],
            in: scratch)
        try refuse(replay, 64, "'lia' twice", options: ["--congestion-control", "lia,lia"], in: scratch)
        try refuse(
            replay, 64, "'No' cannot be a name in the kernel", options: ["--congestion-control", "No"], in: scratch)
    }

    @Test func `leaves what an output directory holds alone`() throws {
        let scratch = try Scratch()
        let replay = try scratch.walk()
        let output = scratch.path.appending("mine")
        mkdir(output.string, 0o755)
        try scratch.write("mine/thesis.tex", "chapter 1")
        let refused = try Walkback.run(["compare", replay.string, "--output", output.string])
        #expect(refused.status == 1)
        #expect(refused.errors.contains("holds other files (thesis.tex)"))
        #expect(try Walkback.text(output.appending("thesis.tex")) == "chapter 1")
        #expect(Files.entries(of: output) == ["thesis.tex"])
    }

    @Test func `after a result leaves the result whole`() throws {
        let scratch = try Scratch()
        let replay = try scratch.walk()
        let output = scratch.path.appending("out")
        let arguments = ["compare", replay.string, "--output", output.string, "--strategies", "mptcp"]
        #expect(try Walkback.run(arguments).status == 0)
        let before = try Walkback.text(output.appending("comparison.json"))
        // A program that is no kernel, so it is refused.
        let failed = try Walkback.run(arguments + ["--kernel", "/bin/true"])
        #expect(failed.status == 1)
        #expect(try Walkback.text(output.appending("comparison.json")) == before)
        #expect(!Files.entries(of: output).contains(".partial"))
    }

    @Test func `in a gate ends with 2 and says by how much`() throws {
        let scratch = try Scratch()
        let gates = "gates: {mptcp/capacity-sum: \">= 1.5\"}"
        let output = scratch.path.appending("out")
        let outcome = try Walkback.run(["compare", try scratch.walk(extra: gates).string, "--output", output.string])
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("gate not met: mptcp/capacity-sum >= 1.5, but it is 0."))
    }

    @Test(.enabled(if: Walkback.canMount, "mounts a file system: needs root that may, which a container's may not"))
    func `of space is said in one sentence`() throws {
        let scratch = try Scratch()
        let replay = try scratch.walk()
        let disk = scratch.path.appending("disk")
        mkdir(disk.string, 0o755)
        let outcome = try Walkback.run(
            ["compare", replay.string, "--output", disk.appending("out").string],
            wrapper: "mount -t tmpfs -o size=64k none '\(disk)' || exit 99; \"$@\"; status=$?; ls -A '\(disk)' >&2; "
                + "umount '\(disk)'; exit $status")
        #expect(outcome.status == 1, "\(outcome.errors)")
        #expect(outcome.errors.contains("No space left on device"), "\(outcome.errors)")
        #expect(!outcome.errors.contains("comparison.json\n"))
    }

    @Test(.enabled(if: Walkback.isRoot, "needs root, or it ends with 77"))
    func `of a kernel without fq is refused, and one that has it runs in real time`() throws {
        let scratch = try Scratch()
        let output = scratch.path.appending("out")
        let outcome = try Walkback.run([
            "compare", try scratch.walk().string, "--output", output.string, "--kernel", "host", "--strategies",
            "tcp-wifi",
        ])
        if outcome.status == 69 {
            #expect(outcome.errors.contains("fq"), "\(outcome.errors)")
        } else {
            // On a busy machine the run in real time may end as not trustworthy (3).
            #expect([0, 3].contains(outcome.status), "\(outcome.errors)")
            #expect(Files.entries(of: output).contains("comparison.json"), "\(outcome.errors)")
        }
    }

    @Test(arguments: [SIGINT, SIGKILL]) func `of patience leaves nothing running`(signal: Int32) throws {
        let scratch = try Scratch()
        let replay = try scratch.walk()
        let output = scratch.path.appending("out")
        let program = try #require(Walkback.path)
        let kernel = try #require(Walkback.kernel)
        let arguments = [program.string, "compare", replay.string, "--output", output.string, "--seeds", "20"]
        for milliseconds in [50, 300, 700, 1500] as [UInt32] {
            let process = try Walkback.start(arguments, ["WALKBACK_KERNEL=\(kernel)", "PATH=/usr/bin:/bin"])
            usleep(milliseconds * 1000)
            kill(process, signal)
            let status = Walkback.wait(process)
            #expect(status == 128 + signal)
            #expect(leftovers(of: scratch.path) == [])
            #expect(!Files.entries(of: output).contains("comparison.json"))
            if signal == SIGINT { #expect(Files.entries(of: output) == []) }
        }
        let again = try Walkback.run(["compare", replay.string, "--output", output.string, "--strategies", "mptcp"])
        #expect(again.status == 0, "\(again.errors)")
        #expect(!Files.entries(of: output).contains(".partial"))
    }

    /// Processes that hold something in `directory` open, given two seconds to end.
    private func leftovers(of directory: FilePath) -> [String] {
        for _ in 0..<100 {
            if holders(of: directory).isEmpty { return [] }
            usleep(20_000)
        }
        return holders(of: directory)
    }

    private func holders(of directory: FilePath) -> [String] {
        Files.entries(of: "/proc").filter { name in
            guard Int32(name) != nil else { return false }
            let descriptors = FilePath("/proc/\(name)/fd")
            return Files.entries(of: descriptors).contains { number in
                var buffer = [CChar](repeating: 0, count: 4096)
                let length = readlink(descriptors.appending(number).string, &buffer, buffer.count - 1)
                return length > 0
                    && String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
                        .hasPrefix(directory.string)
            }
        }
    }
}
