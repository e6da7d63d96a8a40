// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import Pcap
import System
import TraceFormats

/// What a file is and what is in it: a table and plots for people, a document for programs.
package struct Inspection: Sendable {
    /// Schema `walkback.inspection/1`.
    package let document: JSON
    package private(set) var text: String

    init(kind: String, _ members: [String: JSON], text: String) {
        document = .object(
            members.merging(["schema": .string("walkback.inspection/1"), "kind": .string(kind)]) { _, ours in ours })
        self.text = text
    }

    /// - Parameter path: a capture, a file of any trace format, or a comparison's directory or `comparison.json`.
    /// - Throws: `Fault` (bad input) if it is none of these; the message says what it is instead, if that can be seen.
    package static func of(_ path: String) throws -> Inspection {
        let inner = "\(path)/comparison.json"
        if access(inner, F_OK) == 0 { return try ResultInspection.inspect(inner) }
        let start = try FileStart(of: path, size: TraceBeginning.size)
        if start.isCapture { return try CaptureInspection.inspect(path) }
        guard !start.bytes.isEmpty else { throw Fault.input(path, "is empty") }
        let formats = TraceFormats.recognising(TraceBeginning(path: path, bytes: start.bytes))
        if let format = try TraceFormats.only(formats, path: path) {
            var memory = WalkMemory()
            let reading = try TraceFormats.read(InputFile.read(path), as: format, &memory)
            if case .path(let trace, _) = reading.contents { try memory.admitCurves(of: trace, path) }
            var inspection = TraceInspection.inspect(reading, path: path)
            inspection.text += reading.notes.map { "note: \($0)\n" }.joined()
            return inspection
        }
        if start.bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") { return try ResultInspection.inspect(path) }
        if let foreign = start.foreign { throw Fault.input(path, foreign) }
        throw Fault.input(
            path,
            "is neither a capture (pcap or pcapng, plain or compressed with gzip or zstd) nor a comparison.json, and "
                + "does not begin like any of the trace formats \(TraceFormats.names(TraceFormats.all)); name "
                + "another file"
        )
    }
}
