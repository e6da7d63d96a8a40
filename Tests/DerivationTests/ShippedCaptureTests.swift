// SPDX-License-Identifier: Apache-2.0
import Determinism
import Pcap
import Quantities
import Scrubbing
import Replays
import System
import SystemPackage
import Testing
import TraceFormats
import Traces

@testable import Derivation

/// The captures in `Captures`, and the traces in `Replays` that are derived from them.
@Suite struct `The shipped captures` {
    private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }

    @Test(arguments: ["recorded-walk", "recorded-transfers"])
    func `give the shipped traces, byte for byte`(name: String) throws {
        let source = CaptureSource(file: "\(Self.root)/Captures/\(name).pcapng.gz")
        let result = try Derivation(Derivation.Options(name: name, sources: [source]))
        #expect(result.traces.map(\.name).sorted() == ["cellular", "wifi"])
        for trace in result.traces {
            let shipped = try InputFile.read("\(Self.root)/Replays/\(name).\(trace.name).trace.csv").text()
            #expect(TraceFile.text(of: trace) == shipped, "\(trace.name): run Captures/make")
        }
        let replay = try InputFile.read("\(Self.root)/Replays/\(name).yaml").text()
        let derived = result.replay.replacing("trace: ", with: "trace: \(name).")
        #expect(
            replay == "# SYNTHETIC: recorded inside the lab (Captures/make), on a walk that was generated.\n" + derived)
    }

    @Test func `give the same traces when they are scrubbed`() throws {
        let scratch = try ScratchDirectory()
        let scrubbed = scratch.file("walk.pcapng").string
        let original = "\(Self.root)/Captures/recorded-transfers.pcapng.gz"
        var pseudonyms = Pseudonyms(key: "k")
        _ = try CaptureScrub.scrub(original, to: scratch.file("walk.pcapng"), &pseudonyms)
        try scratch.write(
            "walk.events.jsonl", InputFile.read("\(Self.root)/Captures/recorded-transfers.events.jsonl").text())
        let traces = try [original, scrubbed].map { file in
            try Derivation(Derivation.Options(name: "walk", sources: [CaptureSource(file: file)])).traces
        }
        // Compared here so that a failure does not print all samples.
        let isSame = traces[0].map(\.samples) == traces[1].map(\.samples)
        #expect(isSame)
    }

    @Test func `have the three live transfers that were made`() throws {
        var notes: [String] = []
        let source = CaptureSource(file: "\(Self.root)/Captures/recorded-transfers.pcapng.gz")
        let transfers = try LiveTransfer.all(in: [source], shifts: [.zero], alignsStarts: false, notes: &notes)
        #expect(transfers.map(\.isMultipath) == [true, true, true])
        for transfer in transfers {
            #expect(abs(transfer.duration.seconds - 20) < 0.1)
            #expect(transfer.bytes > ByteCount(1_000_000))
        }
    }
}
