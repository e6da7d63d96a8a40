// SPDX-License-Identifier: Apache-2.0
import Glibc
import System
import SystemPackage
import Testing

/// A run's random numbers begin again from its seed just before its first SYN, so whatever drew some before leaves no
/// trace.
@Suite(.enabled(if: Walkback.canRun, Walkback.whyNot))
struct `Random numbers are the same` {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// What programs at both ends draw, and what a comparison gives.
    private func results(_ kernel: FilePath) throws -> [String: String] {
        let output = scratch.path.appending("out")
        func walkback(_ arguments: [String]) throws -> String {
            let outcome = try Walkback.run(arguments, environment: ["WALKBACK_KERNEL": kernel.string])
            #expect(outcome.status == 0, "\(outcome.errors)")
            return outcome.output
        }
        func walk(seconds: Int) throws -> String {
            let wifi = Scratch.trace("wifi", duration: seconds, rows: "0,8,2,10,10,0.001,0,1,\n")
            return try scratch.walk(wifi: wifi, duration: seconds).string
        }
        var results: [String: String] = [:]
        // BBR draws the phase that it begins in, so what it delivers depends on random numbers.
        _ = try walkback([
            "compare", try walk(seconds: 12), "--output", output.string, "--congestion-control", "bbr",
        ])
        for name in ["comparison.json", "series.csv"] { results[name] = try Walkback.text(output.appending(name)) }
        Files.removeDirectory(output)
        // A kernel without a seed draws for each interface of each namespace after 10 to 20 minutes, and then every
        // 5 minutes.
        let draw = "od -An -N8 -tx1 /dev/urandom"
        results["mobile"] = try walkback([
            "run", try walk(seconds: 1300), "--output", output.string, "--server-command",
            "\(draw) >\"$WALKBACK_OUTPUT\"/server", "--", "sh", "-c", "\(draw); sleep 1250; \(draw)",
        ])
        results["server"] = try Walkback.text(output.appending("server"))
        Files.removeDirectory(output)
        return results
    }

    private func expectEqual(_ one: [String: String], _ other: [String: String]) {
        for (name, text) in one {
            #expect(!text.isEmpty)
            // Compared here so that a failure does not print both texts.
            let isSame = text == other[name]
            #expect(isSame, "\(name) differs")
        }
        // Two draws at one end and one at the other: all three differ.
        let drawn = [one["mobile"], one["server"]].compactMap(\.self).joined().split(separator: "\n")
        #expect(Set(drawn).count == 3)
    }

    /// A kernel that starts its first process through a script.
    private func kernel(_ name: String, first script: String) throws -> FilePath {
        let kernel = try #require(Walkback.kernel)
        let directory = scratch.path.appending(name)
        mkdir(directory.string, 0o755)
        let first = try scratch.write("\(name)/first", "#!/bin/sh\n\(script)\nexec /proc/self/fd/3 \"$@\"\n")
        let wrapper = try scratch.write(
            "\(name)/linux", "#!/bin/sh\nexec '\(kernel)' \"$@\" init='\(first)' guest\n")
        for file in [first, wrapper] { chmod(file.string, 0o755) }
        _ = try Walkback.run([], wrapper: "cp '\(kernel).txt' '\(wrapper).txt'")
        return wrapper
    }

    @Test func `whatever namespaces and processes there are besides`() throws {
        // A namespace lives as long as the process in it. A single namespace would draw less than the kernel has in
        // store.
        let other = try kernel("other", first: "for i in $(seq 24); do unshare --net sh -c 'sleep 100000 &'; done")
        expectEqual(try results(try kernel("plain", first: "")), try results(other))
    }

    static let unusedOption = getenv("WALKBACK_UNUSED_KERNEL").map { FilePath(String(cString: $0)) }

    @Test(.enabled(if: unusedOption != nil, "needs a second kernel: `make test-random` builds it"))
    func `whatever options the kernel has`() throws {
        let unused = try #require(Self.unusedOption)
        #expect(unused != Walkback.kernel)
        expectEqual(try results(try #require(Walkback.kernel)), try results(unused))
    }
}
