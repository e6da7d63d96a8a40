import Determinism
import Documents
import Glibc
import Pcap
import TraceFormats

/// What a file is and what is in it: for people as a table and plots, for programs as a document.
package struct Inspection: Sendable {
    /// Schema `walkback.inspection/1`.
    package let document: JSON
    package let text: String

    init(kind: String, _ members: [String: JSON], text: String) {
        document = .object(
            members.merging(["schema": .string("walkback.inspection/1"), "kind": .string(kind)]) { _, ours in ours })
        self.text = text
    }

    /// - Parameter path: a capture, a trace, a file of delivery opportunities, or a comparison's directory or
    ///   `comparison.json`.
    /// - Throws: `Fault` (bad input) where it is none of these; the message says what it is, where that can be seen.
    package static func of(_ path: String) throws -> Inspection {
        let inner = "\(path)/comparison.json"
        if access(inner, F_OK) == 0 { return try ResultInspection.inspect(inner) }
        let start = try FileStart(of: path)
        if start.isCapture { return try CaptureInspection.inspect(path) }
        guard !start.bytes.isEmpty else { throw Fault.input(path, "is empty") }
        if start.bytes.starts(with: "# walkback trace".utf8) {
            return TraceInspection.inspect(try TraceFile.read(path))
        }
        if start.bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") { return try ResultInspection.inspect(path) }
        if let foreign = start.foreign { throw Fault.input(path, foreign) }
        let isDigits = start.bytes.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x0a || $0 == 0x0d }
        if isDigits { return TraceInspection.inspect(try OpportunityFile.read(path), path: path) }
        throw Fault.input(
            path,
            "is no capture (pcap or pcapng, gzip or zstd around it or not), no trace, no delivery-opportunity file and no "
                + "comparison.json; name another file")
    }
}
