// SPDX-License-Identifier: Apache-2.0
import Determinism
import FoundationEssentials
import Glibc
import SystemPackage
import Testing

private let predictionWhyNot: Comment =
    "runs walkback on the embedded kernel and transfers with /usr/bin/python3: needs both, and not to run in a guest"

/// `walkback derive --predict`, with recordings and live transfers both made in the lab.
@Suite(.enabled(if: Walkback.canRun && access("/usr/bin/python3", X_OK) == 0, predictionWhyNot)) struct `A prediction` {
    private static let python = "/usr/bin/python3"
    private static let transfer = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent().appending("Captures/transfer")

    private let scratch: Scratch
    private let field: FilePath

    init() throws {
        scratch = try Scratch()
        field = scratch.path.appending("field")
        try scratch.write("key", "0123456789abcdef0123456789abcdef\n")
        for (name, kind, down, delay) in [("wifi", "wifi", 6, 10), ("cellular", "cellular", 3, 30)] {
            let rows = (0..<20).map { second in
                "\(second),\(Double(down) * (second % 7 < 4 ? 1 : 0.6)),1,\(delay),\(delay),0,0,1,\n"
            }.joined()
            try scratch.write("\(name).trace.csv", Scratch.trace(kind, duration: 20, rows: rows))
        }
        try scratch.write(
            "walk.yaml",
            """
            name: walk
            paths:
              wifi:     {kind: wifi, trace: wifi.trace.csv}
              cellular: {kind: cellular, trace: cellular.trace.csv}
            """)
    }

    /// Records in the lab while the shell command `beside` runs.
    private func record(_ name: String, _ options: [String], beside: String = ":") throws {
        let program = try #require(Walkback.path).string
        let key = scratch.path.appending("key").string
        let server = "\(Self.python) \(Self.transfer) serve 5001 & exec \(program) field-server --key-file \(key)"
        let outcome = try Walkback.run(
            [
                "run", scratch.path.appending("walk.yaml").string, "--output", field.string, "--server-command", server,
                "--", "sh", "-c", "{ \(beside); } & exec \"$@\"", "sh", program, "record", "--interface", "wifi",
                "--interface", "cellular", "--output", field.appending(name).string,
            ] + options)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    private var probe: [String] { ["--probe", "server", "--key-file", scratch.path.appending("key").string] }
    private func download(_ kind: String) -> String {
        "exec \(Self.python) \(Self.transfer) download server 5001 \(kind)"
    }

    private func derive(_ arguments: [String], path: String = "") throws -> Walkback.Outcome {
        try Walkback.run(
            [
                "derive", path + field.appending("walk.pcapng").string, "--output",
                scratch.path.appending("derived").string,
            ]
                + arguments)
    }

    // The names are the document's keys.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    private struct Document: Decodable {
        struct Stretch: Decodable {
            var start_s: Double
            var duration_s: Double
            var strategy: String
            var live_mbps: Double
            var predicted_mbps: Double
            var ratio: Double
            var rate_known: [String: Double]
        }
        struct All: Decodable { var ratio: Double }
        var schema: String
        var stretches: [Stretch]
        var all: All
    }

    private func document(_ arguments: [String]) throws -> Document {
        let outcome = try derive(arguments + ["--json"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let kept = try Walkback.text(scratch.path.appending("derived/prediction.json"))
        #expect(outcome.output == kept)
        return try JSONDecoder().decode(Document.self, from: Data(outcome.output.utf8))
    }

    @Test(arguments: [("mptcp", "mptcp"), ("tcp", "tcp-wifi")])
    func `of a transfer that alternated with the probe is what it got`(kind: String, strategy: String) throws {
        try record("walk", probe + ["--idle-every", "6s", "--live-for", "8s", "--live-command", download(kind)])
        let live = field.appending("walk.pcapng").string
        let result = try document(["--predict", live])
        #expect(result.schema == "walkback.prediction/1")
        let stretch = try #require(result.stretches.first)
        #expect(result.stretches.count == 1)
        #expect(stretch.strategy == strategy)
        #expect(abs(stretch.duration_s - 8) < 0.2)
        #expect(stretch.live_mbps > (kind == "mptcp" ? 5 : 3))
        #expect(abs(stretch.ratio - 1) < 0.08, "\(stretch)")
        #expect(result.all.ratio == stretch.ratio)
        #expect((stretch.rate_known["wifi"] ?? 0) > 0.5)

    }

    @Test func `of a transfer in another recording of the same walk is what it got`() throws {
        try record("walk", probe + ["--idle-every", "9s"])
        try record("live", [], beside: "sleep 4; timeout 10 \(download("mptcp").dropFirst("exec ".count))")
        let live = field.appending("live.pcapng").string
        let result = try document(["--predict", live])
        let stretch = try #require(result.stretches.first)
        #expect(abs(stretch.start_s - 4) < 1.1 && abs(stretch.duration_s - 10) < 0.2)
        #expect(abs(stretch.ratio - 1) < 0.08, "\(stretch)")

        // The live transfer's clock is wrong by an hour or by 7 s, or the recording has no live transfer.
        let late = try derive(["--predict", live, "--align", "\(live)=1h"])
        #expect(late.status == 65 && late.output.hasPrefix("path "))
        #expect(
            late.errors.contains("every live transfer is outside the derived traces, which cover 0 to"),
            "\(late.errors)")
        #expect(late.errors.contains("--align FILE=TIME"))
        #expect(access(scratch.path.appending("derived/prediction.json").string, F_OK) != 0)
        let partial = try derive(["--predict", live, "--align", "\(live)=7s"])
        #expect(partial.status == 65, "\(partial.errors)")
        let without = try derive(["--predict", field.appending("walk.pcapng").string])
        #expect(without.status == 65)
        #expect(without.errors.contains("no live transfer in"), "\(without.errors)")
    }

    @Test func `of TCP over a path that was not derived is refused`() throws {
        try record("walk", [], beside: "sleep 2; timeout 6 \(download("tcp").dropFirst("exec ".count))")
        let outcome = try derive(["--predict", field.appending("walk.pcapng").string], path: "lte=")
        #expect(outcome.status == 65)
        #expect(
            outcome.errors.contains("went over 'wifi', but the derived paths are lte; name its path, as in"),
            "\(outcome.errors)")
    }

    @Test(
        arguments: [
            (["--json"], "--json needs --predict"), (["--predict", "x", "--seeds", "0"], "--seeds must be from 1"),
        ] as [([String], String)])
    func `that is asked for wrongly is refused`(options: [String], message: String) throws {
        let outcome = try derive(options)
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }
}
