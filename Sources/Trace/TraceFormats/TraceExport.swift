import Determinism
import Documents
import Quantities
import Traces

/// Our traces made into others'.
package enum TraceExport {
    package enum Format: String, Sendable, CaseIterable {
        /// Milliseconds of opportunities to send a packet (`OpportunityFile`).
        case mahimahi
    }

    /// One direction of a path in a format, and what that format cannot say.
    ///
    /// - Parameter path: of the trace's file, for messages.
    /// - Throws: `Fault` (bad input) where the format has no way to write that direction.
    package static func text(
        of trace: PathTrace, _ direction: Direction, as format: Format, path: String
    ) throws -> (text: String, notes: [String]) {
        switch format {
        case .mahimahi: try mahimahi(of: trace, direction, path: path)
        }
    }

    /// One direction of a path as opportunities: each at the first whole millisecond by which the trace has carried one more
    /// packet of 1500 bytes. What a file of opportunities cannot say is said in `notes`.
    ///
    /// - Parameter path: of the trace's file, for messages.
    /// - Throws: `Fault` (bad input) where the trace carries no whole packet in that direction.
    private static func mahimahi(
        of trace: PathTrace, _ direction: Direction, path: String
    ) throws -> (text: String, notes: [String]) {
        guard let opportunities = Opportunities(of: trace.curve(direction)) else {
            throw Fault.input(
                path, "carries no whole packet \(direction.rawValue)link, so there is no opportunity to write")
        }
        var notes: [String] = []
        let link = "path '\(trace.name)', \(direction.rawValue)link"
        if opportunities.period < trace.duration {
            notes.append(
                "\(link): the file begins anew after \(opportunities.period.seconds.text()) s, its last opportunity, and the "
                    + "trace lasts \(trace.duration.seconds.text()) s")
        }
        let losses = Set(trace.samples.map { $0[direction].loss })
        let lost = losses.contains { $0 > 0 } ? ", losses" : ""
        notes.append(
            "\(link): delays, queue\(lost) and attachment have no place in the file; give them to mm-delay and mm-link")
        return (OpportunityFile.text(of: opportunities), notes)
    }
}
